using System.Runtime.InteropServices;

namespace Stretto;

/// <summary>A piece of native memory that was handed out.</summary>
/// <param name="Address">Aligned to <see cref="CachingAllocator.Alignment"/>.</param>
/// <param name="Size">Its size class, in bytes.</param>
/// <param name="Cohort">Those born with it.</param>
internal readonly record struct Block(nint Address, long Size, Cohort Cohort);

/// <summary>
/// Native, 64-byte-aligned blocks that are kept for reuse by size class instead of being returned to the system. Any thread may rent and return.
/// </summary>
/// <remarks>
/// The collector does not see native memory, so it is asked for a collection when live bytes outgrow a threshold. Growth that is in use
/// raises the threshold by half each time, so a program whose scopes free everything asks a few times and never again. Bytes that
/// finalizers bring back lower it, so a program that forgets its tensors is held to about twice what it really uses.
/// </remarks>
internal sealed unsafe class CachingAllocator
{
    public const int Alignment = 64;

    private const long LeastThreshold = 64L << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, FreeList> _free = [];
    private readonly Dictionary<long, Cohort> _cohorts = [];
    private Cohort _youngest = new(0);
    private long _live;
    private long _pooled;
    private long _peak;
    private long _blocks;
    private long _misses;
    private long _threshold = LeastThreshold;
    private long _poolLimit = Math.Max(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2, LeastThreshold);

    public static CachingAllocator Shared { get; } = new();

    /// <summary>All figures of one moment.</summary>
    public MemoryStats Stats
    {
        get
        {
            lock (_lock)
            {
                return new MemoryStats(_live, _pooled, _peak, _blocks, _misses);
            }
        }
    }

    /// <summary>The most bytes that are kept for reuse; blocks of the size classes that were not rented for longest go first.</summary>
    public long PoolLimit
    {
        get => _poolLimit;
        set
        {
            lock (_lock)
            {
                _poolLimit = value;
                TrimTo(value);
            }
        }
    }

    /// <summary>A block of at least <paramref name="bytes"/> bytes with undefined content.</summary>
    /// <exception cref="InsufficientMemoryException">The system has no such block.</exception>
    public Block Rent(long bytes)
    {
        long size = SizeClassOf(bytes);
        bool crowded;
        nint address = 0;
        Cohort cohort;
        lock (_lock)
        {
            if (_free.TryGetValue(size, out FreeList? list) && list.Blocks.TryPop(out address))
            {
                list.LastRented = _blocks;
                _pooled -= size;
            }

            _blocks++;
            _live += size;
            _peak = Math.Max(_peak, _live);
            cohort = Youngest();
            cohort.Add(size, 1);
            crowded = _live > _threshold;
            _threshold = crowded ? _live + Math.Max(LeastThreshold, _live / 2) : _threshold;
        }

        Block block = new(address != 0 ? address : AllocateFromSystem(size, cohort), size, cohort);
        if (crowded)
        {
            // The only way to tell the collector of memory it does not see; it works beside the program.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        }

        return block;
    }

    /// <summary>Takes a block back.</summary>
    /// <param name="block">What <see cref="Rent"/> gave.</param>
    /// <param name="forgotten">Whether the collector found it, because nobody released it.</param>
    public void Return(Block block, bool forgotten = false)
    {
        lock (_lock)
        {
            if (!_free.TryGetValue(block.Size, out FreeList? list))
            {
                _free[block.Size] = list = new FreeList { LastRented = _blocks };
            }

            list.Blocks.Push(block.Address);
            _live -= block.Size;
            _pooled += block.Size;
            Leave(block.Cohort, block.Size);
            if (forgotten)
            {
                _threshold = Math.Max(_live + Math.Max(LeastThreshold, _live / 2), _threshold - block.Size);
            }

            TrimTo(_poolLimit);
        }
    }

    public void ResetPeak()
    {
        lock (_lock)
        {
            _peak = _live;
        }
    }

    /// <summary>Gives every pooled block back to the system.</summary>
    public void Trim()
    {
        lock (_lock)
        {
            TrimTo(0);
        }
    }

    /// <summary>Live bytes and blocks by the scopes they survived, youngest first, in groups that double.</summary>
    public List<MemoryGeneration> Generations()
    {
        SortedDictionary<long, MemoryGeneration> groups = [];
        lock (_lock)
        {
            foreach (Cohort cohort in _cohorts.Values)
            {
                long age = cohort.Age;
                long from = age == 0 ? 0 : 1L << (int)long.Log2(age);
                groups.TryGetValue(from, out MemoryGeneration group);
                groups[from] = new(from, Math.Max(0, (2 * from) - 1), group.Bytes + cohort.Bytes, group.Blocks + cohort.Blocks);
            }
        }

        return [.. groups.Values.Where(g => g.Blocks > 0)];
    }

    private Cohort Youngest()
    {
        if (_youngest.Birth != TensorScope.Ended || !_cohorts.ContainsKey(_youngest.Birth))
        {
            _youngest = new Cohort(TensorScope.Ended);
            _cohorts[_youngest.Birth] = _youngest;
        }

        return _youngest;
    }

    private void Leave(Cohort cohort, long size)
    {
        cohort.Add(-size, -1);
        if (cohort.Blocks == 0 && cohort != _youngest)
        {
            _cohorts.Remove(cohort.Birth);
        }
    }

    private void TrimTo(long limit)
    {
        while (_pooled > limit)
        {
            (long size, FreeList idle) = _free.Where(f => f.Value.Blocks.Count > 0).MinBy(f => f.Value.LastRented);
            while (_pooled > limit && idle.Blocks.TryPop(out nint address))
            {
                NativeMemory.AlignedFree((void*)address);
                _pooled -= size;
            }
        }
    }

    private nint AllocateFromSystem(long size, Cohort cohort)
    {
        Interlocked.Increment(ref _misses);
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return (nint)NativeMemory.AlignedAlloc((nuint)size, Alignment);
            }
            catch (OutOfMemoryException) when (attempt < 2)
            {
                if (attempt == 1)
                {
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
                    GC.WaitForPendingFinalizers();
                }

                Trim();
            }
            catch (OutOfMemoryException e)
            {
                lock (_lock)
                {
                    _live -= size;
                    Leave(cohort, size);
                    throw new InsufficientMemoryException(
                        $"no memory for {size:N0} bytes; {_live:N0} bytes are in use: use a smaller batch, model or context", e);
                }
            }
        }
    }

    // Eight classes to each power of two: at most an eighth is wasted, and odd shapes still meet in one class.
    private static long SizeClassOf(long bytes)
    {
        long size = Math.Max(bytes, Alignment);
        int shift = Math.Max(6, 60 - (int)long.LeadingZeroCount(size));
        return checked(size + (1L << shift) - 1) >> shift << shift;
    }

    private sealed class FreeList
    {
        public Stack<nint> Blocks { get; } = [];

        public long LastRented { get; set; }
    }
}

/// <summary>The blocks that were handed out between the ends of two scopes, so that ages cost nothing until they are asked for.</summary>
internal sealed class Cohort(long birth)
{
    /// <summary>How many scopes had ended.</summary>
    public long Birth { get; } = birth;

    public long Bytes { get; private set; }

    public long Blocks { get; private set; }

    /// <summary>How many scopes ended since.</summary>
    public long Age => TensorScope.Ended - Birth;

    public void Add(long bytes, long blocks)
    {
        Bytes += bytes;
        Blocks += blocks;
    }
}
