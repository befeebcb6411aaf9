using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>The element functions of one argument that have a vector body.</summary>
internal static unsafe class UnaryKernels
{
    public static bool Has(UnaryOp op) => op is UnaryOp.Negate or UnaryOp.Abs or UnaryOp.Square or UnaryOp.Sqrt
        or UnaryOp.Rsqrt or UnaryOp.Reciprocal or UnaryOp.Exp or UnaryOp.Sigmoid or UnaryOp.Tanh
        or UnaryOp.Silu or UnaryOp.Gelu or UnaryOp.GeluTanh;

    public static void Run(WorkerPool pool, UnaryOp op, float* x, float* y, long n)
    {
        switch (op)
        {
            case UnaryOp.Negate: Elementwise.Map(pool, x, y, n, default(Negate)); break;
            case UnaryOp.Abs: Elementwise.Map(pool, x, y, n, default(Abs)); break;
            case UnaryOp.Square: Elementwise.Map(pool, x, y, n, default(Square)); break;
            case UnaryOp.Sqrt: Elementwise.Map(pool, x, y, n, default(Sqrt)); break;
            case UnaryOp.Rsqrt: Elementwise.Map(pool, x, y, n, default(Rsqrt)); break;
            case UnaryOp.Reciprocal: Elementwise.Map(pool, x, y, n, default(Reciprocal)); break;
            case UnaryOp.Exp: Elementwise.Map(pool, x, y, n, default(Exp)); break;
            case UnaryOp.Sigmoid: Elementwise.Map(pool, x, y, n, default(Sigmoid)); break;
            case UnaryOp.Tanh: Elementwise.Map(pool, x, y, n, default(Tanh)); break;
            case UnaryOp.Silu: Activations.Forward<Silu>(pool, x, y, n); break;
            case UnaryOp.Gelu: Activations.Forward<Gelu>(pool, x, y, n); break;
            case UnaryOp.GeluTanh: Activations.Forward<GeluTanh>(pool, x, y, n); break;
            default: throw new ArgumentOutOfRangeException(nameof(op), op, "no vector body");
        }
    }

    private readonly struct Negate : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ILanes<V> => -x;
    }

    private readonly struct Abs : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ILanes<V> => V.Abs(x);
    }

    private readonly struct Square : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ILanes<V> => x * x;
    }

    private readonly struct Sqrt : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ILanes<V> => V.Sqrt(x);
    }

    private readonly struct Rsqrt : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ILanes<V> => V.Create(1f) / V.Sqrt(x);
    }

    private readonly struct Reciprocal : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ILanes<V> => V.Create(1f) / x;
    }

    private readonly struct Exp : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ILanes<V> => FastMath.Exp(x);
    }

    private readonly struct Sigmoid : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ILanes<V> => FastMath.Sigmoid(x);
    }

    private readonly struct Tanh : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ILanes<V> => FastMath.Tanh(x);
    }
}
