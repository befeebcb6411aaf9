using Stretto.Backends;

namespace Stretto;

/// <summary>New tensors of random numbers, and choices by probability. No gradient flows to what was drawn.</summary>
public sealed partial class Tensor
{
    /// <summary>Numbers uniform in [0, 1).</summary>
    /// <exception cref="ArgumentException">The dtype is not floating-point.</exception>
    public static Tensor Rand(Shape shape, Generator random, DType dtype = DType.Float32, Device? device = null) =>
        random.Uniform(Empty(shape, dtype, device));

    /// <summary>Normal numbers of mean 0 and variance 1.</summary>
    /// <exception cref="ArgumentException">The dtype is not floating-point.</exception>
    public static Tensor Randn(Shape shape, Generator random, DType dtype = DType.Float32, Device? device = null) =>
        random.Normal(Empty(shape, dtype, device));

    /// <summary>Whole numbers from <paramref name="low"/> to <paramref name="high"/> − 1, all equally likely.</summary>
    /// <exception cref="ArgumentException">There is no number in the range, or the dtype does not hold them all.</exception>
    public static Tensor Randint(
        long low, long high, Shape shape, Generator random, DType dtype = DType.Int64, Device? device = null) =>
        random.Integers(Empty(shape, dtype, device), low, high);

    /// <summary>The numbers 0 to <paramref name="n"/> − 1 in random order (Fisher and Yates) → [n], int64.</summary>
    /// <exception cref="ArgumentOutOfRangeException">n is negative.</exception>
    public static unsafe Tensor Randperm(long n, Generator random, Device? device = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        Tensor result = Arange(0, n, 1, DType.Int64, device);
        long* order = (long*)result.View.Data;
        for (long i = n - 1; i > 0; i--)
        {
            long j = random.NextInt(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        GC.KeepAlive(result);
        return result;
    }

    /// <summary>1 with the probability that each element of this tensor is, else 0; same shape and dtype.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An element is outside 0..1.</exception>
    public Tensor Bernoulli(Generator random)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor p = Detach().Converted(DType == DType.Float64 ? DType.Float64 : DType.Float32);
        if (Count > 0 && !(p.Amin().Item() >= 0 && p.Amax().Item() <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(random), "bernoulli: a probability is outside 0..1");
        }

        Tensor drawn = Rand(Shape, random, p.DType, Device);
        return scope.Keep(Pairwise("bernoulli", BinaryOp.Less, drawn, p).Converted(DType));
    }

    /// <summary>
    /// Chooses places along the last dimension, each with a chance proportional to its weight: [n] → [samples], [rows, n] → [rows, samples],
    /// int64. Without replacement no place comes twice and the order is that of successive draws (Efraimidis and Spirakis, 2006).
    /// </summary>
    /// <param name="samples">How many, 1 or more.</param>
    /// <param name="random">Where the numbers come from.</param>
    /// <param name="replacement">Whether a place may come again.</param>
    /// <exception cref="ArgumentException">
    /// Another rank, a weight that is negative or not finite, a row without positive weights or with too few for the samples.
    /// </exception>
    public Tensor Multinomial(int samples, Generator random, bool replacement = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        if (Rank is not (1 or 2) || !DType.IsFloatingPoint())
        {
            throw new ArgumentException($"multinomial: weights must be floating-point [n] or [rows, n], not {Describe()}");
        }

        using TensorScope scope = TensorScope.Begin();
        long rows = Rank == 2 ? Shape[0] : 1;
        Tensor result = Empty(Rank == 2 ? [rows, samples] : [samples], DType.Int64, Device);
        for (long row = 0; row < rows; row++)
        {
            double[] weights = (Rank == 2 ? Detach().Select(0, row) : this).ToArray<double>();
            long[] chosen = Choose(weights, samples, random, replacement);
            (Rank == 2 ? result.Select(0, row) : result).CopyFrom(From(chosen, Device));
        }

        return scope.Keep(result);
    }

    private static long[] Choose(double[] weights, int samples, Generator random, bool replacement)
    {
        double total = 0;
        int possible = 0;
        double[] sums = new double[weights.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            if (!(weights[i] >= 0) || !double.IsFinite(weights[i]))
            {
                throw new ArgumentException($"multinomial: weight {weights[i]} at {i} is negative or not finite");
            }

            possible += weights[i] > 0 ? 1 : 0;
            sums[i] = total += weights[i];
        }

        if (possible == 0 || (!replacement && possible < samples))
        {
            throw new ArgumentException(
                $"multinomial: {possible} places have a positive weight, {samples} are asked for; sample with replacement, or fewer");
        }

        return replacement ? WithReplacement(sums, samples, random) : WithoutReplacement(weights, samples, random);
    }

    private static long[] WithReplacement(double[] sums, int samples, Generator random)
    {
        long[] chosen = new long[samples];
        for (int s = 0; s < samples; s++)
        {
            // Below the total even where the product rounds up to it.
            double at = Math.Min(random.NextDouble() * sums[^1], Math.BitDecrement(sums[^1]));
            int low = 0;
            for (int high = sums.Length - 1; low < high;)
            {
                int middle = (low + high) / 2;
                (low, high) = sums[middle] > at ? (low, middle) : (middle + 1, high);
            }

            chosen[s] = low;
        }

        return chosen;
    }

    private static long[] WithoutReplacement(double[] weights, int samples, Generator random)
    {
        long[] places = new long[weights.Length];
        double[] keys = new double[weights.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            places[i] = i;
            double wait = -Math.Log(1 - random.NextDouble());
            keys[i] = weights[i] > 0 ? wait / weights[i] : double.PositiveInfinity;
        }

        Array.Sort(keys, places);
        return places[..samples];
    }
}
