namespace Stretto.Nn;

/// <summary>What single steps of recurrent networks share: two weights and two biases under PyTorch's names.</summary>
public abstract class RecurrentCell : Module
{
    private readonly Tensor _input;
    private readonly Tensor _hidden;
    private readonly Tensor? _inputBias;
    private readonly Tensor? _hiddenBias;

    private protected RecurrentCell(long inputSize, long hiddenSize, int gates, bool bias, Device? device, DType dtype)
    {
        _input = Register("weight_ih", Tensor.Zeros([gates * hiddenSize, inputSize], dtype, device));
        _hidden = Register("weight_hh", Tensor.Zeros([gates * hiddenSize, hiddenSize], dtype, device));
        _inputBias = bias ? Register("bias_ih", Tensor.Zeros([gates * hiddenSize], dtype, device)) : null;
        _hiddenBias = bias ? Register("bias_hh", Tensor.Zeros([gates * hiddenSize], dtype, device)) : null;
        ResetParameters();
    }

    /// <inheritdoc/>
    protected override string Options => $"{_input.Shape[1]}, {_hidden.Shape[1]}" + (_inputBias is null ? ", bias=False" : "");

    /// <inheritdoc/>
    protected override void ResetParameters(Generator generator) =>
        Recurrent.Fresh(generator, Parameters().Select(p => p.Value), _hidden.Shape[1]);

    private protected (Tensor Input, Tensor Hidden) Gates(Tensor x, Tensor hidden) =>
        (Tensor.Linear(x, _input, _inputBias), Tensor.Linear(hidden, _hidden, _hiddenBias));

    private protected Tensor Zero(Tensor x) => Tensor.Zeros([.. x.Shape.Sizes[..^1], _hidden.Shape[1]], x.DType, x.Device);
}

/// <summary>One step of a plain recurrent network.</summary>
/// <param name="inputSize">Size of an input vector.</param>
/// <param name="hiddenSize">Size of the state.</param>
/// <param name="bias">Whether there are biases.</param>
/// <param name="relu">max(·, 0) instead of tanh.</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="dtype">Type of the parameters.</param>
public sealed class RnnCell(
    long inputSize, long hiddenSize, bool bias = true, bool relu = false, Device? device = null, DType dtype = DType.Float32)
    : RecurrentCell(inputSize, hiddenSize, 1, bias, device, dtype)
{
    /// <summary>x [batch, inputs] and state [batch, hidden] (zeros when left out) → the next state.</summary>
    public Tensor Forward(Tensor x, Tensor? hidden = null) => Hooked([x, hidden], t =>
    {
        (Tensor i, Tensor h) = Gates(t[0]!, t[1] ?? Zero(t[0]!));
        return [Functional.RnnCell(i, h, relu)];
    })[0];
}

/// <summary>One step of an LSTM.</summary>
/// <param name="inputSize">Size of an input vector.</param>
/// <param name="hiddenSize">Size of the state.</param>
/// <param name="bias">Whether there are biases.</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="dtype">Type of the parameters.</param>
public sealed class LstmCell(long inputSize, long hiddenSize, bool bias = true, Device? device = null, DType dtype = DType.Float32)
    : RecurrentCell(inputSize, hiddenSize, 4, bias, device, dtype)
{
    /// <summary>x [batch, inputs] and states [batch, hidden] (zeros when left out) → the next states.</summary>
    public (Tensor Hidden, Tensor Cell) Forward(Tensor x, (Tensor Hidden, Tensor Cell)? state = null)
    {
        IReadOnlyList<Tensor> result = Hooked([x, state?.Hidden, state?.Cell], t =>
        {
            Tensor[] next = [t[1] ?? Zero(t[0]!), t[2] ?? Zero(t[0]!)];
            (Tensor i, Tensor h) = Gates(t[0]!, next[0]);
            Functional.LstmCell(i + h, next, null);
            return next;
        });
        return (result[0], result[1]);
    }
}

/// <summary>One step of a GRU.</summary>
/// <param name="inputSize">Size of an input vector.</param>
/// <param name="hiddenSize">Size of the state.</param>
/// <param name="bias">Whether there are biases.</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="dtype">Type of the parameters.</param>
public sealed class GruCell(long inputSize, long hiddenSize, bool bias = true, Device? device = null, DType dtype = DType.Float32)
    : RecurrentCell(inputSize, hiddenSize, 3, bias, device, dtype)
{
    /// <summary>x [batch, inputs] and state [batch, hidden] (zeros when left out) → the next state.</summary>
    public Tensor Forward(Tensor x, Tensor? hidden = null) => Hooked([x, hidden], t =>
    {
        Tensor state = t[1] ?? Zero(t[0]!);
        (Tensor i, Tensor h) = Gates(t[0]!, state);
        return [Functional.GruCell(i, h, state)];
    })[0];
}
