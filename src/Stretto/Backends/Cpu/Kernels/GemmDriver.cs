using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// Plans a product on one kind of register: what is packed, how large the blocks are, which part each thread computes
/// (Goto and
/// van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008).
/// </summary>
internal static unsafe class GemmDriver<V, T> where V : struct, ITileLanes<T> where T : unmanaged
{
    /// <summary>
    /// Up to here B is read once: a row-major B where it is, another one packed block by block as it is used.
    /// </summary>
    private const long InPlaceRows = 16;
    private const long FusedRows = 192;
    private const long PanelsForEachThread = 4;

    /// <summary>
    /// A product larger than this in one direction is cut, so that packed operands stay of bounded size.
    /// </summary>
    private const long DepthChunk = 4096;
    private const long ColumnChunk = 2048;
    private const long RowChunkBytes = 16 << 20;

    private const long SmallWork = 32 * 1024;

    /// <summary>Columns of a panel of B.</summary>
    public static int Width => 2 * V.Count;

    private static int TileRows => GemmTile.MaxRows<V, T>();

    public static void Run(WorkerPool pool, in GemmProduct<T> p)
    {
        long panels = (p.N + Width - 1) / Width;
        if (p.BColumn == 1 && p.M <= InPlaceRows)
        {
            Unshared(pool, p, GemmColumns.InPlace);
        }
        else if (p.M <= FusedRows || panels >= PanelsForEachThread * pool.Threads)
        {
            Unshared(pool, p, GemmColumns.PackedByPart);
        }
        else
        {
            Shared(pool, p);
        }
    }

    /// <summary>
    /// The same with B packed as <see cref="GemmPack.Groups"/> does, panels of <see cref="Width"/> columns and full
    /// depth.
    /// </summary>
    public static void Run(WorkerPool pool, in GemmProduct<T> p, T* panels)
    {
        long chunk = RowChunk(p.M, p.K);
        for (long i = 0; i < p.M; i += chunk)
        {
            GemmProduct<T> rows = p.Slice(i, Math.Min(chunk, p.M - i), 0, p.N, 0, p.K);
            using TiledRows a = new(pool, rows);
            Execute(pool, new GemmJob<V, T>(rows, a.Data, a.Tile, panels, rows.K * Width, GemmColumns.Packed));
        }
    }

    /// <summary>
    /// Chunks of equal height: the columns are packed once for each chunk, which a short last one would not repay.
    /// </summary>
    private static long RowChunk(long rows, long depth)
    {
        long most = Math.Max(TileRows, RowChunkBytes / (depth * sizeof(T)) / TileRows * TileRows);
        long chunks = (rows + most - 1) / most;
        long even = (rows + chunks - 1) / chunks;
        return (even + TileRows - 1) / TileRows * TileRows;
    }

    /// <summary>Each part packs the columns that are its own, right before it uses them.</summary>
    private static void Unshared(WorkerPool pool, in GemmProduct<T> p, GemmColumns columns)
    {
        for (long k = 0; k < p.K; k += DepthChunk)
        {
            long depth = Math.Min(DepthChunk, p.K - k);
            long chunk = RowChunk(p.M, depth);
            for (long i = 0; i < p.M; i += chunk)
            {
                GemmProduct<T> rows = p.Slice(i, Math.Min(chunk, p.M - i), 0, p.N, k, depth);
                using TiledRows a = new(pool, rows);
                Execute(pool, new GemmJob<V, T>(rows, a.Data, a.Tile, rows.B, 0, columns));
            }
        }
    }

    /// <summary>B is packed once for parts that differ in their rows.</summary>
    private static void Shared(WorkerPool pool, in GemmProduct<T> p)
    {
        for (long k = 0; k < p.K; k += DepthChunk)
        {
            long depth = Math.Min(DepthChunk, p.K - k);
            for (long j = 0; j < p.N; j += ColumnChunk)
            {
                long columns = Math.Min(ColumnChunk, p.N - j);
                long panels = (columns + Width - 1) / Width;
                using GemmScratch<T> b = new(panels * Width * depth);
                GemmProduct<T> slice = p.Slice(0, p.M, j, columns, k, depth);
                Pack(pool, new GemmPackJob<T>(slice.B, p.BColumn, p.BRow, columns, depth, Width, b.Data));
                Run(pool, slice, b.Data);
            }
        }
    }

    /// <summary>Packs on the pool unless the operand is too small to share.</summary>
    public static void Pack(WorkerPool pool, GemmPackJob<T> job)
    {
        int parts = job.Parts;
        if (job.Elements < 16 * 1024)
        {
            for (int part = 0; part < parts; part++)
            {
                job.Run(part);
            }

            return;
        }

        pool.For(parts, ref job);
    }

    private static void Execute(WorkerPool pool, GemmJob<V, T> job)
    {
        int parts = job.Split(job.Work < SmallWork ? 1 : pool.Threads);
        if (parts == 1)
        {
            job.Run(0);
        }
        else
        {
            pool.For(parts, ref job);
        }
    }

    /// <summary>A's rows in tiles, or A itself when its few rows can be read where they are.</summary>
    internal readonly ref struct TiledRows
    {
        private readonly GemmScratch<T> _scratch;

        public TiledRows(WorkerPool pool, in GemmProduct<T> p, bool mayStay = true)
        {
            if (mayStay && p.M <= GemmJob<V, T>.RowsInPlace)
            {
                Tile = (int)p.M;
                return;
            }

            // Tiles of equal height: 8 rows are two tiles of 4, not one of 6 and one of 2.
            long tiles = (p.M + TileRows - 1) / TileRows;
            Tile = (int)((p.M + tiles - 1) / tiles);
            tiles = (p.M + Tile - 1) / Tile;
            _scratch = new GemmScratch<T>(tiles * Tile * p.K);
            Data = _scratch.Data;
            Pack(pool, new GemmPackJob<T>(p.A, p.ARow, p.AColumn, p.M, p.K, Tile, Data));
        }

        public int Tile { get; }

        public T* Data { get; }

        public void Dispose() => _scratch.Dispose();
    }
}

/// <summary>Aligned memory from the pool for the time of one product.</summary>
internal readonly unsafe ref struct GemmScratch<T> where T : unmanaged
{
    private readonly Block _block;

    public GemmScratch(long count)
    {
        if (count > 0)
        {
            _block = CachingAllocator.Shared.Rent(checked(count * sizeof(T)));
        }
    }

    public T* Data => (T*)_block.Address;

    public void Dispose()
    {
        if (_block.Address != 0)
        {
            CachingAllocator.Shared.Return(_block);
        }
    }
}

/// <summary>Packs one operand, some groups a part.</summary>
internal readonly unsafe struct GemmPackJob<T>(T* from, long lane, long step, long count, long depth, int width, T* to)
    : IParallelJob
    where T : unmanaged
{
    private readonly long _groups = GroupsOfPart((count + width - 1) / width, width);

    public int Parts => checked((int)((((count + width - 1) / width) + _groups - 1) / _groups));

    /// <summary>
    /// At most 256 lanes, a run that is long enough along a row of the source, and parts in fours, so that a few
    /// threads have equal shares.
    /// </summary>
    private static long GroupsOfPart(long groups, int width)
    {
        long parts = ((groups * width / 1024) + 1) * 4;
        return Math.Max(Math.Max(1, 64 / width), (groups + parts - 1) / parts);
    }

    public long Elements => count * depth;

    public void Run(int part)
    {
        long first = part * _groups * width;
        GemmPack.Groups(
            from + (first * lane), lane, step, Math.Min(_groups * width, count - first), depth, width,
            to + (first * depth), depth * width);
    }
}
