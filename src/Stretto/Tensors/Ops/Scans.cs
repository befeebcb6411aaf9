using Stretto.Backends;

namespace Stretto;

/// <summary>Running sums, and sums of exponentials in logarithms.</summary>
public sealed partial class Tensor
{
    /// <summary>Running sums along a dimension; integers and bools add up in int64.</summary>
    public Tensor Cumsum(int dim)
    {
        if (Rank == 0)
        {
            return Reshape(1).Cumsum(0).Reshape(Shape);
        }

        dim = Shape.Dim(dim);
        return Record(
            "cumsum", Scanned(ReduceOp.Sum, dim, DType.IsFloatingPoint() ? DType : DType.Int64), [this], [],
            (_, g) => [g.ReversedCumsum(dim)]);
    }

    /// <summary>log Σ eˣ of all elements so far along a dimension.</summary>
    public Tensor LogCumsumExp(int dim)
    {
        if (Rank == 0)
        {
            return Reshape(1).LogCumsumExp(0).Reshape(Shape);
        }

        dim = Shape.Dim(dim);
        Tensor source = AsFloating();
        Tensor y = source.Scanned(ReduceOp.LogAddExp, dim, source.DType);
        return Record("logcumsumexp", y, [this], [this, y], (f, g) =>
        {
            (Tensor x, Tensor logs) = (f.Saved(0), f.Saved(1));
            if (GradientMode.Enabled)
            {
                return [x.Exp() * (g * (-logs).Exp()).ReversedCumsum(dim)];
            }

            // Each sign apart, in logarithms: nothing overflows.
            Tensor Part(Tensor amounts) => ((amounts.Log() - logs).Flip(dim).LogCumsumExp(dim).Flip(dim) + x).Exp();
            return [Part(g.Relu()) - Part((-g).Relu())];
        });
    }

    /// <summary>log Σ eˣ over dimensions, without its overflow; −∞ for nothing.</summary>
    public Tensor LogSumExp(ReadOnlySpan<int> dims = default, bool keepDims = false)
    {
        int[] over = Dims(dims);
        Tensor source = AsFloating();
        if (over.Any(d => Shape[d] == 0))
        {
            return Full(keepDims ? ReducedShape(over) : WithoutDims(over), double.NegativeInfinity, source.DType, Device);
        }

        Tensor largest = source.Reduced(ReduceOp.Maximum, over, true, source.DType);
        largest = largest.MaskedFill(largest.Map(UnaryOp.IsInfinite).Converted(DType.Bool), 0);
        Tensor sum = Pairwise("logsumexp", BinaryOp.Subtract, source, largest).Map(UnaryOp.Exp).Reduced(ReduceOp.Sum, over, true, source.DType);
        Tensor y = Pairwise("logsumexp", BinaryOp.Add, sum.Map(UnaryOp.Log), largest);
        y = keepDims ? y : y.Reshape(WithoutDims(over));
        return Record("logsumexp", y, [this], [this, y], (f, g) =>
            [WithDims(g, over, keepDims) * (f.Saved(0) - WithDims(f.Saved(1), over, keepDims)).Exp()]);
    }

    private Tensor ReversedCumsum(int dim) => Flip(dim).Cumsum(dim).Flip(dim);

    private Tensor Scanned(ReduceOp op, int dim, DType dtype)
    {
        Tensor source = Converted(dtype);
        Tensor result = Uninitialized(Shape, dtype, Device);
        Backend.Scan(op, source.View, result.View, dim);
        return result;
    }
}
