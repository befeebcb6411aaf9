using System.Buffers;

namespace Stretto;

/// <summary>
/// Reference-counted native memory that one or more tensors look into. The last release returns it to the pool;
/// memory that nobody released is returned when the collector finds it unreachable.
/// </summary>
internal sealed unsafe class Storage
{
    private static long s_count;

    private readonly Block _block;
    private readonly MemoryTrace? _trace;
    private MemoryHandle _pinned;
    private nint _address;
    private int _references = 1;

    /// <summary>Memory from the pool, with undefined content.</summary>
    public Storage(long bytes)
    {
        Bytes = bytes;
        _block = CachingAllocator.Shared.Rent(bytes);
        _address = _block.Address;
        _trace = MemoryTrace.Active;
        _trace?.Add(this, _block);
    }

    /// <summary>Memory of the caller, unpinned with the last release.</summary>
    public Storage(MemoryHandle pinned, long bytes)
    {
        Bytes = bytes;
        _pinned = pinned;
        _address = (nint)pinned.Pointer;
    }

    ~Storage() => Free(forgotten: true);

    /// <summary>A number that no other storage of this process has.</summary>
    public long Id { get; } = Interlocked.Increment(ref s_count);

    public long Bytes { get; }

    /// <summary>How many handles share the memory; 0 when it was returned.</summary>
    public int References => _references;

    /// <summary>How many scopes ended since the memory was taken; 0 for the caller's own.</summary>
    public long Generation => _block.Cohort?.Age ?? 0;

    /// <summary>Grows with every in-place write, so that a saved tensor can tell that it was changed.</summary>
    public int Version { get; private set; }

    /// <summary>The operation that wrote last.</summary>
    public string? WrittenBy { get; private set; }

    /// <summary>What a backend derived from the content (a packed copy of a weight, say) and the version it belongs to.</summary>
    public (IDisposable Value, int Version)? Derived { get; set; }

    /// <summary>A weight that no optimizer will change: derived forms are worth keeping.</summary>
    public bool Frozen { get; set; }

    /// <exception cref="ObjectDisposedException">The memory was returned.</exception>
    public void* Pointer
    {
        get
        {
            nint address = _address;
            ObjectDisposedException.ThrowIf(address == 0, this);
            return (void*)address;
        }
    }

    /// <summary>Notes a write in place.</summary>
    public void Written(string by)
    {
        Version++;
        WrittenBy = by;
    }

    /// <exception cref="ObjectDisposedException">The memory was returned.</exception>
    public void Retain()
    {
        ObjectDisposedException.ThrowIf(_address == 0, this);
        Interlocked.Increment(ref _references);
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            Free(forgotten: false);
#pragma warning disable CA1816 // released like a disposable, but shared
            GC.SuppressFinalize(this);
#pragma warning restore CA1816
        }
    }

    private void Free(bool forgotten)
    {
        nint address = Interlocked.Exchange(ref _address, 0);
        if (address == 0)
        {
            return;
        }

        Derived?.Value.Dispose();
        _pinned.Dispose();
        if (_block.Address != 0)
        {
            _trace?.Remove(this);
            CachingAllocator.Shared.Return(_block, forgotten);
        }
    }
}
