namespace Stretto.Nn;

/// <summary>What batch and instance norms share: parameters and running statistics of each channel, under PyTorch's names.</summary>
public abstract class ChannelNorm : Layer
{
    private readonly int[] _ranks;
    private readonly long _channels;
    private readonly Tensor? _batches;

    private protected ChannelNorm(
        int[] ranks, long channels, double eps, double? momentum, (bool Weight, bool Bias) affine, bool trackRunningStats,
        Device? device, DType dtype)
    {
        (_ranks, _channels, Epsilon, Momentum) = (ranks, channels, eps, momentum);
        Weight = affine.Weight ? Register("weight", Tensor.Ones([channels], dtype, device)) : null;
        Bias = affine.Bias ? Register("bias", Tensor.Zeros([channels], dtype, device)) : null;
        if (trackRunningStats)
        {
            RunningMean = RegisterBuffer("running_mean", Tensor.Zeros([channels], dtype, device));
            RunningVariance = RegisterBuffer("running_var", Tensor.Ones([channels], dtype, device));
            _batches = RegisterBuffer("num_batches_tracked", Tensor.Zeros(Shape.Scalar, DType.Int64, device));
        }
    }

    /// <summary>[channels], or null.</summary>
    public Tensor? Weight { get; }

    /// <summary>[channels], or null.</summary>
    public Tensor? Bias { get; }

    /// <summary>The buffer [channels] of means that evaluation uses, or null.</summary>
    public Tensor? RunningMean { get; }

    /// <summary>The buffer [channels] of unbiased variances, or null.</summary>
    public Tensor? RunningVariance { get; }

    private protected double Epsilon { get; }

    private protected double? Momentum { get; }

    /// <inheritdoc/>
    protected override string Options =>
        $"{_channels}, eps={Format(Epsilon)}, momentum={(Momentum is { } m ? Format(m) : "None")}, affine={Weight is not null}, "
        + $"track_running_stats={RunningMean is not null}";

    /// <inheritdoc/>
    protected override void ResetParameters(Generator generator)
    {
        LayerNorm.OnesAndZeros(Weight, Bias);
        LayerNorm.OnesAndZeros(RunningVariance, RunningMean);
        LayerNorm.OnesAndZeros(null, _batches);
    }

    private protected void CheckInput(Tensor x)
    {
        if (!_ranks.Contains(x.Rank) || x.Shape[x.Rank == _ranks[0] && this is InstanceNorm ? 0 : 1] != _channels)
        {
            throw new ArgumentException(
                $"{GetType().Name}: {x.Describe()} does not have {string.Join(" or ", _ranks)} dimensions with {_channels} channels");
        }
    }

    /// <summary>Counts a batch; the share that it has in the running statistics.</summary>
    private protected double Count()
    {
        _batches?.AddInPlace(Tensor.Scalar(1, DType.Int64, _batches.Device));
        return Momentum ?? 1 / Math.Max(1, _batches?.Item() ?? 1);
    }
}

/// <summary>
/// Normalisation of each channel over the batch, with running statistics for use after training. Ioffe and Szegedy, Batch Normalization,
/// 2015.
/// </summary>
public abstract class BatchNorm : ChannelNorm
{
    private protected BatchNorm(
        int[] ranks, long channels, double eps, double? momentum, bool affine, bool track, Device? device, DType dtype, bool bias)
        : base(ranks, channels, eps, momentum, (affine, affine && bias), track, device, dtype)
    {
    }

    /// <summary>The same shape, normalised; in training it moves the running statistics.</summary>
    protected override Tensor ForwardCore(Tensor x)
    {
        CheckInput(x);
        double momentum = IsTraining ? Count() : 0;
        return x.BatchNorm(RunningMean, RunningVariance, Weight, Bias, IsTraining || RunningMean is null, momentum, Epsilon);
    }
}

/// <summary>Batch normalisation of [n, channels] or [n, channels, length].</summary>
/// <param name="numFeatures">Channels.</param>
/// <param name="eps">Added to the variance.</param>
/// <param name="momentum">The share of a batch in the running statistics; null averages all batches alike.</param>
/// <param name="affine">Whether there are a weight and a bias.</param>
/// <param name="trackRunningStats">Whether running statistics are kept; without them a batch's own are always used.</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="dtype">Type of the parameters.</param>
/// <param name="bias">Whether there is a bias beside the weight.</param>
public sealed class BatchNorm1d(
    long numFeatures, double eps = 1e-5, double? momentum = 0.1, bool affine = true, bool trackRunningStats = true,
    Device? device = null, DType dtype = DType.Float32, bool bias = true)
    : BatchNorm([2, 3], numFeatures, eps, momentum, affine, trackRunningStats, device, dtype, bias);

/// <summary>Batch normalisation of [n, channels, height, width].</summary>
/// <param name="numFeatures">Channels.</param>
/// <param name="eps">Added to the variance.</param>
/// <param name="momentum">The share of a batch in the running statistics; null averages all batches alike.</param>
/// <param name="affine">Whether there are a weight and a bias.</param>
/// <param name="trackRunningStats">Whether running statistics are kept.</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="dtype">Type of the parameters.</param>
/// <param name="bias">Whether there is a bias beside the weight.</param>
public sealed class BatchNorm2d(
    long numFeatures, double eps = 1e-5, double? momentum = 0.1, bool affine = true, bool trackRunningStats = true,
    Device? device = null, DType dtype = DType.Float32, bool bias = true)
    : BatchNorm([4], numFeatures, eps, momentum, affine, trackRunningStats, device, dtype, bias);

/// <summary>Batch normalisation of [n, channels, depth, height, width].</summary>
/// <param name="numFeatures">Channels.</param>
/// <param name="eps">Added to the variance.</param>
/// <param name="momentum">The share of a batch in the running statistics; null averages all batches alike.</param>
/// <param name="affine">Whether there are a weight and a bias.</param>
/// <param name="trackRunningStats">Whether running statistics are kept.</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="dtype">Type of the parameters.</param>
/// <param name="bias">Whether there is a bias beside the weight.</param>
public sealed class BatchNorm3d(
    long numFeatures, double eps = 1e-5, double? momentum = 0.1, bool affine = true, bool trackRunningStats = true,
    Device? device = null, DType dtype = DType.Float32, bool bias = true)
    : BatchNorm([5], numFeatures, eps, momentum, affine, trackRunningStats, device, dtype, bias);

/// <summary>Normalisation of each channel of each example. Ulyanov et al., Instance Normalization, 2016.</summary>
public abstract class InstanceNorm : ChannelNorm
{
    private readonly int _unbatched;

    private protected InstanceNorm(
        int[] ranks, long channels, double eps, double? momentum, bool affine, bool track, Device? device, DType dtype)
        : base(ranks, channels, eps, momentum, (affine, affine), track, device, dtype) => _unbatched = ranks[0];

    /// <summary>The same shape, normalised; one dimension less stands for a batch of one.</summary>
    protected override Tensor ForwardCore(Tensor x)
    {
        CheckInput(x);
        bool own = IsTraining || RunningMean is null;
        Tensor y = (x.Rank == _unbatched ? x.Unsqueeze(0) : x).InstanceNorm(
            RunningMean, RunningVariance, Weight, Bias, own, IsTraining ? Count() : 0, Epsilon);
        return x.Rank == _unbatched ? y.Squeeze(0) : y;
    }
}

/// <summary>Instance normalisation of [n, channels, length] or [channels, length].</summary>
/// <param name="numFeatures">Channels.</param>
/// <param name="eps">Added to the variance.</param>
/// <param name="momentum">The share of an input in the running statistics.</param>
/// <param name="affine">Whether there are a weight and a bias.</param>
/// <param name="trackRunningStats">Whether running statistics are kept and used after training.</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="dtype">Type of the parameters.</param>
public sealed class InstanceNorm1d(
    long numFeatures, double eps = 1e-5, double? momentum = 0.1, bool affine = false, bool trackRunningStats = false,
    Device? device = null, DType dtype = DType.Float32)
    : InstanceNorm([2, 3], numFeatures, eps, momentum, affine, trackRunningStats, device, dtype);

/// <summary>Instance normalisation of [n, channels, height, width] or [channels, height, width].</summary>
/// <param name="numFeatures">Channels.</param>
/// <param name="eps">Added to the variance.</param>
/// <param name="momentum">The share of an input in the running statistics.</param>
/// <param name="affine">Whether there are a weight and a bias.</param>
/// <param name="trackRunningStats">Whether running statistics are kept and used after training.</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="dtype">Type of the parameters.</param>
public sealed class InstanceNorm2d(
    long numFeatures, double eps = 1e-5, double? momentum = 0.1, bool affine = false, bool trackRunningStats = false,
    Device? device = null, DType dtype = DType.Float32)
    : InstanceNorm([3, 4], numFeatures, eps, momentum, affine, trackRunningStats, device, dtype);

/// <summary>Instance normalisation of [n, channels, depth, height, width] or [channels, depth, height, width].</summary>
/// <param name="numFeatures">Channels.</param>
/// <param name="eps">Added to the variance.</param>
/// <param name="momentum">The share of an input in the running statistics.</param>
/// <param name="affine">Whether there are a weight and a bias.</param>
/// <param name="trackRunningStats">Whether running statistics are kept and used after training.</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="dtype">Type of the parameters.</param>
public sealed class InstanceNorm3d(
    long numFeatures, double eps = 1e-5, double? momentum = 0.1, bool affine = false, bool trackRunningStats = false,
    Device? device = null, DType dtype = DType.Float32)
    : InstanceNorm([4, 5], numFeatures, eps, momentum, affine, trackRunningStats, device, dtype);
