namespace Stretto.Models.Text;

/// <summary>
/// Applies merges to the symbols of one piece, always the lowest rank, and of those the leftmost. Short pieces are
/// searched directly; long ones keep the candidates in a heap, so that time is n log n whatever the text. Not
/// thread-safe.
/// </summary>
internal sealed class BpeMerger
{
    private const int LongPiece = 48;
    private readonly MergeHeap _candidates = new();
    private ModelToken[] _symbols = new ModelToken[64];
    private int[] _ranks = new int[64];
    private int[] _merged = new int[64];
    private int[] _before = [];
    private int[] _after = [];
    private int _count;

    public void Clear() => _count = 0;

    public void Add(int id, int start, int end)
    {
        if (_count == _symbols.Length)
        {
            Array.Resize(ref _symbols, _count * 2);
        }

        _symbols[_count++] = new ModelToken(id, start, end);
    }

    /// <summary>Merges what was added and appends the result.</summary>
    public void Merge(PairTable merges, List<ModelToken> tokens)
    {
        if (_count > LongPiece)
        {
            MergeLong(merges, tokens);
        }
        else
        {
            MergeShort(merges);
            tokens.AddRange(_symbols.AsSpan(0, _count));
        }

        // One huge piece must not hold its memory for ever.
        if (_symbols.Length > 1 << 16)
        {
            _symbols = new ModelToken[64];
            _before = _after = [];
            _candidates.Trim();
        }
    }

    private void MergeShort(PairTable merges)
    {
        for (int i = 0; i + 1 < _count; i++)
        {
            _ranks[i] = merges.Rank(_symbols[i].Id, _symbols[i + 1].Id, out _merged[i]);
        }

        while (_count > 1)
        {
            int best = 0;
            for (int i = 1; i + 1 < _count; i++)
            {
                best = _ranks[i] < _ranks[best] ? i : best;
            }

            if (_ranks[best] == int.MaxValue)
            {
                break;
            }

            _symbols[best] = new ModelToken(_merged[best], _symbols[best].Start, _symbols[best + 1].End);
            int tail = _count - best - 2;
            _symbols.AsSpan(best + 2, tail).CopyTo(_symbols.AsSpan(best + 1));
            if (tail > 0)
            {
                _ranks.AsSpan(best + 2, tail - 1).CopyTo(_ranks.AsSpan(best + 1));
                _merged.AsSpan(best + 2, tail - 1).CopyTo(_merged.AsSpan(best + 1));
                _ranks[best] = merges.Rank(_symbols[best].Id, _symbols[best + 1].Id, out _merged[best]);
            }

            _count--;
            if (best > 0)
            {
                _ranks[best - 1] = merges.Rank(_symbols[best - 1].Id, _symbols[best].Id, out _merged[best - 1]);
            }
        }
    }

    private void MergeLong(PairTable merges, List<ModelToken> tokens)
    {
        if (_before.Length < _count)
        {
            _before = new int[_symbols.Length];
            _after = new int[_symbols.Length];
        }

        _candidates.Clear();
        for (int i = 0; i < _count; i++)
        {
            _before[i] = i - 1;
            _after[i] = i + 1 < _count ? i + 1 : -1;
        }

        for (int i = 0; i < _count; i++)
        {
            Offer(merges, i);
        }

        while (_candidates.TryPop(out int rank, out int at))
        {
            // What was offered may have merged otherwise since.
            int right = _symbols[at].Id < 0 ? -1 : _after[at];
            if (right < 0 || merges.Rank(_symbols[at].Id, _symbols[right].Id, out int made) != rank)
            {
                continue;
            }

            _symbols[at] = new ModelToken(made, _symbols[at].Start, _symbols[right].End);
            _symbols[right] = default(ModelToken) with { Id = -1 };
            _after[at] = _after[right];
            if (_after[at] >= 0)
            {
                _before[_after[at]] = at;
            }

            Offer(merges, at);
            if (_before[at] >= 0)
            {
                Offer(merges, _before[at]);
            }
        }

        for (int i = 0; i >= 0; i = _after[i])
        {
            tokens.Add(_symbols[i]);
        }
    }

    private void Offer(PairTable merges, int at)
    {
        if (_after[at] >= 0)
        {
            int rank = merges.Rank(_symbols[at].Id, _symbols[_after[at]].Id, out _);
            if (rank != int.MaxValue)
            {
                _candidates.Push(rank, at);
            }
        }
    }
}
