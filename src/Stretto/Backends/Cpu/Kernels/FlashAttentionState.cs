using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// What rows have summed over some keys, in memory that the owner provides: their largest scores, the sums of 2^(score
/// − largest), one for each lane of a register, and the sums of values so weighted.
/// </summary>
internal readonly unsafe struct FlashAttentionState<V>(float* memory, long rows, long padded)
    where V : unmanaged, ILanes<V>
{
    public readonly float* Largest = memory;
    public readonly float* Total = memory + FlashAttentionScratch.Size(rows);
    public readonly float* Sum = memory + FlashAttentionScratch.Size(rows) + (rows * V.Count);

    private readonly long _rows = rows;
    private readonly long _padded = padded;

    public static long Floats(long rows, long padded) =>
        FlashAttentionScratch.Size(FlashAttentionScratch.Size(rows) + (rows * V.Count) + (rows * padded));

    /// <summary>Of no keys.</summary>
    [MethodImpl(Compilation.Final)]
    public void Clear()
    {
        new Span<float>(Largest, (int)_rows).Fill(float.NegativeInfinity);
        new Span<float>(Total, checked((int)(_rows * V.Count))).Clear();
        new Span<float>(Sum, checked((int)(_rows * _padded))).Clear();
    }

    /// <summary>Whether no key was seen.</summary>
    public bool IsBlind(long row) =>
        float.IsNegativeInfinity(Largest[row]) && V.Load(Total + (row * V.Count)).Sum() == 0;

    /// <summary>
    /// Brings two sums to their common largest score and adds them; one without keys changes nothing.
    /// </summary>
    [MethodImpl(Compilation.Final)]
    public void Merge(in FlashAttentionState<V> from)
    {
        for (long r = 0; r < _rows; r++)
        {
            if (from.IsBlind(r))
            {
                continue;
            }

            float now = Math.Max(Largest[r], from.Largest[r]);
            V keep = FlashAttentionSoftmax.Weight<V>(Largest[r], now);
            V add = FlashAttentionSoftmax.Weight<V>(from.Largest[r], now);
            Largest[r] = now;
            Merge(Total + (r * V.Count), from.Total + (r * V.Count), V.Count, keep, add);
            Merge(Sum + (r * _padded), from.Sum + (r * _padded), _padded, keep, add);
        }
    }

    [MethodImpl(Compilation.Final)]
    private static void Merge(float* into, float* from, long count, V keep, V add)
    {
        for (long j = 0; j < count; j += V.Count)
        {
            V.MultiplyAdd(V.Load(from + j), add, V.Load(into + j) * keep).Store(into + j);
        }
    }
}
