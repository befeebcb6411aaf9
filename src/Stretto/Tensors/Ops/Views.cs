namespace Stretto;

/// <summary>
/// Windows on the same memory: slices, diagonals, sliding windows. Their gradients are placed where the window
/// looked.
/// </summary>
public sealed partial class Tensor
{
    /// <summary>The elements in the same order under another shape, without copying; one size may be −1.</summary>
    /// <exception cref="ArgumentException">The strides forbid a view; use
    /// <see cref="Reshape(ReadOnlySpan{long})"/>.</exception>
    public Tensor ViewAs(params ReadOnlySpan<long> sizes)
    {
        Shape shape = Inferred(sizes);
        return shape.Count != Count || Layout.Reshape(shape) is not null
            ? Reshape(shape)
            : throw new ArgumentException(
                $"view: {Describe()} with strides [{string.Join(", ", Strides)}] has no view of shape {shape}; use Reshape");
    }

    /// <summary>
    /// Dimensions <paramref name="start"/> to <paramref name="end"/> (included) become one; a scalar becomes one
    /// element.
    /// </summary>
    public Tensor Flatten(int start = 0, int end = -1)
    {
        if (Rank == 0)
        {
            return Reshape(1);
        }

        (start, end) = (Shape.Dim(start), Shape.Dim(end));
        if (start > end)
        {
            throw new ArgumentException($"flatten: dimension {start} comes after {end} in {Describe()}");
        }

        long size = Shape.Create(Shape.Sizes[start..(end + 1)]).Count;
        return Reshape(Shape.Create([.. Shape.Sizes[..start], size, .. Shape.Sizes[(end + 1)..]]));
    }

    /// <summary>One dimension becomes several; one of the sizes may be −1.</summary>
    public Tensor Unflatten(int dim, params ReadOnlySpan<long> sizes)
    {
        dim = Shape.Dim(dim);
        long known = 1;
        foreach (long size in sizes)
        {
            known *= size == -1 ? 1 : size;
        }

        long[] cut = sizes.ToArray();
        int open = Array.IndexOf(cut, -1);
        if (open >= 0 && known > 0)
        {
            cut[open] = Shape.Sizes[dim] / known;
            known *= cut[open];
        }

        return known == Shape.Sizes[dim]
            ? Reshape(Shape.Create([.. Shape.Sizes[..dim], .. cut, .. Shape.Sizes[(dim + 1)..]]))
            : throw new ArgumentException(
                $"unflatten: [{string.Join(", ", sizes.ToArray())}] does not divide dimension {dim} of {Describe()}");
    }

    /// <summary>Dimensions moved to other places; the others keep their order.</summary>
    public Tensor Movedim(ReadOnlySpan<int> source, ReadOnlySpan<int> destination)
    {
        if (source.Length != destination.Length)
        {
            throw new ArgumentException(
                $"movedim: {source.Length} dimensions of {Describe()} cannot go to {destination.Length} places");
        }

        if (source.IsEmpty)
        {
            return this;
        }

        (int[] from, int[] to) = (Dims(source), Dims(destination));
        Queue<int> rest = new(Enumerable.Range(0, Rank).Except(from));
        int[] order = new int[Rank];
        for (int d = 0; d < Rank; d++)
        {
            int moved = Array.IndexOf(to, d);
            order[d] = moved >= 0 ? from[moved] : rest.Dequeue();
        }

        return Permute(order);
    }

    /// <summary>One dimension moved to another place; the others keep their order.</summary>
    public Tensor Movedim(int source, int destination) => Movedim([source], [destination]);

    /// <summary>All dimensions of size 1 removed.</summary>
    public Tensor Squeeze() => Squeeze([.. Enumerable.Range(0, Rank)]);

    /// <summary>Those of the named dimensions removed whose size is 1.</summary>
    public Tensor Squeeze(ReadOnlySpan<int> dims)
    {
        if (dims.IsEmpty)
        {
            return this;
        }

        int[] gone = [.. Dims(dims).Where(d => Shape[d] == 1)];
        return gone.Length == 0 ? this : Reshape(WithoutDims(gone));
    }

    /// <summary>Dimensions of size 1, and missing leading ones, repeated without copying; −1 keeps a size.</summary>
    public Tensor BroadcastTo(params ReadOnlySpan<long> sizes)
    {
        long[] to = sizes.ToArray();
        int missing = to.Length - Rank;
        for (int d = Math.Max(missing, 0); d < to.Length; d++)
        {
            to[d] = to[d] == -1 ? Shape.Sizes[d - missing] : to[d];
        }

        return Expand(Shape.Create(to));
    }

    /// <summary>Expanded to the shape of another tensor.</summary>
    public Tensor ExpandAs(Tensor other) => Expand(other.Shape);

    /// <summary>One place of a dimension, which disappears: a view. Negative places count from the end.</summary>
    public Tensor Select(int dim, long index)
    {
        dim = Shape.Dim(dim);
        long size = Shape.Sizes[dim];
        if (index < -size || index >= size)
        {
            throw new ArgumentOutOfRangeException(nameof(index), $"select: {index} is outside dimension {dim} of {Describe()}");
        }

        long at = index < 0 ? index + size : index;
        return ViewOf("select", l => l.Slice(dim, at, 1, 1).Remove(dim));
    }

    /// <summary>
    /// Elements start, start + step, … before stop: a view. Negative borders count from the end, far ones are
    /// clamped.
    /// </summary>
    public Tensor Slice(int dim, long? start = null, long? stop = null, long step = 1)
    {
        dim = Shape.Dim(dim);
        if (step < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(step), $"slice: step {step} of {Describe()} must be positive; use Flip to go back");
        }

        long size = Shape.Sizes[dim];
        long from = Border(start ?? 0, size);
        long length = Math.Max(0, (Math.Max(Border(stop ?? size, size) - from, 0) + step - 1) / step);
        return ViewOf("slice", l => l.Slice(dim, from, length, step));
    }

    /// <summary>
    /// The diagonal of two dimensions, appended as the last: a view. Positive offsets lie above the main diagonal.
    /// </summary>
    public Tensor Diagonal(long offset = 0, int dim1 = 0, int dim2 = 1)
    {
        (int row, int column) = (Shape.Dim(dim1), Shape.Dim(dim2));
        if (row == column)
        {
            throw new ArgumentException($"diagonal: dimension {row} of {Describe()} is named twice");
        }

        long down = Math.Max(-offset, 0);
        long right = Math.Max(offset, 0);
        long length = Math.Max(0, Math.Min(Shape.Sizes[row] - down, Shape.Sizes[column] - right));
        return ViewOf("diagonal", l =>
        {
            long step = l.Strides[row] + l.Strides[column];
            long start = length == 0 ? 0 : (down * l.Strides[row]) + (right * l.Strides[column]);
            Layout rest = l.Remove(Math.Max(row, column)).Remove(Math.Min(row, column));
            return rest.At(l.Offset + start).Insert(rest.Rank, length, step);
        });
    }

    /// <summary>
    /// Windows of <paramref name="size"/> elements, <paramref name="step"/> apart, along a dimension; the window
    /// is appended as the last: a view.
    /// </summary>
    public Tensor Unfold(int dim, long size, long step)
    {
        if (Rank == 0)
        {
            return Reshape(1).Unfold(dim, size, step).Select(0, 0);
        }

        dim = Shape.Dim(dim);
        if (size < 0 || size > Shape.Sizes[dim] || step < 1)
        {
            throw new ArgumentException(
                $"unfold: windows of {size}, {step} apart, do not fit dimension {dim} of {Describe()}");
        }

        long windows = ((Shape.Sizes[dim] - size) / step) + 1;
        long stride = Layout.Strides[dim];
        Layout layout = Layout.Slice(dim, 0, windows, step).Insert(Rank, size, stride);
        return Viewing("unfold", layout, (_, g) =>
        {
            long[] places = new long[windows * size];
            for (long i = 0; i < places.Length; i++)
            {
                places[i] = (i / Math.Max(size, 1) * step) + (i % Math.Max(size, 1));
            }

            Tensor joined = g.Movedim(-1, dim + 1).Flatten(dim, dim + 1);
            return [Zeros(Shape, DType, Device).IndexAdd(dim, From(places, Device), joined)];
        });
    }

    /// <summary>The places of a dimension as tensors of their own: views.</summary>
    public Tensor[] Unbind(int dim = 0)
    {
        Tensor[] places = new Tensor[Shape[dim]];
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = Select(dim, i);
        }

        return places;
    }

    /// <summary>Pieces of one size along a dimension, the last of what is left: views.</summary>
    public Tensor[] Split(long size, int dim = 0)
    {
        long whole = Shape[dim];
        if (size < 0 || (size == 0 && whole > 0))
        {
            throw new ArgumentException($"split: pieces of {size} do not make up dimension {dim} of {Describe()}");
        }

        List<long> sizes = [Math.Min(size, whole)];
        for (long start = size; start < whole; start += size)
        {
            sizes.Add(Math.Min(size, whole - start));
        }

        return Split([.. sizes], dim);
    }

    /// <summary>
    /// At most <paramref name="chunks"/> pieces of equal size along a dimension, the last may be smaller: views.
    /// </summary>
    public Tensor[] Chunk(int chunks, int dim = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(chunks, 1);
        long size = (Shape[dim] + chunks - 1) / chunks;
        return size == 0 ? Split([.. new long[chunks]], dim) : Split(size, dim);
    }

    /// <summary>A view in which no element appears twice; the same function places its gradient.</summary>
    private Tensor ViewOf(string name, Func<Layout, Layout> window) =>
        Viewing(name, window(Layout), (_, g) => [g.PlacedInto(name, Shape, window)]);

    /// <summary>Zeros of another shape, with this tensor where the window looks.</summary>
    private Tensor PlacedInto(string name, Shape shape, Func<Layout, Layout> window)
    {
        Tensor whole = Zeros(shape, DType, Device);
        Backend.Copy(View, whole.WithLayout(window(whole.Layout)).View);
        return Record(name + "_backward", whole, [this], [], (_, g) => [g.ViewOf(name, window)]);
    }

    private static long Border(long at, long size) => Math.Clamp(at < 0 ? at + size : at, 0, size);
}
