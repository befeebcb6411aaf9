namespace Stretto.Backends.Cpu.Kernels;

/// <summary>The rows of a register tile as a type: the compiler drops what a lower tile does not have.</summary>
internal interface IRows
{
    static abstract int Count { get; }
}

/// <summary>Where a row of A stands, and whether the columns of B stand anywhere.</summary>
internal interface IRowStride
{
    static abstract long Offset(int row, long stride);

    static virtual bool ScatteredColumns => false;
}

internal readonly struct PackedRowsScatteredColumns : IRowStride
{
    public static bool ScatteredColumns => true;

    public static long Offset(int row, long stride) => row;
}

internal readonly struct PackedRows : IRowStride
{
    public static long Offset(int row, long stride) => row;
}

internal readonly struct StridedRows : IRowStride
{
    public static long Offset(int row, long stride) => row * stride;
}

internal readonly struct BlockRows : IRowStride
{
    // A constant, so that it becomes part of the instruction.
    public static long Offset(int row, long stride) => row * 64L;
}

internal readonly struct Rows1 : IRows
{
    public static int Count => 1;
}

internal readonly struct Rows2 : IRows
{
    public static int Count => 2;
}

internal readonly struct Rows3 : IRows
{
    public static int Count => 3;
}

internal readonly struct Rows4 : IRows
{
    public static int Count => 4;
}

internal readonly struct Rows5 : IRows
{
    public static int Count => 5;
}

internal readonly struct Rows6 : IRows
{
    public static int Count => 6;
}

internal readonly struct Rows7 : IRows
{
    public static int Count => 7;
}

internal readonly struct Rows8 : IRows
{
    public static int Count => 8;
}

internal readonly struct Rows9 : IRows
{
    public static int Count => 9;
}

internal readonly struct Rows10 : IRows
{
    public static int Count => 10;
}

internal readonly struct Rows11 : IRows
{
    public static int Count => 11;
}

internal readonly struct Rows12 : IRows
{
    public static int Count => 12;
}
