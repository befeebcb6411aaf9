using Stretto.Backends;
using Stretto.Nn;

namespace Stretto.Inference.Generation;

/// <summary>How much an engine takes on at a time.</summary>
public sealed record EngineOptions
{
    /// <summary>
    /// Most bytes for keys and values; null takes a quarter of the memory. Requests for which there is no room wait; the youngest give
    /// their room to older ones and are computed again.
    /// </summary>
    public long? CacheBytes { get; init; }

    /// <summary>Most texts that run at a time; the others wait in the order in which they came.</summary>
    public int MaxRunning { get; init; } = 256;

    /// <summary>About how many tokens a pass computes: running texts first, then parts of waiting prompts.</summary>
    public int PassTokens { get; init; } = 512;

    /// <summary>Whether later requests reuse the keys and values of the beginnings that they share with earlier ones.</summary>
    public bool ReusePrefixes { get; init; } = true;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentException">A value is outside its range.</exception>
    public EngineOptions Validate() => this switch
    {
        { CacheBytes: <= 0 } => throw new ArgumentException($"cache_bytes {CacheBytes} must be at least 1"),
        { MaxRunning: < 1 } => throw new ArgumentException($"max_running {MaxRunning} must be at least 1"),
        { PassTokens: < 1 } => throw new ArgumentException($"pass_tokens {PassTokens} must be at least 1"),
        _ => this,
    };

    /// <summary>How many pages the budget pays for, at least one.</summary>
    internal int Pages(CacheSpec spec)
    {
        long bytes = CacheBytes ?? (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);
        return (int)Math.Clamp(bytes / Math.Max(1, spec.BytesPerToken * KvView.PageSize), 1, int.MaxValue / KvView.PageSize);
    }
}

/// <summary>A request needs more room for keys and values than the engine's whole budget.</summary>
public sealed class CacheBudgetException(string message) : ArgumentException(message);
