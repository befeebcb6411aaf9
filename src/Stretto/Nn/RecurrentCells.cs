namespace Stretto.Nn;

/// <summary>One step of an LSTM.</summary>
public sealed class LstmCell : Module
{
    private readonly Tensor _input;
    private readonly Tensor _hidden;
    private readonly Tensor? _inputBias;
    private readonly Tensor? _hiddenBias;

    /// <param name="inputs">Size of an input vector.</param>
    /// <param name="hidden">Size of the state.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="bias">Whether there are biases.</param>
    public LstmCell(int inputs, int hidden, Device device, bool bias = true)
    {
        _input = Register("weight_ih", Tensor.Zeros([4 * hidden, inputs], device: device));
        _hidden = Register("weight_hh", Tensor.Zeros([4 * hidden, hidden], device: device));
        _inputBias = bias ? Register("bias_ih", Tensor.Zeros([4 * hidden], device: device)) : null;
        _hiddenBias = bias ? Register("bias_hh", Tensor.Zeros([4 * hidden], device: device)) : null;
    }

    /// <summary>x [batch, inputs] and states [batch, hidden] → the next states.</summary>
    public (Tensor Hidden, Tensor Cell) Forward(Tensor x, Tensor hidden, Tensor cell)
    {
        Tensor[] state = [hidden, cell];
        Step(Tensor.Linear(x, _input, _inputBias) + Tensor.Linear(hidden, _hidden, _hiddenBias), state, null);
        return (state[0], state[1]);
    }

    internal static void Step(Tensor gates, Tensor[] state, Tensor? projection)
    {
        long size = gates.Shape[-1] / 4;
        Tensor[] g = gates.Split([size, size, size, size], -1);
        state[1] = (g[1].Sigmoid() * state[1]) + (g[0].Sigmoid() * g[2].Tanh());
        Tensor h = g[3].Sigmoid() * state[1].Tanh();
        state[0] = projection is null ? h : Tensor.Linear(h, projection);
    }
}

/// <summary>One step of a GRU.</summary>
public sealed class GruCell : Module
{
    private readonly Tensor _input;
    private readonly Tensor _hidden;
    private readonly Tensor? _inputBias;
    private readonly Tensor? _hiddenBias;

    /// <param name="inputs">Size of an input vector.</param>
    /// <param name="hidden">Size of the state.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="bias">Whether there are biases.</param>
    public GruCell(int inputs, int hidden, Device device, bool bias = true)
    {
        _input = Register("weight_ih", Tensor.Zeros([3 * hidden, inputs], device: device));
        _hidden = Register("weight_hh", Tensor.Zeros([3 * hidden, hidden], device: device));
        _inputBias = bias ? Register("bias_ih", Tensor.Zeros([3 * hidden], device: device)) : null;
        _hiddenBias = bias ? Register("bias_hh", Tensor.Zeros([3 * hidden], device: device)) : null;
    }

    /// <summary>x [batch, inputs] and state [batch, hidden] → the next state.</summary>
    public Tensor Forward(Tensor x, Tensor hidden) =>
        Step(Tensor.Linear(x, _input, _inputBias), Tensor.Linear(hidden, _hidden, _hiddenBias), hidden);

    internal static Tensor Step(Tensor inputGates, Tensor hiddenGates, Tensor state)
    {
        long size = inputGates.Shape[-1] / 3;
        Tensor[] x = inputGates.Split([size, size, size], -1);
        Tensor[] h = hiddenGates.Split([size, size, size], -1);
        Tensor reset = (x[0] + h[0]).Sigmoid();
        Tensor update = (x[1] + h[1]).Sigmoid();
        Tensor fresh = (x[2] + (reset * h[2])).Tanh();
        return ((1 - update) * fresh) + (update * state);
    }
}
