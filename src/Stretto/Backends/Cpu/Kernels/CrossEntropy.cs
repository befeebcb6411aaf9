using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// loss = lse − (1 − s) · x[target] − s · mean(x) + z · lse² for each row of logits, s the smoothing; and
/// d loss / d x = p · (1 + 2 z lse) − (1 − s) · onehot − s / classes, p the softmax.
/// </summary>
/// <remarks>
/// Rows are independent, so a long batch can be done some rows at a time and its logits never exist whole.
/// </remarks>
internal static unsafe class CrossEntropy
{
    /// <summary>
    /// Writes loss and lse = log Σ e^x [rows]; both are 0 in ignored rows. The gradient of large logits needs lse
    /// in float64.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A target is neither a class nor ignored.</exception>
    public static void Forward(
        WorkerPool pool, float* logits, long stride, long* targets, float* loss, double* lse,
        long rows, long classes, in CrossEntropyOptions options)
    {
        Check(targets, rows, classes, options.IgnoreIndex);
        RowJobs.Run(pool, rows, 3 * classes, new Job(
            logits, stride, targets, loss, lse, null, 1, null, 0, classes, options, true, false));
    }

    /// <summary>
    /// Writes dLogits = scale[row] · factor · d loss / d x from what <see cref="Forward"/> left in lse.
    /// dLogits may be logits; scale [rows] may be null for 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A target is neither a class nor ignored.</exception>
    public static void Backward(
        WorkerPool pool, float* logits, long stride, long* targets, double* lse, float* scale, float factor,
        float* dLogits, long dStride, long rows, long classes, in CrossEntropyOptions options)
    {
        Check(targets, rows, classes, options.IgnoreIndex);
        RowJobs.Run(pool, rows, 4 * classes, new Job(
            logits, stride, targets, null, lse, scale, factor, dLogits, dStride, classes, options, false, true));
    }

    /// <summary>
    /// Both in one pass over memory, with the same bits: a row is still in the cache for its gradient.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A target is neither a class nor ignored.</exception>
    public static void ForwardBackward(
        WorkerPool pool, float* logits, long stride, long* targets, float* loss, double* lse, float* scale,
        float factor, float* dLogits, long dStride, long rows, long classes, in CrossEntropyOptions options)
    {
        Check(targets, rows, classes, options.IgnoreIndex);
        RowJobs.Run(pool, rows, 6 * classes, new Job(
            logits, stride, targets, loss, lse, scale, factor, dLogits, dStride, classes, options, true, true));
    }

    private static void Check(long* targets, long rows, long classes, long ignore)
    {
        for (long row = 0; row < rows; row++)
        {
            if ((ulong)targets[row] >= (ulong)classes && targets[row] != ignore)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(targets),
                    $"cross_entropy: target {targets[row]} in row {row} is not one of {classes} classes");
            }
        }
    }

    private readonly struct Job(
        float* logits, long stride, long* targets, float* loss, double* lse, float* scale, float factor,
        float* dLogits, long dStride, long classes, CrossEntropyOptions options, bool forward, bool backward) : IRowJob
    {
        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            for (long row = from; row < to; row++)
            {
                float* x = logits + (row * stride);
                long target = targets[row];
                bool ignored = target == options.IgnoreIndex;
                if (forward)
                {
                    lse[row] = ignored ? 0 : LogSumExp<V>(x);
                    loss[row] = ignored ? 0 : Loss<V>(x, target, lse[row]);
                }

                if (backward)
                {
                    float* dx = dLogits + (row * dStride);
                    if (ignored)
                    {
                        Columns.Each<V, Filled>(classes, new(dx, 0));
                    }
                    else
                    {
                        Gradient<V>(x, target, lse[row], (scale == null ? 1 : scale[row]) * factor, dx);
                    }
                }
            }
        }

        [MethodImpl(Compilation.Final)]
        private double LogSumExp<V>(float* x) where V : unmanaged, ILanes<V>
        {
            float max = Columns.Max<V>(x, classes);
            return max + Math.Log(Columns.Sum<V, ExpTotal>(classes, new(x, max)));
        }

        [MethodImpl(Compilation.Final)]
        private float Loss<V>(float* x, long target, double logSum) where V : unmanaged, ILanes<V>
        {
            double result = logSum - x[target];
            if (options.Smoothing != 0)
            {
                double even = logSum - (Columns.Sum<V, Total>(classes, new(x)) / classes);
                result = ((1 - options.Smoothing) * result) + (options.Smoothing * even);
            }

            return (float)(result + (options.ZLoss * logSum * logSum));
        }

        [MethodImpl(Compilation.Final)]
        private void Gradient<V>(float* x, long target, double logSum, float by, float* dx)
            where V : unmanaged, ILanes<V>
        {
            float even = (float)options.Smoothing / classes * by;
            float onTarget = (1 - (float)options.Smoothing) * by;
            float ofSoftmax = (float)(1 + (2 * options.ZLoss * logSum)) * by;
            float high = (float)logSum;
            Columns.Each<V, BackColumns>(classes, new(x, high, (float)(logSum - high), ofSoftmax, even, dx));
            dx[target] -= onTarget;
        }
    }

    private readonly struct BackColumns(float* x, float high, float low, float factor, float even, float* dx) : IColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(long i, long count) where V : unmanaged, ILanes<V>
        {
            V p = FastMath.Exp(V.Load(x + i, count) - V.Create(high) - V.Create(low));
            V.MultiplyAdd(p, V.Create(factor), V.Create(-even)).Store(dx + i, count);
        }
    }
}
