namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// A matrix B [K, N] in the order in which a product reads it: panels of two registers of columns, each panel holding its columns
/// for k = 0, 1, …, the last one filled up with zeros. A weight that does not change is packed once.
/// </summary>
internal sealed unsafe class PackedMatrix : IDisposable
{
    private readonly Storage _storage;

    public PackedMatrix(WorkerPool pool, float* b, long rowStride, long columnStride, long depth, long columns)
        : this(pool, b, rowStride, columnStride, depth, columns, Gemm.Widest)
    {
    }

    /// <summary>For registers of at most the given width.</summary>
    public PackedMatrix(
        WorkerPool pool, float* b, long rowStride, long columnStride, long depth, long columns, GemmPath widest)
    {
        (Depth, Columns, IsTransposed) = (depth, columns, columnStride != 1);
        Path = Gemm.PathFor(columns, sizeof(float), widest);
        Width = Path switch
        {
            GemmPath.Avx512 => 32,
            GemmPath.Avx2 => 16,
            _ => 8,
        };
        _storage = new Storage(checked((columns + Width - 1) / Width * Width * depth * sizeof(float)));
        GemmPackJob<float> job = new(b, columnStride, rowStride, columns, depth, Width, Data);
        GemmDriver<Single128, float>.Pack(pool, job);
    }

    public long Depth { get; }

    public long Columns { get; }

    /// <summary>Whether B was given column by column, as the weight of a linear layer is.</summary>
    public bool IsTransposed { get; }

    /// <summary>The registers that it is packed for.</summary>
    public GemmPath Path { get; }

    /// <summary>Columns of a panel.</summary>
    public int Width { get; }

    public float* Data => (float*)_storage.Pointer;

    public void Dispose() => _storage.Release();
}
