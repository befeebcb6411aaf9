using Stretto.Backends;

namespace Stretto;

/// <summary>
/// A strided view of dense memory. The dimensions in <paramref name="Overlapping"/> may meet elements that others meet
/// too.
/// </summary>
internal sealed record StridedWindow(Shape Shape, long[] Strides, long Offset, int[] Overlapping);

/// <summary>
/// The two pairs that convolution, pooling and resampling are made of; in each pair one is the gradient of the other.
/// </summary>
public sealed partial class Tensor
{
    /// <summary>The elements of a dense tensor under a window's strides: a view.</summary>
    internal static Tensor Windows(Tensor source, StridedWindow window)
    {
        Tensor dense = source.Contiguous();
        Shape shape = source.Shape;
        Layout layout = new(window.Shape, window.Strides, dense.Layout.Offset + window.Offset);
        return Record("windows", dense.WithLayout(layout), [dense], [], (_, g) => [FoldWindows(g, shape, window)]);
    }

    /// <summary>
    /// A dense tensor of zeros to which each element of the parts has been added at its place under the window.
    /// </summary>
    internal static Tensor FoldWindows(Tensor parts, Shape shape, StridedWindow window)
    {
        Tensor result = Zeros(shape, parts.DType, parts.Device);
        if (parts.Count > 0)
        {
            result.Backend.AddPieces(
                parts.View, result.View.With(new Layout(window.Shape, window.Strides, window.Offset)), window.Overlapping);
        }

        return Record("fold_windows", result, [parts], [], (_, g) => [Windows(g, window)]);
    }

    /// <summary>The trailing dimensions with zeros around them.</summary>
    internal Tensor ZeroPad(ReadOnlySpan<long> left, ReadOnlySpan<long> right)
    {
        long[] sizes = Shape.ToArray();
        int first = Rank - left.Length;
        bool none = true;
        for (int d = 0; d < left.Length; d++)
        {
            sizes[first + d] += left[d] + right[d];
            none &= left[d] == 0 && right[d] == 0;
        }

        if (none)
        {
            return this;
        }

        long[] strides = Layout.Contiguous(Shape.Create(sizes)).Strides.ToArray();
        long offset = 0;
        for (int d = 0; d < left.Length; d++)
        {
            offset += left[d] * strides[first + d];
        }

        return FoldWindows(this, Shape.Create(sizes), new StridedWindow(Shape, strides, offset, []));
    }

    /// <summary>[…, S] at index […, I] (int64) of the last dimension → […, I].</summary>
    internal static Tensor Pick(Tensor rows, Tensor index)
    {
        Tensor result = Uninitialized(index.Shape, rows.DType, rows.Device);
        result.Backend.Gather(rows.View, index.View, result.View, rows.Rank - 1);
        Shape shape = rows.Shape;
        return Record("pick", result, [rows], [index], (f, g) => [Drop(g, f.Saved(0), shape)]);
    }

    /// <summary>
    /// Zeros of a shape to whose last dimension values […, I] have been added at index […, I] (int64).
    /// </summary>
    internal static Tensor Drop(Tensor values, Tensor index, Shape shape)
    {
        Tensor result = Zeros(shape, values.DType, values.Device);
        result.Backend.Scatter(ScatterOp.Add, index.View, values.View, result.View, shape.Rank - 1);
        return Record("drop", result, [values], [index], (f, g) => [Pick(g, f.Saved(0))]);
    }

    /// <summary>
    /// The positions in a row-major block of these sizes that one list of places per dimension makes, the last
    /// dimension fastest.
    /// </summary>
    internal static Tensor Places(ReadOnlySpan<long> sizes, long[][] along, Device device)
    {
        long[] places = [0];
        for (int d = 0; d < along.Length; d++)
        {
            long[] next = new long[places.Length * along[d].Length];
            for (int i = 0; i < next.Length; i++)
            {
                next[i] = (places[i / along[d].Length] * sizes[d]) + along[d][i % along[d].Length];
            }

            places = next;
        }

        return From(places, device);
    }

    /// <summary>Each line of one dimension times a matrix [out, in] given row by row.</summary>
    internal Tensor MapLines(int dim, double[] matrix, long rows)
    {
        Tensor weights = From(matrix, [rows, Shape[dim]], Device).To(DType);
        return MatMul(Transpose(dim, -1), weights.Transpose(0, 1)).Transpose(dim, -1);
    }

    /// <summary>One number a dimension, or one for all.</summary>
    internal static long[] PerDimension(string op, string what, IReadOnlyList<int> given, int rank, int least)
    {
        if ((given.Count != 1 && given.Count != rank) || given.Any(v => v < least))
        {
            throw new ArgumentException(
                $"{op}: {what} [{string.Join(", ", given)}] must be 1 or {rank} numbers of at least {least}");
        }

        long[] values = new long[rank];
        for (int d = 0; d < rank; d++)
        {
            values[d] = given[given.Count == 1 ? 0 : d];
        }

        return values;
    }
}
