using Stretto.Backends;

namespace Stretto;

/// <summary>Products, whole and running. Their gradients are right also where factors are 0.</summary>
public sealed partial class Tensor
{
    /// <summary>The product of all elements; integers and bools multiply in int64.</summary>
    public Tensor Prod() => Reshape(Count).Prod(0);

    /// <summary>Products along a dimension.</summary>
    public Tensor Prod(int dim, bool keepDims = false)
    {
        if (Rank == 0)
        {
            return Reshape(1).Prod(0).Reshape(Shape);
        }

        int[] over = [Shape.Dim(dim)];
        Tensor y = Reduced(ReduceOp.Product, over, keepDims, DType.IsFloatingPoint() ? DType : DType.Int64);
        return Record("prod", y, [this], [this, y], (f, g) =>
        {
            Tensor x = f.Saved(0);
            Tensor gradient = WithDims(g, over, keepDims);
            return [x.HasZero() ? gradient * ProductOfOthers(x, over[0]) : gradient * WithDims(f.Saved(1), over, keepDims) / x];
        });
    }

    /// <summary>Running products along a dimension.</summary>
    public Tensor Cumprod(int dim)
    {
        if (Rank == 0)
        {
            return Reshape(1).Cumprod(0).Reshape(Shape);
        }

        dim = Shape.Dim(dim);
        Tensor y = Scanned(ReduceOp.Product, dim, DType.IsFloatingPoint() ? DType : DType.Int64);
        return Record("cumprod", y, [this], [this, y], (f, g) =>
        {
            (Tensor x, Tensor products) = (f.Saved(0), f.Saved(1));
            return [x.HasZero() ? RunningGradient(x, products, g, dim) : (g * products).ReversedCumsum(dim) / x];
        });
    }

    private static Tensor ProductOfOthers(Tensor x, int dim) =>
        Shifted(x, dim).Cumprod(dim) * Shifted(x.Flip(dim), dim).Cumprod(dim).Flip(dim);

    /// <summary>Ones, then all but the last along a dimension.</summary>
    private static Tensor Shifted(Tensor x, int dim) =>
        Cat([Ones(x.ReducedShape([dim]), x.DType, x.Device), x.Narrow(dim, 0, x.Shape[dim] - 1)], dim);

    /// <summary>dx[k] = Π before k · r[k] with r[k] = g[k] + x[k + 1] r[k + 1].</summary>
    private static Tensor RunningGradient(Tensor x, Tensor products, Tensor g, int dim)
    {
        Tensor[] rest = new Tensor[x.Shape[dim]];
        for (int k = rest.Length - 1; k >= 0; k--)
        {
            Tensor here = g.Narrow(dim, k, 1);
            rest[k] = k == rest.Length - 1 ? here : here + (x.Narrow(dim, k + 1, 1) * rest[k + 1]);
        }

        return Shifted(products, dim) * Cat(rest, dim);
    }

    private bool HasZero() => Count > 0 && Reduced(ReduceOp.All, Dims([]), false, DType.Bool).Item() == 0;
}
