using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// y = f(gate) · up over rows, f any activation: SwiGLU with <see cref="Silu"/>, GeGLU with <see cref="GeluTanh"/>.
/// Shazeer, GLU Variants Improve Transformer, 2020.
/// </summary>
/// <remarks>
/// Each operand has its own stride (elements from row to row), so gate and up may be halves of one matrix.
/// Outputs may be the inputs.
/// </remarks>
internal static unsafe class GatedUnit
{
    public static void Forward<TActivation>(
        WorkerPool pool, float* gate, long gateStride, float* up, long upStride, float* y, long yStride,
        long rows, long n) where TActivation : struct, IActivation =>
        RowJobs.Run(pool, rows, 4 * n, new ForwardJob<TActivation>(
            gate, gateStride, up, upStride, y, yStride, n));

    /// <summary>dGate = dy · up · f′(gate), dUp = dy · f(gate).</summary>
    public static void Backward<TActivation>(
        WorkerPool pool, float* gate, long gateStride, float* up, long upStride, float* dy, long dyStride,
        float* dGate, long dGateStride, float* dUp, long dUpStride, long rows, long n)
        where TActivation : struct, IActivation =>
        RowJobs.Run(pool, rows, 6 * n, new BackwardJob<TActivation>(
            gate, gateStride, up, upStride, dy, dyStride, dGate, dGateStride, dUp, dUpStride, n));

    private readonly struct ForwardJob<TActivation>(
        float* gate, long gateStride, float* up, long upStride, float* y, long yStride, long n) : IRowJob
        where TActivation : struct, IActivation
    {
        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            for (long row = from; row < to; row++)
            {
                Columns.Each<V, ForwardColumns<TActivation>>(
                    n, new(gate + (row * gateStride), up + (row * upStride), y + (row * yStride)));
            }
        }
    }

    private readonly struct BackwardJob<TActivation>(
        float* gate, long gateStride, float* up, long upStride, float* dy, long dyStride,
        float* dGate, long dGateStride, float* dUp, long dUpStride, long n) : IRowJob
        where TActivation : struct, IActivation
    {
        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            for (long row = from; row < to; row++)
            {
                Columns.Each<V, BackColumns<TActivation>>(n, new(
                    gate + (row * gateStride), up + (row * upStride), dy + (row * dyStride),
                    dGate + (row * dGateStride), dUp + (row * dUpStride)));
            }
        }
    }

    private readonly struct ForwardColumns<TActivation>(float* gate, float* up, float* y) : IColumns
        where TActivation : struct, IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(long i, long count) where V : unmanaged, ILanes<V> =>
            (TActivation.Value(V.Load(gate + i, count)) * V.Load(up + i, count)).Store(y + i, count);
    }

    private readonly struct BackColumns<TActivation>(float* gate, float* up, float* dy, float* dGate, float* dUp)
        : IColumns where TActivation : struct, IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(long i, long count) where V : unmanaged, ILanes<V>
        {
            V slope = TActivation.Slope(V.Load(gate + i, count), out V value);
            V gradient = V.Load(dy + i, count);
            V other = V.Load(up + i, count);
            (gradient * other * slope).Store(dGate + i, count);
            (gradient * value).Store(dUp + i, count);
        }
    }
}
