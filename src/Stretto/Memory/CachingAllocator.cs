using System.Runtime.InteropServices;

namespace Stretto;

/// <summary>Native, 64-byte-aligned blocks that are kept for reuse by size class instead of being returned to the system.</summary>
internal sealed unsafe class CachingAllocator
{
    public const int Alignment = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, Stack<nint>> _free = [];

    public static CachingAllocator Shared { get; } = new();

    public long LiveBytes { get; private set; }

    public long PooledBytes { get; private set; }

    public long PeakBytes { get; private set; }

    /// <summary>How many blocks were handed out, and how many of those had to come from the system.</summary>
    public (long Blocks, long Misses) Allocations { get; private set; }

    /// <summary>A block of at least <paramref name="bytes"/> bytes with undefined content, and the size class it must be returned with.</summary>
    /// <exception cref="InsufficientMemoryException">The system has no such block.</exception>
    public (nint Block, long SizeClass) Rent(long bytes)
    {
        long size = SizeClassOf(bytes);
        lock (_lock)
        {
            bool hit = _free.TryGetValue(size, out Stack<nint>? stack) && stack.Count > 0;
            nint block = hit ? stack!.Pop() : 0;
            PooledBytes -= hit ? size : 0;
            if (!hit)
            {
                block = AllocateFromSystem(size);
            }

            LiveBytes += size;
            PeakBytes = Math.Max(PeakBytes, LiveBytes);
            Allocations = (Allocations.Blocks + 1, Allocations.Misses + (hit ? 0 : 1));
            return (block, size);
        }
    }

    public void Return(nint block, long sizeClass)
    {
        lock (_lock)
        {
            if (!_free.TryGetValue(sizeClass, out Stack<nint>? stack))
            {
                _free[sizeClass] = stack = new Stack<nint>();
            }

            stack.Push(block);
            LiveBytes -= sizeClass;
            PooledBytes += sizeClass;
        }
    }

    public void ResetPeak()
    {
        lock (_lock)
        {
            PeakBytes = LiveBytes;
        }
    }

    /// <summary>Gives every pooled block back to the system.</summary>
    public void Trim()
    {
        lock (_lock)
        {
            foreach (Stack<nint> stack in _free.Values)
            {
                while (stack.TryPop(out nint block))
                {
                    NativeMemory.AlignedFree((void*)block);
                }
            }

            PooledBytes = 0;
        }
    }

    private nint AllocateFromSystem(long size)
    {
        try
        {
            return (nint)NativeMemory.AlignedAlloc((nuint)size, Alignment);
        }
        catch (OutOfMemoryException) when (PooledBytes > 0)
        {
            Trim();
            return (nint)NativeMemory.AlignedAlloc((nuint)size, Alignment);
        }
        catch (OutOfMemoryException e)
        {
            throw new InsufficientMemoryException(
                $"no memory for {size:N0} bytes; {LiveBytes:N0} bytes are in use: use a smaller batch, model or context", e);
        }
    }

    // Eight classes to each power of two: at most an eighth is wasted, and odd shapes still meet in one class.
    private static long SizeClassOf(long bytes)
    {
        long size = Math.Max(bytes, Alignment);
        int shift = Math.Max(6, 60 - (int)long.LeadingZeroCount(size));
        return checked(size + (1L << shift) - 1) >> shift << shift;
    }
}
