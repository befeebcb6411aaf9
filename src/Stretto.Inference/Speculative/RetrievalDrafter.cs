namespace Stretto.Inference.Speculative;

/// <summary>
/// Looks for the longest suffix of the text that occurred before, in the prompt or in what was written, and proposes what followed it
/// there (prompt lookup decoding, Saxena, 2023). Longer proposals while they are right, none for a while when they are wrong.
/// </summary>
public sealed class RetrievalDrafter : IDrafter
{
    private const int Shortest = 3;
    private const int Longest = 16;

    private readonly Dictionary<(int, int, int), List<int>> _places = [];
    private int _indexed;
    private int _budget = 4;
    private int _pause;

    /// <inheritdoc/>
    public DraftTree Propose(ReadOnlySpan<int> tokens, int most)
    {
        Index(tokens);
        if (_pause > 0)
        {
            _pause--;
            return DraftTree.Empty;
        }

        most = Math.Min(most, _budget);
        if (most < 1 || tokens.Length < Shortest || !_places.TryGetValue(Key(tokens, tokens.Length), out List<int>? places))
        {
            return DraftTree.Empty;
        }

        int best = -1;
        int length = 0;
        // The newest places first: what was said lately is likelier to come again.
        for (int i = places.Count - 1; i >= Math.Max(0, places.Count - 32); i--)
        {
            int match = places[i] < tokens.Length ? Match(tokens, places[i]) : 0;
            if (match > length)
            {
                (best, length) = (places[i], match);
            }
        }

        return best < 0 ? DraftTree.Empty : DraftTree.Chain(tokens[best..Math.Min(tokens.Length, best + most)].ToArray());
    }

    /// <inheritdoc/>
    public void Learn(int proposed, int accepted)
    {
        if (accepted == proposed)
        {
            _budget = Math.Min(Longest, _budget * 2);
        }
        else if (accepted == 0)
        {
            _budget = Math.Max(1, _budget / 2);
            _pause = _budget == 1 ? 8 : 0;
        }
        else
        {
            _budget = Math.Clamp(accepted + 1, 1, Longest);
        }
    }

    /// <summary>Notes where each run of three tokens ends, for all runs that end before the last token.</summary>
    private void Index(ReadOnlySpan<int> tokens)
    {
        for (int end = Math.Max(_indexed, Shortest); end < tokens.Length; end++)
        {
            (int, int, int) key = Key(tokens, end);
            if (!_places.TryGetValue(key, out List<int>? places))
            {
                _places[key] = places = [];
            }

            places.Add(end);
        }

        _indexed = Math.Max(_indexed, tokens.Length);
    }

    private static (int, int, int) Key(ReadOnlySpan<int> tokens, int end) => (tokens[end - 3], tokens[end - 2], tokens[end - 1]);

    private static int Match(ReadOnlySpan<int> tokens, int end)
    {
        int length = 0;
        while (length < end && length < 64 && tokens[end - 1 - length] == tokens[tokens.Length - 1 - length])
        {
            length++;
        }

        return length;
    }
}
