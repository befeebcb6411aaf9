namespace Stretto.Nn;

/// <summary>Several encoder layers and, where wanted, a norm behind them.</summary>
public sealed class TransformerEncoder : Module
{
    private readonly ModuleList<TransformerEncoderLayer> _layers;
    private readonly Layer? _norm;

    /// <param name="encoderLayer">What each layer is a copy of; as in PyTorch all start with its values.</param>
    /// <param name="numLayers">How many.</param>
    /// <param name="norm">Behind the last, or null.</param>
    public TransformerEncoder(TransformerEncoderLayer encoderLayer, int numLayers, Layer? norm = null)
    {
        _layers = Child("layers", new ModuleList<TransformerEncoderLayer>(Enumerable.Range(0, numLayers).Select(_ => encoderLayer.Copy())));
        _norm = norm is null ? null : Child("norm", norm);
    }

    /// <summary>The same shape. Masks are those of <see cref="MultiheadAttention"/>.</summary>
    public Tensor Forward(Tensor src, Tensor? mask = null, Tensor? srcKeyPaddingMask = null, bool isCausal = false) =>
        Hooked(src, x =>
        {
            foreach (TransformerEncoderLayer layer in _layers)
            {
                x = layer.Forward(x, mask, srcKeyPaddingMask, isCausal);
            }

            return _norm?.Forward(x) ?? x;
        });
}

/// <summary>Several decoder layers and, where wanted, a norm behind them.</summary>
public sealed class TransformerDecoder : Module
{
    private readonly ModuleList<TransformerDecoderLayer> _layers;
    private readonly Layer? _norm;

    /// <param name="decoderLayer">What each layer is a copy of; as in PyTorch all start with its values.</param>
    /// <param name="numLayers">How many.</param>
    /// <param name="norm">Behind the last, or null.</param>
    public TransformerDecoder(TransformerDecoderLayer decoderLayer, int numLayers, Layer? norm = null)
    {
        _layers = Child("layers", new ModuleList<TransformerDecoderLayer>(Enumerable.Range(0, numLayers).Select(_ => decoderLayer.Copy())));
        _norm = norm is null ? null : Child("norm", norm);
    }

    /// <summary>The shape of tgt. Masks are those of <see cref="MultiheadAttention"/>.</summary>
    public Tensor Forward(
        Tensor tgt, Tensor memory, Tensor? tgtMask = null, Tensor? memoryMask = null, Tensor? tgtKeyPaddingMask = null,
        Tensor? memoryKeyPaddingMask = null, bool tgtIsCausal = false, bool memoryIsCausal = false) =>
        Hooked([tgt, memory], inputs =>
        {
            Tensor x = inputs[0]!;
            foreach (TransformerDecoderLayer layer in _layers)
            {
                x = layer.Forward(
                    x, inputs[1]!, tgtMask, memoryMask, tgtKeyPaddingMask, memoryKeyPaddingMask, tgtIsCausal, memoryIsCausal);
            }

            return [_norm?.Forward(x) ?? x];
        })[0];
}

/// <summary>An encoder and a decoder that reads it. Vaswani et al., Attention Is All You Need, 2017.</summary>
public sealed class Transformer : Module
{
    /// <param name="dModel">Size of a token's vector.</param>
    /// <param name="nhead">Attention heads.</param>
    /// <param name="numEncoderLayers">Encoder layers.</param>
    /// <param name="numDecoderLayers">Decoder layers.</param>
    /// <param name="dimFeedforward">Size inside the feed-forward parts.</param>
    /// <param name="dropout">In training, the share of 0 behind each part and in the attention weights.</param>
    /// <param name="activation">Between the two linear layers; null for ReLU.</param>
    /// <param name="layerNormEps">Added to variances.</param>
    /// <param name="batchFirst">[batch, time, size]; otherwise [time, batch, size].</param>
    /// <param name="normFirst">Normalise before each part instead of after its residual.</param>
    /// <param name="bias">Whether layers and norms have biases.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="dtype">Type of the parameters.</param>
    public Transformer(
        long dModel = 512, int nhead = 8, int numEncoderLayers = 6, int numDecoderLayers = 6, long dimFeedforward = 2048,
        double dropout = 0.1, Func<Tensor, Tensor>? activation = null, double layerNormEps = 1e-5, bool batchFirst = false,
        bool normFirst = false, bool bias = true, Device? device = null, DType dtype = DType.Float32)
    {
        LayerNorm Norm() => new(dModel, layerNormEps, bias: bias, device: device, dtype: dtype);
        using (Init.Skip())
        {
            Encoder = Child("encoder", new TransformerEncoder(
                new(dModel, nhead, dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, bias, device, dtype),
                numEncoderLayers, Norm()));
            Decoder = Child("decoder", new TransformerDecoder(
                new(dModel, nhead, dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, bias, device, dtype),
                numDecoderLayers, Norm()));
        }

        if (!Init.Skipping)
        {
            Initialize(Generator.Default);
        }
    }

    /// <summary>The first half.</summary>
    public TransformerEncoder Encoder { get; }

    /// <summary>The second half.</summary>
    public TransformerDecoder Decoder { get; }

    /// <summary>Each part's own first values, then Xavier's for every matrix, as PyTorch has it.</summary>
    public override void Initialize(Generator generator)
    {
        base.Initialize(generator);
        foreach ((_, Tensor parameter) in Parameters().Where(p => p.Value.Rank > 1))
        {
            Init.XavierUniform(parameter, generator: generator);
        }
    }

    /// <summary>src [S, batch, E] and tgt [T, batch, E] (or batch first) → [T, batch, E].</summary>
    public Tensor Forward(
        Tensor src, Tensor tgt, Tensor? srcMask = null, Tensor? tgtMask = null, Tensor? memoryMask = null,
        Tensor? srcKeyPaddingMask = null, Tensor? tgtKeyPaddingMask = null, Tensor? memoryKeyPaddingMask = null,
        bool srcIsCausal = false, bool tgtIsCausal = false, bool memoryIsCausal = false) =>
        Hooked([src, tgt], x =>
        {
            Tensor memory = Encoder.Forward(x[0]!, srcMask, srcKeyPaddingMask, srcIsCausal);
            return [Decoder.Forward(
                x[1]!, memory, tgtMask, memoryMask, tgtKeyPaddingMask, memoryKeyPaddingMask, tgtIsCausal, memoryIsCausal)];
        })[0];
}
