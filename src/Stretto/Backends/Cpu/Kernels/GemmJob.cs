using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>How a part of a product finds its columns of B.</summary>
internal enum GemmColumns
{
    /// <summary>In panels that all parts share.</summary>
    Packed,

    /// <summary>In the matrix; each part packs what it needs, block by block.</summary>
    PackedByPart,

    /// <summary>In the matrix, whose rows are contiguous, read where they are.</summary>
    InPlace,
}

/// <summary>The register tiles of C in a grid of parts. How C is cut changes nothing in the result.</summary>
internal unsafe struct GemmJob<V, T>(
    GemmProduct<T> p, T* rows, int tile, T* columns, long panelStride, GemmColumns source) : IParallelJob
    where V : struct, ITileLanes<T>
    where T : unmanaged
{
    /// <summary>Up to so many rows A is read where it is.</summary>
    public const long RowsInPlace = 4;

    private const long DepthBlock = 512;
    private const long StripDepth = 1024;
    private const long InPlaceDepth = 32;
    private const long InPlacePanels = 16;
    private const long RowBlock = 192;
    private const long GroupColumns = 128;
    private const long MinimumColumns = 64;

    private readonly long _tiles = (p.M + tile - 1) / tile;
    private readonly long _panels = (p.N + (2 * V.Count) - 1) / (2 * V.Count);
    private long _rowParts = 1;
    private long _panelParts = 1;

    private static int Width => 2 * V.Count;

    public readonly double Work => (double)p.M * p.N * p.K;

    private readonly bool HasStrips => typeof(V) == typeof(Single256) && rows != null && tile == GemmStrip.Rows;

    /// <summary>Cuts C for some threads; the number of parts.</summary>
    public int Split(int threads)
    {
        if (threads > 1)
        {
            long wanted = threads * 4L;
            long widest = Math.Max(1, _panels * Width / MinimumColumns);
            _rowParts = source == GemmColumns.Packed ? Math.Clamp(_tiles / 4, 1, wanted) : 1;
            _panelParts = Math.Min((wanted + _rowParts - 1) / _rowParts, widest);
        }

        return checked((int)(_rowParts * _panelParts));
    }

    [MethodImpl(Compilation.Final)]
    public readonly void Run(int part)
    {
        (long row, long column) = (part / _panelParts, part % _panelParts);
        (long t0, long t1) = (_tiles * row / _rowParts, _tiles * (row + 1) / _rowParts);
        (long p0, long p1) = (_panels * column / _panelParts, _panels * (column + 1) / _panelParts);
        if (source == GemmColumns.InPlace)
        {
            InPlace(p0, p1);
        }
        else
        {
            Blocks(t0, t1, p0, p1);
        }

        p.Finish(t0 * tile, Math.Min(t1 * tile, p.M) - (t0 * tile), p0 * Width, Math.Min(p1 * Width, p.N) - (p0 * Width));
    }

    /// <summary>The tiles of rows from t0 and the panels from p0, in blocks that fit the caches.</summary>
    [MethodImpl(Compilation.Final)]
    private readonly void Blocks(long t0, long t1, long p0, long p1)
    {

        bool pack = source == GemmColumns.PackedByPart;
        long most = HasStrips ? StripDepth : DepthBlock;
        long blocks = _tiles == 1 && !pack ? 1 : (p.K + most - 1) / most;
        long block = (p.K + blocks - 1) / blocks;
        long group = !pack && !HasStrips ? p1 - p0 : Math.Min(p1 - p0, Math.Max(1, GroupColumns / Width));
        using GemmScratch<T> scratch = new(pack ? group * block * Width : 0);
        for (long k = 0; k < p.K; k += block)
        {
            long depth = Math.Min(block, p.K - k);
            for (long first = p0; first < p1; first += group)
            {
                long last = Math.Min(first + group, p1);
                if (pack)
                {
                    T* from = columns + (k * p.BRow) + (first * Width * p.BColumn);
                    long count = Math.Min(last * Width, p.N) - (first * Width);
                    GemmPack.Groups(from, p.BColumn, p.BRow, count, depth, Width, scratch.Data, depth * Width);
                }

                T* panels = pack ? scratch.Data : columns + (first * panelStride) + (k * Width);
                Tiles(t0, t1, first, last, k, depth, panels, pack ? depth * Width : panelStride);
            }
        }
    }

    /// <summary>The whole of C for <paramref name="depth"/> of its products, whose columns alone are packed.</summary>
    public readonly void Block(long k, long depth) => Tiles(0, _tiles, 0, _panels, k, depth, columns, panelStride);

    /// <summary>Tiles of rows from t0 and panels from <paramref name="first"/>, the first of which is at <paramref name="panels"/>.</summary>
    [MethodImpl(Compilation.Final)]
    private readonly void Tiles(long t0, long t1, long first, long last, long k, long depth, T* panels, long stride)
    {
        if (HasStrips)
        {
            Strips(t0, t1, first, last, k, depth, panels, stride);
            return;
        }

        long tilesAtOnce = Math.Max(1, RowBlock / tile);
        for (long t = t0; t < t1; t += tilesAtOnce)
        {
            for (long q = first; q < last; q++)
            {
                for (long u = t; u < Math.Min(t + tilesAtOnce, t1); u++)
                {
                    Tile(u, q, k, depth, panels + ((q - first) * stride), Width);
                }
            }
        }
    }

    /// <summary>Every tile of rows across the panels from <paramref name="first"/>.</summary>
    [MethodImpl(Compilation.Final)]
    private readonly void Strips(
        long t0, long t1, long first, long last, long k, long depth, T* panels, long stride)
    {
        long whole = Math.Min(last, p.N / Width) - first;
        for (long t = t0; t < t1; t++)
        {
            long i = t * tile;
            long q = first;
            if (whole > 0 && p.M - i >= GemmStrip.Rows)
            {
                float* a = (float*)(rows + (i * p.K) + (k * tile));
                float* c = (float*)(p.C + (i * p.CRow) + (first * Width));
                GemmStrip.Multiply(
                    a, (float*)panels, stride, c, p.CRow, depth, p.Accumulate || k > 0, whole);
                q += whole;
            }

            for (; q < last; q++)
            {
                Tile(t, q, k, depth, panels + ((q - first) * stride), Width);
            }
        }
    }

    /// <summary>
    /// Few rows: a short run of k over many columns reads whole stretches of B's rows, and C stays in the nearest
    /// cache.
    /// </summary>
    [MethodImpl(Compilation.Final)]
    private readonly void InPlace(long p0, long p1)
    {
        T* edge = stackalloc T[(int)InPlaceDepth * Width];
        for (long first = p0; first < p1; first += InPlacePanels)
        {
            long last = Math.Min(first + InPlacePanels, p1);
            for (long k = 0; k < p.K; k += InPlaceDepth)
            {
                long depth = Math.Min(InPlaceDepth, p.K - k);
                for (long q = first; q < last; q++)
                {
                    T* panel = columns + (k * p.BRow) + (q * Width);
                    long step = p.BRow;
                    if ((q + 1) * Width > p.N)
                    {
                        GemmPack.Groups(panel, 1, p.BRow, p.N - (q * Width), depth, Width, edge, 0);
                        panel = edge;
                        step = Width;
                    }

                    for (long t = 0; t < _tiles; t++)
                    {
                        Tile(t, q, k, depth, panel, step);
                    }
                }
            }
        }
    }

    /// <summary>One tile straight into C or, at the right edge, by way of a scratch tile.</summary>
    [MethodImpl(Compilation.Final)]
    private readonly void Tile(long t, long q, long k, long depth, T* panel, long panelStep)
    {
        long i = t * tile;
        int count = (int)Math.Min(tile, p.M - i);
        bool add = p.Accumulate || k > 0;
        T* target = p.C + (i * p.CRow) + (q * Width);
        long left = p.N - (q * Width);
        if (left >= Width)
        {
            Multiply(i, count, k, depth, panel, panelStep, target, p.CRow, add);
        }
        else
        {
            Edge(i, count, k, depth, panel, panelStep, target, (int)left, add);
        }
    }

    [MethodImpl(Compilation.Final)]
    [SkipLocalsInit]
    private readonly void Edge(
        long i, int count, long k, long depth, T* panel, long panelStep, T* target, int left, bool add)
    {
        T* square = stackalloc T[12 * Width];
        for (int r = 0; add && r < count; r++)
        {
            new Span<T>(target + (r * p.CRow), left).CopyTo(new Span<T>(square + (r * Width), left));
        }

        Multiply(i, count, k, depth, panel, panelStep, square, Width, add);
        for (int r = 0; r < count; r++)
        {
            new Span<T>(square + (r * Width), left).CopyTo(new Span<T>(target + (r * p.CRow), left));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Multiply(
        long i, int count, long k, long depth, T* panel, long panelStep, T* target, long targetRow, bool add)
    {
        if (rows == null)
        {
            T* a = p.A + (i * p.ARow) + (k * p.AColumn);
            GemmTile.InPlace<V, T>(count, new(a, p.ARow, p.AColumn, panel, panelStep, target, targetRow, depth, add));
        }
        else
        {
            T* a = rows + (i * p.K) + (k * tile);
            GemmTile.Packed<V, T>(count, new(a, 1, tile, panel, panelStep, target, targetRow, depth, add));
        }
    }
}
