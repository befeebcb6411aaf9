namespace Stretto.Training.Optimizers;

/// <summary>
/// Moves parameters against their gradients. The state of each parameter is a list of named tensors of its shape, so that it can be
/// saved, sliced and sharded without knowing the method.
/// </summary>
public abstract class Optimizer
{
    private readonly List<(string Name, Tensor Parameter, Tensor[] State)> _items = [];
    private readonly string[] _stateNames;

    /// <param name="parameters">Name and tensor of each parameter.</param>
    /// <param name="stateNames">What the method keeps of each, zeros at first.</param>
    protected Optimizer(IReadOnlyList<KeyValuePair<string, Tensor>> parameters, string[] stateNames)
    {
        _stateNames = stateNames;
        foreach ((string name, Tensor parameter) in parameters)
        {
            Tensor[] state = Array.ConvertAll(
                stateNames, _ => Tensor.Zeros(parameter.Shape, parameter.DType, parameter.Device).Pin());
            _items.Add((name, parameter, state));
        }
    }

    /// <summary>How many steps were made.</summary>
    public long Steps { get; private set; }

    /// <summary>The state under names like <c>model.norm.weight/exp_avg</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, Tensor>> State
    {
        get
        {
            List<KeyValuePair<string, Tensor>> all = [];
            foreach ((string name, _, Tensor[] state) in _items)
            {
                for (int i = 0; i < state.Length; i++)
                {
                    all.Add(new($"{name}/{_stateNames[i]}", state[i]));
                }
            }

            return all;
        }
    }

    /// <summary>Restores the number of steps after <see cref="State"/> was filled from a checkpoint.</summary>
    public void Resume(long steps) => Steps = steps;

    /// <summary>The 2-norm of all gradients together.</summary>
    public double GradientNorm()
    {
        double sum = 0;
        foreach ((_, Tensor parameter, _) in _items)
        {
            sum += parameter.Grad is { } gradient ? gradient.Backend.SumOfSquares(gradient.View) : 0;
        }

        return Math.Sqrt(sum);
    }

    /// <summary>One step with every parameter that has a gradient.</summary>
    /// <param name="rate">The learning rate.</param>
    /// <param name="gradientScale">Multiplies each gradient first: 1 / tokens, clipping.</param>
    public void Step(double rate, double gradientScale = 1)
    {
        Steps++;
        foreach ((_, Tensor parameter, Tensor[] state) in _items)
        {
            if (parameter.Grad is { } gradient)
            {
                parameter.MarkWritten();
                Update(parameter, gradient, state, rate, gradientScale);
            }
        }
    }

    /// <summary>Sets every gradient to zero and keeps its memory.</summary>
    public void ZeroGradients()
    {
        foreach ((_, Tensor parameter, _) in _items)
        {
            parameter.Grad?.FillInPlace(0);
        }
    }

    /// <summary>Moves one parameter in place.</summary>
    protected abstract void Update(Tensor parameter, Tensor gradient, Tensor[] state, double rate, double gradientScale);
}
