namespace Stretto;

/// <summary>
/// Reference-counted native memory that one or more tensors look into. The last release returns it to the pool;
/// memory that nobody released is returned when the collector finds it unreachable.
/// </summary>
internal sealed unsafe class Storage
{
    private readonly long _sizeClass;
    private readonly bool _pressure;
    private nint _block;
    private int _references = 1;

    /// <param name="bytes">Usable bytes.</param>
    /// <param name="scoped">Whether a scope will release it; otherwise the collector is told about the bytes.</param>
    public Storage(long bytes, bool scoped)
    {
        Bytes = bytes;
        (_block, _sizeClass) = CachingAllocator.Shared.Rent(bytes);
        _pressure = !scoped && bytes >= 1024;
        if (_pressure)
        {
            GC.AddMemoryPressure(_sizeClass);
        }
    }

    ~Storage() => Free();

    public long Bytes { get; }

    /// <summary>How many handles share the memory.</summary>
    public int References => _references;

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
            ObjectDisposedException.ThrowIf(_block == 0, this);
            return (void*)_block;
        }
    }

    /// <summary>Notes a write in place.</summary>
    public void Written(string by)
    {
        Version++;
        WrittenBy = by;
    }

    public void Retain() => Interlocked.Increment(ref _references);

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            Free();
#pragma warning disable CA1816 // released like a disposable, but shared
            GC.SuppressFinalize(this);
#pragma warning restore CA1816
        }
    }

    private void Free()
    {
        nint block = Interlocked.Exchange(ref _block, 0);
        if (block == 0)
        {
            return;
        }

        Derived?.Value.Dispose();
        CachingAllocator.Shared.Return(block, _sizeClass);
        if (_pressure)
        {
            GC.RemoveMemoryPressure(_sizeClass);
        }
    }
}
