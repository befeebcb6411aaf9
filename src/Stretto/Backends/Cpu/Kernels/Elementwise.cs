using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>A function of one number, for lanes.</summary>
internal interface IUnary
{
    V Apply<V>(V x) where V : unmanaged, ILanes<V>;
}

/// <summary>A function of two numbers, for lanes.</summary>
internal interface IBinary
{
    V Apply<V>(V a, V b) where V : unmanaged, ILanes<V>;
}

/// <summary>Functions of each element of flat arrays. Outputs may be inputs; otherwise they must not overlap.</summary>
internal static unsafe class Elementwise
{
    /// <summary>y = f(x).</summary>
    public static void Map<TOp>(WorkerPool pool, float* x, float* y, long n, TOp op) where TOp : struct, IUnary =>
        Run(pool, n, 2, new UnaryColumns<TOp>(x, y, op));

    /// <summary>y = f(a, b).</summary>
    public static void Map<TOp>(WorkerPool pool, float* a, float* b, float* y, long n, TOp op)
        where TOp : struct, IBinary => Run(pool, n, 3, new BinaryColumns<TOp>(a, b, y, op));

    /// <summary>y = value.</summary>
    public static void Fill(WorkerPool pool, float* y, float value, long n) =>
        Run(pool, n, 1, new Filled(y, value));

    /// <summary>y = y · factor.</summary>
    public static void Scale(WorkerPool pool, float* y, float factor, long n) => Map(pool, y, y, n, new Times(factor));

    /// <summary>y = y + factor · x.</summary>
    public static void Axpy(WorkerPool pool, float factor, float* x, float* y, long n) =>
        Map(pool, x, y, y, n, new PlusTimes(factor));

    /// <summary>y = a + b.</summary>
    public static void Add(WorkerPool pool, float* a, float* b, float* y, long n) =>
        Map(pool, a, b, y, n, default(Sum));

    /// <summary>y = a · b.</summary>
    public static void Multiply(WorkerPool pool, float* a, float* b, float* y, long n) =>
        Map(pool, a, b, y, n, default(Product));

    /// <summary>
    /// Runs <paramref name="body"/> over n columns in parts; an element touches <paramref name="cost"/> arrays.
    /// </summary>
    public static void Run<T>(WorkerPool pool, long n, long cost, T body) where T : struct, IColumns =>
        RowJobs.Run(
            pool, (n + FlatJob<T>.Width - 1) / FlatJob<T>.Width, FlatJob<T>.Width * cost, new FlatJob<T>(n, body));

    /// <summary>Stretches of a flat array stand in for rows.</summary>
    private readonly struct FlatJob<T>(long n, T body) : IRowJob where T : struct, IColumns
    {
        public const long Width = 1024;

        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            T local = body;
            long i = from * Width;
            long end = Math.Min(to * Width, n);
            for (; i <= end - V.Count; i += V.Count)
            {
                local.At<V>(i, V.Count);
            }

            if (i < end)
            {
                local.At<V>(i, end - i);
            }
        }
    }

    private readonly struct UnaryColumns<TOp>(float* x, float* y, TOp op) : IColumns where TOp : struct, IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(long i, long count) where V : unmanaged, ILanes<V> =>
            op.Apply(V.Load(x + i, count)).Store(y + i, count);
    }

    private readonly struct BinaryColumns<TOp>(float* a, float* b, float* y, TOp op) : IColumns
        where TOp : struct, IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(long i, long count) where V : unmanaged, ILanes<V> =>
            op.Apply(V.Load(a + i, count), V.Load(b + i, count)).Store(y + i, count);
    }

    private readonly struct Times(float factor) : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ILanes<V> => x * V.Create(factor);
    }

    private readonly struct PlusTimes(float factor) : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x, V y) where V : unmanaged, ILanes<V> => V.MultiplyAdd(x, V.Create(factor), y);
    }

    private readonly struct Sum : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V a, V b) where V : unmanaged, ILanes<V> => a + b;
    }

    private readonly struct Product : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V a, V b) where V : unmanaged, ILanes<V> => a * b;
    }
}

/// <summary>y = value.</summary>
internal readonly unsafe struct Filled(float* y, float value) : IColumns
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<V>(long i, long count) where V : unmanaged, ILanes<V> => V.Create(value).Store(y + i, count);
}
