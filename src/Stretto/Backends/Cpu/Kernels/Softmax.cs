using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// Softmax, its logarithm and log-sum-exp over rows of n values. A row of −∞ alone gives NaN, as in PyTorch,
/// and a NaN makes its whole row NaN.
/// </summary>
/// <remarks>Strides count elements from row to row. Outputs may be the inputs.</remarks>
internal static unsafe class Softmax
{
    /// <summary>y = e^(x − max) / Σ e^(x − max).</summary>
    public static void Forward(
        WorkerPool pool, float* x, long xStride, float* y, long yStride, long rows, long n) =>
        RowJobs.Run(pool, rows, 4 * n, new ForwardJob(x, xStride, y, yStride, n));

    /// <summary>y = x − max − log Σ e^(x − max).</summary>
    public static void LogForward(
        WorkerPool pool, float* x, long xStride, float* y, long yStride, long rows, long n) =>
        RowJobs.Run(pool, rows, 4 * n, new LogForwardJob(x, xStride, y, yStride, n));

    /// <summary>dx = y · (dy − Σ dy · y), where y is what <see cref="Forward"/> gave.</summary>
    public static void Backward(
        WorkerPool pool, float* y, long yStride, float* dy, long dyStride, float* dx, long dxStride,
        long rows, long n) =>
        RowJobs.Run(pool, rows, 3 * n, new BackwardJob(y, yStride, dy, dyStride, dx, dxStride, n));

    /// <summary>dx = dy − e^y · Σ dy, where y is what <see cref="LogForward"/> gave.</summary>
    public static void LogBackward(
        WorkerPool pool, float* y, long yStride, float* dy, long dyStride, float* dx, long dxStride,
        long rows, long n) =>
        RowJobs.Run(pool, rows, 4 * n, new LogBackwardJob(y, yStride, dy, dyStride, dx, dxStride, n));

    /// <summary>result [rows] = log Σ e^x; −∞ for a row of −∞, +∞ where an entry is +∞ and none is NaN.</summary>
    public static void LogSumExp(WorkerPool pool, float* x, long xStride, float* result, long rows, long n) =>
        RowJobs.Run(pool, rows, 3 * n, new LogSumExpJob(x, xStride, result, n));

    private readonly struct ForwardJob(float* x, long xStride, float* y, long yStride, long n) : IRowJob
    {
        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            for (long row = from; row < to; row++)
            {
                float* input = x + (row * xStride);
                float* output = y + (row * yStride);
                float max = Columns.Max<V>(input, n);
                double sum = Columns.Sum<V, WriteExp>(n, new(input, max, output));
                Columns.Each<V, Scaled>(n, new(output, (float)(1 / sum)));
            }
        }
    }

    private readonly struct LogForwardJob(float* x, long xStride, float* y, long yStride, long n) : IRowJob
    {
        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            for (long row = from; row < to; row++)
            {
                float* input = x + (row * xStride);
                float max = Columns.Max<V>(input, n);
                double sum = Columns.Sum<V, ExpTotal>(n, new(input, max));
                Columns.Each<V, Lowered>(n, new(input, max, (float)Math.Log(sum), y + (row * yStride)));
            }
        }
    }

    private readonly struct BackwardJob(
        float* y, long yStride, float* dy, long dyStride, float* dx, long dxStride, long n) : IRowJob
    {
        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            for (long row = from; row < to; row++)
            {
                float* value = y + (row * yStride);
                float* gradient = dy + (row * dyStride);
                float dot = (float)Columns.Sum<V, Dot>(n, new(value, gradient));
                Columns.Each<V, BackColumns>(n, new(value, gradient, dot, dx + (row * dxStride)));
            }
        }
    }

    private readonly struct LogBackwardJob(
        float* y, long yStride, float* dy, long dyStride, float* dx, long dxStride, long n) : IRowJob
    {
        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            for (long row = from; row < to; row++)
            {
                float* value = y + (row * yStride);
                float* gradient = dy + (row * dyStride);
                float total = (float)Columns.Sum<V, Total>(n, new(gradient));
                Columns.Each<V, LogBackColumns>(n, new(value, gradient, total, dx + (row * dxStride)));
            }
        }
    }

    private readonly struct LogSumExpJob(float* x, long xStride, float* result, long n) : IRowJob
    {
        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            for (long row = from; row < to; row++)
            {
                float* input = x + (row * xStride);
                float max = Columns.Max<V>(input, n);
                float shift = float.IsFinite(max) ? max : 0;
                double sum = Columns.Sum<V, ExpTotal>(n, new(input, shift));
                result[row] = (float)(shift + Math.Log(sum));
            }
        }
    }

    /// <summary>Σ e^(x − max), leaving each term in y.</summary>
    private readonly struct WriteExp(float* x, float max, float* y) : IColumnSum
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Add<V>(V sum, long i, long count) where V : unmanaged, ILanes<V>
        {
            V e = FastMath.Exp(V.Load(x + i, count) - V.Create(max));
            e.Store(y + i, count);
            return sum + e;
        }
    }

    private readonly struct Scaled(float* y, float factor) : IColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(long i, long count) where V : unmanaged, ILanes<V> =>
            (V.Load(y + i, count) * V.Create(factor)).Store(y + i, count);
    }

    private readonly struct Lowered(float* x, float max, float log, float* y) : IColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(long i, long count) where V : unmanaged, ILanes<V> =>
            (V.Load(x + i, count) - V.Create(max) - V.Create(log)).Store(y + i, count);
    }

    private readonly struct BackColumns(float* y, float* dy, float dot, float* dx) : IColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(long i, long count) where V : unmanaged, ILanes<V> =>
            (V.Load(y + i, count) * (V.Load(dy + i, count) - V.Create(dot))).Store(dx + i, count);
    }

    private readonly struct LogBackColumns(float* y, float* dy, float total, float* dx) : IColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(long i, long count) where V : unmanaged, ILanes<V> => V.MultiplyAdd(
            FastMath.Exp(V.Load(y + i, count)), V.Create(-total), V.Load(dy + i, count)).Store(dx + i, count);
    }
}

/// <summary>Σ e^(x − shift).</summary>
internal readonly unsafe struct ExpTotal(float* x, float shift) : IColumnSum
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Add<V>(V sum, long i, long count) where V : unmanaged, ILanes<V> =>
        sum + FastMath.Exp(V.Load(x + i, count) - V.Create(shift));
}
