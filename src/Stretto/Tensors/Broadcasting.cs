namespace Stretto;

/// <summary>The rules by which shapes and dtypes of operands meet, as in PyTorch and NumPy.</summary>
internal static class Broadcasting
{
    public static Shape Common(string op, Tensor a, Tensor b)
    {
        long[] sizes = new long[Math.Max(a.Rank, b.Rank)];
        return TryCommon(a.Shape, b.Shape, sizes) is var d and > 0
            ? throw new ArgumentException(
                $"{op}: {a.Describe()} and {b.Describe()} differ in dimension -{d} ({a.Shape[-d]} and {b.Shape[-d]}); sizes must be equal or 1")
            : Shape.Create(sizes);
    }

    /// <summary>The shape of three operands.</summary>
    public static Shape Common(string op, Tensor a, Tensor b, Tensor c)
    {
        Shape two = Common(op, a, b);
        long[] sizes = new long[Math.Max(two.Rank, c.Rank)];
        return TryCommon(two, c.Shape, sizes) is var d and > 0
            ? throw new ArgumentException(
                $"{op}: {a.Describe()} with {b.Describe()} and {c.Describe()} differ in dimension -{d} ({two[-d]} and {c.Shape[-d]}); sizes must be equal or 1")
            : Shape.Create(sizes);
    }

    // The distance from the last dimension of the first that does not fit, or 0.
    private static int TryCommon(Shape a, Shape b, long[] sizes)
    {
        int rank = sizes.Length;
        for (int d = 1; d <= rank; d++)
        {
            long x = d <= a.Rank ? a[-d] : 1;
            long y = d <= b.Rank ? b[-d] : 1;
            if (x != y && x != 1 && y != 1)
            {
                return d;
            }

            sizes[rank - d] = x == 1 ? y : x;
        }

        return 0;
    }

    public static void SameDevice(string op, Tensor a, Tensor b)
    {
        if (a.Device != b.Device)
        {
            throw new ArgumentException($"{op}: {a.Describe()} and {b.Describe()} are on different devices ({a.Device}, {b.Device})");
        }
    }

    /// <summary>The dtype of a result: the higher category wins, and within one a tensor with dimensions over one without.</summary>
    public static DType Promote(Tensor a, Tensor b)
    {
        if (Category(a.DType) == Category(b.DType) && (a.Rank == 0) != (b.Rank == 0))
        {
            return a.Rank == 0 ? b.DType : a.DType;
        }

        return Category(a.DType) != Category(b.DType)
            ? Category(a.DType) > Category(b.DType) ? a.DType : b.DType
            : Promote(a.DType, b.DType);
    }

    /// <summary>Both have dimensions, or neither has.</summary>
    public static DType Promote(DType a, DType b)
    {
        if (a == b)
        {
            return a;
        }

        if (Category(a) != Category(b))
        {
            return Category(a) > Category(b) ? a : b;
        }

        if (a.IsFloatingPoint())
        {
            return a == DType.Float64 || b == DType.Float64 ? DType.Float64 : DType.Float32;
        }

        DType wider = a.Size() >= b.Size() ? a : b;
        return a.Size() == b.Size() ? DType.Int16 : wider;
    }

    /// <summary>The dtype of a tensor with a plain number: the tensor's, unless the number is of a higher category.</summary>
    public static DType Promote(DType tensor, Number number) =>
        Category(number.DType) > Category(tensor) ? number.DType : tensor;

    public static int Category(DType dtype) => dtype.IsFloatingPoint() ? 2 : dtype == DType.Bool ? 0 : 1;
}
