using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// y = (x − mean) / √(variance + ε) · weight + bias over rows of n values, with the biased variance.
/// Ba, Kiros and Hinton, Layer Normalization, 2016.
/// </summary>
/// <remarks>Strides count elements from row to row. Outputs may be the inputs.</remarks>
internal static unsafe class LayerNorm
{
    /// <summary>
    /// Normalises; weight and bias [n] may be null, each on its own, and so may mean and inverse [rows]
    /// (1/√…), which <see cref="Backward"/> needs.
    /// </summary>
    public static void Forward(
        WorkerPool pool, float* x, long xStride, float* weight, float* bias, float* y, long yStride,
        float* mean, float* inverse, long rows, long n, float epsilon) =>
        RowJobs.Run(pool, rows, 2 * n, new ForwardJob(
            x, xStride, weight, bias, y, yStride, mean, inverse, n, epsilon));

    /// <summary>
    /// Writes dx [rows, n], adds to dWeight and dBias [n] (null: not wanted).
    /// With h = (x − mean) · r and g = dy · weight: dx = r · (g − mean(g) − h · mean(g · h)).
    /// </summary>
    public static void Backward(
        WorkerPool pool, float* x, long xStride, float* weight, float* dy, long dyStride, float* mean, float* inverse,
        float* dx, long dxStride, float* dWeight, float* dBias, long rows, long n)
    {
        bool wanted = dWeight != null || dBias != null;
        using ColumnSums.Partials partials = new(rows, wanted ? 2 * n : 0);
        RowJobs.RunBlocks(pool, rows, ColumnSums.RowsPerBlock(rows), new BackwardJob(
            x, xStride, weight, dy, dyStride, mean, inverse, dx, dxStride, wanted ? partials.Data : null, rows, n));
        if (dWeight != null)
        {
            partials.AddTo(pool, dWeight, 0, n);
        }

        if (dBias != null)
        {
            partials.AddTo(pool, dBias, n, n);
        }
    }

    private readonly struct ForwardJob(
        float* x, long xStride, float* weight, float* bias, float* y, long yStride, float* means, float* inverse,
        long n, float epsilon) : IRowJob
    {
        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            for (long row = from; row < to; row++)
            {
                float* input = x + (row * xStride);
                float mean = (float)(Columns.Sum<V, Total>(n, new(input)) / n);
                double variance = Columns.Sum<V, CentredSquares>(n, new(input, mean)) / n;
                float r = (float)(1 / Math.Sqrt(variance + epsilon));
                if (means != null)
                {
                    means[row] = mean;
                }

                if (inverse != null)
                {
                    inverse[row] = r;
                }

                Columns.Each<V, Normalise>(n, new(input, weight, bias, mean, r, y + (row * yStride)));
            }
        }
    }

    private readonly struct BackwardJob(
        float* x, long xStride, float* weight, float* dy, long dyStride, float* means, float* inverse,
        float* dx, long dxStride, float* partials, long rows, long n) : IRowJob
    {
        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            float* sums = partials == null ? null : partials + (from / ColumnSums.RowsPerBlock(rows) * 2 * n);
            if (sums != null)
            {
                new Span<float>(sums, checked((int)(2 * n))).Clear();
            }

            for (long row = from; row < to; row++)
            {
                float* input = x + (row * xStride);
                float* gradient = dy + (row * dyStride);
                float mean = means[row];
                float r = inverse[row];
                double total = weight == null
                    ? Columns.Sum<V, Total>(n, new(gradient))
                    : Columns.Sum<V, Dot>(n, new(gradient, weight));
                double dot = Columns.Sum<V, CentredDot>(n, new(input, weight, gradient, mean, r));
                Columns.Each<V, BackColumns>(n, new(
                    input, weight, gradient, mean, r, (float)(total / n), (float)(dot / n),
                    dx + (row * dxStride), sums, sums == null ? null : sums + n));
            }
        }
    }

    private readonly struct CentredSquares(float* x, float mean) : IColumnSum
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Add<V>(V sum, long i, long count) where V : unmanaged, ILanes<V>
        {
            V centred = V.Load(x + i, count) - V.Create(mean);
            return V.MultiplyAdd(centred, centred, sum);
        }
    }

    private readonly struct CentredDot(float* x, float* weight, float* dy, float mean, float r) : IColumnSum
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Add<V>(V sum, long i, long count) where V : unmanaged, ILanes<V>
        {
            V g = V.Load(dy + i, count);
            g = weight == null ? g : g * V.Load(weight + i, count);
            return V.MultiplyAdd(g, (V.Load(x + i, count) - V.Create(mean)) * V.Create(r), sum);
        }
    }

    private readonly struct Normalise(float* x, float* weight, float* bias, float mean, float r, float* y) : IColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(long i, long count) where V : unmanaged, ILanes<V>
        {
            V value = (V.Load(x + i, count) - V.Create(mean)) * V.Create(r);
            if (weight != null)
            {
                value *= V.Load(weight + i, count);
            }

            if (bias != null)
            {
                value += V.Load(bias + i, count);
            }

            value.Store(y + i, count);
        }
    }

    private readonly struct BackColumns(
        float* x, float* weight, float* dy, float mean, float r, float meanG, float meanGh,
        float* dx, float* weightSums, float* biasSums) : IColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(long i, long count) where V : unmanaged, ILanes<V>
        {
            V h = (V.Load(x + i, count) - V.Create(mean)) * V.Create(r);
            V g = V.Load(dy + i, count);
            if (weightSums != null)
            {
                V.MultiplyAdd(g, h, V.Load(weightSums + i, count)).Store(weightSums + i, count);
                (g + V.Load(biasSums + i, count)).Store(biasSums + i, count);
            }

            g = weight == null ? g : g * V.Load(weight + i, count);
            (V.MultiplyAdd(h, V.Create(-meanGh), g - V.Create(meanG)) * V.Create(r)).Store(dx + i, count);
        }
    }
}
