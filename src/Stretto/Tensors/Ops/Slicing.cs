namespace Stretto;

/// <summary>
/// One entry of <c>x[…]</c>: a place, a range with a step, everything that is not named, a new dimension, a tensor of places or a mask.
/// </summary>
public readonly struct TensorIndex
{
    private TensorIndex(IndexKind kind, long? start = null, long? stop = null, long step = 1, Tensor? places = null)
    {
        Kind = kind;
        Places = places;
        Start = start;
        Stop = stop;
        Step = step;
    }

    internal enum IndexKind
    {
        Range, Place, Ellipsis, NewAxis, Tensor,
    }

    /// <summary>As many whole dimensions as the other entries leave.</summary>
    public static TensorIndex Ellipsis => new(IndexKind.Ellipsis);

    /// <summary>A new dimension of size 1.</summary>
    public static TensorIndex NewAxis => new(IndexKind.NewAxis);

    internal IndexKind Kind { get; }

    internal long? Start { get; }

    internal long? Stop { get; }

    internal long Step { get; }

    internal Tensor? Places { get; }

    /// <summary>How many dimensions of the tensor the entry speaks of.</summary>
    internal int Dimensions => Kind switch
    {
        IndexKind.Ellipsis or IndexKind.NewAxis => 0,
        IndexKind.Tensor when Places!.DType == DType.Bool => Places.Rank,
        _ => 1,
    };

    /// <summary>start, start + step, … before stop; null is the border, negative numbers count from the end.</summary>
    public static TensorIndex Slice(long? start = null, long? stop = null, long step = 1) =>
        new(IndexKind.Range, start, stop, step);

    /// <summary>One place; the dimension disappears. Negative numbers count from the end.</summary>
    public static TensorIndex At(long place) => new(IndexKind.Place, place);

    /// <summary>One place.</summary>
    public static implicit operator TensorIndex(int place) => At(place);

    /// <summary>One place.</summary>
    public static implicit operator TensorIndex(long place) => At(place);

    /// <summary>One place, as <c>^1</c>.</summary>
    public static implicit operator TensorIndex(Index place) => At(place.IsFromEnd ? -place.Value : place.Value);

    /// <summary>A range, as <c>1..^1</c>.</summary>
    public static implicit operator TensorIndex(Range range) => Slice(Border(range.Start), Border(range.End));

    /// <summary>Integers: the places to take. Bools: the places where they are true, of as many dimensions as the mask has.</summary>
    public static implicit operator TensorIndex(Tensor places) => new(IndexKind.Tensor, places: places);

    private static long Border(Index index) =>
        !index.IsFromEnd ? index.Value : index.Value == 0 ? long.MaxValue : -index.Value;
}

/// <summary>Indexing with brackets.</summary>
public sealed partial class Tensor
{
    /// <summary>
    /// Places and ranges, dimension by dimension: <c>x[1..^1, TensorIndex.Ellipsis, 2]</c> is a view. With tensors of integers or bool masks
    /// among them, <c>x[mask]</c>, <c>x[.., ids]</c>, it is a copy: tensors broadcast together, and their dimensions take the place of
    /// those that they index where these are neighbours, the front otherwise, as in PyTorch. Setting writes into the view as
    /// <see cref="CopyFrom"/> does.
    /// </summary>
    /// <exception cref="ArgumentException">More entries than dimensions, two ellipses, a tensor of numbers that are no places, or a
    /// tensor among the entries of an assignment.</exception>
    [System.Runtime.CompilerServices.IndexerName("Element")]
    public Tensor this[params ReadOnlySpan<TensorIndex> indices]
    {
        get
        {
            List<(int Dim, Tensor Places)> tensors = [];
            Tensor view = Basic(indices, tensors);
            return tensors.Count == 0 ? view : view.At(tensors);
        }
        set
        {
            List<(int Dim, Tensor Places)> tensors = [];
            Tensor view = Basic(indices, tensors);
            if (tensors.Count > 0)
            {
                throw new ArgumentException(
                    $"index: elements of {Describe()} that tensors name are set by MaskedFill, IndexPut or Scatter", nameof(indices));
            }

            view.CopyFrom(value);
        }
    }

    /// <summary>The view that places and ranges make; tensors are left to be taken from its dimensions.</summary>
    private Tensor Basic(ReadOnlySpan<TensorIndex> indices, List<(int Dim, Tensor Places)> tensors)
    {
        int named = 0;
        int ellipses = 0;
        foreach (TensorIndex index in indices)
        {
            named += index.Dimensions;
            ellipses += index.Kind == TensorIndex.IndexKind.Ellipsis ? 1 : 0;
        }

        if (named > Rank || ellipses > 1)
        {
            throw new ArgumentException($"index: {named} places and {ellipses} ellipses do not fit {Describe()}", nameof(indices));
        }

        Tensor result = this;
        int dim = 0;
        foreach (TensorIndex index in indices)
        {
            switch (index.Kind)
            {
                case TensorIndex.IndexKind.Place:
                    result = result.Select(dim, index.Start!.Value);
                    break;
                case TensorIndex.IndexKind.NewAxis:
                    result = result.Unsqueeze(dim++);
                    break;
                case TensorIndex.IndexKind.Ellipsis:
                    dim += Rank - named;
                    break;
                case TensorIndex.IndexKind.Tensor:
                    foreach (Tensor places in Columns(index.Places!, result, dim))
                    {
                        tensors.Add((dim++, places));
                    }

                    break;
                default:
                    result = index is { Start: null, Stop: null, Step: 1 }
                        ? result : result.Slice(dim, index.Start, index.Stop, index.Step);
                    dim++;
                    break;
            }
        }

        return result;
    }

    private static Tensor[] Columns(Tensor places, Tensor of, int dim)
    {
        if (places.DType != DType.Bool)
        {
            return [places];
        }

        return places.Rank > 0 && places.Shape.Sizes.SequenceEqual(of.Shape.Sizes[dim..(dim + places.Rank)])
            ? places.Nonzero().Unbind(1)
            : throw new ArgumentException($"index: mask {places.Describe()} does not have the sizes of {of.Describe()} from dimension {dim}");
    }

    /// <summary>The elements at tensors of places, one for each of some dimensions.</summary>
    private Tensor At(List<(int Dim, Tensor Places)> tensors)
    {
        int[] dims = [.. tensors.Select(t => t.Dim)];
        Tensor front = Permute([.. dims, .. Enumerable.Range(0, Rank).Except(dims)]);
        Tensor taken = front.Index([.. tensors.Select(t => t.Places)]);
        int named = taken.Rank - (Rank - dims.Length);
        return dims[^1] - dims[0] != dims.Length - 1 || dims[0] == 0
            ? taken
            : taken.Movedim([.. Enumerable.Range(0, named)], [.. Enumerable.Range(dims[0], named)]);
    }
}
