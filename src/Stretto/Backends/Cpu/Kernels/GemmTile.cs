using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// What one register tile reads and writes. A holds one column of the tile's rows for each k (<see cref="AStep"/> from
/// k to k + 1,
/// <see cref="ARow"/> from row to row when it is not packed); B holds two registers for each k, <see cref="BStep"/>
/// apart.
/// With <see cref="Accumulate"/> C is the initial value. <see cref="Panels"/> tiles whose columns of B and C follow one
/// another are one call.
/// </summary>
internal readonly unsafe struct TileOperands<T>(
    T* a, long aRow, long aStep, T* b, long bStep, T* c, long cRow, long depth, bool accumulate, long panels = 1,
    long* bOffsets = null)
    where T : unmanaged
{
    public readonly T* A = a;
    public readonly long ARow = aRow;
    public readonly long AStep = aStep;
    public readonly T* B = b;
    public readonly long BStep = bStep;
    public readonly T* C = c;
    public readonly long CRow = cRow;
    public readonly long Depth = depth;
    public readonly bool Accumulate = accumulate;
    public readonly long Panels = panels;

    /// <summary>Where the registers of each k stand from <see cref="B"/>, for tiles that take them from here.</summary>
    public readonly long* BOffsets = bOffsets;
}

/// <summary>
/// Register tiles of a matrix product: 1 to 12 rows of C by two registers of columns. Each element of C takes its
/// products one by one
/// in the order of k by fused multiply-add, whatever the tile, so the choice of tile never changes a bit.
/// </summary>
/// <remarks>
/// 12 rows: 24 sums, 2 columns of B and a broadcast fill 27 of AVX-512's 32 registers; 6 rows fill 15 of AVX2's 16.
/// The row count is a type, so the compiler drops the rows that a tile does not have. The kernel is compiled to its
/// final form at once:
/// its first call may be the only one for seconds.
/// </remarks>
internal static unsafe class GemmTile
{
    /// <summary>The most rows that fit the registers of <typeparamref name="V"/>.</summary>
    public static int MaxRows<V, T>() where V : struct, ITileLanes<T> where T : unmanaged =>
        V.Count * sizeof(T) == 64 ? 12 : 6;

    /// <summary>A tile of <paramref name="rows"/> ≤ 12 rows whose A is packed: row r of a column stands at r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Packed<V, T>(int rows, in TileOperands<T> o)
        where V : struct, ITileLanes<T>
        where T : unmanaged =>
        Tile<V, T, PackedRows>(rows, o);

    /// <summary>
    /// A tile of <paramref name="rows"/> ≤ 12 rows of an A whose rows are 64 apart and whose steps are 1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Block<V>(int rows, in TileOperands<float> o) where V : struct, ITileLanes<float> =>
        Tile<V, float, BlockRows>(rows, o);

    /// <summary>A packed tile whose columns of B stand at <see cref="TileOperands{T}.BOffsets"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scattered<V>(int rows, in TileOperands<float> o) where V : struct, ITileLanes<float> =>
        Tile<V, float, PackedRowsScatteredColumns>(rows, o);

    /// <summary>A tile of <paramref name="rows"/> ≤ 4 rows that reads A where it is.</summary>
    [MethodImpl(Compilation.Final)]
    public static void InPlace<V, T>(int rows, in TileOperands<T> o) where V : struct, ITileLanes<T> where T : unmanaged
    {
        switch (rows)
        {
            case 4: V.Multiply<Rows4, StridedRows>(o); break;
            case 3: V.Multiply<Rows3, StridedRows>(o); break;
            case 2: V.Multiply<Rows2, StridedRows>(o); break;
            default: V.Multiply<Rows1, StridedRows>(o); break;
        }
    }

    [MethodImpl(Compilation.Final)]
    private static void Tile<V, T, S>(int rows, in TileOperands<T> o)
        where V : struct, ITileLanes<T>
        where T : unmanaged
        where S : struct, IRowStride
    {
        switch (rows)
        {
            case 12: V.Multiply<Rows12, S>(o); break;
            case 11: V.Multiply<Rows11, S>(o); break;
            case 10: V.Multiply<Rows10, S>(o); break;
            case 9: V.Multiply<Rows9, S>(o); break;
            case 8: V.Multiply<Rows8, S>(o); break;
            case 7: V.Multiply<Rows7, S>(o); break;
            case 6: V.Multiply<Rows6, S>(o); break;
            case 5: V.Multiply<Rows5, S>(o); break;
            case 4: V.Multiply<Rows4, S>(o); break;
            case 3: V.Multiply<Rows3, S>(o); break;
            case 2: V.Multiply<Rows2, S>(o); break;
            default: V.Multiply<Rows1, S>(o); break;
        }
    }

    /// <summary>The kernel; called through <see cref="ITileLanes{T}.Multiply"/>, which knows the vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<X, V, T, R, S>(in TileOperands<T> o)
        where X : unmanaged
        where V : struct, IRegister<X, T>
        where T : unmanaged
        where R : struct, IRows
        where S : struct, IRowStride
    {
        T* c = o.C;
        T* panel = o.B;
        long row = o.CRow;
        long aRow = o.ARow;
        long aStep = o.AStep;
        long bStep = o.BStep;
        long panels = o.Panels;
        do
        {
            X c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
            X c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
            X c60 = default, c61 = default, c70 = default, c71 = default, c80 = default, c81 = default;
            X c90 = default, c91 = default, ca0 = default, ca1 = default, cb0 = default, cb1 = default;
            if (o.Accumulate)
            {
                Read<X, V, T>(c, out c00, out c01);
                if (R.Count > 1)
                {
                    Read<X, V, T>(c + (1 * row), out c10, out c11);
                }

                if (R.Count > 2)
                {
                    Read<X, V, T>(c + (2 * row), out c20, out c21);
                }

                if (R.Count > 3)
                {
                    Read<X, V, T>(c + (3 * row), out c30, out c31);
                }

                if (R.Count > 4)
                {
                    Read<X, V, T>(c + (4 * row), out c40, out c41);
                }

                if (R.Count > 5)
                {
                    Read<X, V, T>(c + (5 * row), out c50, out c51);
                }

                if (R.Count > 6)
                {
                    Read<X, V, T>(c + (6 * row), out c60, out c61);
                }

                if (R.Count > 7)
                {
                    Read<X, V, T>(c + (7 * row), out c70, out c71);
                }

                if (R.Count > 8)
                {
                    Read<X, V, T>(c + (8 * row), out c80, out c81);
                }

                if (R.Count > 9)
                {
                    Read<X, V, T>(c + (9 * row), out c90, out c91);
                }

                if (R.Count > 10)
                {
                    Read<X, V, T>(c + (10 * row), out ca0, out ca1);
                }

                if (R.Count > 11)
                {
                    Read<X, V, T>(c + (11 * row), out cb0, out cb1);
                }
            }
            else if (Sse.IsSupported)
            {
                // The lines of C arrive while the products are summed; without this the stores at the end wait for them.
                T* line = c;
                for (int r = 0; r < R.Count; r++, line += row)
                {
                    Sse.Prefetch0(line);
                    Sse.Prefetch0(line + V.Count);
                }
            }

            T* a = o.A;
            T* b = panel;
            long* offsets = o.BOffsets;
            for (long k = o.Depth; k > 0; k--)
            {
                if (S.ScatteredColumns)
                {
                    b = panel + *offsets;
                    offsets++;
                }

                X b0 = V.Load(b);
                X b1 = V.Load(b + V.Count);
                X x = V.Create(*a);
                c00 = V.MultiplyAdd(x, b0, c00);
                c01 = V.MultiplyAdd(x, b1, c01);
                if (R.Count > 1)
                {
                    x = V.Create(a[S.Offset(1, aRow)]);
                    c10 = V.MultiplyAdd(x, b0, c10);
                    c11 = V.MultiplyAdd(x, b1, c11);
                }

                if (R.Count > 2)
                {
                    x = V.Create(a[S.Offset(2, aRow)]);
                    c20 = V.MultiplyAdd(x, b0, c20);
                    c21 = V.MultiplyAdd(x, b1, c21);
                }

                if (R.Count > 3)
                {
                    x = V.Create(a[S.Offset(3, aRow)]);
                    c30 = V.MultiplyAdd(x, b0, c30);
                    c31 = V.MultiplyAdd(x, b1, c31);
                }

                if (R.Count > 4)
                {
                    x = V.Create(a[S.Offset(4, aRow)]);
                    c40 = V.MultiplyAdd(x, b0, c40);
                    c41 = V.MultiplyAdd(x, b1, c41);
                }

                if (R.Count > 5)
                {
                    x = V.Create(a[S.Offset(5, aRow)]);
                    c50 = V.MultiplyAdd(x, b0, c50);
                    c51 = V.MultiplyAdd(x, b1, c51);
                }

                if (R.Count > 6)
                {
                    x = V.Create(a[S.Offset(6, aRow)]);
                    c60 = V.MultiplyAdd(x, b0, c60);
                    c61 = V.MultiplyAdd(x, b1, c61);
                }

                if (R.Count > 7)
                {
                    x = V.Create(a[S.Offset(7, aRow)]);
                    c70 = V.MultiplyAdd(x, b0, c70);
                    c71 = V.MultiplyAdd(x, b1, c71);
                }

                if (R.Count > 8)
                {
                    x = V.Create(a[S.Offset(8, aRow)]);
                    c80 = V.MultiplyAdd(x, b0, c80);
                    c81 = V.MultiplyAdd(x, b1, c81);
                }

                if (R.Count > 9)
                {
                    x = V.Create(a[S.Offset(9, aRow)]);
                    c90 = V.MultiplyAdd(x, b0, c90);
                    c91 = V.MultiplyAdd(x, b1, c91);
                }

                if (R.Count > 10)
                {
                    x = V.Create(a[S.Offset(10, aRow)]);
                    ca0 = V.MultiplyAdd(x, b0, ca0);
                    ca1 = V.MultiplyAdd(x, b1, ca1);
                }

                if (R.Count > 11)
                {
                    x = V.Create(a[S.Offset(11, aRow)]);
                    cb0 = V.MultiplyAdd(x, b0, cb0);
                    cb1 = V.MultiplyAdd(x, b1, cb1);
                }

                a += aStep;
                if (!S.ScatteredColumns)
                {
                    b += bStep;
                }
            }

            Write<X, V, T>(c, c00, c01);
            if (R.Count > 1)
            {
                Write<X, V, T>(c + (1 * row), c10, c11);
            }

            if (R.Count > 2)
            {
                Write<X, V, T>(c + (2 * row), c20, c21);
            }

            if (R.Count > 3)
            {
                Write<X, V, T>(c + (3 * row), c30, c31);
            }

            if (R.Count > 4)
            {
                Write<X, V, T>(c + (4 * row), c40, c41);
            }

            if (R.Count > 5)
            {
                Write<X, V, T>(c + (5 * row), c50, c51);
            }

            if (R.Count > 6)
            {
                Write<X, V, T>(c + (6 * row), c60, c61);
            }

            if (R.Count > 7)
            {
                Write<X, V, T>(c + (7 * row), c70, c71);
            }

            if (R.Count > 8)
            {
                Write<X, V, T>(c + (8 * row), c80, c81);
            }

            if (R.Count > 9)
            {
                Write<X, V, T>(c + (9 * row), c90, c91);
            }

            if (R.Count > 10)
            {
                Write<X, V, T>(c + (10 * row), ca0, ca1);
            }

            if (R.Count > 11)
            {
                Write<X, V, T>(c + (11 * row), cb0, cb1);
            }

            panel += 2 * V.Count;
            c += 2 * V.Count;
        }
        while (--panels > 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Read<X, V, T>(T* c, out X left, out X right)
        where X : unmanaged
        where V : struct, IRegister<X, T>
        where T : unmanaged
    {
        left = V.Load(c);
        right = V.Load(c + V.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<X, V, T>(T* c, X left, X right)
        where X : unmanaged
        where V : struct, IRegister<X, T>
        where T : unmanaged
    {
        V.Store(left, c);
        V.Store(right, c + V.Count);
    }
}
