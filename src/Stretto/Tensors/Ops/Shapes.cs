namespace Stretto;

/// <summary>Views and rearrangements. Where a view is possible nothing is copied.</summary>
public sealed partial class Tensor
{
    /// <summary>The elements in the same order under another shape; one size may be −1 and follows from the others. Copies only where strides forbid a view.</summary>
    public Tensor Reshape(params ReadOnlySpan<long> sizes) => Reshape(Inferred(sizes));

    /// <summary>The elements in the same order under another shape.</summary>
    public Tensor Reshape(Shape shape)
    {
        if (shape.Count != Count)
        {
            throw new ArgumentException($"reshape: {Describe()} has {Count} elements, {shape} needs {shape.Count}");
        }

        if (shape == Shape)
        {
            return this;
        }

        Tensor source = Layout.Reshape(shape) is null ? Contiguous() : this;
        return source.Viewing("reshape", source.Layout.Reshape(shape)!.Value, (_, g) => [g.Reshape(source.Shape)]);
    }

    /// <summary>The dimensions in another order.</summary>
    public Tensor Permute(params ReadOnlySpan<int> dims)
    {
        if (dims.Length != Rank)
        {
            throw new ArgumentException($"permute: {dims.Length} dimensions given for {Describe()}");
        }

        int[] order = Dims(dims);
        int[] inverse = new int[Rank];
        for (int d = 0; d < Rank; d++)
        {
            inverse[order[d]] = d;
        }

        return Viewing("permute", Layout.Permute(order), (_, g) => [g.Permute(inverse)]);
    }

    /// <summary>Two dimensions exchanged.</summary>
    public Tensor Transpose(int first, int second)
    {
        int[] order = [.. Enumerable.Range(0, Rank)];
        (order[Shape.Dim(first)], order[Shape.Dim(second)]) = (order[Shape.Dim(second)], order[Shape.Dim(first)]);
        return Permute(order);
    }

    /// <summary>Dimensions of size 1, and missing leading ones, repeated without copying.</summary>
    public Tensor Expand(Shape shape)
    {
        if (shape == Shape)
        {
            return this;
        }

        int missing = shape.Rank - Rank;
        for (int d = 0; d < Rank; d++)
        {
            if (missing < 0 || (Shape.Sizes[d] != 1 && Shape.Sizes[d] != shape.Sizes[d + missing]))
            {
                throw new ArgumentException($"expand: {Describe()} does not expand to {shape}; only dimensions of size 1 repeat");
            }
        }

        return Viewing("expand", Layout.Expand(shape), (_, g) => [g.SumTo(Shape, DType)]);
    }

    /// <summary>A dimension of size 1 removed.</summary>
    public Tensor Squeeze(int dim)
    {
        if (Rank == 0 && dim is 0 or -1)
        {
            return this;
        }

        dim = Shape.Dim(dim);
        return Shape.Sizes[dim] != 1
            ? this
            : Viewing("squeeze", Layout.Remove(dim), (_, g) => [g.Unsqueeze(dim)]);
    }

    /// <summary>A dimension of size 1 inserted before <paramref name="dim"/>.</summary>
    public Tensor Unsqueeze(int dim)
    {
        dim = dim < 0 ? dim + Rank + 1 : dim;
        if (dim < 0 || dim > Rank)
        {
            throw new ArgumentOutOfRangeException(nameof(dim), $"unsqueeze: {Describe()} has no place {dim} for a new dimension");
        }

        return Viewing("unsqueeze", Layout.Insert(dim, 1, 1), (_, g) => [g.Squeeze(dim)]);
    }

    /// <summary>
    /// Elements <paramref name="start"/> to <paramref name="start"/> + <paramref name="length"/> − 1 of a dimension: a view. A negative
    /// start counts from the end.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The elements are not all there.</exception>
    public Tensor Narrow(int dim, long start, long length)
    {
        dim = Shape.Dim(dim);
        long from = start < 0 ? start + Shape.Sizes[dim] : start;
        if (from < 0 || length < 0 || from > Shape.Sizes[dim] - length)
        {
            throw new ArgumentOutOfRangeException(
                nameof(start), $"narrow: {length} elements from {start} are outside dimension {dim} of {Describe()}");
        }

        return ViewOf("narrow", l => l.Slice(dim, from, length, 1));
    }

    /// <summary>The same memory under any strides, in elements; element [0, 0, …] is at <paramref name="offset"/> of the storage.</summary>
    /// <exception cref="ArgumentException">An index would leave the storage.</exception>
    public Tensor AsStrided(Shape shape, ReadOnlySpan<long> strides, long offset)
    {
        Int128 low = offset;
        Int128 high = offset;
        for (int d = 0; d < shape.Rank; d++)
        {
            Int128 reach = (Int128)Math.Max(shape.Sizes[d] - 1, 0) * strides[d];
            low += reach < 0 ? reach : 0;
            high += reach > 0 ? reach : 0;
        }

        if (strides.Length != shape.Rank || (shape.Count > 0 && (low < 0 || high >= Storage.Bytes / DType.Size())))
        {
            throw new ArgumentException($"as_strided: {shape} from {offset} leaves the memory of {Describe()}");
        }

        Layout layout = new(shape, strides.ToArray(), offset);
        return Viewing("as_strided", layout, (_, g) => [g.PutWindow("as_strided", Layout, layout)]);
    }

    /// <summary>Pieces of the given sizes along a dimension: views.</summary>
    /// <exception cref="ArgumentException">The sizes do not add up to that of the dimension, or one is negative.</exception>
    public Tensor[] Split(ReadOnlySpan<long> sizes, int dim)
    {
        long sum = 0;
        foreach (long size in sizes)
        {
            sum += size < 0 ? throw new ArgumentException($"split: a piece of {size} of {Describe()} is negative", nameof(sizes)) : size;
        }

        if (sum != Shape[dim])
        {
            throw new ArgumentException(
                $"split: sizes add up to {sum}, dimension {dim} of {Describe()} has {Shape[dim]}", nameof(sizes));
        }

        Tensor[] pieces = new Tensor[sizes.Length];
        long start = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            pieces[i] = Narrow(dim, start, sizes[i]);
            start += sizes[i];
        }

        return pieces;
    }

    /// <summary>Tensors joined along a dimension; empty lists [0] join anything, as in PyTorch.</summary>
    /// <exception cref="ArgumentException">None are given, or another size, rank or device differs.</exception>
    public static Tensor Cat(IReadOnlyList<Tensor> tensors, int dim = 0)
    {
        if (tensors.Count == 0)
        {
            throw new ArgumentException("cat: no tensors given", nameof(tensors));
        }

        Tensor[] full = [.. tensors.Where(t => t.Rank != 1 || t.Count > 0)];
        if (full.Length < tensors.Count)
        {
            DType common = tensors.Select(t => t.DType).Aggregate(Broadcasting.Promote);
            return full.Length == 0 ? tensors[0].To(common) : Cat(full, dim).To(common);
        }

        dim = tensors[0].Shape.Dim(dim);
        long[] sizes = tensors[0].Shape.ToArray();
        sizes[dim] = 0;
        DType dtype = tensors[0].DType;
        foreach (Tensor t in tensors)
        {
            Broadcasting.SameDevice("cat", tensors[0], t);
            dtype = Broadcasting.Promote(dtype, t.DType);
            for (int d = 0; d < sizes.Length; d++)
            {
                if (t.Rank != sizes.Length || (d != dim && t.Shape.Sizes[d] != sizes[d]))
                {
                    throw new ArgumentException($"cat: {t.Describe()} does not join {tensors[0].Describe()} along dimension {dim}");
                }
            }

            sizes[dim] += t.Shape.Sizes[dim];
        }

        Tensor result = Uninitialized(Shape.Create(sizes), dtype, tensors[0].Device);
        long start = 0;
        foreach (Tensor t in tensors)
        {
            long length = t.Shape.Sizes[dim];
            result.Backend.Copy(t.View, result.View.With(result.View.Layout.Slice(dim, start, length, 1)));
            start += length;
        }

        return Record("cat", result, [.. tensors], [], (f, g) =>
        {
            Tensor?[] pieces = new Tensor?[tensors.Count];
            long from = 0;
            for (int i = 0; i < pieces.Length; i++)
            {
                long length = tensors[i].Shape.Sizes[dim];
                pieces[i] = f.Needs(i) ? g.Narrow(dim, from, length).To(tensors[i].DType) : null;
                from += length;
            }

            return pieces;
        });
    }

    /// <summary>The elements in row-major order, this tensor itself when they lie so already.</summary>
    public Tensor Contiguous() => IsContiguous ? this : Clone();

    /// <summary>A contiguous copy.</summary>
    public Tensor Clone()
    {
        Tensor result = Uninitialized(Shape, DType, Device);
        Backend.Copy(View, result.View);
        return Record("clone", result, [this], [], (_, g) => [g]);
    }

    /// <summary>Rows <paramref name="index"/> (integers [n]) of the first dimension.</summary>
    public Tensor IndexSelect(Tensor index)
    {
        if (index.Rank != 1 || !index.DType.IsInteger() || Rank == 0)
        {
            throw new ArgumentException($"index_select: {index.Describe()} is no list of integers that name rows of {Describe()}");
        }

        Tensor ids = index.Converted(DType.Int64).Contiguous();
        long[] sizes = Shape.ToArray();
        sizes[0] = index.Count;
        Tensor source = Contiguous();
        Shape flat = Shape.Create([Shape.Sizes[0], Shape.Sizes[0] == 0 ? 0 : Count / Shape.Sizes[0]]);
        Tensor result = Uninitialized(Shape.Create(sizes), DType, Device);
        Backend.Embedding(
            source.View.With(Layout.Contiguous(flat)), ids.View,
            result.View.With(Layout.Contiguous([index.Count, flat.Sizes[1]])));
        return Record("index_select", result, [this], [ids], (f, g) =>
        {
            Tensor whole = Zeros(Shape, DType, Device);
            if (GradientMode.Enabled)
            {
                return [whole.IndexAdd(0, f.Saved(0), g)];
            }

            Backend.EmbeddingBackward(
                f.Saved(0).View, g.Contiguous().View.With(Layout.Contiguous([ids.Count, flat.Sizes[1]])),
                whole.View.With(Layout.Contiguous(flat)));
            return [whole];
        });
    }

    private Shape Inferred(ReadOnlySpan<long> sizes)
    {
        long known = 1;
        int unknown = -1;
        for (int d = 0; d < sizes.Length; d++)
        {
            if (sizes[d] != -1)
            {
                known *= sizes[d];
            }
            else if (unknown >= 0)
            {
                throw new ArgumentException("reshape: only one size may be -1");
            }
            else
            {
                unknown = d;
            }
        }

        if (unknown < 0)
        {
            return Shape.Create(sizes);
        }

        if (known == 0 || Count % known != 0)
        {
            throw new ArgumentException($"reshape: {Describe()} cannot be cut into pieces of {known} elements");
        }

        long[] result = sizes.ToArray();
        result[unknown] = Count / known;
        return Shape.Create(result);
    }
}
