using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>A differentiable function of one number, for lanes.</summary>
internal interface IActivation
{
    static abstract V Value<V>(V x) where V : unmanaged, ILanes<V>;

    static abstract V Slope<V>(V x, out V value) where V : unmanaged, ILanes<V>;
}

/// <summary>y = f(x) and dx = dy · f′(x) over flat arrays.</summary>
internal static unsafe class Activations
{
    public static void Forward<TActivation>(WorkerPool pool, float* x, float* y, long n)
        where TActivation : struct, IActivation => Elementwise.Map(pool, x, y, n, default(Value<TActivation>));

    public static void Backward<TActivation>(WorkerPool pool, float* x, float* dy, float* dx, long n)
        where TActivation : struct, IActivation => Elementwise.Map(pool, x, dy, dx, n, default(Gradient<TActivation>));

    private readonly struct Value<TActivation> : IUnary where TActivation : struct, IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ILanes<V> => TActivation.Value(x);
    }

    private readonly struct Gradient<TActivation> : IBinary where TActivation : struct, IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x, V dy) where V : unmanaged, ILanes<V> => dy * TActivation.Slope(x, out _);
    }
}

/// <summary>x · sigmoid(x).</summary>
internal readonly struct Silu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V>(V x) where V : unmanaged, ILanes<V> => x * FastMath.Sigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<V>(V x, out V value) where V : unmanaged, ILanes<V>
    {
        V s = FastMath.Sigmoid(x);
        value = x * s;
        return V.MultiplyAdd(value, V.Create(1f) - s, s);
    }
}

/// <summary>x · Φ(x), Φ the normal distribution: Hendrycks and Gimpel, Gaussian Error Linear Units, 2016.</summary>
internal readonly struct Gelu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V>(V x) where V : unmanaged, ILanes<V> => x * FastMath.NormalDistribution(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<V>(V x, out V value) where V : unmanaged, ILanes<V>
    {
        V below = FastMath.NormalDistribution(x);
        value = x * below;
        V density = V.Create(0.398942280f) * FastMath.Exp(V.Create(-0.5f) * x * x);
        return V.MultiplyAdd(x, density, below);
    }
}

/// <summary>
/// x · (1 + tanh(√(2/π) · (x + 0.044715 x³))) / 2, which is x · sigmoid of twice the tanh's argument.
/// </summary>
internal readonly struct GeluTanh : IActivation
{
    private const float Linear = 1.59576912f;
    private const float Cubic = 1.59576912f * 0.044715f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V>(V x) where V : unmanaged, ILanes<V> =>
        x * FastMath.Sigmoid(x * V.MultiplyAdd(V.Create(Cubic), x * x, V.Create(Linear)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<V>(V x, out V value) where V : unmanaged, ILanes<V>
    {
        V square = x * x;
        V s = FastMath.Sigmoid(x * V.MultiplyAdd(V.Create(Cubic), square, V.Create(Linear)));
        value = x * s;
        V inner = V.MultiplyAdd(V.Create(3 * Cubic), square, V.Create(Linear));
        return V.MultiplyAdd(value * (V.Create(1f) - s), inner, s);
    }
}

/// <summary>x · sigmoid(1.702 x), as in CLIP.</summary>
internal readonly struct QuickGelu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<V>(V x) where V : unmanaged, ILanes<V> => x * FastMath.Sigmoid(V.Create(1.702f) * x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<V>(V x, out V value) where V : unmanaged, ILanes<V>
    {
        V s = FastMath.Sigmoid(V.Create(1.702f) * x);
        value = x * s;
        return V.MultiplyAdd(V.Create(1.702f) * value, V.Create(1f) - s, s);
    }
}
