namespace Stretto.Nn;

/// <summary>The size of a Transformer layer in the style of 2017.</summary>
/// <param name="Size">Size of a token's vector.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="Hidden">Size inside the feed-forward part.</param>
/// <param name="NormFirst">Normalise before each part instead of after its residual.</param>
/// <param name="Gelu">GELU instead of ReLU.</param>
/// <param name="BatchFirst">[batch, time, size]; otherwise [time, batch, size].</param>
/// <param name="NormEpsilon">Added to variances.</param>
public sealed record TransformerShape(
    int Size, int Heads, int Hidden, bool NormFirst = false, bool Gelu = false, bool BatchFirst = true, double NormEpsilon = 1e-5);

/// <summary>Self-attention and a feed-forward part. Vaswani et al., Attention Is All You Need, 2017.</summary>
public sealed class TransformerEncoderLayer : Module
{
    private readonly bool _normFirst;
    private readonly MultiheadAttention _attention;
    private readonly FeedForward _feedForward;
    private readonly LayerNorm _norm1;
    private readonly LayerNorm _norm2;

    /// <param name="shape">Sizes and options.</param>
    /// <param name="device">Where the parameters live.</param>
    public TransformerEncoderLayer(TransformerShape shape, Device device)
    {
        _normFirst = shape.NormFirst;
        _attention = Child("self_attn", new MultiheadAttention(new(shape.Size, shape.Heads, BatchFirst: shape.BatchFirst), device));
        _feedForward = new FeedForward(
            Child("linear1", new Linear(shape.Size, shape.Hidden, true, device)),
            Child("linear2", new Linear(shape.Hidden, shape.Size, true, device)), shape.Gelu);
        _norm1 = Child("norm1", new LayerNorm(shape.Size, device, shape.NormEpsilon));
        _norm2 = Child("norm2", new LayerNorm(shape.Size, device, shape.NormEpsilon));
    }

    /// <summary>The same shape. Masks are those of <see cref="MultiheadAttention"/>.</summary>
    public Tensor Forward(Tensor x, Tensor? mask = null, Tensor? padding = null)
    {
        Tensor Attend(Tensor y) => _attention.Forward(y, y, y, mask, padding).Output;
        if (_normFirst)
        {
            x += Attend(_norm1.Forward(x));
            return x + _feedForward.Forward(_norm2.Forward(x));
        }

        x = _norm1.Forward(x + Attend(x));
        return _norm2.Forward(x + _feedForward.Forward(x));
    }
}

/// <summary>Self-attention, attention to a memory, and a feed-forward part. Vaswani et al., 2017.</summary>
public sealed class TransformerDecoderLayer : Module
{
    private readonly bool _normFirst;
    private readonly MultiheadAttention _self;
    private readonly MultiheadAttention _cross;
    private readonly FeedForward _feedForward;
    private readonly LayerNorm _norm1;
    private readonly LayerNorm _norm2;
    private readonly LayerNorm _norm3;

    /// <param name="shape">Sizes and options.</param>
    /// <param name="device">Where the parameters live.</param>
    public TransformerDecoderLayer(TransformerShape shape, Device device)
    {
        _normFirst = shape.NormFirst;
        MultiheadShape attention = new(shape.Size, shape.Heads, BatchFirst: shape.BatchFirst);
        _self = Child("self_attn", new MultiheadAttention(attention, device));
        _cross = Child("multihead_attn", new MultiheadAttention(attention, device));
        _feedForward = new FeedForward(
            Child("linear1", new Linear(shape.Size, shape.Hidden, true, device)),
            Child("linear2", new Linear(shape.Hidden, shape.Size, true, device)), shape.Gelu);
        _norm1 = Child("norm1", new LayerNorm(shape.Size, device, shape.NormEpsilon));
        _norm2 = Child("norm2", new LayerNorm(shape.Size, device, shape.NormEpsilon));
        _norm3 = Child("norm3", new LayerNorm(shape.Size, device, shape.NormEpsilon));
    }

    /// <summary>The shape of x. Masks are those of <see cref="MultiheadAttention"/>, for x itself and for the memory.</summary>
    public Tensor Forward(Tensor x, Tensor memory, Tensor? mask = null, Tensor? memoryPadding = null)
    {
        Tensor Self(Tensor y) => _self.Forward(y, y, y, mask).Output;
        Tensor Cross(Tensor y) => _cross.Forward(y, memory, memory, null, memoryPadding).Output;
        if (_normFirst)
        {
            x += Self(_norm1.Forward(x));
            x += Cross(_norm2.Forward(x));
            return x + _feedForward.Forward(_norm3.Forward(x));
        }

        x = _norm1.Forward(x + Self(x));
        x = _norm2.Forward(x + Cross(x));
        return _norm3.Forward(x + _feedForward.Forward(x));
    }
}

/// <summary>Several encoder layers and, where wanted, a norm behind them.</summary>
public sealed class TransformerEncoder : Module
{
    private readonly TransformerEncoderLayer[] _layers;
    private readonly LayerNorm? _norm;

    /// <param name="shape">Sizes and options of a layer.</param>
    /// <param name="layers">How many.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="finalNorm">Whether a norm follows.</param>
    public TransformerEncoder(TransformerShape shape, int layers, Device device, bool finalNorm = false)
    {
        _layers = [.. Enumerable.Range(0, layers).Select(i => Child($"layers.{i}", new TransformerEncoderLayer(shape, device)))];
        _norm = finalNorm ? Child("norm", new LayerNorm(shape.Size, device, shape.NormEpsilon)) : null;
    }

    /// <summary>The same shape.</summary>
    public Tensor Forward(Tensor x, Tensor? mask = null, Tensor? padding = null)
    {
        x = _layers.Aggregate(x, (y, layer) => layer.Forward(y, mask, padding));
        return _norm?.Forward(x) ?? x;
    }
}

/// <summary>Several decoder layers and, where wanted, a norm behind them.</summary>
public sealed class TransformerDecoder : Module
{
    private readonly TransformerDecoderLayer[] _layers;
    private readonly LayerNorm? _norm;

    /// <param name="shape">Sizes and options of a layer.</param>
    /// <param name="layers">How many.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="finalNorm">Whether a norm follows.</param>
    public TransformerDecoder(TransformerShape shape, int layers, Device device, bool finalNorm = false)
    {
        _layers = [.. Enumerable.Range(0, layers).Select(i => Child($"layers.{i}", new TransformerDecoderLayer(shape, device)))];
        _norm = finalNorm ? Child("norm", new LayerNorm(shape.Size, device, shape.NormEpsilon)) : null;
    }

    /// <summary>The shape of x.</summary>
    public Tensor Forward(Tensor x, Tensor memory, Tensor? mask = null, Tensor? memoryPadding = null)
    {
        x = _layers.Aggregate(x, (y, layer) => layer.Forward(y, memory, mask, memoryPadding));
        return _norm?.Forward(x) ?? x;
    }
}

/// <summary>linear2(activation(linear1(x))).</summary>
internal sealed record FeedForward(Linear First, Linear Second, bool Gelu)
{
    public Tensor Forward(Tensor x) => Second.Forward(Gelu ? First.Forward(x).Gelu() : First.Forward(x).Relu());
}
