namespace Stretto;

/// <summary>Where tensor memory stands.</summary>
/// <param name="LiveBytes">Held by tensors and graphs.</param>
/// <param name="PooledBytes">Returned and kept for reuse.</param>
/// <param name="PeakBytes">The most that was live since the start or <see cref="ResetPeak"/>.</param>
/// <param name="Blocks">How many blocks were handed out.</param>
/// <param name="Misses">How many of them had to come from the system.</param>
public readonly record struct MemoryStats(long LiveBytes, long PooledBytes, long PeakBytes, long Blocks, long Misses)
{
    /// <summary>The figures of this moment.</summary>
    public static MemoryStats Now
    {
        get
        {
            CachingAllocator allocator = CachingAllocator.Shared;
            (long blocks, long misses) = allocator.Allocations;
            return new MemoryStats(allocator.LiveBytes, allocator.PooledBytes, allocator.PeakBytes, blocks, misses);
        }
    }

    /// <summary>Starts the peak anew at what is live now.</summary>
    public static void ResetPeak() => CachingAllocator.Shared.ResetPeak();

    /// <summary>Gives pooled memory back to the system.</summary>
    public static void Trim() => CachingAllocator.Shared.Trim();

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{LiveBytes / 1048576.0:F1} MiB live, {PeakBytes / 1048576.0:F1} peak, {PooledBytes / 1048576.0:F1} pooled; {Blocks} blocks, {Misses} from the system");
}
