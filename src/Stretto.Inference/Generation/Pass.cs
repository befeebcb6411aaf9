using Stretto.Nn;

namespace Stretto.Inference.Generation;

/// <summary>One forward of the model over new tokens of any number of sequences.</summary>
internal sealed class Pass(CausalLM model, PagedKvCache cache)
{
    private readonly List<Part> _parts = [];
    private float[] _logits = [];

    public int Tokens { get; private set; }

    public void Clear()
    {
        _parts.Clear();
        Tokens = 0;
    }

    /// <summary>Adds tokens for which the sequence has room; the logits after the last rows of them are wanted.</summary>
    public void Add(Generation owner, CachedSequence sequence, int[] tokens, int rows)
    {
        _parts.Add(new Part(owner, sequence, tokens, rows, 0));
        Tokens += tokens.Length;
    }

    public void Remove(Generation owner)
    {
        Tokens -= _parts.Where(p => p.Owner == owner).Sum(p => p.Tokens.Length);
        _parts.RemoveAll(p => p.Owner == owner);
    }

    public bool Holds(Generation owner) => First(owner) >= 0;

    /// <summary>The wanted logits of a generation, row by row.</summary>
    public ReadOnlySpan<float> Logits(Generation owner)
    {
        int first = First(owner);
        int rows = 0;
        for (int i = first; i < _parts.Count && _parts[i].Owner == owner; i++)
        {
            rows += _parts[i].Rows;
        }

        return _logits.AsSpan(_parts[first].Row * model.VocabularySize, rows * model.VocabularySize);
    }

    public void Run()
    {
        using TensorScope scope = TensorScope.Begin();
        int[][] tokens = new int[_parts.Count][];
        int[] past = new int[_parts.Count];
        int[] counts = new int[_parts.Count];
        CachedSequence[] sequences = new CachedSequence[_parts.Count];
        List<long> rows = [];
        int end = 0;
        for (int i = 0; i < _parts.Count; i++)
        {
            Part part = _parts[i];
            (tokens[i], past[i], counts[i], sequences[i]) = (part.Tokens, part.Sequence.Length, part.Tokens.Length, part.Sequence);
            _parts[i] = part with { Row = rows.Count };
            end += part.Tokens.Length;
            for (int row = end - part.Rows; row < end; row++)
            {
                rows.Add(row);
            }
        }

        cache.Begin(sequences, counts);
        Tensor hidden = model.Hidden(Batch.Continued(tokens, past, cache, model.Device));
        if (rows.Count == 0)
        {
            return;
        }

        Tensor wanted = rows.Count == end ? hidden : hidden.IndexSelect(0, Tensor.From(rows.ToArray(), model.Device));
        Tensor logits = model.Logits(wanted);
        int count = checked((int)logits.Count);
        if (_logits.Length < count)
        {
            _logits = new float[Math.Max(count, 2 * Math.Min(_logits.Length, int.MaxValue / 4))];
        }

        logits.CopyTo<float>(_logits);
    }

    private int First(Generation owner)
    {
        for (int i = 0; i < _parts.Count; i++)
        {
            if (_parts[i].Owner == owner)
            {
                return i;
            }
        }

        return -1;
    }

    private sealed record Part(Generation Owner, CachedSequence Sequence, int[] Tokens, int Rows, int Row);
}
