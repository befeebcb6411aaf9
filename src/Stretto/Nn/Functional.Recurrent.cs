namespace Stretto.Nn;

/// <summary>What recurrent networks have in common.</summary>
/// <param name="NumLayers">Layers, each reading the one below.</param>
/// <param name="Bias">Whether there are biases.</param>
/// <param name="BatchFirst">Sequences are [batch, time, size]; otherwise [time, batch, size].</param>
/// <param name="Dropout">In training, the share of 0 in what every layer but the last hands up.</param>
/// <param name="Bidirectional">A second pass from the end; outputs are [forward, backward].</param>
public sealed record RecurrentOptions(
    int NumLayers = 1, bool Bias = true, bool BatchFirst = false, double Dropout = 0, bool Bidirectional = false);

/// <summary>
/// Layers as functions of their parameters, for those that are more than one operation of <see cref="Tensor"/>. The modules call these.
/// </summary>
/// <remarks>
/// Parameters of a recurrent network are in the module's order: for each layer and direction weight_ih, weight_hh, bias_ih, bias_hh (if
/// any), weight_hr (if projected). Sequences may lack the batch dimension; states then do, too.
/// </remarks>
public static partial class Functional
{
    private delegate void Step(Tensor inputGates, Tensor hiddenGates, Tensor[] state, Tensor? projection);

    /// <summary>A plain recurrent network: h = tanh(W x + U h + b), or with ReLU. Elman, 1990.</summary>
    /// <returns>Outputs of the last layer, and the last states [layers · directions, batch, hidden].</returns>
    public static (Tensor Output, Tensor Hidden) Rnn(
        Tensor x, Tensor? hidden, IReadOnlyList<Tensor> parameters, RecurrentOptions options, bool relu = false, bool training = false,
        Generator? generator = null)
    {
        (Tensor output, Tensor[] last) = Run("rnn", 1, x, hidden is null ? null : [hidden], 1, parameters, options, training, generator,
            (i, h, state, _) => state[0] = RnnCell(i, h, relu));
        return (output, last[0]);
    }

    /// <summary>Gated recurrent units: rows reset, update, new; the reset inside the new gate. Cho et al., 2014.</summary>
    /// <returns>Outputs of the last layer, and the last states [layers · directions, batch, hidden].</returns>
    public static (Tensor Output, Tensor Hidden) Gru(
        Tensor x, Tensor? hidden, IReadOnlyList<Tensor> parameters, RecurrentOptions options, bool training = false,
        Generator? generator = null)
    {
        (Tensor output, Tensor[] last) = Run("gru", 3, x, hidden is null ? null : [hidden], 1, parameters, options, training, generator,
            (i, h, state, _) => state[0] = GruCell(i, h, state[0]));
        return (output, last[0]);
    }

    /// <summary>Long short-term memory: rows input, forget, cell, output. Hochreiter and Schmidhuber, 1997.</summary>
    /// <returns>Outputs of the last layer, and the last hidden and cell states [layers · directions, batch, size].</returns>
    public static (Tensor Output, Tensor Hidden, Tensor Cell) Lstm(
        Tensor x, (Tensor Hidden, Tensor Cell)? state, IReadOnlyList<Tensor> parameters, RecurrentOptions options, bool training = false,
        Generator? generator = null)
    {
        Tensor[]? states = state is { } given ? [given.Hidden, given.Cell] : null;
        (Tensor output, Tensor[] last) = Run("lstm", 4, x, states, 2, parameters, options, training, generator,
            (i, h, s, projection) => LstmCell(i + h, s, projection));
        return (output, last[0], last[1]);
    }

    /// <summary>One step of a plain network, from both sums.</summary>
    internal static Tensor RnnCell(Tensor inputGates, Tensor hiddenGates, bool relu) =>
        relu ? (inputGates + hiddenGates).Relu() : (inputGates + hiddenGates).Tanh();

    /// <summary>One step of a GRU, from both sums.</summary>
    internal static Tensor GruCell(Tensor inputGates, Tensor hiddenGates, Tensor state)
    {
        long size = inputGates.Shape[-1] / 3;
        Tensor[] x = inputGates.Split([size, size, size], -1);
        Tensor[] h = hiddenGates.Split([size, size, size], -1);
        Tensor reset = (x[0] + h[0]).Sigmoid();
        Tensor update = (x[1] + h[1]).Sigmoid();
        Tensor fresh = (x[2] + (reset * h[2])).Tanh();
        return ((1 - update) * fresh) + (update * state);
    }

    /// <summary>One step of an LSTM: hidden and cell state, in place of those before.</summary>
    internal static void LstmCell(Tensor gates, Tensor[] state, Tensor? projection)
    {
        long size = gates.Shape[-1] / 4;
        Tensor[] g = gates.Split([size, size, size, size], -1);
        state[1] = (g[1].Sigmoid() * state[1]) + (g[0].Sigmoid() * g[2].Tanh());
        Tensor h = g[3].Sigmoid() * state[1].Tanh();
        state[0] = projection is null ? h : Tensor.Linear(h, projection);
    }

    private static (Tensor Output, Tensor[] States) Run(
        string name, int gates, Tensor x, Tensor[]? states, int kinds, IReadOnlyList<Tensor> parameters, RecurrentOptions options,
        bool training, Generator? generator, Step step)
    {
        int directions = options.Bidirectional ? 2 : 1;
        int passes = options.NumLayers * directions;
        int each = passes > 0 ? parameters.Count / passes : 0;
        int plain = options.Bias ? 4 : 2;
        if (each * passes != parameters.Count || (each != plain && (each != plain + 1 || name != "lstm")) || x.Rank is not (2 or 3))
        {
            throw new ArgumentException(
                $"{name}: {parameters.Count} parameters for {passes} passes, biases {options.Bias}, over {x.Describe()} do not fit: each pass "
                + $"has {plain} (one more if projected), sequences 2 or 3 dimensions");
        }

        bool batched = x.Rank == 3;
        int batchDim = options.BatchFirst ? 0 : 1;
        x = batched ? x : x.Unsqueeze(batchDim);
        Tensor time = options.BatchFirst ? x.Transpose(0, 1) : x;
        states = states is null
            ? Zeros(passes, time, gates, parameters, kinds)
            : batched ? states : Array.ConvertAll(states, s => s.Unsqueeze(1));
        List<Tensor>[] last = [.. states.Select(_ => new List<Tensor>())];
        for (int layer = 0; layer < options.NumLayers; layer++)
        {
            Tensor[] outputs = new Tensor[directions];
            for (int direction = 0; direction < directions; direction++)
            {
                int i = (layer * directions) + direction;
                Tensor[] state = [.. states.Select(s => s.Select(0, i))];
                Tensor[] own = [.. parameters.Skip(i * each).Take(each)];
                outputs[direction] = Direction(
                    time, own[..plain], each > plain ? own[plain] : null, state, backward: direction == 1, step);
                for (int s = 0; s < state.Length; s++)
                {
                    last[s].Add(state[s].Unsqueeze(0));
                }
            }

            time = directions == 1 ? outputs[0] : Tensor.Cat(outputs, -1);
            if (layer + 1 < options.NumLayers)
            {
                time = time.Dropout(options.Dropout, generator ?? Generator.Default, training);
            }
        }

        Tensor result = options.BatchFirst ? time.Transpose(0, 1) : time;
        Tensor[] ends = [.. last.Select(l => Tensor.Cat(l, 0))];
        return batched ? (result, ends) : (result.Squeeze(batchDim), Array.ConvertAll(ends, s => s.Squeeze(1)));
    }

    private static Tensor Direction(Tensor time, Tensor[] weights, Tensor? projection, Tensor[] state, bool backward, Step step)
    {
        (Tensor? inputBias, Tensor? hiddenBias) = weights.Length == 4 ? (weights[2], weights[3]) : default((Tensor?, Tensor?));
        long steps = time.Shape[0];
        Tensor gates = Tensor.Linear(time, weights[0], inputBias);
        Tensor[] outputs = new Tensor[steps];
        for (long t = 0; t < steps; t++)
        {
            long at = backward ? steps - 1 - t : t;
            step(gates.Select(0, at), Tensor.Linear(state[0], weights[1], hiddenBias), state, projection);
            outputs[at] = state[0].Unsqueeze(0);
        }

        return Tensor.Cat(outputs, 0);
    }

    /// <summary>First states: hidden of the size that weight_hh reads, cell of the size that it has gates for.</summary>
    private static Tensor[] Zeros(int passes, Tensor time, int gates, IReadOnlyList<Tensor> parameters, int kinds)
    {
        long[] sizes = [parameters[1].Shape[1], parameters[1].Shape[0] / gates];
        return [.. sizes.Take(kinds).Select(size => Tensor.Zeros([passes, time.Shape[1], size], time.DType, time.Device))];
    }
}
