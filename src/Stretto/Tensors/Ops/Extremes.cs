using Stretto.Backends;

namespace Stretto;

/// <summary>Largest and smallest elements. NaN counts as both.</summary>
public sealed partial class Tensor
{
    /// <summary>The largest elements over dimensions; equal ones share the gradient.</summary>
    /// <exception cref="ArgumentException">A reduced dimension is empty.</exception>
    public Tensor Amax(ReadOnlySpan<int> dims = default, bool keepDims = false) =>
        ExtremeOf("amax", ReduceOp.Maximum, dims, keepDims);

    /// <summary>The smallest elements over dimensions; equal ones share the gradient.</summary>
    /// <exception cref="ArgumentException">A reduced dimension is empty.</exception>
    public Tensor Amin(ReadOnlySpan<int> dims = default, bool keepDims = false) =>
        ExtremeOf("amin", ReduceOp.Minimum, dims, keepDims);

    /// <summary>The largest element; equal ones share the gradient.</summary>
    public Tensor Max() => ExtremeOf("max", ReduceOp.Maximum, [], false);

    /// <summary>The smallest element; equal ones share the gradient.</summary>
    public Tensor Min() => ExtremeOf("min", ReduceOp.Minimum, [], false);

    /// <summary>
    /// The largest elements along a dimension and their places (int64); of equal ones the first, which gets the
    /// gradient.
    /// </summary>
    public (Tensor Values, Tensor Indices) Max(int dim, bool keepDims = false) =>
        PickedBy(Counted.Argmax(dim, true), dim, keepDims);

    /// <summary>
    /// The smallest elements along a dimension and their places (int64); of equal ones the first, which gets the
    /// gradient.
    /// </summary>
    public (Tensor Values, Tensor Indices) Min(int dim, bool keepDims = false) =>
        PickedBy(Counted.Argmin(dim, true), dim, keepDims);

    /// <summary>
    /// The place (int64) of the first largest element along a dimension, or in the flat order; NaN counts as
    /// largest.
    /// </summary>
    public Tensor Argmax(int? dim = null, bool keepDims = false) => PlaceOfExtreme("argmax", true, dim, keepDims);

    /// <summary>
    /// The place (int64) of the first smallest element along a dimension, or in the flat order; NaN counts as
    /// smallest.
    /// </summary>
    public Tensor Argmin(int? dim = null, bool keepDims = false) => PlaceOfExtreme("argmin", false, dim, keepDims);

    /// <summary>
    /// The largest elements so far along a dimension and their places (int64); of equal ones the last, which gets the gradient. NaN stays.
    /// </summary>
    public (Tensor Values, Tensor Indices) Cummax(int dim) => RunningExtreme(ReduceOp.Maximum, dim);

    /// <summary>
    /// The smallest elements so far along a dimension and their places (int64); of equal ones the last, which gets the gradient. NaN stays.
    /// </summary>
    public (Tensor Values, Tensor Indices) Cummin(int dim) => RunningExtreme(ReduceOp.Minimum, dim);

    private Tensor Counted => DType == DType.Bool ? Converted(DType.UInt8) : this;

    private (Tensor Values, Tensor Indices) RunningExtreme(ReduceOp op, int dim)
    {
        if (Rank == 0)
        {
            (Tensor one, Tensor place) = Reshape(1).RunningExtreme(op, 0);
            return (one.Reshape(Shape), place.Reshape(Shape));
        }

        dim = Shape.Dim(dim);
        Tensor x = Detach();
        Tensor hits = Pairwise("cummax", BinaryOp.LogicalOr, x.Eq(x.Scanned(op, dim, DType)), x.IsNaN()).Converted(DType.Int64);
        Tensor places = Arange(0, Shape[dim], 1, DType.Int64, Device).Reshape(Shape.Create([Shape[dim], .. Shape.Ones(Rank - 1 - dim)]));
        Tensor indices = (hits * places).Scanned(ReduceOp.Maximum, dim, DType.Int64);
        return (Gather(dim, indices), indices);
    }

    private Tensor ExtremeOf(string name, ReduceOp op, ReadOnlySpan<int> dims, bool keepDims)
    {
        int[] over = Dims(dims);
        CheckNotEmpty(name, over);
        Tensor y = Reduced(op, over, keepDims, DType);
        return Record(name, y, [this], [this, y], (f, g) =>
        {
            Tensor hits = Pairwise(name, BinaryOp.Equal, f.Saved(0), WithDims(f.Saved(1), over, keepDims)).Converted(DType);
            return [WithDims(g, over, keepDims) * (hits / hits.Sum(over, keepDims: true))];
        });
    }

    private (Tensor Values, Tensor Indices) PickedBy(Tensor places, int dim, bool keepDims)
    {
        Tensor values = Gather(dim, places);
        return keepDims || Rank == 0 ? (values, places) : (values.Squeeze(dim), places.Squeeze(dim));
    }

    private Tensor PlaceOfExtreme(string name, bool largest, int? dim, bool keepDims)
    {
        if (DType == DType.Bool)
        {
            throw new ArgumentException($"{name}: {Describe()} holds no numbers; convert it with To(DType.UInt8)");
        }

        if (dim is null || Rank == 0)
        {
            CheckNotEmpty(name, Dims([]));
            Tensor flat = Reshape(Count).PlaceOfExtreme(name, largest, 0, false);
            return keepDims ? flat.Reshape(Shape.Ones(Rank)) : flat;
        }

        int along = Shape.Dim(dim.Value);
        CheckNotEmpty(name, [along]);
        Tensor result = Uninitialized(ReducedShape([along]), DType.Int64, Device);
        Backend.ArgReduce(largest, View, result.View, along);
        return keepDims ? result : result.Squeeze(along);
    }

    private void CheckNotEmpty(string name, int[] over)
    {
        foreach (int d in over)
        {
            if (Shape.Sizes[d] == 0)
            {
                throw new ArgumentException($"{name}: dimension {d} of {Describe()} is empty and has no such element");
            }
        }
    }
}
