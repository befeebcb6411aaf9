using Stretto.Backends;

namespace Stretto;

/// <summary>How scattered elements meet.</summary>
public enum ScatterReduction
{
    /// <summary>Their sum.</summary>
    Sum,
    /// <summary>Their product.</summary>
    Prod,
    /// <summary>Their mean.</summary>
    Mean,
    /// <summary>The largest.</summary>
    Amax,
    /// <summary>The smallest.</summary>
    Amin,
}

/// <summary>Scattering with a reduction.</summary>
public sealed partial class Tensor
{
    /// <summary>
    /// A copy in which each place of the dimension holds the reduction of all source elements whose index names
    /// it, and of the element
    /// that was there unless <paramref name="includeSelf"/> is false. Places that no index names stay.
    /// </summary>
    public Tensor ScatterReduce(int dim, Tensor index, Tensor source, ScatterReduction reduce, bool includeSelf = true)
    {
        if (Rank == 0 || index.Rank == 0)
        {
            return AtLeast1D(this).ScatterReduce(dim, AtLeast1D(index), AtLeast1D(source), reduce, includeSelf).Reshape(Shape);
        }

        double neutral = reduce switch
        {
            ScatterReduction.Prod => 1,
            ScatterReduction.Amax => DType.IsFloatingPoint() ? double.NegativeInfinity : long.MinValue,
            ScatterReduction.Amin => DType.IsFloatingPoint() ? double.PositiveInfinity : long.MaxValue,
            _ => 0,
        };
        Tensor start = includeSelf ? this : Scatter(dim, index, neutral);
        switch (reduce)
        {
            case ScatterReduction.Sum:
                return start.ScatterAdd(dim, index, source);
            case ScatterReduction.Mean:
                Tensor sum = start.ScatterAdd(dim, index, source);
                Tensor ones = Ones(Shape, DType, Device);
                Tensor counts = (includeSelf ? ones : ones.Scatter(dim, index, 0))
                    .ScatterAdd(dim, index, Scalar(1, DType, Device).Expand(index.Shape));
                return DType.IsFloatingPoint() ? sum / counts : Pairwise("scatter_reduce", BinaryOp.FloorDivide, sum, counts);
            case ScatterReduction.Prod:
                return start.Multiplied(dim, index, source);
            default:
                return start.ScatteredExtreme(reduce == ScatterReduction.Amax ? ScatterOp.Maximum : ScatterOp.Minimum, dim, index, source);
        }
    }

    private Tensor Multiplied(int dim, Tensor index, Tensor source) =>
        Scattered("scatter_reduce", ScatterOp.Multiply, dim, index, source, (f, g, d) =>
        {
            // The product of the others: exact also where one factor is 0, and 0 where two are.
            Tensor places = f.Saved(0);
            (Tensor self, Tensor window) = (f.Saved(1), f.Saved(2).Corner(places.Shape));
            Tensor selfZero = self.Is(0);
            Tensor factors = window.MaskedFill(window.Is(0), 1);
            Tensor zeros = Zeros(Shape, DType, Device).ScatterAdd(d, places, window.Is(0).Converted(DType));
            Tensor whole = self.MaskedFill(selfZero, 1).Multiplied(d, places, factors);
            Tensor others = Pairwise("scatter_reduce", BinaryOp.Add, zeros, selfZero.Converted(DType));
            Tensor selfPart = (g * whole / self.MaskedFill(selfZero, 1)).MaskedFill(zeros.Converted(DType.Bool), 0);
            Tensor left = Pairwise("scatter_reduce", BinaryOp.Subtract, others.Gather(d, places), window.Is(0).Converted(DType));
            Tensor sourcePart = ((g * whole).Gather(d, places) / factors).MaskedFill(left.Converted(DType.Bool), 0);
            return [selfPart, sourcePart.PaddedTo(source.Shape)];
        }, this, source);

    private Tensor ScatteredExtreme(ScatterOp op, int dim, Tensor index, Tensor source) =>
        Scattered("scatter_reduce", op, dim, index, source, (f, g, d) =>
        {
            Tensor places = f.Saved(0);
            (Tensor self, Tensor window) = (f.Saved(1), f.Saved(2).Corner(places.Shape));
            Tensor y = self.Detach().ScatteredExtreme(op, d, places, window.Detach());
            Tensor mine = Pairwise("scatter_reduce", BinaryOp.Equal, self, y).Converted(DType);
            Tensor theirs = Pairwise("scatter_reduce", BinaryOp.Equal, window, y.Gather(d, places)).Converted(DType);
            Tensor share = g / mine.ScatterAdd(d, places, theirs);
            return [share * mine, (share.Gather(d, places) * theirs).PaddedTo(source.Shape)];
        }, this, source);

    /// <summary>The first elements of every dimension.</summary>
    private Tensor Corner(Shape shape)
    {
        Tensor result = this;
        for (int d = 0; d < Rank; d++)
        {
            result = shape.Sizes[d] == Shape.Sizes[d] ? result : result.Narrow(d, 0, shape.Sizes[d]);
        }

        return result;
    }
}
