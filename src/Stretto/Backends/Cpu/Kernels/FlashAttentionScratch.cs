namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// Scratch memory of one part of a job, taken piece by piece at 64-byte boundaries. Its block goes back to the pool for
/// the next part, so that there are no more blocks than threads and the collector sees none of them.
/// </summary>
internal readonly unsafe ref struct FlashAttentionScratch
{
    private const int Line = 16;

    private readonly Block _rented;
    private readonly float* _block;
    private readonly long _floats;

    public FlashAttentionScratch(long floats)
    {
        // Each piece may round up by a line, and the first line counts what is taken.
        _floats = floats + (Line * Line) + Line;
        _rented = CachingAllocator.Shared.Rent(checked(_floats * sizeof(float)));
        _block = (float*)_rented.Address;
        *(long*)_block = Line;
    }

    public static long Size(long count) => (count + Line - 1) / Line * Line;

    /// <summary>So many elements of a type, in floats.</summary>
    public static long Floats<T>(long count) where T : unmanaged => Size(((count * sizeof(T)) + sizeof(float) - 1) / sizeof(float));

    public float* Take(long count)
    {
        float* piece = _block + *(long*)_block;
        *(long*)_block += Size(count);
        return *(long*)_block <= _floats
            ? piece
            : throw new InvalidOperationException("attention: scratch memory is short");
    }

    public T* Take<T>(long count) where T : unmanaged => (T*)Take(Floats<T>(count));

    public void Dispose()
    {
        if (_block != null)
        {
            CachingAllocator.Shared.Return(_rented);
        }
    }
}
