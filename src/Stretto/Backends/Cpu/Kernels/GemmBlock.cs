namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// A small product on one thread, for kernels that work tile by tile: C [m, n] (+)= A [m, k] · B [k, n] where B is row-major and n is a
/// multiple of two registers. The same order of additions as <see cref="Gemm"/>.
/// </summary>
internal static unsafe class GemmBlock
{
    /// <summary>Floats of scratch that packing m rows of depth k needs.</summary>
    public static long Scratch(long m, long k) => m * k;

    /// <summary>The rows of A that fill whole tiles, tile by tile and column by column.</summary>
    public static void Pack<V>(long m, long k, float* a, long aRow, long aStep, float* packed) where V : unmanaged, ILanes<V>
    {
        int tile = TileRows<V>();
        for (long i = 0; i + tile <= m; i += tile)
        {
            GemmPack.Transpose(a + (i * aRow), aRow, aStep, packed + (i * k), tile, tile, k);
        }
    }

    /// <summary>The product with A both packed and, for the rows that fill no tile, as it is.</summary>
    public static void Run<V>(
        long m, long n, long k, float* packed, float* a, long aRow, long aStep, float* b, long bStep, float* c, long cRow, bool accumulate)
        where V : unmanaged, ILanes<V>
    {
        int tile = TileRows<V>();
        long whole = m / tile * tile;
        for (long j = 0; j < n; j += 2 * V.Count)
        {
            for (long i = 0; i < whole; i += tile)
            {
                GemmTile.Packed<V, float>(
                    tile, new(packed + (i * k), 1, tile, b + j, bStep, c + (i * cRow) + j, cRow, k, accumulate));
            }

            for (long i = whole; i < m; i += 4)
            {
                GemmTile.InPlace<V, float>(
                    (int)Math.Min(4, m - i), new(a + (i * aRow), aRow, aStep, b + j, bStep, c + (i * cRow) + j, cRow, k, accumulate));
            }
        }
    }

    private static int TileRows<V>() where V : unmanaged, ILanes<V> => GemmTile.MaxRows<V, float>();
}
