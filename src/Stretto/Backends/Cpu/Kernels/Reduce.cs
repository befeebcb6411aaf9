using System.Buffers;
using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>What a row becomes.</summary>
internal enum RowReduction
{
    Sum,
    Mean,
    SumOfSquares,
    Max,
    Min,
}

/// <summary>
/// Reductions of contiguous rows and of whole arrays, in an order no thread count or neighbour changes.
/// </summary>
internal static unsafe class Reduce
{
    /// <summary>
    /// result [rows] from rows of n ≥ 1 values, <paramref name="stride"/> elements apart. NaN wins a max or min.
    /// </summary>
    public static void Rows(
        WorkerPool pool, RowReduction reduction, float* x, long stride, float* result, long rows, long n) =>
        RowJobs.Run(pool, rows, n, new RowsJob(reduction, x, stride, result, n));

    /// <summary>The index of the first largest value of each row; the first NaN is larger than all.</summary>
    public static void ArgMax(WorkerPool pool, float* x, long stride, long* result, long rows, long n) =>
        RowJobs.Run(pool, rows, n, new ArgMaxJob(x, stride, result, n));

    /// <summary>Σ x² over a flat array, in float64 (for gradient norms).</summary>
    public static double SumOfSquares(WorkerPool pool, float* x, long n) => Flat(pool, x, n, squares: true);

    /// <summary>Σ x over a flat array, in float64.</summary>
    public static double Sum(WorkerPool pool, float* x, long n) => Flat(pool, x, n, squares: false);

    private static double Flat(WorkerPool pool, float* x, long n, bool squares)
    {
        long blocks = (n + FlatJob.Width - 1) / FlatJob.Width;
        double[] partials = ArrayPool<double>.Shared.Rent(checked((int)blocks));
        double total = 0;
        fixed (double* sums = partials)
        {
            RowJobs.Run(pool, blocks, FlatJob.Width, new FlatJob(x, n, sums, squares));
            for (long block = 0; block < blocks; block++)
            {
                total += sums[block];
            }
        }

        ArrayPool<double>.Shared.Return(partials);
        return total;
    }

    private readonly struct FlatJob(float* x, long n, double* sums, bool squares) : IRowJob
    {
        public const long Width = 16 * 1024;

        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            for (long block = from; block < to; block++)
            {
                float* start = x + (block * Width);
                long count = Math.Min(Width, n - (block * Width));
                sums[block] = squares
                    ? Columns.Sum<V, SquareTotal>(count, new(start))
                    : Columns.Sum<V, Total>(count, new(start));
            }
        }
    }

    private readonly struct RowsJob(RowReduction reduction, float* x, long stride, float* result, long n) : IRowJob
    {
        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            for (long row = from; row < to; row++)
            {
                float* input = x + (row * stride);
                result[row] = reduction switch
                {
                    RowReduction.Sum => (float)Columns.Sum<V, Total>(n, new(input)),
                    RowReduction.Mean => (float)(Columns.Sum<V, Total>(n, new(input)) / n),
                    RowReduction.SumOfSquares => (float)Columns.Sum<V, SquareTotal>(n, new(input)),
                    RowReduction.Max => Extreme<V>(input, n, 1),
                    _ => -Extreme<V>(input, n, -1),
                };
            }
        }
    }

    private readonly struct ArgMaxJob(float* x, long stride, long* result, long n) : IRowJob
    {
        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            for (long row = from; row < to; row++)
            {
                float* input = x + (row * stride);
                float max = Extreme<V>(input, n, 1);
                result[row] = float.IsNaN(max) ? FirstNaN(input, n) : FirstEqual<V>(input, n, max);
            }
        }
    }

    /// <summary>The largest of sign · x, NaN if there is one.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float Extreme<V>(float* x, long n, float sign) where V : unmanaged, ILanes<V>
    {
        V by = V.Create(sign);
        V m0 = V.Create(float.NegativeInfinity), m1 = m0, m2 = m0, m3 = m0;
        V ordered = V.Equals(by, by);
        V all = ordered;
        long i = 0;
        for (; i <= n - (4 * V.Count); i += 4 * V.Count)
        {
            V a = V.Load(x + i) * by;
            V b = V.Load(x + i + V.Count) * by;
            V c = V.Load(x + i + (2 * V.Count)) * by;
            V d = V.Load(x + i + (3 * V.Count)) * by;
            ordered &= V.Equals(a, a) & V.Equals(b, b) & V.Equals(c, c) & V.Equals(d, d);
            m0 = V.Max(a, m0);
            m1 = V.Max(b, m1);
            m2 = V.Max(c, m2);
            m3 = V.Max(d, m3);
        }

        for (; i < n; i += V.Count)
        {
            long count = Math.Min(n - i, V.Count);
            V value = V.Load(x + i, count) * by;
            ordered &= V.Equals(value, value);
            m0 = V.Max(V.Select(V.First(count), value, m0), m0);
        }

        V unordered = V.Select(ordered, V.Create(0f), all);
        return V.Any(unordered) ? float.NaN : V.Max(V.Max(m0, m1), V.Max(m2, m3)).MaxLane();
    }

    [MethodImpl(Compilation.Final)]
    private static long FirstEqual<V>(float* x, long n, float value) where V : unmanaged, ILanes<V>
    {
        V wanted = V.Create(value);
        long i = 0;
        while (i <= n - V.Count && !V.Any(V.Equals(V.Load(x + i), wanted)))
        {
            i += V.Count;
        }

        while (x[i] != value)
        {
            i++;
        }

        return i;
    }

    [MethodImpl(Compilation.Final)]
    private static long FirstNaN(float* x, long n)
    {
        long i = 0;
        while (i < n - 1 && !float.IsNaN(x[i]))
        {
            i++;
        }

        return i;
    }
}
