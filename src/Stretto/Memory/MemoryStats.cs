using System.Globalization;

namespace Stretto;

/// <summary>Where tensor memory stands, in all threads together. Memory that .NET lends (<c>Tensor.FromMemory</c>) is not counted.</summary>
/// <param name="LiveBytes">Held by tensors and graphs.</param>
/// <param name="PooledBytes">Returned and kept for reuse.</param>
/// <param name="PeakBytes">The most that was live since the start or <see cref="ResetPeak"/>.</param>
/// <param name="Blocks">How many blocks were handed out.</param>
/// <param name="Misses">How many of them had to come from the system.</param>
public readonly record struct MemoryStats(long LiveBytes, long PooledBytes, long PeakBytes, long Blocks, long Misses)
{
    /// <summary>The figures of this moment.</summary>
    public static MemoryStats Now => CachingAllocator.Shared.Stats;

    /// <summary>
    /// The most bytes that are kept for reuse, half of the memory that the process may use unless set. What is above goes back to the system.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number.</exception>
    public static long PoolLimit
    {
        get => CachingAllocator.Shared.PoolLimit;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            CachingAllocator.Shared.PoolLimit = value;
        }
    }

    /// <summary>
    /// Live memory by generation: how many outermost scopes, of any thread, ended since it was taken. Parameters are old and the work of
    /// the current step is young; a leak is what fills the generations between.
    /// </summary>
    /// <returns>Groups from young to old; empty ones are left out.</returns>
    public static IReadOnlyList<MemoryGeneration> Generations() => CachingAllocator.Shared.Generations();

    /// <summary>
    /// From now until the result is disposed, remembers for every allocation which operation made it. Off, it costs nothing; on, some
    /// microseconds an allocation.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another trace is running.</exception>
    public static MemoryTrace Trace() => MemoryTrace.Start();

    /// <summary>Starts the peak anew at what is live now.</summary>
    public static void ResetPeak() => CachingAllocator.Shared.ResetPeak();

    /// <summary>Gives pooled memory back to the system.</summary>
    public static void Trim() => CachingAllocator.Shared.Trim();

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{LiveBytes / 1048576.0:F1} MiB live, "
        + $"{PeakBytes / 1048576.0:F1} peak, {PooledBytes / 1048576.0:F1} pooled; {Blocks} blocks, {Misses} from the system");
}

/// <summary>Live memory that survived about the same number of outermost scopes (training steps, generated tokens).</summary>
/// <param name="Youngest">The fewest scopes it survived.</param>
/// <param name="Oldest">The most.</param>
/// <param name="Bytes">Bytes handed out, rounded up to size classes.</param>
/// <param name="Blocks">How many pieces.</param>
public readonly record struct MemoryGeneration(long Youngest, long Oldest, long Bytes, long Blocks)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"generation {(Youngest == Oldest ? $"{Youngest}" : $"{Youngest} to {Oldest}")}: {Bytes / 1048576.0:F1} MiB in {Blocks} blocks");
}
