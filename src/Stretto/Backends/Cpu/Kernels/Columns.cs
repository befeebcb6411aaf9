using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>What happens to the columns of one row, independently.</summary>
internal interface IColumns
{
    /// <summary>Does columns <paramref name="i"/> to i + count − 1; count is at most the lanes of V.</summary>
    void At<V>(long i, long count) where V : unmanaged, ILanes<V>;
}

/// <summary>A sum over the columns of one row; may also write as it goes.</summary>
internal interface IColumnSum
{
    /// <summary>
    /// Adds the terms of columns i to i + count − 1 to lanes 0 to count − 1; other lanes do not matter.
    /// </summary>
    V Add<V>(V sum, long i, long count) where V : unmanaged, ILanes<V>;
}

/// <summary>Walks along a row: whole registers, then one tail.</summary>
internal static unsafe class Columns
{
    /// <summary>Terms that are summed in float32 before they join the float64 total.</summary>
    private const long SumBlock = 4096;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Each<V, T>(long n, T body) where V : unmanaged, ILanes<V> where T : struct, IColumns
    {
        long i = 0;
        for (; i <= n - V.Count; i += V.Count)
        {
            body.At<V>(i, V.Count);
        }

        if (i < n)
        {
            body.At<V>(i, n - i);
        }
    }

    /// <summary>
    /// The sum of a row's terms in an order that depends on n and the register width alone: lanes of four
    /// registers within a block, then the lanes, then the blocks.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum<V, T>(long n, T terms) where V : unmanaged, ILanes<V> where T : struct, IColumnSum
    {
        double total = 0;
        for (long start = 0; start < n; start += SumBlock)
        {
            long end = Math.Min(start + SumBlock, n);
            V s0 = V.Create(0f), s1 = s0, s2 = s0, s3 = s0;
            long i = start;
            for (; i <= end - (4 * V.Count); i += 4 * V.Count)
            {
                s0 = terms.Add(s0, i, V.Count);
                s1 = terms.Add(s1, i + V.Count, V.Count);
                s2 = terms.Add(s2, i + (2 * V.Count), V.Count);
                s3 = terms.Add(s3, i + (3 * V.Count), V.Count);
            }

            for (; i <= end - V.Count; i += V.Count)
            {
                s0 = terms.Add(s0, i, V.Count);
            }

            if (i < end)
            {
                s1 = V.Select(V.First(end - i), terms.Add(s1, i, end - i), s1);
            }

            total += ((s0 + s1) + (s2 + s3)).Sum();
        }

        return total;
    }

    /// <summary>The largest of a row's n ≥ 1 values, NaNs aside; −∞ when all are NaN or n is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max<V>(float* x, long n) where V : unmanaged, ILanes<V>
    {
        V lowest = V.Create(float.NegativeInfinity);
        V m0 = lowest, m1 = lowest, m2 = lowest, m3 = lowest;
        long i = 0;
        for (; i <= n - (4 * V.Count); i += 4 * V.Count)
        {
            m0 = V.Max(V.Load(x + i), m0);
            m1 = V.Max(V.Load(x + i + V.Count), m1);
            m2 = V.Max(V.Load(x + i + (2 * V.Count)), m2);
            m3 = V.Max(V.Load(x + i + (3 * V.Count)), m3);
        }

        for (; i < n; i += V.Count)
        {
            long count = Math.Min(n - i, V.Count);
            m0 = V.Max(V.Select(V.First(count), V.Load(x + i, count), lowest), m0);
        }

        return V.Max(V.Max(m0, m1), V.Max(m2, m3)).MaxLane();
    }
}

/// <summary>Σ x.</summary>
internal readonly unsafe struct Total(float* x) : IColumnSum
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Add<V>(V sum, long i, long count) where V : unmanaged, ILanes<V> => sum + V.Load(x + i, count);
}

/// <summary>Σ a · b.</summary>
internal readonly unsafe struct Dot(float* a, float* b) : IColumnSum
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Add<V>(V sum, long i, long count) where V : unmanaged, ILanes<V> =>
        V.MultiplyAdd(V.Load(a + i, count), V.Load(b + i, count), sum);
}

/// <summary>Σ x².</summary>
internal readonly unsafe struct SquareTotal(float* x) : IColumnSum
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Add<V>(V sum, long i, long count) where V : unmanaged, ILanes<V>
    {
        V value = V.Load(x + i, count);
        return V.MultiplyAdd(value, value, sum);
    }
}

/// <summary>sums += x.</summary>
internal readonly unsafe struct AddTo(float* x, float* sums) : IColumns
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void At<V>(long i, long count) where V : unmanaged, ILanes<V> =>
        (V.Load(sums + i, count) + V.Load(x + i, count)).Store(sums + i, count);
}
