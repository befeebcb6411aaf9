namespace Stretto.Nn;

/// <summary>What encoder and decoder layers are built with.</summary>
internal sealed record TransformerOptions(
    long Size, int Heads, long Hidden, double Dropout, Func<Tensor, Tensor> Activation, double Epsilon, bool BatchFirst, bool NormFirst,
    bool Bias, Device? Device, DType DType)
{
    public MultiheadAttention Attention() => new(Size, Heads, Dropout, Bias, batchFirst: BatchFirst, device: Device, dtype: DType);

    public Linear Linear(long inputs, long outputs) => new(inputs, outputs, Bias, Device, DType);

    public LayerNorm Norm() => new(Size, Epsilon, bias: Bias, device: Device, dtype: DType);
}

/// <summary>Self-attention and a feed-forward part. Vaswani et al., Attention Is All You Need, 2017.</summary>
public sealed class TransformerEncoderLayer : Module
{
    private readonly TransformerOptions _options;
    private readonly MultiheadAttention _attention;
    private readonly Linear _linear1;
    private readonly Dropout _dropout;
    private readonly Linear _linear2;
    private readonly LayerNorm _norm1;
    private readonly LayerNorm _norm2;
    private readonly Dropout _dropout1;
    private readonly Dropout _dropout2;

    /// <param name="dModel">Size of a token's vector.</param>
    /// <param name="nhead">Attention heads.</param>
    /// <param name="dimFeedforward">Size inside the feed-forward part.</param>
    /// <param name="dropout">In training, the share of 0 behind each part and in the attention weights.</param>
    /// <param name="activation">Between the two linear layers; null for ReLU.</param>
    /// <param name="layerNormEps">Added to variances.</param>
    /// <param name="batchFirst">[batch, time, size]; otherwise [time, batch, size].</param>
    /// <param name="normFirst">Normalise before each part instead of after its residual.</param>
    /// <param name="bias">Whether layers and norms have biases.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="dtype">Type of the parameters.</param>
    public TransformerEncoderLayer(
        long dModel, int nhead, long dimFeedforward = 2048, double dropout = 0.1, Func<Tensor, Tensor>? activation = null,
        double layerNormEps = 1e-5, bool batchFirst = false, bool normFirst = false, bool bias = true, Device? device = null,
        DType dtype = DType.Float32)
        : this(new TransformerOptions(
            dModel, nhead, dimFeedforward, dropout, activation ?? (x => x.Relu()), layerNormEps, batchFirst, normFirst, bias, device, dtype))
    {
    }

    private TransformerEncoderLayer(TransformerOptions options)
    {
        _options = options;
        _attention = Child("self_attn", options.Attention());
        _linear1 = Child("linear1", options.Linear(options.Size, options.Hidden));
        _dropout = Child("dropout", new Dropout(options.Dropout));
        _linear2 = Child("linear2", options.Linear(options.Hidden, options.Size));
        _norm1 = Child("norm1", options.Norm());
        _norm2 = Child("norm2", options.Norm());
        _dropout1 = Child("dropout1", new Dropout(options.Dropout));
        _dropout2 = Child("dropout2", new Dropout(options.Dropout));
    }

    /// <summary>The same shape. Masks are those of <see cref="MultiheadAttention"/>.</summary>
    public Tensor Forward(Tensor src, Tensor? srcMask = null, Tensor? srcKeyPaddingMask = null, bool isCausal = false) =>
        Hooked([src], inputs =>
        {
            Tensor Attend(Tensor y) => _dropout1.Forward(_attention.Forward(y, y, y, srcKeyPaddingMask, false, srcMask, isCausal: isCausal).Output);
            Tensor Feed(Tensor y) => _dropout2.Forward(_linear2.Forward(_dropout.Forward(_options.Activation(_linear1.Forward(y)))));
            Tensor x = inputs[0]!;
            if (_options.NormFirst)
            {
                x += Attend(_norm1.Forward(x));
                return [x + Feed(_norm2.Forward(x))];
            }

            x = _norm1.Forward(x + Attend(x));
            return [_norm2.Forward(x + Feed(x))];
        })[0];

    /// <summary>A layer of its own with the same options and values.</summary>
    internal TransformerEncoderLayer Copy()
    {
        using IDisposable skip = Init.Skip();
        TransformerEncoderLayer copy = new(_options);
        copy.LoadStateDict(StateDict());
        return copy;
    }
}

/// <summary>Self-attention, attention to a memory, and a feed-forward part. Vaswani et al., 2017.</summary>
public sealed class TransformerDecoderLayer : Module
{
    private readonly TransformerOptions _options;
    private readonly MultiheadAttention _self;
    private readonly MultiheadAttention _cross;
    private readonly Linear _linear1;
    private readonly Dropout _dropout;
    private readonly Linear _linear2;
    private readonly LayerNorm[] _norms;
    private readonly Dropout[] _dropouts;

    /// <param name="dModel">Size of a token's vector.</param>
    /// <param name="nhead">Attention heads.</param>
    /// <param name="dimFeedforward">Size inside the feed-forward part.</param>
    /// <param name="dropout">In training, the share of 0 behind each part and in the attention weights.</param>
    /// <param name="activation">Between the two linear layers; null for ReLU.</param>
    /// <param name="layerNormEps">Added to variances.</param>
    /// <param name="batchFirst">[batch, time, size]; otherwise [time, batch, size].</param>
    /// <param name="normFirst">Normalise before each part instead of after its residual.</param>
    /// <param name="bias">Whether layers and norms have biases.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="dtype">Type of the parameters.</param>
    public TransformerDecoderLayer(
        long dModel, int nhead, long dimFeedforward = 2048, double dropout = 0.1, Func<Tensor, Tensor>? activation = null,
        double layerNormEps = 1e-5, bool batchFirst = false, bool normFirst = false, bool bias = true, Device? device = null,
        DType dtype = DType.Float32)
        : this(new TransformerOptions(
            dModel, nhead, dimFeedforward, dropout, activation ?? (x => x.Relu()), layerNormEps, batchFirst, normFirst, bias, device, dtype))
    {
    }

    private TransformerDecoderLayer(TransformerOptions options)
    {
        _options = options;
        _self = Child("self_attn", options.Attention());
        _cross = Child("multihead_attn", options.Attention());
        _linear1 = Child("linear1", options.Linear(options.Size, options.Hidden));
        _dropout = Child("dropout", new Dropout(options.Dropout));
        _linear2 = Child("linear2", options.Linear(options.Hidden, options.Size));
        _norms = [Child("norm1", options.Norm()), Child("norm2", options.Norm()), Child("norm3", options.Norm())];
        _dropouts =
        [
            Child("dropout1", new Dropout(options.Dropout)), Child("dropout2", new Dropout(options.Dropout)),
            Child("dropout3", new Dropout(options.Dropout)),
        ];
    }

    /// <summary>The shape of tgt. Masks are those of <see cref="MultiheadAttention"/>, for tgt itself and for the memory.</summary>
    public Tensor Forward(
        Tensor tgt, Tensor memory, Tensor? tgtMask = null, Tensor? memoryMask = null, Tensor? tgtKeyPaddingMask = null,
        Tensor? memoryKeyPaddingMask = null, bool tgtIsCausal = false, bool memoryIsCausal = false) =>
        Hooked([tgt, memory], inputs =>
        {
            (Tensor x, Tensor m) = (inputs[0]!, inputs[1]!);
            Tensor Self(Tensor y) => _dropouts[0].Forward(
                _self.Forward(y, y, y, tgtKeyPaddingMask, false, tgtMask, isCausal: tgtIsCausal).Output);
            Tensor Cross(Tensor y) => _dropouts[1].Forward(
                _cross.Forward(y, m, m, memoryKeyPaddingMask, false, memoryMask, isCausal: memoryIsCausal).Output);
            Tensor Feed(Tensor y) => _dropouts[2].Forward(_linear2.Forward(_dropout.Forward(_options.Activation(_linear1.Forward(y)))));
            Func<Tensor, Tensor>[] parts = [Self, Cross, Feed];
            for (int i = 0; i < parts.Length; i++)
            {
                x = _options.NormFirst ? x + parts[i](_norms[i].Forward(x)) : _norms[i].Forward(x + parts[i](x));
            }

            return [x];
        })[0];

    /// <summary>A layer of its own with the same options and values.</summary>
    internal TransformerDecoderLayer Copy()
    {
        using IDisposable skip = Init.Skip();
        TransformerDecoderLayer copy = new(_options);
        copy.LoadStateDict(StateDict());
        return copy;
    }
}
