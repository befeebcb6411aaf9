namespace Stretto.Nn;

/// <summary>y = x · weightᵀ + bias.</summary>
public sealed class Linear : Layer
{
    /// <param name="inFeatures">The last size of x.</param>
    /// <param name="outFeatures">The last size of y.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <param name="device">Where the parameters live; the processor when left out.</param>
    /// <param name="dtype">Type of the parameters.</param>
    public Linear(long inFeatures, long outFeatures, bool bias = true, Device? device = null, DType dtype = DType.Float32)
    {
        Weight = Register("weight", Tensor.Zeros([outFeatures, inFeatures], dtype, device));
        Bias = bias ? Register("bias", Tensor.Zeros([outFeatures], dtype, device)) : null;
        ResetParameters();
    }

    /// <summary>A layer over parameters of others, such as an output layer that shares the table of an embedding.</summary>
    /// <param name="weight">[out features, in features]; it stays as it is.</param>
    /// <param name="bias">[out features], or null.</param>
    /// <exception cref="ArgumentException">The weight is not a matrix, or the bias does not fit it.</exception>
    public Linear(Tensor weight, Tensor? bias = null)
    {
        if (weight.Rank != 2 || (bias is not null && (bias.Rank != 1 || bias.Count != weight.Shape[0])))
        {
            throw new ArgumentException(
                $"linear: weight {weight.Describe()} and bias {bias?.Describe() ?? "none"} do not fit: [out, in] and [out]");
        }

        Weight = Register("weight", weight);
        Bias = bias is null ? null : Register("bias", bias);
    }

    /// <summary>[out features, in features].</summary>
    public Tensor Weight { get; }

    /// <summary>[out features], or null.</summary>
    public Tensor? Bias { get; }

    /// <inheritdoc/>
    protected override string Options => $"in_features={Weight.Shape[1]}, out_features={Weight.Shape[0]}, bias={Bias is not null}";

    /// <summary>[..., in features] → [..., out features].</summary>
    protected override Tensor ForwardCore(Tensor x) => Tensor.Linear(x, Weight, Bias);

    /// <inheritdoc/>
    protected override void ResetParameters(Generator generator) => Fresh(generator, Weight, Bias);

    /// <summary>Uniform between ∓1 / √fan in, weight and bias, as PyTorch starts.</summary>
    internal static void Fresh(Generator generator, Tensor weight, Tensor? bias)
    {
        long inputs = Init.Fans(weight).In;
        double limit = inputs > 0 ? 1 / Math.Sqrt(inputs) : 0;
        Init.Uniform(weight, -limit, limit, generator);
        if (bias is not null)
        {
            Init.Uniform(bias, -limit, limit, generator);
        }
    }
}

/// <summary>y = x₁ᵀ · weight · x₂ + bias.</summary>
public sealed class Bilinear : Module
{
    /// <param name="in1Features">The last size of x₁.</param>
    /// <param name="in2Features">The last size of x₂.</param>
    /// <param name="outFeatures">The last size of y.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="dtype">Type of the parameters.</param>
    public Bilinear(
        long in1Features, long in2Features, long outFeatures, bool bias = true, Device? device = null, DType dtype = DType.Float32)
    {
        Weight = Register("weight", Tensor.Zeros([outFeatures, in1Features, in2Features], dtype, device));
        Bias = bias ? Register("bias", Tensor.Zeros([outFeatures], dtype, device)) : null;
        ResetParameters();
    }

    /// <summary>[out features, in1 features, in2 features].</summary>
    public Tensor Weight { get; }

    /// <summary>[out features], or null.</summary>
    public Tensor? Bias { get; }

    /// <inheritdoc/>
    protected override string Options =>
        $"in1_features={Weight.Shape[1]}, in2_features={Weight.Shape[2]}, out_features={Weight.Shape[0]}, bias={Bias is not null}";

    /// <summary>[..., in1 features] and [..., in2 features] → [..., out features].</summary>
    public Tensor Forward(Tensor x1, Tensor x2) => Hooked([x1, x2], x => [Tensor.Bilinear(x[0]!, x[1]!, Weight, Bias)])[0];

    /// <inheritdoc/>
    protected override void ResetParameters(Generator generator)
    {
        double limit = 1 / Math.Sqrt(Math.Max(1, Weight.Shape[1]));
        Init.Uniform(Weight, -limit, limit, generator);
        if (Bias is not null)
        {
            Init.Uniform(Bias, -limit, limit, generator);
        }
    }
}

/// <summary>A table of vectors.</summary>
public sealed class Embedding : Layer
{
    private readonly long? _padding;
    private readonly bool _scaleByFrequency;

    /// <param name="numEmbeddings">How many ids there are.</param>
    /// <param name="embeddingDim">The size of a vector.</param>
    /// <param name="paddingIdx">An id whose vector is read as it is, starts at 0 and takes no gradient; negative ones count from the end.</param>
    /// <param name="scaleGradByFreq">Divide a row's gradient by how often its id occurs in the input.</param>
    /// <param name="device">Where the table lives.</param>
    /// <param name="dtype">Type of the table.</param>
    public Embedding(
        long numEmbeddings, long embeddingDim, long? paddingIdx = null, bool scaleGradByFreq = false, Device? device = null,
        DType dtype = DType.Float32)
    {
        if (paddingIdx >= numEmbeddings || paddingIdx < -numEmbeddings)
        {
            throw new ArgumentException($"embedding: padding id {paddingIdx} is not among {numEmbeddings} ids");
        }

        _padding = paddingIdx < 0 ? paddingIdx + numEmbeddings : paddingIdx;
        _scaleByFrequency = scaleGradByFreq;
        Weight = Register("weight", Tensor.Zeros([numEmbeddings, embeddingDim], dtype, device));
        ResetParameters();
    }

    /// <summary>[ids, size].</summary>
    public Tensor Weight { get; }

    /// <inheritdoc/>
    protected override string Options => $"{Weight.Shape[0]}, {Weight.Shape[1]}" + (_padding is { } p ? $", padding_idx={p}" : "")
        + (_scaleByFrequency ? ", scale_grad_by_freq=True" : "");

    /// <summary>Integer ids of any shape → that shape and [size].</summary>
    protected override Tensor ForwardCore(Tensor x) => Tensor.Embedding(Weight, x, _padding, _scaleByFrequency);

    /// <inheritdoc/>
    protected override void ResetParameters(Generator generator)
    {
        Init.Normal(Weight, generator: generator);
        if (_padding is { } row)
        {
            using Tensor padding = Weight.Detach();
            Init.Zeros(padding.Narrow(0, row, 1));
        }
    }
}

/// <summary>down(silu(gate(x)) · up(x)). Shazeer, GLU Variants Improve Transformer, 2020.</summary>
public sealed class SwiGluMlp : Layer
{
    private readonly Linear _gate;
    private readonly Linear _up;
    private readonly Linear _down;

    /// <param name="size">The last size of x.</param>
    /// <param name="hidden">The size between.</param>
    /// <param name="bias">Whether the three layers have biases.</param>
    /// <param name="device">Where the parameters live.</param>
    public SwiGluMlp(long size, long hidden, bool bias = false, Device? device = null)
    {
        _gate = Child("gate_proj", new Linear(size, hidden, bias, device));
        _up = Child("up_proj", new Linear(size, hidden, bias, device));
        _down = Child("down_proj", new Linear(hidden, size, bias, device));
    }

    /// <summary>[tokens, size] → [tokens, size].</summary>
    protected override Tensor ForwardCore(Tensor x) => _down.Forward(Tensor.SwiGlu(_gate.Forward(x), _up.Forward(x)));
}
