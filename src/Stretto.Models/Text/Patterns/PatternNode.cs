namespace Stretto.Models.Text;

/// <summary>The parsed form of a pattern.</summary>
internal abstract record PatternNode
{
    /// <summary>One character of a set.</summary>
    internal sealed record One(ScalarSet Set) : PatternNode;

    internal sealed record Sequence(List<PatternNode> Items) : PatternNode;

    internal sealed record Choice(List<PatternNode> Items) : PatternNode;

    /// <summary>Max is -1 for no limit.</summary>
    internal sealed record Repeat(PatternNode Item, int Min, int Max, RepeatKind Kind) : PatternNode;

    internal sealed record Look(PatternNode Item, bool Ahead, bool Negated) : PatternNode;

    internal sealed record Atomic(PatternNode Item) : PatternNode;

    internal sealed record Anchor(AnchorKind Kind) : PatternNode;

    /// <summary>Whether the node can match the empty string.</summary>
    public bool IsNullable => this switch
    {
        One => false,
        Sequence s => s.Items.TrueForAll(i => i.IsNullable),
        Choice c => c.Items.Exists(i => i.IsNullable),
        Repeat r => r.Min == 0 || r.Item.IsNullable,
        Atomic a => a.Item.IsNullable,
        _ => true,
    };

    /// <summary>ASCII characters that a match can begin with, one bit each; meaningless for a nullable node.</summary>
    public UInt128 FirstAscii()
    {
        switch (this)
        {
            case One one:
                return new UInt128(one.Set.AsciiHigh, one.Set.AsciiLow);
            case Sequence sequence:
                UInt128 first = 0;
                foreach (PatternNode item in sequence.Items)
                {
                    first |= item.FirstAscii();
                    if (!item.IsNullable)
                    {
                        break;
                    }
                }

                return first;
            case Choice choice:
                return choice.Items.Aggregate(UInt128.Zero, (all, item) => all | item.FirstAscii());
            case Repeat repeat:
                return repeat.Item.FirstAscii();
            case Atomic atomic:
                return atomic.Item.FirstAscii();
            default:
                return 0;
        }
    }
}

internal enum RepeatKind
{
    Greedy,
    Lazy,
    Possessive,
}

internal enum AnchorKind
{
    LineStart,
    LineEnd,
    TextStart,
    TextEnd,
    TextEndOrLastNewline,
    WordBoundary,
    NotWordBoundary,
}
