namespace Stretto.Nn;

/// <summary>Normalisation over the last dimensions. Ba et al., Layer Normalization, 2016.</summary>
public sealed class LayerNorm : Layer
{
    private readonly Shape _shape;
    private readonly double _epsilon;

    /// <param name="normalizedShape">The last sizes of x.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="elementwiseAffine">Whether there are a weight and a bias.</param>
    /// <param name="bias">Whether there is a bias beside the weight.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="dtype">Type of the parameters.</param>
    public LayerNorm(
        Shape normalizedShape, double eps = 1e-5, bool elementwiseAffine = true, bool bias = true, Device? device = null,
        DType dtype = DType.Float32)
    {
        (_shape, _epsilon) = (normalizedShape, eps);
        Weight = elementwiseAffine ? Register("weight", Tensor.Ones(_shape, dtype, device)) : null;
        Bias = elementwiseAffine && bias ? Register("bias", Tensor.Zeros(_shape, dtype, device)) : null;
    }

    /// <summary>Over the last dimension, of this size.</summary>
    public LayerNorm(
        long normalizedShape, double eps = 1e-5, bool elementwiseAffine = true, bool bias = true, Device? device = null,
        DType dtype = DType.Float32)
        : this([normalizedShape], eps, elementwiseAffine, bias, device, dtype)
    {
    }

    /// <summary>The normalised shape, or null.</summary>
    public Tensor? Weight { get; }

    /// <summary>The normalised shape, or null.</summary>
    public Tensor? Bias { get; }

    /// <inheritdoc/>
    protected override string Options =>
        $"{Tuple(_shape)}, eps={Format(_epsilon)}, elementwise_affine={Weight is not null}, bias={Bias is not null}";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.LayerNorm(_shape.Sizes, Weight, Bias, _epsilon);

    /// <inheritdoc/>
    protected override void ResetParameters(Generator generator) => OnesAndZeros(Weight, Bias);

    internal static void OnesAndZeros(Tensor? weight, Tensor? bias)
    {
        _ = weight is null ? null : Init.Ones(weight);
        _ = bias is null ? null : Init.Zeros(bias);
    }
}

/// <summary>Root mean square normalisation. Zhang and Sennrich, 2019.</summary>
public sealed class RmsNorm : Layer
{
    private readonly Shape _shape;
    private readonly double? _epsilon;

    /// <param name="normalizedShape">The last sizes of x.</param>
    /// <param name="eps">Added to the mean square; null takes the smallest difference from 1 of x's type.</param>
    /// <param name="elementwiseAffine">Whether there is a weight.</param>
    /// <param name="device">Where the weight lives.</param>
    /// <param name="dtype">Type of the weight.</param>
    public RmsNorm(
        Shape normalizedShape, double? eps = null, bool elementwiseAffine = true, Device? device = null, DType dtype = DType.Float32)
    {
        (_shape, _epsilon) = (normalizedShape, eps);
        Weight = elementwiseAffine ? Register("weight", Tensor.Ones(_shape, dtype, device)) : null;
    }

    /// <summary>Over the last dimension, of this size.</summary>
    public RmsNorm(
        long normalizedShape, double? eps = null, bool elementwiseAffine = true, Device? device = null, DType dtype = DType.Float32)
        : this([normalizedShape], eps, elementwiseAffine, device, dtype)
    {
    }

    /// <summary>The normalised shape, or null.</summary>
    public Tensor? Weight { get; }

    /// <inheritdoc/>
    protected override string Options =>
        $"{Tuple(_shape)}, eps={(_epsilon is { } e ? Format(e) : "None")}, elementwise_affine={Weight is not null}";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) =>
        _shape.Rank == 1 && _epsilon is { } epsilon ? x.RmsNorm(Weight, epsilon) : x.RmsNorm(_shape.Sizes, Weight, _epsilon);

    /// <inheritdoc/>
    protected override void ResetParameters(Generator generator) => LayerNorm.OnesAndZeros(Weight, null);
}

/// <summary>Normalisation of groups of channels of each example. Wu and He, Group Normalization, 2018.</summary>
public sealed class GroupNorm : Layer
{
    private readonly int _groups;
    private readonly long _channels;
    private readonly double _epsilon;

    /// <param name="numGroups">How many groups.</param>
    /// <param name="numChannels">Size of the second dimension, a multiple of the groups.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="affine">Whether there are a weight and a bias of each channel.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="dtype">Type of the parameters.</param>
    /// <exception cref="ArgumentException">The groups do not divide the channels.</exception>
    public GroupNorm(
        int numGroups, long numChannels, double eps = 1e-5, bool affine = true, Device? device = null, DType dtype = DType.Float32)
    {
        if (numGroups < 1 || numChannels % numGroups != 0)
        {
            throw new ArgumentException($"group norm: {numGroups} groups do not divide {numChannels} channels");
        }

        (_groups, _channels, _epsilon) = (numGroups, numChannels, eps);
        Weight = affine ? Register("weight", Tensor.Ones([numChannels], dtype, device)) : null;
        Bias = affine ? Register("bias", Tensor.Zeros([numChannels], dtype, device)) : null;
    }

    /// <summary>[channels], or null.</summary>
    public Tensor? Weight { get; }

    /// <summary>[channels], or null.</summary>
    public Tensor? Bias { get; }

    /// <inheritdoc/>
    protected override string Options => $"{_groups}, {_channels}, eps={Format(_epsilon)}, affine={Weight is not null}";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.GroupNorm(_groups, Weight, Bias, _epsilon);

    /// <inheritdoc/>
    protected override void ResetParameters(Generator generator) => LayerNorm.OnesAndZeros(Weight, Bias);
}

/// <summary>Each value over the mean square of its neighbours among the channels. Krizhevsky et al., 2012.</summary>
public sealed class LocalResponseNorm(int size, double alpha = 1e-4, double beta = 0.75, double k = 1) : Layer
{
    /// <inheritdoc/>
    protected override string Options => $"{size}, alpha={Format(alpha)}, beta={Format(beta)}, k={Format(k)}";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.LocalResponseNorm(size, alpha, beta, k);
}
