namespace Stretto.Models.Text;

/// <summary>
/// Applies merges to the symbols of one piece, always the lowest rank, and of those the leftmost. Short pieces are
/// searched
/// directly; long ones keep the candidates in a heap, so that time is n log n whatever the text. Not thread-safe.
/// </summary>
internal sealed class BpeMerger
{
    private const int LongPiece = 48;
    private readonly MergeHeap candidates = new();
    private ModelToken[] symbols = new ModelToken[64];
    private int[] ranks = new int[64];
    private int[] merged = new int[64];
    private int[] before = [];
    private int[] after = [];
    private int count;

    public void Clear() => count = 0;

    public void Add(int id, int start, int end)
    {
        if (count == symbols.Length)
        {
            Array.Resize(ref symbols, count * 2);
        }

        symbols[count++] = new ModelToken(id, start, end);
    }

    /// <summary>Merges what was added and appends the result.</summary>
    public void Merge(PairTable merges, List<ModelToken> tokens)
    {
        if (count > LongPiece)
        {
            MergeLong(merges, tokens);
        }
        else
        {
            MergeShort(merges);
            tokens.AddRange(symbols.AsSpan(0, count));
        }

        // One huge piece must not hold its memory for ever.
        if (symbols.Length > 1 << 16)
        {
            symbols = new ModelToken[64];
            before = after = [];
            candidates.Trim();
        }
    }

    private void MergeShort(PairTable merges)
    {
        for (int i = 0; i + 1 < count; i++)
        {
            ranks[i] = merges.Rank(symbols[i].Id, symbols[i + 1].Id, out merged[i]);
        }

        while (count > 1)
        {
            int best = 0;
            for (int i = 1; i + 1 < count; i++)
            {
                best = ranks[i] < ranks[best] ? i : best;
            }

            if (ranks[best] == int.MaxValue)
            {
                break;
            }

            symbols[best] = new ModelToken(merged[best], symbols[best].Start, symbols[best + 1].End);
            int tail = count - best - 2;
            symbols.AsSpan(best + 2, tail).CopyTo(symbols.AsSpan(best + 1));
            if (tail > 0)
            {
                ranks.AsSpan(best + 2, tail - 1).CopyTo(ranks.AsSpan(best + 1));
                merged.AsSpan(best + 2, tail - 1).CopyTo(merged.AsSpan(best + 1));
                ranks[best] = merges.Rank(symbols[best].Id, symbols[best + 1].Id, out merged[best]);
            }

            count--;
            if (best > 0)
            {
                ranks[best - 1] = merges.Rank(symbols[best - 1].Id, symbols[best].Id, out merged[best - 1]);
            }
        }
    }

    private void MergeLong(PairTable merges, List<ModelToken> tokens)
    {
        if (before.Length < count)
        {
            before = new int[symbols.Length];
            after = new int[symbols.Length];
        }

        candidates.Clear();
        for (int i = 0; i < count; i++)
        {
            before[i] = i - 1;
            after[i] = i + 1 < count ? i + 1 : -1;
        }

        for (int i = 0; i < count; i++)
        {
            Offer(merges, i);
        }

        while (candidates.TryPop(out int rank, out int at))
        {
            // What was offered may have merged otherwise since.
            int right = symbols[at].Id < 0 ? -1 : after[at];
            if (right < 0 || merges.Rank(symbols[at].Id, symbols[right].Id, out int made) != rank)
            {
                continue;
            }

            symbols[at] = new ModelToken(made, symbols[at].Start, symbols[right].End);
            symbols[right] = default(ModelToken) with { Id = -1 };
            after[at] = after[right];
            if (after[at] >= 0)
            {
                before[after[at]] = at;
            }

            Offer(merges, at);
            if (before[at] >= 0)
            {
                Offer(merges, before[at]);
            }
        }

        for (int i = 0; i >= 0; i = after[i])
        {
            tokens.Add(symbols[i]);
        }
    }

    private void Offer(PairTable merges, int at)
    {
        if (after[at] >= 0)
        {
            int rank = merges.Rank(symbols[at].Id, symbols[after[at]].Id, out _);
            if (rank != int.MaxValue)
            {
                candidates.Push(rank, at);
            }
        }
    }
}
