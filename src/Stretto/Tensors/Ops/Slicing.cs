namespace Stretto;

/// <summary>
/// One entry of <c>x[…]</c>: a place, a range with a step, everything that is not named, or a new dimension.
/// </summary>
public readonly struct TensorIndex
{
    private TensorIndex(IndexKind kind, long? start = null, long? stop = null, long step = 1)
    {
        Kind = kind;
        Start = start;
        Stop = stop;
        Step = step;
    }

    internal enum IndexKind
    {
        Range, Place, Ellipsis, NewAxis,
    }

    /// <summary>As many whole dimensions as the other entries leave.</summary>
    public static TensorIndex Ellipsis => new(IndexKind.Ellipsis);

    /// <summary>A new dimension of size 1.</summary>
    public static TensorIndex NewAxis => new(IndexKind.NewAxis);

    internal IndexKind Kind { get; }

    internal long? Start { get; }

    internal long? Stop { get; }

    internal long Step { get; }

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

    private static long Border(Index index) =>
        !index.IsFromEnd ? index.Value : index.Value == 0 ? long.MaxValue : -index.Value;
}

/// <summary>Indexing with brackets.</summary>
public sealed partial class Tensor
{
    /// <summary>
    /// A view of places and ranges, dimension by dimension: <c>x[1..^1, TensorIndex.Ellipsis, 2]</c>.
    /// </summary>
    /// <exception cref="ArgumentException">More entries than dimensions, or two ellipses.</exception>
    [System.Runtime.CompilerServices.IndexerName("Element")]
    public Tensor this[params ReadOnlySpan<TensorIndex> indices]
    {
        get
        {
            int named = 0;
            int ellipses = 0;
            foreach (TensorIndex index in indices)
            {
                named += index.Kind is TensorIndex.IndexKind.Place or TensorIndex.IndexKind.Range ? 1 : 0;
                ellipses += index.Kind == TensorIndex.IndexKind.Ellipsis ? 1 : 0;
            }

            if (named > Rank || ellipses > 1)
            {
                throw new ArgumentException($"index: {named} places and {ellipses} ellipses do not fit {Describe()}");
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
                    default:
                        result = index is { Start: null, Stop: null, Step: 1 }
                            ? result : result.Slice(dim, index.Start, index.Stop, index.Step);
                        dim++;
                        break;
                }
            }

            return result;
        }
    }
}
