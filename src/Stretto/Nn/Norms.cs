namespace Stretto.Nn;

/// <summary>Normalisation over the last dimension. Ba et al., Layer Normalization, 2016.</summary>
public sealed class LayerNorm : Module
{
    private readonly double _epsilon;

    /// <param name="size">The last size of x.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="bias">Whether there is a bias.</param>
    public LayerNorm(long size, Device device, double epsilon = 1e-5, bool bias = true)
    {
        _epsilon = epsilon;
        Weight = Register("weight", Tensor.Ones([size], device: device));
        Bias = bias ? Register("bias", Tensor.Zeros([size], device: device)) : null;
    }

    /// <summary>[size].</summary>
    public Tensor Weight { get; }

    /// <summary>[size], or null.</summary>
    public Tensor? Bias { get; }

    /// <summary>The same shape, normalised.</summary>
    public Tensor Forward(Tensor x) => x.LayerNorm([Weight.Count], Weight, Bias, _epsilon);
}

/// <summary>
/// Normalisation of each channel over the batch, with running statistics for use after training; [n, channels, ...] of any rank.
/// Ioffe and Szegedy, Batch Normalization, 2015.
/// </summary>
public sealed class BatchNorm : Module
{
    private readonly double _epsilon;
    private readonly double? _momentum;
    private readonly Tensor? _weight;
    private readonly Tensor? _bias;
    private readonly Tensor? _mean;
    private readonly Tensor? _variance;
    private readonly Tensor? _batches;

    /// <param name="channels">Size of the second dimension.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="momentum">The share of a batch in the running statistics; null averages all batches alike.</param>
    /// <param name="affine">Whether there are a weight and a bias.</param>
    /// <param name="trackStatistics">Whether running statistics are kept; without them a batch's own are always used.</param>
    public BatchNorm(
        long channels, Device device, double epsilon = 1e-5, double? momentum = 0.1, bool affine = true, bool trackStatistics = true)
    {
        _epsilon = epsilon;
        _momentum = momentum;
        if (affine)
        {
            _weight = Register("weight", Tensor.Ones([channels], device: device));
            _bias = Register("bias", Tensor.Zeros([channels], device: device));
        }

        if (trackStatistics)
        {
            _mean = RegisterBuffer("running_mean", Tensor.Zeros([channels], device: device));
            _variance = RegisterBuffer("running_var", Tensor.Ones([channels], device: device));
            _batches = RegisterBuffer("num_batches_tracked", Tensor.Zeros(Shape.Scalar, DType.Int64, device));
        }
    }

    /// <summary>The same shape, normalised; in training it moves the running statistics.</summary>
    public Tensor Forward(Tensor x)
    {
        if (IsTraining)
        {
            _batches?.AddInPlace(Tensor.Scalar(1, DType.Int64, _batches.Device));
        }

        double momentum = _momentum ?? 1 / Math.Max(1, _batches?.Item() ?? 1);
        return x.BatchNorm(_mean, _variance, _weight, _bias, IsTraining || _mean is null, momentum, _epsilon);
    }
}
