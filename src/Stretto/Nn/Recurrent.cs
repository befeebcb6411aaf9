namespace Stretto.Nn;

/// <summary>The size of a recurrent network.</summary>
/// <param name="Inputs">Size of an input vector.</param>
/// <param name="Hidden">Size of the state.</param>
/// <param name="Layers">Layers, each reading the one below.</param>
/// <param name="Bias">Whether there are biases.</param>
/// <param name="BatchFirst">Sequences are [batch, time, size]; otherwise [time, batch, size].</param>
/// <param name="Bidirectional">A second pass from the end; outputs are [forward, backward].</param>
/// <param name="Projection">LSTM only: the hidden state is projected to this size; 0 for none.</param>
public sealed record RecurrentShape(
    int Inputs, int Hidden, int Layers = 1, bool Bias = true, bool BatchFirst = false, bool Bidirectional = false, int Projection = 0);

/// <summary>
/// What LSTM, GRU and the plain recurrent network share: layers, directions, PyTorch's parameter names. A derived class says how many
/// gates a step has and what it does.
/// </summary>
public abstract class Recurrent : Module
{
    private readonly Weights[] _weights;

    private protected Recurrent(RecurrentShape shape, int gates, Device device)
    {
        Shape = shape;
        int directions = shape.Bidirectional ? 2 : 1;
        int output = shape.Projection > 0 ? shape.Projection : shape.Hidden;
        _weights = new Weights[shape.Layers * directions];
        for (int i = 0; i < _weights.Length; i++)
        {
            int layer = i / directions;
            string suffix = $"_l{layer}{(i % directions == 1 ? "_reverse" : "")}";
            long inputs = layer == 0 ? shape.Inputs : output * directions;
            _weights[i] = new Weights(
                Register("weight_ih" + suffix, Tensor.Zeros([gates * shape.Hidden, inputs], device: device)),
                Register("weight_hh" + suffix, Tensor.Zeros([gates * shape.Hidden, output], device: device)),
                shape.Bias ? Register("bias_ih" + suffix, Tensor.Zeros([gates * shape.Hidden], device: device)) : null,
                shape.Bias ? Register("bias_hh" + suffix, Tensor.Zeros([gates * shape.Hidden], device: device)) : null,
                shape.Projection > 0 ? Register("weight_hr" + suffix, Tensor.Zeros([output, shape.Hidden], device: device)) : null);
        }
    }

    /// <summary>Sizes and options.</summary>
    public RecurrentShape Shape { get; }

    /// <summary>Uniform numbers between ∓1 / √hidden, as PyTorch starts.</summary>
    public void Initialize(Generator generator)
    {
        using GradientMode.Restore off = GradientMode.NoGrad();
        double limit = 1 / Math.Sqrt(Shape.Hidden);
        foreach ((_, Tensor tensor) in Parameters())
        {
            generator.Uniform(tensor, -limit, limit);
        }
    }

    /// <summary>
    /// Runs all layers. States are one tensor [layers · directions, batch, size] for each kind of state; the result has the same.
    /// </summary>
    private protected (Tensor Output, Tensor[] States) Run(Tensor x, Tensor[] states)
    {
        Tensor time = Shape.BatchFirst ? x.Transpose(0, 1) : x;
        int directions = Shape.Bidirectional ? 2 : 1;
        List<Tensor>[] last = [.. states.Select(_ => new List<Tensor>())];
        for (int layer = 0; layer < Shape.Layers; layer++)
        {
            Tensor[] outputs = new Tensor[directions];
            for (int direction = 0; direction < directions; direction++)
            {
                int i = (layer * directions) + direction;
                Tensor[] state = [.. states.Select(s => s.Narrow(0, i, 1).Squeeze(0))];
                outputs[direction] = Direction(time, _weights[i], state, backward: direction == 1);
                for (int s = 0; s < state.Length; s++)
                {
                    last[s].Add(state[s].Unsqueeze(0));
                }
            }

            time = directions == 1 ? outputs[0] : Tensor.Cat(outputs, -1);
        }

        return (Shape.BatchFirst ? time.Transpose(0, 1) : time, [.. last.Select(l => Tensor.Cat(l, 0))]);
    }

    /// <summary>The states after one step, in place; the first of them is the step's output.</summary>
    private protected abstract void Step(Tensor inputGates, Tensor hiddenGates, Tensor[] state, Tensor? projection);

    /// <summary>One state of zeros.</summary>
    private protected Tensor Zero(Tensor x, int size)
    {
        long batch = x.Shape[Shape.BatchFirst ? 0 : 1];
        return Tensor.Zeros([Shape.Layers * (Shape.Bidirectional ? 2 : 1), batch, size], x.DType, x.Device);
    }

    private Tensor Direction(Tensor time, Weights weights, Tensor[] state, bool backward)
    {
        long steps = time.Shape[0];
        Tensor gates = Tensor.Linear(time, weights.Input, weights.InputBias);
        Tensor[] outputs = new Tensor[steps];
        for (long t = 0; t < steps; t++)
        {
            long at = backward ? steps - 1 - t : t;
            Step(gates.Narrow(0, at, 1).Squeeze(0), Tensor.Linear(state[0], weights.Hidden, weights.HiddenBias), state, weights.Projection);
            outputs[at] = state[0].Unsqueeze(0);
        }

        return Tensor.Cat(outputs, 0);
    }

    private sealed record Weights(Tensor Input, Tensor Hidden, Tensor? InputBias, Tensor? HiddenBias, Tensor? Projection);
}

/// <summary>Long short-term memory: gates input, forget, cell, output. Hochreiter and Schmidhuber, 1997.</summary>
/// <param name="shape">Sizes and options.</param>
/// <param name="device">Where the parameters live.</param>
public sealed class Lstm(RecurrentShape shape, Device device) : Recurrent(shape, 4, device)
{
    /// <summary>All outputs of the last layer, and the last hidden and cell states [layers · directions, batch, size].</summary>
    public (Tensor Output, Tensor Hidden, Tensor Cell) Forward(Tensor x, (Tensor Hidden, Tensor Cell)? state = null)
    {
        (Tensor h, Tensor c) = state ?? (Zero(x, Shape.Projection > 0 ? Shape.Projection : Shape.Hidden), Zero(x, Shape.Hidden));
        (Tensor output, Tensor[] last) = Run(x, [h, c]);
        return (output, last[0], last[1]);
    }

    private protected override void Step(Tensor inputGates, Tensor hiddenGates, Tensor[] state, Tensor? projection) =>
        LstmCell.Step(inputGates + hiddenGates, state, projection);
}

/// <summary>Gated recurrent unit: gates reset, update, new, the reset inside the new gate. Cho et al., 2014.</summary>
/// <param name="shape">Sizes and options.</param>
/// <param name="device">Where the parameters live.</param>
public sealed class Gru(RecurrentShape shape, Device device) : Recurrent(shape, 3, device)
{
    /// <summary>All outputs of the last layer, and the last hidden states [layers · directions, batch, size].</summary>
    public (Tensor Output, Tensor Hidden) Forward(Tensor x, Tensor? hidden = null)
    {
        (Tensor output, Tensor[] last) = Run(x, [hidden ?? Zero(x, Shape.Hidden)]);
        return (output, last[0]);
    }

    private protected override void Step(Tensor inputGates, Tensor hiddenGates, Tensor[] state, Tensor? projection) =>
        state[0] = GruCell.Step(inputGates, hiddenGates, state[0]);
}

/// <summary>The plain recurrent network: h = tanh(W x + U h + b). Elman, 1990.</summary>
/// <param name="shape">Sizes and options.</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="relu">max(·, 0) instead of tanh.</param>
public sealed class Rnn(RecurrentShape shape, Device device, bool relu = false) : Recurrent(shape, 1, device)
{
    /// <summary>All outputs of the last layer, and the last hidden states [layers · directions, batch, size].</summary>
    public (Tensor Output, Tensor Hidden) Forward(Tensor x, Tensor? hidden = null)
    {
        (Tensor output, Tensor[] last) = Run(x, [hidden ?? Zero(x, Shape.Hidden)]);
        return (output, last[0]);
    }

    private protected override void Step(Tensor inputGates, Tensor hiddenGates, Tensor[] state, Tensor? projection) =>
        state[0] = relu ? (inputGates + hiddenGates).Relu() : (inputGates + hiddenGates).Tanh();
}
