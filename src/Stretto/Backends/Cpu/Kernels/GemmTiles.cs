using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// Register tiles of a matrix product: some rows of C by two registers of columns. a holds one column of the tile's rows after the
/// other (step <c>aStep</c> from k to k + 1, <c>aRow</c> from row to row); b holds two registers for each k, <c>bStep</c> apart.
/// Each element of C takes its products one by one in the order of k, whatever the tile.
/// </summary>
internal static unsafe class GemmTiles
{
    /// <summary>What a tile reads and writes; C is the initial value when <see cref="Accumulate"/> is set.</summary>
    public readonly struct Operands(float* a, long aRow, long aStep, float* b, long bStep, float* c, long cRow, long depth, bool accumulate)
    {
        public readonly float* A = a;
        public readonly long ARow = aRow;
        public readonly long AStep = aStep;
        public readonly float* B = b;
        public readonly long BStep = bStep;
        public readonly float* C = c;
        public readonly long CRow = cRow;
        public readonly long Depth = depth;
        public readonly bool Accumulate = accumulate;
    }

    /// <summary>12 rows by 2 registers: 24 sums, 2 columns and a broadcast fill 27 of AVX-512's 32 registers.</summary>
    public static void Rows12<V>(in Operands o) where V : unmanaged, ILanes<V>
    {
        long n = V.Count;
        float* c = o.C;
        long row = o.CRow;
        V c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        V c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        V c60 = default, c61 = default, c70 = default, c71 = default, c80 = default, c81 = default;
        V c90 = default, c91 = default, ca0 = default, ca1 = default, cb0 = default, cb1 = default;
        if (o.Accumulate)
        {
            (c00, c01, c10, c11) = (V.Load(c), V.Load(c + n), V.Load(c + row), V.Load(c + row + n));
            (c20, c21, c30, c31) = (V.Load(c + (2 * row)), V.Load(c + (2 * row) + n), V.Load(c + (3 * row)), V.Load(c + (3 * row) + n));
            (c40, c41, c50, c51) = (V.Load(c + (4 * row)), V.Load(c + (4 * row) + n), V.Load(c + (5 * row)), V.Load(c + (5 * row) + n));
            (c60, c61, c70, c71) = (V.Load(c + (6 * row)), V.Load(c + (6 * row) + n), V.Load(c + (7 * row)), V.Load(c + (7 * row) + n));
            (c80, c81, c90, c91) = (V.Load(c + (8 * row)), V.Load(c + (8 * row) + n), V.Load(c + (9 * row)), V.Load(c + (9 * row) + n));
            (ca0, ca1, cb0, cb1) = (V.Load(c + (10 * row)), V.Load(c + (10 * row) + n), V.Load(c + (11 * row)), V.Load(c + (11 * row) + n));
        }

        float* a = o.A;
        float* b = o.B;
        long aStep = o.AStep;
        long bStep = o.BStep;
        for (long k = o.Depth; k > 0; k--)
        {
            V b0 = V.Load(b);
            V b1 = V.Load(b + n);
            V x = V.Create(a[0]);
            (c00, c01) = (V.MultiplyAdd(x, b0, c00), V.MultiplyAdd(x, b1, c01));
            x = V.Create(a[1]);
            (c10, c11) = (V.MultiplyAdd(x, b0, c10), V.MultiplyAdd(x, b1, c11));
            x = V.Create(a[2]);
            (c20, c21) = (V.MultiplyAdd(x, b0, c20), V.MultiplyAdd(x, b1, c21));
            x = V.Create(a[3]);
            (c30, c31) = (V.MultiplyAdd(x, b0, c30), V.MultiplyAdd(x, b1, c31));
            x = V.Create(a[4]);
            (c40, c41) = (V.MultiplyAdd(x, b0, c40), V.MultiplyAdd(x, b1, c41));
            x = V.Create(a[5]);
            (c50, c51) = (V.MultiplyAdd(x, b0, c50), V.MultiplyAdd(x, b1, c51));
            x = V.Create(a[6]);
            (c60, c61) = (V.MultiplyAdd(x, b0, c60), V.MultiplyAdd(x, b1, c61));
            x = V.Create(a[7]);
            (c70, c71) = (V.MultiplyAdd(x, b0, c70), V.MultiplyAdd(x, b1, c71));
            x = V.Create(a[8]);
            (c80, c81) = (V.MultiplyAdd(x, b0, c80), V.MultiplyAdd(x, b1, c81));
            x = V.Create(a[9]);
            (c90, c91) = (V.MultiplyAdd(x, b0, c90), V.MultiplyAdd(x, b1, c91));
            x = V.Create(a[10]);
            (ca0, ca1) = (V.MultiplyAdd(x, b0, ca0), V.MultiplyAdd(x, b1, ca1));
            x = V.Create(a[11]);
            (cb0, cb1) = (V.MultiplyAdd(x, b0, cb0), V.MultiplyAdd(x, b1, cb1));
            a += aStep;
            b += bStep;
        }

        Store(c, c00, c01);
        Store(c + row, c10, c11);
        Store(c + (2 * row), c20, c21);
        Store(c + (3 * row), c30, c31);
        Store(c + (4 * row), c40, c41);
        Store(c + (5 * row), c50, c51);
        Store(c + (6 * row), c60, c61);
        Store(c + (7 * row), c70, c71);
        Store(c + (8 * row), c80, c81);
        Store(c + (9 * row), c90, c91);
        Store(c + (10 * row), ca0, ca1);
        Store(c + (11 * row), cb0, cb1);
    }

    /// <summary>6 rows by 2 registers: 12 sums, 2 columns and a broadcast fill 15 of AVX2's 16 registers.</summary>
    public static void Rows6<V>(in Operands o) where V : unmanaged, ILanes<V>
    {
        long n = V.Count;
        float* c = o.C;
        long row = o.CRow;
        V c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        V c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        if (o.Accumulate)
        {
            (c00, c01, c10, c11) = (V.Load(c), V.Load(c + n), V.Load(c + row), V.Load(c + row + n));
            (c20, c21, c30, c31) = (V.Load(c + (2 * row)), V.Load(c + (2 * row) + n), V.Load(c + (3 * row)), V.Load(c + (3 * row) + n));
            (c40, c41, c50, c51) = (V.Load(c + (4 * row)), V.Load(c + (4 * row) + n), V.Load(c + (5 * row)), V.Load(c + (5 * row) + n));
        }

        float* a = o.A;
        float* b = o.B;
        long aStep = o.AStep;
        long bStep = o.BStep;
        for (long k = o.Depth; k > 0; k--)
        {
            V b0 = V.Load(b);
            V b1 = V.Load(b + n);
            V x = V.Create(a[0]);
            (c00, c01) = (V.MultiplyAdd(x, b0, c00), V.MultiplyAdd(x, b1, c01));
            x = V.Create(a[1]);
            (c10, c11) = (V.MultiplyAdd(x, b0, c10), V.MultiplyAdd(x, b1, c11));
            x = V.Create(a[2]);
            (c20, c21) = (V.MultiplyAdd(x, b0, c20), V.MultiplyAdd(x, b1, c21));
            x = V.Create(a[3]);
            (c30, c31) = (V.MultiplyAdd(x, b0, c30), V.MultiplyAdd(x, b1, c31));
            x = V.Create(a[4]);
            (c40, c41) = (V.MultiplyAdd(x, b0, c40), V.MultiplyAdd(x, b1, c41));
            x = V.Create(a[5]);
            (c50, c51) = (V.MultiplyAdd(x, b0, c50), V.MultiplyAdd(x, b1, c51));
            a += aStep;
            b += bStep;
        }

        Store(c, c00, c01);
        Store(c + row, c10, c11);
        Store(c + (2 * row), c20, c21);
        Store(c + (3 * row), c30, c31);
        Store(c + (4 * row), c40, c41);
        Store(c + (5 * row), c50, c51);
    }

    /// <summary>4 rows by 2 registers, for what is left over and for skinny products.</summary>
    public static void Rows4<V>(in Operands o) where V : unmanaged, ILanes<V>
    {
        long n = V.Count;
        float* c = o.C;
        long row = o.CRow;
        V c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        if (o.Accumulate)
        {
            (c00, c01, c10, c11) = (V.Load(c), V.Load(c + n), V.Load(c + row), V.Load(c + row + n));
            (c20, c21, c30, c31) = (V.Load(c + (2 * row)), V.Load(c + (2 * row) + n), V.Load(c + (3 * row)), V.Load(c + (3 * row) + n));
        }

        float* a = o.A;
        float* b = o.B;
        long aRow = o.ARow;
        for (long k = o.Depth; k > 0; k--)
        {
            V b0 = V.Load(b);
            V b1 = V.Load(b + n);
            V x = V.Create(a[0]);
            (c00, c01) = (V.MultiplyAdd(x, b0, c00), V.MultiplyAdd(x, b1, c01));
            x = V.Create(a[aRow]);
            (c10, c11) = (V.MultiplyAdd(x, b0, c10), V.MultiplyAdd(x, b1, c11));
            x = V.Create(a[2 * aRow]);
            (c20, c21) = (V.MultiplyAdd(x, b0, c20), V.MultiplyAdd(x, b1, c21));
            x = V.Create(a[3 * aRow]);
            (c30, c31) = (V.MultiplyAdd(x, b0, c30), V.MultiplyAdd(x, b1, c31));
            a += o.AStep;
            b += o.BStep;
        }

        Store(c, c00, c01);
        Store(c + row, c10, c11);
        Store(c + (2 * row), c20, c21);
        Store(c + (3 * row), c30, c31);
    }

    /// <summary>One row by 2 registers.</summary>
    public static void Row<V>(in Operands o) where V : unmanaged, ILanes<V>
    {
        float* c = o.C;
        V c0 = o.Accumulate ? V.Load(c) : default;
        V c1 = o.Accumulate ? V.Load(c + V.Count) : default;
        float* a = o.A;
        float* b = o.B;
        long aStep = o.AStep;
        long bStep = o.BStep;
        for (long k = o.Depth; k > 0; k--)
        {
            V x = V.Create(*a);
            c0 = V.MultiplyAdd(x, V.Load(b), c0);
            c1 = V.MultiplyAdd(x, V.Load(b + V.Count), c1);
            a += aStep;
            b += bStep;
        }

        Store(c, c0, c1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<V>(float* c, V left, V right) where V : unmanaged, ILanes<V>
    {
        left.Store(c);
        right.Store(c + V.Count);
    }
}
