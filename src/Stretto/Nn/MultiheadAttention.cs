namespace Stretto.Nn;

/// <summary>The size of a multi-head attention.</summary>
/// <param name="Size">E, the size of queries and of the output.</param>
/// <param name="Heads">Heads; they divide E.</param>
/// <param name="Bias">Whether the projections have biases.</param>
/// <param name="KeySize">Size of keys where it is not E.</param>
/// <param name="ValueSize">Size of values where it is not E.</param>
/// <param name="BatchFirst">Sequences are [batch, time, E]; otherwise [time, batch, E].</param>
/// <param name="AddZero">One more key and value of zeros, which a query may always look at.</param>
public sealed record MultiheadShape(
    int Size, int Heads, bool Bias = true, int? KeySize = null, int? ValueSize = null, bool BatchFirst = false, bool AddZero = false);

/// <summary>
/// Attention with projections and any mask, under PyTorch's parameter names. Vaswani et al., Attention Is All You Need, 2017.
/// </summary>
/// <remarks>Scores exist whole here, since masks are arbitrary and weights can be asked for; decoders use <see cref="Attention"/>.</remarks>
public sealed class MultiheadAttention : Module
{
    private readonly MultiheadShape _shape;
    private readonly Tensor? _joint;
    private readonly Tensor[]? _separate;
    private readonly Tensor? _bias;
    private readonly Linear _output;

    /// <param name="shape">Sizes and options.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <exception cref="ArgumentException">The heads do not divide the size.</exception>
    public MultiheadAttention(MultiheadShape shape, Device device)
    {
        if (shape.Heads < 1 || shape.Size % shape.Heads != 0)
        {
            throw new ArgumentException($"multi-head attention: {shape.Heads} heads do not divide a size of {shape.Size}");
        }

        _shape = shape;
        long e = shape.Size;
        if ((shape.KeySize ?? e) == e && (shape.ValueSize ?? e) == e)
        {
            _joint = Register("in_proj_weight", Tensor.Zeros([3 * e, e], device: device));
        }
        else
        {
            _separate =
            [
                Register("q_proj_weight", Tensor.Zeros([e, e], device: device)),
                Register("k_proj_weight", Tensor.Zeros([e, shape.KeySize ?? e], device: device)),
                Register("v_proj_weight", Tensor.Zeros([e, shape.ValueSize ?? e], device: device)),
            ];
        }

        _bias = shape.Bias ? Register("in_proj_bias", Tensor.Zeros([3 * e], device: device)) : null;
        _output = Child("out_proj", new Linear(e, e, shape.Bias, device));
    }

    /// <summary>Attends.</summary>
    /// <param name="query">[batch, L, E] (or time first).</param>
    /// <param name="key">[batch, S, key size].</param>
    /// <param name="value">[batch, S, value size].</param>
    /// <param name="mask">Bool, true where a key may not be seen, or numbers added to the scaled scores: [L, S] or
    /// [batch · heads, L, S].</param>
    /// <param name="padding">Bool [batch, S], true where a key is padding.</param>
    /// <returns>The output [batch, L, E] (or time first) and the weights of each head [batch, heads, L, S].</returns>
    public (Tensor Output, Tensor Weights) Forward(
        Tensor query, Tensor key, Tensor value, Tensor? mask = null, Tensor? padding = null)
    {
        Tensor q = Heads(Project(query, 0));
        Tensor k = Heads(Project(key, 1));
        Tensor v = Heads(Project(value, 2));
        if (_shape.AddZero)
        {
            Tensor zero = Tensor.Zeros([k.Shape[0], k.Shape[1], 1, k.Shape[3]], k.DType, k.Device);
            (k, v) = (Tensor.Cat([k, zero], 2), Tensor.Cat([v, zero], 2));
        }

        Tensor scores = Tensor.MatMul(q, k.Transpose(-1, -2)) / Math.Sqrt(q.Shape[-1]);
        scores = mask is null ? scores : scores + Widened(Additive(mask, scores), scores.Shape);
        scores = padding is null
            ? scores
            : scores + WithZeroColumn(Additive(padding, scores), scores.Shape[-1]).Unsqueeze(1).Unsqueeze(1);
        Tensor weights = scores.Softmax(-1);
        Tensor mixed = Tensor.MatMul(weights, v).Transpose(1, 2).Reshape(q.Shape[0], q.Shape[2], _shape.Size);
        Tensor output = _output.Forward(mixed);
        return (_shape.BatchFirst ? output : output.Transpose(0, 1), weights);
    }

    private Tensor Project(Tensor x, int part)
    {
        long e = _shape.Size;
        Tensor weight = _joint?.Narrow(0, part * e, e) ?? _separate![part];
        return Tensor.Linear(_shape.BatchFirst ? x : x.Transpose(0, 1), weight, _bias?.Narrow(0, part * e, e));
    }

    /// <summary>[batch, time, E] → [batch, heads, time, E / heads].</summary>
    private Tensor Heads(Tensor x) =>
        x.Reshape(x.Shape[0], x.Shape[1], _shape.Heads, _shape.Size / _shape.Heads).Transpose(1, 2);

    /// <summary>A mask of bools as numbers to add: 0 or −∞.</summary>
    private static Tensor Additive(Tensor mask, Tensor like)
    {
        if (mask.DType != DType.Bool)
        {
            return mask.To(like.DType);
        }

        double[] hidden = Array.ConvertAll(mask.ToArray<double>(), m => m != 0 ? double.NegativeInfinity : 0);
        return Tensor.From(hidden, mask.Shape, like.Device).To(like.DType);
    }

    private Tensor Widened(Tensor mask, Shape scores)
    {
        Tensor wide = WithZeroColumn(mask, scores[-1]);
        return wide.Rank == 3 ? wide.Reshape(scores[0], _shape.Heads, wide.Shape[1], wide.Shape[2]) : wide;
    }

    /// <summary>The key of zeros is never hidden.</summary>
    private static Tensor WithZeroColumn(Tensor mask, long keys) => mask.Shape[-1] == keys
        ? mask
        : Tensor.Cat([mask, Tensor.Zeros([.. mask.Shape.Sizes[..^1], 1], mask.DType, mask.Device)], -1);
}
