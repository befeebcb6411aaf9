namespace Stretto;

/// <summary>Where the elements of a tensor lie in its storage: element <c>i</c> is at <c>Offset + Σ i[d] · Strides[d]</c>, in elements.</summary>
internal readonly struct Layout
{
    private readonly long[] _strides;

    public Layout(Shape shape, long[] strides, long offset)
    {
        Shape = shape;
        _strides = strides;
        Offset = offset;
    }

    public Shape Shape { get; }

    public long Offset { get; }

    public ReadOnlySpan<long> Strides => _strides;

    public int Rank => Shape.Rank;

    /// <summary>The same shape and strides at another offset.</summary>
    public Layout At(long offset) => new(Shape, _strides, offset);

    public static Layout Contiguous(Shape shape) => new(shape, ContiguousStrides(shape), 0);

    /// <summary>Whether the elements lie one after the other in row-major order.</summary>
    public bool IsContiguous
    {
        get
        {
            long expected = 1;
            for (int d = Rank - 1; d >= 0; d--)
            {
                long size = Shape.Sizes[d];
                if (size == 0)
                {
                    return true;
                }

                if (size != 1 && _strides[d] != expected)
                {
                    return false;
                }

                expected *= size;
            }

            return true;
        }
    }

    /// <summary>The lowest and the highest place of an element.</summary>
    public (long Low, long High) Reach
    {
        get
        {
            (long low, long high) = (Offset, Offset);
            for (int d = 0; d < Rank; d++)
            {
                long reach = Math.Max(Shape.Sizes[d] - 1, 0) * _strides[d];
                low += Math.Min(reach, 0);
                high += Math.Max(reach, 0);
            }

            return (low, high);
        }
    }

    /// <summary>Whether several elements share one place in memory (a broadcast or overlapping window).</summary>
    public bool Overlaps
    {
        get
        {
            // Sorted by stride, each dimension must step over all that the smaller ones reach.
            Span<(long Stride, long Size)> dims = stackalloc (long, long)[Math.Min(Rank, 64)];
            int count = 0;
            for (int d = 0; d < Rank; d++)
            {
                if (Shape.Sizes[d] == 0)
                {
                    return false;
                }

                if (Shape.Sizes[d] > 1)
                {
                    dims[count++] = (Math.Abs(_strides[d]), Shape.Sizes[d]);
                }
            }

            dims = dims[..count];
            dims.Sort();
            long reach = 0;
            foreach ((long stride, long size) in dims)
            {
                if (stride <= reach)
                {
                    return true;
                }

                reach += stride * (size - 1);
            }

            return false;
        }
    }

    public Layout Permute(ReadOnlySpan<int> dims)
    {
        long[] sizes = new long[dims.Length];
        long[] strides = new long[dims.Length];
        for (int d = 0; d < dims.Length; d++)
        {
            sizes[d] = Shape.Sizes[dims[d]];
            strides[d] = _strides[dims[d]];
        }

        return new Layout(Shape.Create(sizes), strides, Offset);
    }

    /// <summary>Repeats dimensions of size 1, and missing leading ones, without copying. The caller has checked the shapes.</summary>
    public Layout Expand(Shape shape)
    {
        int missing = shape.Rank - Rank;
        long[] strides = new long[shape.Rank];
        for (int d = missing; d < shape.Rank; d++)
        {
            strides[d] = Shape.Sizes[d - missing] == shape.Sizes[d] ? _strides[d - missing] : 0;
        }

        return new Layout(shape, strides, Offset);
    }

    /// <summary>Elements <c>start, start + step, …</c> of one dimension, <paramref name="length"/> of them.</summary>
    public Layout Slice(int dim, long start, long length, long step)
    {
        long[] sizes = Shape.ToArray();
        long[] strides = [.. _strides];
        sizes[dim] = length;
        strides[dim] *= step;
        return new Layout(Shape.Create(sizes), strides, length == 0 ? Offset : Offset + (start * _strides[dim]));
    }

    public Layout Insert(int dim, long size, long stride)
    {
        List<long> sizes = [.. Shape.Sizes];
        List<long> strides = [.. _strides];
        sizes.Insert(dim, size);
        strides.Insert(dim, stride);
        return new Layout(Shape.Create([.. sizes]), [.. strides], Offset);
    }

    public Layout Remove(int dim)
    {
        List<long> sizes = [.. Shape.Sizes];
        List<long> strides = [.. _strides];
        sizes.RemoveAt(dim);
        strides.RemoveAt(dim);
        return new Layout(Shape.Create([.. sizes]), [.. strides], Offset);
    }

    /// <summary>The same elements, in the same order, in another shape, or null when that needs a copy.</summary>
    public Layout? Reshape(Shape shape)
    {
        if (Shape.Count == 0 || IsContiguous)
        {
            return new Layout(shape, ContiguousStrides(shape), Offset);
        }

        long[] strides = new long[shape.Rank];
        int to = shape.Rank - 1;
        int from = Rank - 1;
        while (from >= 0)
        {
            if (Shape.Sizes[from] == 1)
            {
                from--;
                continue;
            }

            // Grow a run of dimensions that lie one after the other, then cut it into new sizes.
            long run = Shape.Sizes[from];
            long stride = _strides[from];
            while (from > 0 && (Shape.Sizes[from - 1] == 1 || _strides[from - 1] == stride * run))
            {
                run *= Shape.Sizes[--from];
            }

            from--;
            long filled = 1;
            while (filled < run && to >= 0)
            {
                strides[to] = stride * filled;
                filled *= shape.Sizes[to--];
            }

            if (filled != run)
            {
                return null;
            }
        }

        while (to >= 0 && shape.Sizes[to] == 1)
        {
            strides[to--] = 1;
        }

        return new Layout(shape, strides, Offset);
    }

    private static long[] ContiguousStrides(Shape shape)
    {
        long[] strides = new long[shape.Rank];
        long stride = 1;
        for (int d = shape.Rank - 1; d >= 0; d--)
        {
            strides[d] = stride;
            stride *= Math.Max(shape.Sizes[d], 1);
        }

        return strides;
    }
}
