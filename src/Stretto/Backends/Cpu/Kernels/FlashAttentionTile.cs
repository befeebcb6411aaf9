namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// Some queries of a sequence and all heads that share one key head; its rows are query by query, head by head.
/// </summary>
internal readonly record struct FlashAttentionTile(int Sequence, int KvHead, int First, int Count)
{
    /// <summary>Queries of a tile, so few that there are tiles for all threads.</summary>
    public static int QueriesEach(in AttentionInputs inputs, int threads)
    {
        int rows = FlashAttention.Rows;
        while (rows > 48 && CountTiles(inputs, QueriesOf(inputs, rows)) < 2 * threads)
        {
            rows /= 2;
        }

        return QueriesOf(inputs, rows);
    }

    /// <summary>How many tiles of so many queries there are.</summary>
    public static int CountTiles(in AttentionInputs inputs, int each)
    {
        long tiles = 0;
        for (int s = 0; s < inputs.Kv.Sequences; s++)
        {
            tiles += ((inputs.QueryOffsets[s + 1] - inputs.QueryOffsets[s]) + (long)each - 1) / each;
        }

        return checked((int)(tiles * inputs.Kv.Heads));
    }

    /// <summary>Every query of every sequence.</summary>
    public static void Fill(in AttentionInputs inputs, int each, Span<FlashAttentionTile> tiles)
    {
        // The last queries of a causal prompt see most keys: their tiles go first.
        int next = tiles.Length;
        for (int s = 0; s < inputs.Kv.Sequences; s++)
        {
            int queries = inputs.QueryOffsets[s + 1] - inputs.QueryOffsets[s];
            for (int first = 0; first < queries; first += each)
            {
                for (int head = 0; head < inputs.Kv.Heads; head++)
                {
                    tiles[--next] = new FlashAttentionTile(s, head, first, Math.Min(each, queries - first));
                }
            }
        }

        // Decoded tokens wait for no order, and sorting leaves garbage.
        if (inputs.Kv.Sequences > 1 && inputs.QueryOffsets[^1] > inputs.Kv.Sequences)
        {
            AttentionInputs all = inputs;
            tiles.Sort((a, b) => b.Work(all).CompareTo(a.Work(all)));
        }
    }

    /// <summary>
    /// The keys that any query of the tile sees, the first rounded down to a block; in a tree, the places of these keys.
    /// </summary>
    public (long First, long End) Range(in AttentionInputs inputs)
    {
        (long first, long end) = inputs.Visible(Sequence, First, First + Count);
        if (inputs.Branches(Sequence))
        {
            end = 0;
            for (int i = First; i < First + Count; i++)
            {
                end = Math.Max(end, inputs.Place(Sequence, i) + 1);
            }
        }

        return (first / FlashAttention.Keys * FlashAttention.Keys, end);
    }

    /// <summary>Spans that hold keys of the range; at least one, so that rows without keys are written.</summary>
    public long Spans(in AttentionInputs inputs)
    {
        (long first, long end) = Range(inputs);
        return first >= end ? 1 : ((end - 1) / FlashAttention.Span) - (first / FlashAttention.Span) + 1;
    }

    private static int QueriesOf(in AttentionInputs inputs, int rows) => Math.Max(1, rows / inputs.Group);

    private long Work(in AttentionInputs inputs)
    {
        (long first, long end) = Range(inputs);
        return Math.Max(0, end - first) * Count;
    }
}
