namespace Stretto.Nn;

/// <summary>Attention with any mask; all scores exist at once. Long sequences use <c>Tensor.Attention</c>.</summary>
public static partial class Functional
{
    /// <summary>softmax(q · kᵀ · scale + mask) · v over the last two dimensions. Vaswani et al., Attention Is All You Need, 2017.</summary>
    /// <param name="query">[..., L, E].</param>
    /// <param name="key">[..., S, E].</param>
    /// <param name="value">[..., S, Ev].</param>
    /// <param name="attnMask">Bool, true where a key is seen, or numbers added to the scaled scores; broadcast to [..., L, S].</param>
    /// <param name="dropoutP">The share of weights that become 0.</param>
    /// <param name="isCausal">Query i sees keys 0 to i.</param>
    /// <param name="scale">Null for 1 / √E.</param>
    /// <param name="generator">For dropout.</param>
    /// <returns>[..., L, Ev].</returns>
    public static Tensor ScaledDotProductAttention(
        Tensor query, Tensor key, Tensor value, Tensor? attnMask = null, double dropoutP = 0, bool isCausal = false,
        double? scale = null, Generator? generator = null)
    {
        Tensor? added = attnMask?.DType == DType.Bool ? Hidden(attnMask.LogicalNot(), query.DType) : attnMask;
        return Attend(query, key, value, [added, isCausal ? Causal(query, key.Shape[-2]) : null], dropoutP, scale, generator).Output;
    }

    /// <summary>
    /// The heads of multi-head attention: projections, attention, heads side by side; the output projection is left to the caller.
    /// </summary>
    /// <param name="q">[batch, L, E]: projected queries.</param>
    /// <param name="k">[batch, S, E].</param>
    /// <param name="v">[batch, S, E].</param>
    /// <param name="numHeads">Heads; they divide E.</param>
    /// <param name="keyPaddingMask">Bool [batch, S], true where a key is padding, or numbers to add.</param>
    /// <param name="attnMask">Bool, true where a key may not be seen, or numbers to add: [L, S] or [batch · heads, L, S].</param>
    /// <param name="addZeroAttn">One more key and value of zeros, which every query may look at.</param>
    /// <param name="isCausal">Query i sees keys 0 to i, besides the mask.</param>
    /// <param name="added">One more key and value [1, 1, E] behind the given ones, which every query may look at.</param>
    /// <param name="dropoutP">The share of weights that become 0.</param>
    /// <param name="generator">For dropout.</param>
    /// <returns>[batch, L, E] and the weights [batch, heads, L, S].</returns>
    public static (Tensor Output, Tensor Weights) MultiheadAttention(
        Tensor q, Tensor k, Tensor v, int numHeads, Tensor? keyPaddingMask = null, Tensor? attnMask = null, bool addZeroAttn = false,
        bool isCausal = false, (Tensor Key, Tensor Value)? added = null, double dropoutP = 0, Generator? generator = null)
    {
        long keys = k.Shape[1];
        if (added is { } more)
        {
            k = Tensor.Cat([k, more.Key.Expand([k.Shape[0], 1, k.Shape[2]])], 1);
            v = Tensor.Cat([v, more.Value.Expand([v.Shape[0], 1, v.Shape[2]])], 1);
        }

        Tensor Heads(Tensor x) => x.Reshape(x.Shape[0], x.Shape[1], numHeads, x.Shape[2] / numHeads).Transpose(1, 2);
        (Tensor query, Tensor key, Tensor value) = (Heads(q), Heads(k), Heads(v));
        Tensor? mask = attnMask is null ? null : Hidden(attnMask, q.DType);
        mask = mask?.Rank == 3 ? mask.Reshape(q.Shape[0], numHeads, mask.Shape[1], mask.Shape[2]) : mask;
        Tensor? padding = keyPaddingMask is null ? null : Hidden(keyPaddingMask, q.DType).Unsqueeze(1).Unsqueeze(1);
        Tensor? causal = isCausal ? Causal(query, keys) : null;
        if (addZeroAttn)
        {
            (key, value) = (key.Pad([0, 0, 0, 1]), value.Pad([0, 0, 0, 1]));
        }

        // A mask for the given keys leaves those that were added behind them visible.
        Tensor? Wide(Tensor? m) => m is not null && m.Shape[-1] < key.Shape[2] ? m.Pad([0, key.Shape[2] - m.Shape[-1]]) : m;
        (Tensor output, Tensor weights) = Attend(query, key, value, [Wide(mask), Wide(padding), Wide(causal)], dropoutP, null, generator);
        return (output.Transpose(1, 2).Reshape(q.Shape[0], q.Shape[1], v.Shape[2]), weights);
    }

    private static (Tensor Output, Tensor Weights) Attend(
        Tensor query, Tensor key, Tensor value, ReadOnlySpan<Tensor?> added, double dropout, double? scale, Generator? generator)
    {
        Tensor scores = Tensor.MatMul(query, key.Transpose(-1, -2)) * (scale ?? 1 / Math.Sqrt(query.Shape[-1]));
        foreach (Tensor? mask in added)
        {
            scores = mask is null ? scores : scores + mask;
        }

        Tensor weights = scores.Softmax(-1).Dropout(dropout, generator ?? Generator.Default);
        return (Tensor.MatMul(weights, value), weights);
    }

    /// <summary>Numbers to add: −∞ where a mask of bools hides, a mask of numbers as it is.</summary>
    private static Tensor Hidden(Tensor mask, DType dtype) => mask.DType == DType.Bool
        ? Tensor.Zeros(mask.Shape, dtype, mask.Device).MaskedFill(mask, double.NegativeInfinity)
        : mask.To(dtype);

    private static Tensor Causal(Tensor query, long keys) => Hidden(
        Tensor.Ones([query.Shape[-2], keys], DType.Float32, query.Device).Triu(1).Ne(0), query.DType);
}
