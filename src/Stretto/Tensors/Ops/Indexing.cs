using Stretto.Backends;

namespace Stretto;

/// <summary>
/// Reading and writing at places that tensors of integers name. Negative places are refused, as in PyTorch.
/// </summary>
public sealed partial class Tensor
{
    /// <summary>
    /// result[…, i, …] = this[…, index[…, i, …], …] along a dimension; the result has the index's shape.
    /// </summary>
    public Tensor Gather(int dim, Tensor index)
    {
        if (Rank == 0 || index.Rank == 0)
        {
            return AtLeast1D(this).Gather(dim, AtLeast1D(index)).Reshape(index.Shape);
        }

        dim = Shape.Dim(dim);
        Tensor places = Places("gather", index, dim, null);
        Tensor result = Uninitialized(index.Shape, DType, Device);
        Backend.Gather(View, places.View, result.View, dim);
        return Record("gather", result, [this], [places], (f, g) => [Zeros(Shape, DType, Device).ScatterAdd(dim, f.Saved(0), g)]);
    }

    /// <summary>
    /// As <see cref="Gather"/>, but the other dimensions of both broadcast; without a dimension on the flat
    /// elements.
    /// </summary>
    public Tensor TakeAlongDim(Tensor indices, int? dim = null)
    {
        if (dim is not { } d)
        {
            return Flatten().Gather(0, indices.Flatten());
        }

        d = Shape.Dim(d);
        if (indices.Rank != Rank)
        {
            throw new ArgumentException($"take_along_dim: {indices.Describe()} must have the rank of {Describe()}");
        }

        (long[] mine, long[] theirs) = (Shape.ToArray(), indices.Shape.ToArray());
        for (int i = 0; i < Rank; i++)
        {
            if (i != d)
            {
                mine[i] = theirs[i] = mine[i] == 1 ? theirs[i] : mine[i];
            }
        }

        return Expand(Shape.Create(mine)).Gather(d, indices.Expand(Shape.Create(theirs)));
    }

    /// <summary>
    /// A copy in which place index[…, i, …] of the dimension holds source[…, i, …]. Repeated places: the last
    /// wins.
    /// </summary>
    public Tensor Scatter(int dim, Tensor index, Tensor source) => Rank == 0 || index.Rank == 0
        ? AtLeast1D(this).Scatter(dim, AtLeast1D(index), AtLeast1D(source)).Reshape(Shape)
        : Scattered("scatter", ScatterOp.Replace, dim, index, source, (f, g, d) =>
        [
            f.Needs(0) ? g.Scatter(d, f.Saved(0), 0) : null,
            f.Needs(1) ? g.Gather(d, f.Saved(0)).PaddedTo(source.Shape) : null,
        ]);

    /// <summary>A copy in which the named places hold a number.</summary>
    public Tensor Scatter(int dim, Tensor index, double value) =>
        Scatter(dim, index, Scalar(value, DType, Device).Expand(index.Shape));

    /// <summary>A copy in which source[…, i, …] is added at place index[…, i, …] of the dimension.</summary>
    public Tensor ScatterAdd(int dim, Tensor index, Tensor source) => Rank == 0 || index.Rank == 0
        ? AtLeast1D(this).ScatterAdd(dim, AtLeast1D(index), AtLeast1D(source)).Reshape(Shape)
        : Scattered("scatter_add", ScatterOp.Add, dim, index, source, (f, g, d) =>
        [
            f.Needs(0) ? g : null,
            f.Needs(1) ? g.Gather(d, f.Saved(0)).PaddedTo(source.Shape) : null,
        ]);

    /// <summary>The places of a dimension that a list of integers [n] names, in its order.</summary>
    public Tensor IndexSelect(int dim, Tensor index)
    {
        if (Rank == 0)
        {
            return Reshape(1).IndexSelect(0, index).Reshape(Shape);
        }

        dim = Shape.Dim(dim);
        Tensor list = index.Rank == 0 ? index.Reshape(1) : index;
        return dim == 0 ? IndexSelect(list) : Gather(dim, AlongDim("index_select", list, dim));
    }

    /// <summary>A copy in which factor · source[…, i, …] is added at place index[i] of the dimension.</summary>
    public Tensor IndexAdd(int dim, Tensor index, Tensor source, double factor = 1)
    {
        Tensor scaled = factor == 1 ? source : source * factor;
        return Rank == 0
            ? Reshape(1).IndexAdd(0, index, AtLeast1D(scaled)).Reshape(Shape)
            : ScatterAdd(dim, AlongDim("index_add", index, Shape.Dim(dim), source), scaled);
    }

    /// <summary>A copy in which place index[i] of the dimension holds source[…, i, …].</summary>
    public Tensor IndexCopy(int dim, Tensor index, Tensor source) => Rank == 0
        ? Reshape(1).IndexCopy(0, index, AtLeast1D(source)).Reshape(Shape)
        : Scatter(dim, AlongDim("index_copy", index, Shape.Dim(dim), source), source);

    /// <summary>A copy in which the named places of the dimension hold a number.</summary>
    public Tensor IndexFill(int dim, Tensor index, double value) => Rank == 0
        ? Reshape(1).IndexFill(0, index, value).Reshape(Shape)
        : Scatter(dim, AlongDim("index_fill", index, Shape.Dim(dim)), value);

    /// <summary>A copy in which the named places of the dimension hold the only element of a tensor.</summary>
    public Tensor IndexFill(int dim, Tensor index, Tensor value) => Rank == 0
        ? Reshape(1).IndexFill(0, index, value).Reshape(Shape)
        : Scatter(dim, AlongDim("index_fill", index, Shape.Dim(dim)), value.Expand(AlongDim("index_fill", index, Shape.Dim(dim)).Shape));

    /// <summary>
    /// A copy in which the places that the indices name hold <paramref name="values"/>, or what was there plus
    /// them. Index k speaks of
    /// dimension k; the indices broadcast, negative integers count from the end, a bool mask stands for the places
    /// where it is true.
    /// </summary>
    public Tensor IndexPut(IReadOnlyList<Tensor> indices, Tensor values, bool accumulate = false)
    {
        (Tensor rows, Shape named, int dims) = FlatPlaces("index_put", indices);
        long[] rest = Shape.ToArray()[dims..];
        Tensor flat = Reshape(Shape.Create([Shape.Create(Shape.Sizes[..dims]).Count, .. rest]));
        Tensor source = values.Expand(Shape.Create([.. named, .. rest])).Reshape(Shape.Create([rows.Count, .. rest]));
        return (accumulate ? flat.IndexAdd(0, rows, source) : flat.IndexCopy(0, rows, source)).Reshape(Shape);
    }

    /// <summary>
    /// The elements at places that broadcast tensors of integers, or bool masks, name for the leading dimensions.
    /// </summary>
    public Tensor Index(params IReadOnlyList<Tensor> indices)
    {
        (Tensor rows, Shape named, int dims) = FlatPlaces("index", indices);
        long[] rest = Shape.ToArray()[dims..];
        Tensor flat = Reshape(Shape.Create([Shape.Create(Shape.Sizes[..dims]).Count, .. rest]));
        return flat.IndexSelect(0, rows).Reshape(Shape.Create([.. named, .. rest]));
    }

    /// <summary>
    /// Integers [*] to int64 [*, classes] with a 1 at each integer's place; −1 classes: as many as the largest
    /// needs.
    /// </summary>
    public Tensor OneHot(long classes = -1)
    {
        long[] ids = DType.IsInteger() ? ToArray<long>() : throw new ArgumentException($"one_hot: {Describe()} must hold integers");
        long needed = ids.Length == 0 ? 0 : ids.Max() + 1;
        classes = classes < 0 ? needed : classes;
        if (needed > classes || ids.Any(i => i < 0) || (ids.Length == 0 && classes == 0))
        {
            throw new ArgumentException($"one_hot: {classes} classes do not hold the integers of {Describe()}");
        }

        return Zeros(Shape.Create([.. Shape.Sizes, classes]), DType.Int64, Device).Scatter(-1, Unsqueeze(-1), 1);
    }

    private static Tensor AtLeast1D(Tensor t) => t.Rank == 0 ? t.Reshape(1) : t;

    private Tensor Scattered(
        string name, ScatterOp op, int dim, Tensor index, Tensor source,
        Func<GradientFunction, Tensor, int, Tensor?[]> rule, params Tensor[] kept)
    {
        dim = Shape.Dim(dim);
        Tensor places = Places(name, index, dim, source);
        Tensor result = Uninitialized(Shape, DType, Device);
        Backend.Copy(View, result.View);
        Backend.Scatter(op, places.View, source.View, result.View, dim);
        return Record(name, result, [this, source], [places, .. kept], (f, g) => rule(f, g, dim));
    }

    /// <summary>
    /// Checks that an index fits this tensor and, when scattering, its source, and gives it in int64.
    /// </summary>
    private Tensor Places(string op, Tensor index, int dim, Tensor? source)
    {
        bool fits = index.DType.IsInteger() && index.Rank == Rank
            && (source is null || (source.Rank == Rank && source.DType == DType && source.Device == Device));
        for (int d = 0; fits && d < Rank; d++)
        {
            fits = (d == dim || index.Shape.Sizes[d] <= Shape.Sizes[d])
                && (source is null || index.Shape.Sizes[d] <= source.Shape.Sizes[d]);
        }

        return fits
            ? index.Converted(DType.Int64)
            : throw new ArgumentException(
                $"{op}: index {index.Describe()}{(source is null ? "" : $" and source {source.Describe()}")} do not fit dimension {dim} of {Describe()}");
    }

    /// <summary>A list of places as an index of full rank: along one dimension, the same for all others.</summary>
    private Tensor AlongDim(string op, Tensor index, int dim, Tensor? source = null)
    {
        if (index.Rank > 1 || !index.DType.IsInteger() || (source is not null && (source.Rank != Rank || source.Shape[dim] != index.Count)))
        {
            throw new ArgumentException(
                $"{op}: {index.Describe()} must be a list of integers, one for each place {(source is null ? "wanted" : $"of {source.Describe()}")}");
        }

        long[] column = new long[Rank];
        Array.Fill(column, 1);
        long[] sizes = Shape.ToArray();
        column[dim] = sizes[dim] = index.Count;
        return index.Converted(DType.Int64).Reshape(Shape.Create(column)).Expand(Shape.Create(sizes));
    }

    /// <summary>Zeros appended until the shape is reached.</summary>
    private Tensor PaddedTo(Shape shape)
    {
        long[] padding = new long[2 * Rank];
        for (int d = 0; d < Rank; d++)
        {
            padding[(2 * (Rank - 1 - d)) + 1] = shape.Sizes[d] - Shape.Sizes[d];
        }

        return shape == Shape ? this : Pad(padding);
    }

    /// <summary>Indices of the leading dimensions as one list of places in their flattened order.</summary>
    private (Tensor Rows, Shape Named, int Dims) FlatPlaces(string op, IReadOnlyList<Tensor> indices)
    {
        List<Tensor> columns = [];
        foreach (Tensor index in indices)
        {
            columns.AddRange(index.DType == DType.Bool ? index.Nonzero().Unbind(1) : [index]);
        }

        if (columns.Count == 0 || columns.Count > Rank || columns.Any(c => !c.DType.IsInteger()))
        {
            throw new ArgumentException(
                $"{op}: {columns.Count} indices do not name places of {Describe()}; they must be integers or bool");
        }

        Tensor flat = Scalar(0, DType.Int64, Device);
        for (int d = 0; d < columns.Count; d++)
        {
            long size = Shape.Sizes[d];
            Tensor at = columns[d].Converted(DType.Int64);
            if (at.ToArray<long>().Any(i => i < -size || i >= size))
            {
                throw new ArgumentOutOfRangeException(nameof(indices), $"{op}: index {d} leaves dimension {d} of {Describe()}");
            }

            Tensor wrapped = Pairwise(op, BinaryOp.Remainder, at, Scalar(size, DType.Int64, Device));
            flat = (flat * size) + wrapped;
        }

        return (flat.Reshape(flat.Count), flat.Shape, columns.Count);
    }
}
