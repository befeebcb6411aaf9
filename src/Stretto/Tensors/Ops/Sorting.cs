using Stretto.Backends;

namespace Stretto;

/// <summary>Sorting and searching. Sorts are stable; NaN is the largest.</summary>
public sealed partial class Tensor
{
    /// <summary>The elements along a dimension in order, and where each came from (int64).</summary>
    public (Tensor Values, Tensor Indices) Sort(int dim = -1, bool descending = false)
    {
        if (Rank == 0)
        {
            (Tensor one, Tensor place) = Reshape(1).Sort(0, descending);
            return (one.Reshape(Shape), place.Reshape(Shape));
        }

        dim = Shape.Dim(dim);
        Tensor values = Uninitialized(Shape, DType, Device);
        Tensor indices = Uninitialized(Shape, DType.Int64, Device);
        Backend.Sort(View, values.View, indices.View, dim, descending);
        Record("sort", values, [this], [indices], (f, g) => [Zeros(Shape, DType, Device).ScatterAdd(dim, f.Saved(0), g)]);
        return (values, indices);
    }

    /// <summary>Where the elements in order came from (int64).</summary>
    public Tensor Argsort(int dim = -1, bool descending = false) => Detach().Sort(dim, descending).Indices;

    /// <summary>The elements along the first dimension in order.</summary>
    public Tensor Msort() => Sort(0).Values;

    /// <summary>
    /// The <paramref name="k"/> largest, or smallest, elements along a dimension, best first, and their places
    /// (int64).
    /// </summary>
    public (Tensor Values, Tensor Indices) TopK(long k, int dim = -1, bool largest = true)
    {
        if (Rank == 0)
        {
            (Tensor one, Tensor place) = Reshape(1).TopK(k, 0, largest);
            return k == 0 ? (one, place) : (one.Reshape(Shape), place.Reshape(Shape));
        }

        dim = Shape.Dim(dim);
        if (k < 0 || k > Shape.Sizes[dim])
        {
            throw new ArgumentOutOfRangeException(nameof(k), $"topk: dimension {dim} of {Describe()} has no {k} elements");
        }

        Tensor places = Argsort(dim, largest).Narrow(dim, 0, k).Contiguous();
        return (Gather(dim, places), places);
    }

    /// <summary>
    /// Where each value would enter a sorted sequence [n], or [*, n] with values [*, m], so that it stays sorted:
    /// before equal elements,
    /// or after them when <paramref name="right"/>.
    /// </summary>
    /// <param name="sorted">In ascending order along the last dimension, or in the order that
    /// <paramref name="sorter"/> gives.</param>
    /// <param name="values">What to look for.</param>
    /// <param name="right">Behind equal elements.</param>
    /// <param name="sorter">The places of the sequence in ascending order, as <see cref="Argsort"/> gives them.</param>
    /// <returns>int64 of the values' shape.</returns>
    public static Tensor SearchSorted(Tensor sorted, Tensor values, bool right = false, Tensor? sorter = null)
    {
        bool rows = sorted.Rank > 1;
        if (sorted.Rank == 0 || (sorter is not null && sorter.Shape != sorted.Shape)
            || (rows && (values.Rank != sorted.Rank || !values.Shape.Sizes[..^1].SequenceEqual(sorted.Shape.Sizes[..^1]))))
        {
            throw new ArgumentException(
                $"searchsorted: {values.Describe()} does not match the sequences {sorted.Describe()} in all but the last dimension");
        }

        Tensor sequence = sorter is null ? sorted.Detach() : sorted.Detach().Gather(-1, sorter);
        Tensor wanted = rows ? values.Detach() : values.Detach().Reshape(values.Count);
        long n = sorted.Shape[-1];
        Tensor end = Scalar(n, DType.Int64, sorted.Device);
        Tensor place = Zeros(wanted.Shape, DType.Int64, sorted.Device);
        for (long step = n == 0 ? 0 : 1L << (63 - (int)long.LeadingZeroCount(n)); step > 0; step >>= 1)
        {
            Tensor candidate = place + step;
            Tensor before = sequence.Gather(-1, Pairwise("searchsorted", BinaryOp.Minimum, candidate, end) - 1);
            Tensor stop = Pairwise("searchsorted", right ? BinaryOp.Greater : BinaryOp.GreaterOrEqual, before, wanted);
            Tensor beyond = Pairwise("searchsorted", BinaryOp.Greater, candidate, end);
            Tensor go = Pairwise("searchsorted", BinaryOp.LogicalOr, stop, beyond).Map(UnaryOp.LogicalNot);
            place += go.Converted(DType.Int64) * step;
        }

        return place.Reshape(values.Shape);
    }

    /// <summary>The number of the interval between sorted borders [n] that each element falls in.</summary>
    public Tensor Bucketize(Tensor boundaries, bool right = false) => SearchSorted(boundaries, this, right);
}
