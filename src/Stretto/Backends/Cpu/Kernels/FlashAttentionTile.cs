namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// Some queries of a sequence and all heads that share one key head; its rows are query by query, head by head.
/// </summary>
internal readonly record struct FlashAttentionTile(int Sequence, int KvHead, int First, int Count)
{
    /// <summary>Every query of every sequence, in tiles small enough to occupy all threads.</summary>
    public static FlashAttentionTile[] All(in AttentionInputs inputs, int threads)
    {
        int each = QueriesEach(inputs, FlashAttention.Rows);
        for (int rows = FlashAttention.Rows; rows > 48 && CountTiles(inputs, each) < 2 * threads; rows /= 2)
        {
            each = QueriesEach(inputs, rows / 2);
        }

        FlashAttentionTile[] tiles = new FlashAttentionTile[CountTiles(inputs, each)];

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

        return tiles;
    }

    /// <summary>The keys that any query of the tile sees, the first rounded down to a block.</summary>
    public (long First, long End) Range(in AttentionInputs inputs)
    {
        long keys = inputs.Kv.Length(Sequence);
        long place = inputs.FirstPlace(Sequence) + First;
        (long first, _) = inputs.Options.Visible(place, keys);
        (_, long end) = inputs.Options.Visible(place + Count - 1, keys);
        return (first / FlashAttention.Keys * FlashAttention.Keys, end);
    }

    /// <summary>Spans that hold keys of the range; at least one, so that rows without keys are written.</summary>
    public long Spans(in AttentionInputs inputs)
    {
        (long first, long end) = Range(inputs);
        return first >= end ? 1 : ((end - 1) / FlashAttention.Span) - (first / FlashAttention.Span) + 1;
    }

    private static int QueriesEach(in AttentionInputs inputs, int rows) => Math.Max(1, rows / inputs.Group);

    private static int CountTiles(in AttentionInputs inputs, int each)
    {
        long tiles = 0;
        for (int s = 0; s < inputs.Kv.Sequences; s++)
        {
            tiles += ((inputs.QueryOffsets[s + 1] - inputs.QueryOffsets[s]) + (long)each - 1) / each;
        }

        return checked((int)(tiles * inputs.Kv.Heads));
    }
}
