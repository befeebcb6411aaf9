using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>The element functions of two arguments that have a vector body.</summary>
internal static unsafe class BinaryKernels
{
    public static bool Has(BinaryOp op) => op is BinaryOp.Add or BinaryOp.Subtract or BinaryOp.Multiply or BinaryOp.Divide
        or BinaryOp.SiluSlope or BinaryOp.GeluSlope or BinaryOp.GeluTanhSlope;

    public static void Run(WorkerPool pool, BinaryOp op, float* a, float* b, float* y, long n)
    {
        switch (op)
        {
            case BinaryOp.Add: Elementwise.Add(pool, a, b, y, n); break;
            case BinaryOp.Subtract: Elementwise.Map(pool, a, b, y, n, default(Difference)); break;
            case BinaryOp.Multiply: Elementwise.Multiply(pool, a, b, y, n); break;
            case BinaryOp.Divide: Elementwise.Map(pool, a, b, y, n, default(Quotient)); break;
            case BinaryOp.SiluSlope: Activations.Backward<Silu>(pool, b, a, y, n); break;
            case BinaryOp.GeluSlope: Activations.Backward<Gelu>(pool, b, a, y, n); break;
            case BinaryOp.GeluTanhSlope: Activations.Backward<GeluTanh>(pool, b, a, y, n); break;
            default: throw new ArgumentOutOfRangeException(nameof(op), op, "no vector body");
        }
    }

    /// <summary>y = op(a, number) for the four operations of arithmetic.</summary>
    public static void RunScalar(WorkerPool pool, BinaryOp op, float* a, float number, float* y, long n)
    {
        switch (op)
        {
            case BinaryOp.Add: Elementwise.Map(pool, a, y, n, new Plus(number)); break;
            case BinaryOp.Subtract: Elementwise.Map(pool, a, y, n, new Plus(-number)); break;
            case BinaryOp.Multiply: Elementwise.Map(pool, a, y, n, new Times(number)); break;
            case BinaryOp.Divide: Elementwise.Map(pool, a, y, n, new Over(number)); break;
            default: throw new ArgumentOutOfRangeException(nameof(op), op, "no vector body");
        }
    }

    private readonly struct Difference : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V a, V b) where V : unmanaged, ILanes<V> => a - b;
    }

    private readonly struct Quotient : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V a, V b) where V : unmanaged, ILanes<V> => a / b;
    }

    private readonly struct Plus(float number) : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ILanes<V> => x + V.Create(number);
    }

    private readonly struct Times(float number) : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ILanes<V> => x * V.Create(number);
    }

    private readonly struct Over(float number) : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ILanes<V> => x / V.Create(number);
    }
}
