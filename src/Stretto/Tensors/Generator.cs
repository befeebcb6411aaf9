using Stretto.Backends;

namespace Stretto;

/// <summary>Where a <see cref="Generator"/> stands: two numbers that a checkpoint can hold.</summary>
/// <param name="Seed">Which stream.</param>
/// <param name="Position">How many numbers of it were drawn.</param>
public readonly record struct GeneratorState(ulong Seed, ulong Position);

/// <summary>
/// A source of random numbers whose whole state is a seed and a position: the same two give the same numbers on every backend and
/// thread count, and a checkpoint saves them. Philox 4×32-10 (Salmon et al., 2011). Not synchronised: one thread draws at a time.
/// </summary>
/// <remarks>
/// Its methods overwrite a tensor in place, as PyTorch's <c>uniform_</c>, <c>normal_</c> and so on do, and return it; the numbers go
/// in row-major order whatever the strides. <c>Tensor.Rand</c>, <c>Randn</c>, <c>Randint</c>, <c>Randperm</c> make new tensors.
/// </remarks>
public sealed partial class Generator(ulong seed, ulong position = 0)
{
    /// <summary>Which stream.</summary>
    public ulong Seed { get; private set; } = seed;

    /// <summary>How many numbers were drawn.</summary>
    public ulong Position { get; private set; } = position;

    /// <summary>Seed and position; set it to go on from there.</summary>
    public GeneratorState State
    {
        get => new(Seed, Position);
        set => (Seed, Position) = (value.Seed, value.Position);
    }

    /// <summary>A number in [0, 1).</summary>
    public double NextDouble() => At(Seed, Position++);

    /// <summary>The number in [0, 1) at a place of a stream.</summary>
    internal static double At(ulong seed, ulong position) => Philox.Uniform(seed, position, 53);

    /// <summary>A number from 0 to <paramref name="limit"/> − 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is less than 1.</exception>
    public long NextInt(long limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return Math.Min((long)(NextDouble() * limit), limit - 1);
    }

    /// <summary>Overwrites a tensor with numbers uniform in [low, high).</summary>
    /// <exception cref="ArgumentException">The bounds are not finite or in the wrong order, or the tensor holds integers.</exception>
    public Tensor Uniform(Tensor tensor, double low = 0, double high = 1)
    {
        Check(low <= high && double.IsFinite(high - low), "uniform", $"bounds {low} and {high} must be finite and in order");
        return Draw("uniform", tensor, Distribution.Uniform(low, high));
    }

    /// <summary>Overwrites a tensor with normal numbers.</summary>
    /// <exception cref="ArgumentException">The deviation is negative or not finite, or the tensor holds integers.</exception>
    public Tensor Normal(Tensor tensor, double mean = 0, double deviation = 1)
    {
        Check(
            double.IsFinite(mean) && deviation >= 0 && double.IsFinite(deviation),
            "normal", $"mean {mean} and deviation {deviation} must be finite, the deviation 0 or more");
        return Draw("normal", tensor, Distribution.Normal(mean, deviation));
    }

    /// <summary>
    /// Overwrites a tensor with normal numbers that lie between <paramref name="low"/> and <paramref name="high"/>, which are values,
    /// not multiples of the deviation (as in PyTorch's <c>trunc_normal_</c>).
    /// </summary>
    /// <exception cref="ArgumentException">A bound or a parameter makes no sense, or the tensor holds integers.</exception>
    public Tensor TruncatedNormal(Tensor tensor, double mean = 0, double deviation = 1, double low = -2, double high = 2)
    {
        Check(
            double.IsFinite(mean) && deviation > 0 && double.IsFinite(deviation),
            "trunc_normal", $"mean {mean} and deviation {deviation} must be finite, the deviation above 0");
        Check(low < high, "trunc_normal", $"bound {low} must be below {high}");
        return Draw("trunc_normal", tensor, Distribution.TruncatedNormal(mean, deviation, low, high));
    }

    /// <summary>Overwrites a tensor with exponential numbers of mean 1 / rate.</summary>
    /// <exception cref="ArgumentException">The rate is not positive, or the tensor holds integers.</exception>
    public Tensor Exponential(Tensor tensor, double rate = 1)
    {
        Check(rate > 0 && double.IsFinite(rate), "exponential", $"rate {rate} must be above 0 and finite");
        return Draw("exponential", tensor, Distribution.Exponential(rate));
    }

    /// <summary>Overwrites a tensor of any dtype with 1 (probability <paramref name="p"/>) and 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The probability is outside 0..1.</exception>
    public Tensor Bernoulli(Tensor tensor, double p = 0.5)
    {
        using Tensor probabilities = Tensor.Full(tensor.Shape, p, DType.Float64, tensor.Device);
        using Tensor drawn = probabilities.Bernoulli(this);
        return tensor.CopyFrom(drawn);
    }

    /// <summary>Overwrites a tensor with whole numbers, each from <paramref name="low"/> to <paramref name="high"/> − 1 equally likely.</summary>
    /// <exception cref="ArgumentException">There is no number in the range, or the dtype does not hold them all.</exception>
    public Tensor Integers(Tensor tensor, long low, long high)
    {
        Check(low < high, "randint", $"no integer lies from {low} to below {high}");
        (long least, long most) = WholeRange(tensor.DType);
        Check(low >= least && high - 1 <= most, "randint", $"{tensor.DType.Name()} does not hold all integers from {low} to {high - 1}");
        return Fill("random", tensor, Distribution.Integers(low, high));
    }

    private Tensor Draw(string name, Tensor tensor, Distribution distribution)
    {
        Check(tensor.DType.IsFloatingPoint(), name, $"{tensor.Describe()} holds no fractions; use a floating-point tensor");
        return Fill(name, tensor, distribution);
    }

    private Tensor Fill(string name, Tensor tensor, Distribution distribution)
    {
        tensor.BeforeWrite(name + "_");
        tensor.Backend.Random(distribution, tensor.View, Seed, Position);
        Position += (ulong)tensor.Count;
        tensor.RecordInPlace(name + "_", [], [], (_, _) => [null]);
        return tensor;
    }

    private static (long Least, long Most) WholeRange(DType dtype) => dtype switch
    {
        DType.Bool => (0, 1),
        DType.UInt8 => (0, byte.MaxValue),
        DType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
        DType.Int16 => (short.MinValue, short.MaxValue),
        DType.Int32 => (int.MinValue, int.MaxValue),
        DType.Int64 => (long.MinValue, long.MaxValue),
        DType.Float64 => (-1L << 53, 1L << 53),
        DType.Float32 => (-1L << 24, 1L << 24),
        DType.Float16 => (-1L << 11, 1L << 11),
        DType.BFloat16 => (-1L << 8, 1L << 8),
        DType.Float8E4M3 => (-1L << 4, 1L << 4),
        _ => (-1L << 3, 1L << 3),
    };

    private static void Check(bool holds, string name, string otherwise)
    {
        if (!holds)
        {
            throw new ArgumentException($"{name}: {otherwise}");
        }
    }
}
