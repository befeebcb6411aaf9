using Stretto.Backends;

namespace Stretto.Nn;

/// <summary>The shape of an attention layer.</summary>
/// <param name="Size">D, the size of a token's vector.</param>
/// <param name="Heads">Query heads.</param>
/// <param name="KvHeads">Key and value heads; each serves Heads / KvHeads query heads (Ainslie et al., GQA, 2023).</param>
/// <param name="HeadSize">Size of a head.</param>
/// <param name="Bias">Whether q, k and v have biases.</param>
/// <param name="OutputBias">Whether the output has a bias.</param>
/// <param name="QkNorm">Whether each query and key head is normalised before it is turned.</param>
/// <param name="NormEpsilon">For these norms.</param>
/// <param name="Window">How many tokens back a token sees besides itself; −1 for all.</param>
public sealed record AttentionShape(
    int Size, int Heads, int KvHeads, int HeadSize, bool Bias, bool OutputBias, bool QkNorm, double NormEpsilon, int Window = -1);

/// <summary>Causal self-attention with rotary positions, on a ragged batch.</summary>
public sealed class Attention : Module
{
    private readonly AttentionShape _shape;
    private readonly Linear _q;
    private readonly Linear _k;
    private readonly Linear _v;
    private readonly Linear _o;
    private readonly RmsNorm? _qNorm;
    private readonly RmsNorm? _kNorm;

    /// <param name="shape">Sizes and options.</param>
    /// <param name="device">Where the parameters live.</param>
    public Attention(AttentionShape shape, Device device)
    {
        _shape = shape;
        _q = Child("q_proj", new Linear(shape.Size, shape.Heads * shape.HeadSize, shape.Bias, device));
        _k = Child("k_proj", new Linear(shape.Size, shape.KvHeads * shape.HeadSize, shape.Bias, device));
        _v = Child("v_proj", new Linear(shape.Size, shape.KvHeads * shape.HeadSize, shape.Bias, device));
        _o = Child("o_proj", new Linear(shape.Heads * shape.HeadSize, shape.Size, shape.OutputBias, device));
        _qNorm = shape.QkNorm ? Child("q_norm", new RmsNorm(shape.HeadSize, shape.NormEpsilon, device: device)) : null;
        _kNorm = shape.QkNorm ? Child("k_norm", new RmsNorm(shape.HeadSize, shape.NormEpsilon, device: device)) : null;
    }

    /// <summary>[T, D] → [T, D].</summary>
    /// <param name="xTD">One vector a token.</param>
    /// <param name="batch">Sequences and cache.</param>
    /// <param name="layer">Which layer of the cache.</param>
    /// <param name="angles">Cosines and sines of the tokens' positions.</param>
    public Tensor Forward(Tensor xTD, Batch batch, int layer, (Tensor Cos, Tensor Sin) angles) =>
        HasHooks ? Hooked(xTD, x => Attend(x, batch, layer, angles)) : Attend(xTD, batch, layer, angles);

    private Tensor Attend(Tensor xTD, Batch batch, int layer, (Tensor Cos, Tensor Sin) angles)
    {
        Tensor qTHK = Turn(_q.Forward(xTD), _shape.Heads, _qNorm, angles);
        Tensor kTHK = Turn(_k.Forward(xTD), _shape.KvHeads, _kNorm, angles);
        Tensor vTHK = _v.Forward(xTD).Reshape(-1, _shape.KvHeads, _shape.HeadSize);
        AttentionOptions options = new(1 / Math.Sqrt(_shape.HeadSize), Causal: true, _shape.Window, Tree: batch.Tree);
        Tensor oTHK = batch.Cache is { } cache
            ? Cached(qTHK, cache.Append(layer, kTHK, vTHK), batch, options)
            : Tensor.Attention(qTHK, kTHK, vTHK, batch.OffsetArray, batch.OffsetArray, options);
        return _o.Forward(oTHK.Reshape(-1, _shape.Heads * _shape.HeadSize));
    }

    private static Tensor Cached(Tensor q, KvView kv, Batch batch, AttentionOptions options)
    {
        Tensor output = Tensor.Empty([q.Shape[0], q.Shape[1], kv.ValueSize], device: q.Device);
        q.Backend.Attention(new AttentionInputs(q.View, kv, batch.OffsetArray, options), output.View, null);
        return output;
    }

    private Tensor Turn(Tensor x, int heads, RmsNorm? norm, (Tensor Cos, Tensor Sin) angles)
    {
        Tensor split = x.Reshape(-1, heads, _shape.HeadSize);
        return (norm?.Forward(split) ?? split).Rotary(angles.Cos, angles.Sin);
    }
}
