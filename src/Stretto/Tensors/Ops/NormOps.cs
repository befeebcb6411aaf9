using Stretto.Backends;

namespace Stretto;

/// <summary>Normalisations. ε is added to the variance or the mean square, under the root.</summary>
public sealed partial class Tensor
{
    /// <summary>
    /// (x − mean) / √(variance + ε) · weight + bias over the last dimensions, with the biased variance. Ba et al., 2016.
    /// </summary>
    /// <param name="normalizedShape">The last sizes of this tensor.</param>
    /// <param name="weight">Of that shape, or null for 1.</param>
    /// <param name="bias">Of that shape, or null for 0.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public Tensor LayerNorm(ReadOnlySpan<long> normalizedShape, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
    {
        Shape last = CheckNormalized("layer_norm", normalizedShape, weight, bias);
        if (IsShort)
        {
            return To(DType.Float32)
                .LayerNorm(normalizedShape, weight?.To(DType.Float32), bias?.To(DType.Float32), epsilon).To(DType);
        }

        Tensor y = Reshape(Rows(last)).Standardized(epsilon).Reshape(Shape);
        y = weight is null ? y : y * weight;
        return bias is null ? y : y + bias;
    }

    /// <summary>x / √(mean x² + ε) · weight over the last dimensions. Zhang and Sennrich, 2019.</summary>
    /// <param name="normalizedShape">The last sizes of this tensor.</param>
    /// <param name="weight">Of that shape, or null for 1.</param>
    /// <param name="epsilon">Added to the mean square; null for the machine epsilon of the dtype.</param>
    public Tensor RmsNorm(ReadOnlySpan<long> normalizedShape, Tensor? weight = null, double? epsilon = null)
    {
        Shape last = CheckNormalized("rms_norm", normalizedShape, weight, null);
        double least = epsilon ?? DType switch
        {
            DType.Float64 => double.BitIncrement(1) - 1,
            DType.Float16 => 1 / 1024.0,
            DType.BFloat16 => 1 / 128.0,
            _ => MathF.BitIncrement(1) - 1,
        };
        return Reshape(Rows(last)).RmsNorm(weight?.Reshape(last.Count), least).Reshape(Shape);
    }

    /// <summary>x / √(mean x² + ε) · (1 + weight) over the last dimension, as Gemma's layers have it.</summary>
    public Tensor GemmaRmsNorm(Tensor weight, double epsilon) => RmsNorm(weight + 1, epsilon);

    /// <summary>x + residual, and its <see cref="RmsNorm(Tensor, double)"/>.</summary>
    public (Tensor Normed, Tensor Sum) AddRmsNorm(Tensor residual, Tensor? weight, double epsilon)
    {
        Tensor sum = this + residual;
        return (sum.RmsNorm(weight, epsilon), sum);
    }

    /// <summary>Layer norm of groups of channels. Wu and He, 2018.</summary>
    /// <param name="groups">Divides the channels.</param>
    /// <param name="weight">[channels], or null for 1.</param>
    /// <param name="bias">[channels], or null for 0.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <remarks>This tensor is [n, channels, ...].</remarks>
    public Tensor GroupNorm(int groups, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
    {
        CheckChannels("group_norm", weight, bias);
        if (groups <= 0 || Shape[1] % groups != 0)
        {
            throw new ArgumentException($"group_norm: {groups} groups do not divide the {Shape[1]} channels of {Describe()}");
        }

        long size = Count == 0 ? 0 : Count / (Shape[0] * groups);
        return Reshape(Shape[0], groups, size).Standardized(epsilon).Reshape(Shape).PerChannel(weight, bias);
    }

    /// <summary>Normalises each channel over all other dimensions. Ioffe and Szegedy, 2015.</summary>
    /// <param name="runningMean">[channels]; used where not training, and moved in place in training unless null.</param>
    /// <param name="runningVariance">[channels], the same.</param>
    /// <param name="weight">[channels], or null for 1.</param>
    /// <param name="bias">[channels], or null for 0.</param>
    /// <param name="training">Use the statistics of this batch.</param>
    /// <param name="momentum">The share of this batch in the new running statistics (its variance unbiased).</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <remarks>This tensor is [n, channels, ...].</remarks>
    public Tensor BatchNorm(
        Tensor? runningMean, Tensor? runningVariance, Tensor? weight = null, Tensor? bias = null, bool training = false,
        double momentum = 0.1, double epsilon = 1e-5)
    {
        CheckChannels("batch_norm", weight, bias);
        CheckChannels("batch_norm", runningMean, runningVariance);
        if (!training)
        {
            if (runningMean is null || runningVariance is null)
            {
                throw new ArgumentException("batch_norm: outside training it needs the running mean and variance");
            }

            Tensor scale = (runningVariance + epsilon).Rsqrt();
            return ((this - AsChannels(runningMean)) * AsChannels(scale)).PerChannel(weight, bias);
        }

        int[] others = [0, .. Enumerable.Range(2, Rank - 2)];
        long count = Shape[1] == 0 ? 0 : Count / Shape[1];
        if (count <= 1)
        {
            throw new ArgumentException($"batch_norm: training needs more than one value per channel, {Describe()} has {count}");
        }

        Tensor mean = Mean(others, true);
        Tensor centred = this - mean;
        Tensor variance = centred.Square().Mean(others, true);
        Move(runningMean, mean.Detach(), momentum);
        Move(runningVariance, variance.Detach() * (count / (count - 1.0)), momentum);
        return (centred * (variance + epsilon).Rsqrt()).PerChannel(weight, bias);
    }

    /// <summary>Normalises each channel of each example over its other dimensions. Ulyanov et al., 2016.</summary>
    /// <param name="runningMean">[channels] or null; moved in place by the mean over the examples, used without input statistics.</param>
    /// <param name="runningVariance">[channels] or null, the same.</param>
    /// <param name="weight">[channels], or null for 1.</param>
    /// <param name="bias">[channels], or null for 0.</param>
    /// <param name="useInputStatistics">Statistics of the input rather than the running ones.</param>
    /// <param name="momentum">The share of this input in the new running statistics.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <remarks>This tensor is [n, channels, ...].</remarks>
    public Tensor InstanceNorm(
        Tensor? runningMean = null, Tensor? runningVariance = null, Tensor? weight = null, Tensor? bias = null,
        bool useInputStatistics = true, double momentum = 0.1, double epsilon = 1e-5)
    {
        if (!useInputStatistics)
        {
            return BatchNorm(runningMean, runningVariance, weight, bias, false, momentum, epsilon);
        }

        CheckChannels("instance_norm", weight, bias);
        CheckChannels("instance_norm", runningMean, runningVariance);
        Tensor rows = Reshape(Shape[0], Shape[1], Count == 0 ? 0 : Count / (Shape[0] * Shape[1]));
        if (rows.Shape[2] == 1)
        {
            throw new ArgumentException($"instance_norm: {Describe()} has one value per channel, more are needed");
        }

        if (runningMean is not null || runningVariance is not null)
        {
            using GradientMode.Restore off = GradientMode.NoGrad();
            Tensor mean = rows.Mean([2], true);
            Move(runningMean, mean.Mean([0]), momentum);
            Move(runningVariance, ((rows - mean).Square().Sum([2], true) / (rows.Shape[2] - 1)).Mean([0]), momentum);
        }

        return rows.Standardized(epsilon).Reshape(Shape).PerChannel(weight, bias);
    }

    /// <summary>x / max(‖x‖ₚ, ε) along a dimension.</summary>
    public Tensor Normalize(double p = 2, int dim = 1, double epsilon = 1e-12) => Normalize(p, [dim], epsilon);

    /// <summary>x / max(‖x‖ₚ, ε) over several dimensions.</summary>
    public Tensor Normalize(double p, ReadOnlySpan<int> dims, double epsilon = 1e-12) => this / NormOver(p, dims).AtLeast(epsilon);

    /// <summary>
    /// x / (k + alpha · mean of x² over <paramref name="size"/> neighbouring channels)^beta. Krizhevsky et al., 2012.
    /// </summary>
    /// <remarks>This tensor is [n, channels, ...].</remarks>
    public Tensor LocalResponseNorm(int size, double alpha = 1e-4, double beta = 0.75, double k = 1)
    {
        if (Rank < 3 || size < 1)
        {
            throw new ArgumentException($"local_response_norm: {Describe()} must be [n, channels, ...] and size {size} positive");
        }

        long[] edge = Shape.ToArray();
        edge[1] = size / 2;
        Tensor before = Zeros(Shape.Create(edge), DType, Device);
        edge[1] = (size - 1) / 2;
        Tensor padded = Cat([before, Square(), Zeros(Shape.Create(edge), DType, Device)], 1);
        Tensor sum = padded.Narrow(1, 0, Shape[1]);
        for (int i = 1; i < size; i++)
        {
            sum += padded.Narrow(1, i, Shape[1]);
        }

        return this / ((sum * (alpha / size)) + k).RaisedTo(beta);
    }

    private Tensor Standardized(double epsilon)
    {
        Tensor centred = this - Mean([-1], true);
        return centred * (centred.Square().Mean([-1], true) + epsilon).Rsqrt();
    }

    private Tensor PerChannel(Tensor? weight, Tensor? bias)
    {
        Tensor y = weight is null ? this : this * AsChannels(weight);
        return bias is null ? y : y + AsChannels(bias);
    }

    private Tensor AsChannels(Tensor values)
    {
        long[] sizes = new long[Rank - 1];
        Array.Fill(sizes, 1);
        sizes[0] = Shape[1];
        return values.Reshape(Shape.Create(sizes));
    }

    private static void Move(Tensor? running, Tensor now, double momentum) =>
        running?.CopyFrom((running.Detach() * (1 - momentum)) + (now.Detach().Reshape(running.Shape) * momentum));

    private Shape Rows(Shape last) => [last.Count == 0 ? 0 : Count / last.Count, last.Count];

    private Shape CheckNormalized(string name, ReadOnlySpan<long> normalizedShape, Tensor? weight, Tensor? bias)
    {
        Shape last = Shape.Create(normalizedShape);
        if (last.Rank == 0 || last.Rank > Rank || !Shape.Sizes[^last.Rank..].SequenceEqual(last.Sizes)
            || (weight is not null && weight.Shape != last) || (bias is not null && bias.Shape != last))
        {
            throw new ArgumentException(
                $"{name}: {Describe()} does not end in {last}, or weight {weight?.Describe()} or bias {bias?.Describe()} has another shape");
        }

        return last;
    }

    private void CheckChannels(string name, Tensor? first, Tensor? second)
    {
        if (Rank < 2 || (first is not null && (first.Rank != 1 || first.Count != Shape[1]))
            || (second is not null && (second.Rank != 1 || second.Count != Shape[1])))
        {
            throw new ArgumentException(
                $"{name}: {Describe()} must be [n, channels, ...]; {first?.Describe()} and {second?.Describe()} do not fit its channels");
        }
    }
}
