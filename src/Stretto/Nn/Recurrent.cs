namespace Stretto.Nn;

/// <summary>What LSTM, GRU and the plain recurrent network share: layers, directions, PyTorch's parameter names.</summary>
public abstract class Recurrent : Module
{
    private readonly long _inputs;
    private readonly long _hidden;
    private readonly long _projection;
    private readonly List<Tensor> _weights = [];

    private protected Recurrent(
        long inputSize, long hiddenSize, RecurrentOptions options, int gates, long projection, Device? device, DType dtype)
    {
        if (inputSize < 1 || hiddenSize < 1 || options.NumLayers < 1 || projection < 0 || projection >= hiddenSize
            || options.Dropout is not (>= 0 and <= 1))
        {
            throw new ArgumentException(
                $"{GetType().Name}: sizes {inputSize} and {hiddenSize}, {options.NumLayers} layers, projection {projection} and dropout "
                + $"{options.Dropout} do not fit: all sizes above 0, the projection below the hidden size, dropout from 0 to 1");
        }

        (_inputs, _hidden, _projection, Settings) = (inputSize, hiddenSize, projection, options);
        int directions = options.Bidirectional ? 2 : 1;
        long output = projection > 0 ? projection : hiddenSize;
        for (int i = 0; i < options.NumLayers * directions; i++)
        {
            int layer = i / directions;
            string suffix = $"_l{layer}{(i % directions == 1 ? "_reverse" : "")}";
            void Add(string name, Shape shape) => _weights.Add(Register(name + suffix, Tensor.Zeros(shape, dtype, device)));
            Add("weight_ih", [gates * hiddenSize, layer == 0 ? inputSize : output * directions]);
            Add("weight_hh", [gates * hiddenSize, output]);
            if (options.Bias)
            {
                Add("bias_ih", [gates * hiddenSize]);
                Add("bias_hh", [gates * hiddenSize]);
            }

            if (projection > 0)
            {
                Add("weight_hr", [projection, hiddenSize]);
            }
        }

        ResetParameters();
    }

    /// <summary>Layers, directions and layout.</summary>
    public RecurrentOptions Settings { get; }

    private protected IReadOnlyList<Tensor> Weights => _weights;

    /// <inheritdoc/>
    protected override string Options => $"{_inputs}, {_hidden}" + (_projection > 0 ? $", proj_size={_projection}" : "")
        + (Settings.NumLayers == 1 ? "" : $", num_layers={Settings.NumLayers}") + (Settings.Bias ? "" : ", bias=False")
        + (Settings.BatchFirst ? ", batch_first=True" : "") + (Settings.Dropout == 0 ? "" : $", dropout={Format(Settings.Dropout)}")
        + (Settings.Bidirectional ? ", bidirectional=True" : "");

    /// <summary>Uniform numbers between ∓1 / √hidden, as PyTorch starts.</summary>
    protected override void ResetParameters(Generator generator) => Fresh(generator, _weights, _hidden);

    internal static void Fresh(Generator generator, IEnumerable<Tensor> weights, long hidden)
    {
        double limit = 1 / Math.Sqrt(hidden);
        foreach (Tensor weight in weights)
        {
            Init.Uniform(weight, -limit, limit, generator);
        }
    }
}

/// <summary>Long short-term memory. Hochreiter and Schmidhuber, 1997.</summary>
/// <param name="inputSize">Size of an input vector.</param>
/// <param name="hiddenSize">Size of the state.</param>
/// <param name="numLayers">Layers, each reading the one below.</param>
/// <param name="bias">Whether there are biases.</param>
/// <param name="batchFirst">Sequences are [batch, time, size]; otherwise [time, batch, size].</param>
/// <param name="dropout">In training, the share of 0 in what every layer but the last hands up.</param>
/// <param name="bidirectional">A second pass from the end; outputs are [forward, backward].</param>
/// <param name="projSize">The hidden state is projected to this size; 0 for none. Sak et al., 2014.</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="dtype">Type of the parameters.</param>
public sealed class Lstm(
    long inputSize, long hiddenSize, int numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0,
    bool bidirectional = false, long projSize = 0, Device? device = null, DType dtype = DType.Float32)
    : Recurrent(inputSize, hiddenSize, new(numLayers, bias, batchFirst, dropout, bidirectional), 4, projSize, device, dtype)
{
    /// <summary>All outputs of the last layer, and the last hidden and cell states [layers · directions, batch, size].</summary>
    public (Tensor Output, Tensor Hidden, Tensor Cell) Forward(Tensor x, (Tensor Hidden, Tensor Cell)? state = null)
    {
        IReadOnlyList<Tensor> result = Hooked([x, state?.Hidden, state?.Cell], t =>
        {
            (Tensor, Tensor)? given = t[1] is { } h && t[2] is { } c ? (h, c) : null;
            (Tensor output, Tensor hidden, Tensor cell) = Functional.Lstm(t[0]!, given, Weights, Settings, IsTraining);
            return [output, hidden, cell];
        });
        return (result[0], result[1], result[2]);
    }
}

/// <summary>Gated recurrent units. Cho et al., 2014.</summary>
/// <param name="inputSize">Size of an input vector.</param>
/// <param name="hiddenSize">Size of the state.</param>
/// <param name="numLayers">Layers, each reading the one below.</param>
/// <param name="bias">Whether there are biases.</param>
/// <param name="batchFirst">Sequences are [batch, time, size]; otherwise [time, batch, size].</param>
/// <param name="dropout">In training, the share of 0 in what every layer but the last hands up.</param>
/// <param name="bidirectional">A second pass from the end; outputs are [forward, backward].</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="dtype">Type of the parameters.</param>
public sealed class Gru(
    long inputSize, long hiddenSize, int numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0,
    bool bidirectional = false, Device? device = null, DType dtype = DType.Float32)
    : Recurrent(inputSize, hiddenSize, new(numLayers, bias, batchFirst, dropout, bidirectional), 3, 0, device, dtype)
{
    /// <summary>All outputs of the last layer, and the last hidden states [layers · directions, batch, size].</summary>
    public (Tensor Output, Tensor Hidden) Forward(Tensor x, Tensor? hidden = null)
    {
        IReadOnlyList<Tensor> result = Hooked([x, hidden], t =>
        {
            (Tensor output, Tensor last) = Functional.Gru(t[0]!, t[1], Weights, Settings, IsTraining);
            return [output, last];
        });
        return (result[0], result[1]);
    }
}

/// <summary>The plain recurrent network: h = tanh(W x + U h + b). Elman, 1990.</summary>
/// <param name="inputSize">Size of an input vector.</param>
/// <param name="hiddenSize">Size of the state.</param>
/// <param name="numLayers">Layers, each reading the one below.</param>
/// <param name="relu">max(·, 0) instead of tanh.</param>
/// <param name="bias">Whether there are biases.</param>
/// <param name="batchFirst">Sequences are [batch, time, size]; otherwise [time, batch, size].</param>
/// <param name="dropout">In training, the share of 0 in what every layer but the last hands up.</param>
/// <param name="bidirectional">A second pass from the end; outputs are [forward, backward].</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="dtype">Type of the parameters.</param>
public sealed class Rnn(
    long inputSize, long hiddenSize, int numLayers = 1, bool relu = false, bool bias = true, bool batchFirst = false, double dropout = 0,
    bool bidirectional = false, Device? device = null, DType dtype = DType.Float32)
    : Recurrent(inputSize, hiddenSize, new(numLayers, bias, batchFirst, dropout, bidirectional), 1, 0, device, dtype)
{
    /// <summary>All outputs of the last layer, and the last hidden states [layers · directions, batch, size].</summary>
    public (Tensor Output, Tensor Hidden) Forward(Tensor x, Tensor? hidden = null)
    {
        IReadOnlyList<Tensor> result = Hooked([x, hidden], t =>
        {
            (Tensor output, Tensor last) = Functional.Rnn(t[0]!, t[1], Weights, Settings, relu, IsTraining);
            return [output, last];
        });
        return (result[0], result[1]);
    }
}
