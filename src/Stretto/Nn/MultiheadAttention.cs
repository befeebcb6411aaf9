namespace Stretto.Nn;

/// <summary>
/// Attention with projections and any mask, under PyTorch's parameter names. Vaswani et al., Attention Is All You Need, 2017.
/// </summary>
/// <remarks>Scores exist whole here, since masks are arbitrary and weights can be asked for; decoders use <see cref="Attention"/>.</remarks>
public sealed class MultiheadAttention : Module
{
    private readonly long _size;
    private readonly int _heads;
    private readonly double _dropout;
    private readonly bool _addZero;
    private readonly bool _batchFirst;
    private readonly Tensor? _joint;
    private readonly Tensor[]? _separate;
    private readonly Tensor? _bias;
    private readonly (Tensor Key, Tensor Value)? _added;
    private readonly Linear _output;

    /// <param name="embedDim">E, the size of queries and of the output.</param>
    /// <param name="numHeads">Heads; they divide E.</param>
    /// <param name="dropout">In training, the share of weights that become 0.</param>
    /// <param name="bias">Whether the projections have biases.</param>
    /// <param name="addBiasKv">One more, learnt, key and value.</param>
    /// <param name="addZeroAttn">One more key and value of zeros, which a query may always look at.</param>
    /// <param name="kdim">Size of keys where it is not E.</param>
    /// <param name="vdim">Size of values where it is not E.</param>
    /// <param name="batchFirst">Sequences are [batch, time, E]; otherwise [time, batch, E].</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="dtype">Type of the parameters.</param>
    /// <exception cref="ArgumentException">The heads do not divide the size.</exception>
    public MultiheadAttention(
        long embedDim, int numHeads, double dropout = 0, bool bias = true, bool addBiasKv = false, bool addZeroAttn = false,
        long? kdim = null, long? vdim = null, bool batchFirst = false, Device? device = null, DType dtype = DType.Float32)
    {
        if (numHeads < 1 || embedDim < 1 || embedDim % numHeads != 0)
        {
            throw new ArgumentException($"multi-head attention: {numHeads} heads do not divide a size of {embedDim}");
        }

        (_size, _heads, _dropout, _addZero, _batchFirst) = (embedDim, numHeads, dropout, addZeroAttn, batchFirst);
        Tensor Parameter(string name, params long[] sizes) => Register(name, Tensor.Zeros(Shape.Create(sizes), dtype, device));
        long e = embedDim;
        if ((kdim ?? e) == e && (vdim ?? e) == e)
        {
            _joint = Parameter("in_proj_weight", 3 * e, e);
        }
        else
        {
            _separate = [Parameter("q_proj_weight", e, e), Parameter("k_proj_weight", e, kdim ?? e), Parameter("v_proj_weight", e, vdim ?? e)];
        }

        _bias = bias ? Parameter("in_proj_bias", 3 * e) : null;
        _added = addBiasKv ? (Parameter("bias_k", 1, 1, e), Parameter("bias_v", 1, 1, e)) : null;
        _output = Child("out_proj", new Linear(e, e, bias, device, dtype));
        ResetParameters();
    }

    /// <summary>Attends; sequences may lack the batch dimension.</summary>
    /// <param name="query">[batch, L, E] (or time first).</param>
    /// <param name="key">[batch, S, key size].</param>
    /// <param name="value">[batch, S, value size].</param>
    /// <param name="keyPaddingMask">Bool [batch, S], true where a key is padding, or numbers added to scores.</param>
    /// <param name="needWeights">Whether weights are returned.</param>
    /// <param name="attnMask">Bool, true where a key may not be seen, or numbers added to the scaled scores: [L, S] or
    /// [batch · heads, L, S].</param>
    /// <param name="averageAttnWeights">The weights' mean over the heads rather than each head's.</param>
    /// <param name="isCausal">Query i sees keys 0 to i.</param>
    /// <returns>The output [batch, L, E] (or time first) and the weights [batch, L, S] or [batch, heads, L, S].</returns>
    public (Tensor Output, Tensor? Weights) Forward(
        Tensor query, Tensor key, Tensor value, Tensor? keyPaddingMask = null, bool needWeights = true, Tensor? attnMask = null,
        bool averageAttnWeights = true, bool isCausal = false)
    {
        IReadOnlyList<Tensor> result = Hooked([query, key, value], x =>
        {
            bool batched = x[0]!.Rank == 3;
            int batchDim = _batchFirst ? 0 : 1;
            Tensor Batched(Tensor t) => batched ? t : t.Unsqueeze(batchDim);
            Tensor[] parts = [.. Enumerable.Range(0, 3).Select(i => Project(Batched(x[i]!), i))];
            Tensor? padding = keyPaddingMask is null || batched ? keyPaddingMask : keyPaddingMask.Unsqueeze(0);
            (Tensor mixed, Tensor weights) = Functional.MultiheadAttention(
                parts[0], parts[1], parts[2], _heads, padding, attnMask, _addZero, isCausal, _added, IsTraining ? _dropout : 0);
            Tensor output = _output.Forward(mixed);
            output = _batchFirst ? output : output.Transpose(0, 1);
            weights = averageAttnWeights ? weights.Mean([1]) : weights;
            return batched ? [output, weights] : [output.Squeeze(batchDim), weights.Squeeze(0)];
        });
        return (result[0], needWeights ? result[1] : null);
    }

    /// <summary>Xavier's numbers for the projections, 0 for biases.</summary>
    protected override void ResetParameters(Generator generator)
    {
        foreach (Tensor weight in _separate ?? [_joint!])
        {
            Init.XavierUniform(weight, generator: generator);
        }

        if (_added is { } added)
        {
            Init.XavierNormal(added.Key, generator: generator);
            Init.XavierNormal(added.Value, generator: generator);
        }

        LayerNorm.OnesAndZeros(null, _bias);
        LayerNorm.OnesAndZeros(null, _output.Bias);
    }

    /// <inheritdoc/>
    public override void Initialize(Generator generator)
    {
        // The part draws first, as in the constructor: this module sets the part's bias to 0 afterwards.
        _output.Initialize(generator);
        ResetParameters(generator);
    }

    /// <summary>→ [batch, time, E].</summary>
    private Tensor Project(Tensor x, int part)
    {
        long e = _size;
        Tensor weight = _joint?.Narrow(0, part * e, e) ?? _separate![part];
        return Tensor.Linear(_batchFirst ? x : x.Transpose(0, 1), weight, _bias?.Narrow(0, part * e, e));
    }
}
