using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// y = x / √(mean x² + ε) · weight over rows of n values; with <c>addOne</c> the factor is 1 + weight (Gemma).
/// Zhang and Sennrich, Root Mean Square Layer Normalization, 2019.
/// </summary>
/// <remarks>Strides count elements from row to row. Outputs may be the inputs.</remarks>
internal static unsafe class RmsNorm
{
    /// <summary>
    /// Normalises; <paramref name="weight"/> [n] and <paramref name="inverse"/> [rows] (1/√…) may be null.
    /// </summary>
    public static void Forward(
        WorkerPool pool, float* x, long xStride, float* weight, float* y, long yStride, float* inverse,
        long rows, long n, float epsilon, bool addOne) =>
        RowJobs.Run(pool, rows, 2 * n, new ForwardJob(
            x, xStride, null, 0, null, 0, weight, y, yStride, inverse, n, epsilon, addOne ? 1 : 0));

    /// <summary>sum = x + residual, then y = the norm of sum.</summary>
    public static void AddForward(
        WorkerPool pool, float* x, long xStride, float* residual, long residualStride, float* sum, long sumStride,
        float* weight, float* y, long yStride, float* inverse, long rows, long n, float epsilon, bool addOne) =>
        RowJobs.Run(pool, rows, 4 * n, new ForwardJob(
            x, xStride, residual, residualStride, sum, sumStride, weight, y, yStride, inverse, n, epsilon,
            addOne ? 1 : 0));

    /// <summary>
    /// Writes dx [rows, n] and adds to dWeight [n] (null: not wanted).
    /// With r = 1/√…, g = dy · weight: dx = r · (g − x · r² · mean(g · x)), dWeight = Σ over rows of dy · x · r.
    /// </summary>
    public static void Backward(
        WorkerPool pool, float* x, long xStride, float* weight, float* dy, long dyStride, float* inverse,
        float* dx, long dxStride, float* dWeight, long rows, long n, bool addOne)
    {
        using ColumnSums.Partials partials = new(rows, dWeight == null ? 0 : n);
        RowJobs.RunBlocks(pool, rows, ColumnSums.RowsPerBlock(rows), new BackwardJob(
            x, xStride, weight, dy, dyStride, inverse, dx, dxStride, dWeight == null ? null : partials.Data,
            rows, n, addOne ? 1 : 0));
        if (dWeight != null)
        {
            partials.AddTo(pool, dWeight, 0);
        }
    }

    private readonly struct ForwardJob(
        float* x, long xStride, float* residual, long residualStride, float* sum, long sumStride,
        float* weight, float* y, long yStride, float* inverse, long n, float epsilon, float one) : IRowJob
    {
        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            for (long row = from; row < to; row++)
            {
                float* input = x + (row * xStride);
                double squares;
                if (residual == null)
                {
                    squares = Columns.Sum<V, SquareTotal>(n, new(input));
                }
                else
                {
                    float* total = sum + (row * sumStride);
                    squares = Columns.Sum<V, AddSquares>(n, new(input, residual + (row * residualStride), total));
                    input = total;
                }

                float r = (float)(1 / Math.Sqrt((squares / n) + epsilon));
                if (inverse != null)
                {
                    inverse[row] = r;
                }

                float* output = y + (row * yStride);
                if (weight == null)
                {
                    Columns.Each<V, ScaleColumns>(n, new(input, r, output));
                }
                else
                {
                    Columns.Each<V, WeighColumns>(n, new(input, weight, r, one, output));
                }
            }
        }
    }

    private readonly struct BackwardJob(
        float* x, long xStride, float* weight, float* dy, long dyStride, float* inverse, float* dx, long dxStride,
        float* partials, long rows, long n, float one) : IRowJob
    {
        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            float* sums = partials == null ? null : partials + (from / ColumnSums.RowsPerBlock(rows) * n);
            if (sums != null)
            {
                new Span<float>(sums, checked((int)n)).Clear();
            }

            for (long row = from; row < to; row++)
            {
                float* input = x + (row * xStride);
                float* gradient = dy + (row * dyStride);
                float r = inverse[row];
                double dot = weight == null
                    ? Columns.Sum<V, Dot>(n, new(gradient, input))
                    : Columns.Sum<V, WeightedDot>(n, new(gradient, weight, input, one));
                float along = (float)(dot / n * r * r * r);
                Columns.Each<V, BackColumns>(
                    n, new(input, weight, gradient, r, along, one, dx + (row * dxStride), sums));
            }
        }
    }

    private readonly struct AddSquares(float* x, float* residual, float* sum) : IColumnSum
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Add<V>(V total, long i, long count) where V : unmanaged, ILanes<V>
        {
            V value = V.Load(x + i, count) + V.Load(residual + i, count);
            value.Store(sum + i, count);
            return V.MultiplyAdd(value, value, total);
        }
    }

    private readonly struct WeightedDot(float* dy, float* weight, float* x, float one) : IColumnSum
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Add<V>(V sum, long i, long count) where V : unmanaged, ILanes<V> => V.MultiplyAdd(
            V.Load(dy + i, count) * (V.Load(weight + i, count) + V.Create(one)), V.Load(x + i, count), sum);
    }

    private readonly struct ScaleColumns(float* x, float r, float* y) : IColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(long i, long count) where V : unmanaged, ILanes<V> =>
            (V.Load(x + i, count) * V.Create(r)).Store(y + i, count);
    }

    private readonly struct WeighColumns(float* x, float* weight, float r, float one, float* y) : IColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(long i, long count) where V : unmanaged, ILanes<V> =>
            (V.Load(x + i, count) * V.Create(r) * (V.Load(weight + i, count) + V.Create(one))).Store(y + i, count);
    }

    private readonly struct BackColumns(
        float* x, float* weight, float* dy, float r, float along, float one, float* dx, float* sums) : IColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(long i, long count) where V : unmanaged, ILanes<V>
        {
            V input = V.Load(x + i, count);
            V scaled = V.Load(dy + i, count) * V.Create(r);
            if (sums != null)
            {
                V.MultiplyAdd(scaled, input, V.Load(sums + i, count)).Store(sums + i, count);
            }

            V g = weight == null ? scaled : scaled * (V.Load(weight + i, count) + V.Create(one));
            V.MultiplyAdd(V.Create(-along), input, g).Store(dx + i, count);
        }
    }
}
