using System.Buffers;
using System.Text;

namespace Stretto.Models.Text;

/// <summary>Finds added tokens in text: the leftmost match, and of those the longest. Thread-safe.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly Dictionary<(int Node, char Unit), int> _edges = [];
    private readonly List<AddedToken?> _ends = [null];
    private readonly SearchValues<char> _starts;

    public AddedTokenMatcher(IEnumerable<(string Pattern, AddedToken Token)> tokens)
    {
        HashSet<char> first = [];
        foreach ((string pattern, AddedToken token) in tokens)
        {
            if (pattern.Length == 0)
            {
                continue;
            }

            first.Add(pattern[0]);
            int node = 0;
            foreach (char unit in pattern)
            {
                if (!_edges.TryGetValue((node, unit), out int next))
                {
                    next = _ends.Count;
                    _edges.Add((node, unit), next);
                    _ends.Add(null);
                }

                node = next;
            }

            _ends[node] ??= token;
        }

        _starts = SearchValues.Create([.. first]);
    }

    /// <summary>
    /// Appends the stretches of a text, in order: added tokens (with the white space that they swallow) and, with a
    /// null token, what is between them.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="parseSpecial">Whether special tokens are recognised; other added tokens always are.</param>
    /// <param name="stretches">Receives the stretches.</param>
    public void Split(string text, bool parseSpecial, List<(int Start, int Length, AddedToken? Token)> stretches)
    {
        int from = 0;
        int at = 0;
        while (Next(text, ref at, out int length) is { } token)
        {
            int start = at;
            int end = at + length;
            at = end;
            if ((token.Special && !parseSpecial) || (token.SingleWord && !StandsAlone(text, start, end)))
            {
                continue;
            }

            while (token.StripLeft && start > from && ScalarClasses.IsWhiteSpace(text[start - 1]))
            {
                start--;
            }

            while (token.StripRight && end < text.Length && ScalarClasses.IsWhiteSpace(text[end]))
            {
                end++;
            }

            if (from < start)
            {
                stretches.Add((from, start - from, null));
            }

            // A token may begin in white space that the one before has swallowed.
            start = Math.Max(start, from);
            end = Math.Max(end, start);
            stretches.Add((start, end - start, token));
            from = end;
        }

        if (from < text.Length)
        {
            stretches.Add((from, text.Length - from, null));
        }
    }

    private AddedToken? Next(string text, ref int at, out int length)
    {
        while (at < text.Length && text.AsSpan(at).IndexOfAny(_starts) is int skip && skip >= 0)
        {
            at += skip;
            AddedToken? found = null;
            length = 0;
            int node = 0;
            for (int i = at; i < text.Length && _edges.TryGetValue((node, text[i]), out node); i++)
            {
                if (_ends[node] is { } token)
                {
                    (found, length) = (token, i + 1 - at);
                }
            }

            if (found is not null)
            {
                return found;
            }

            at++;
        }

        length = 0;
        return null;
    }

    private static bool StandsAlone(string text, int start, int end)
    {
        bool before = start > 0
            && Rune.DecodeLastFromUtf16(text.AsSpan(0, start), out Rune last, out _) == OperationStatus.Done
            && ScalarClasses.IsWord(last.Value);
        bool after = end < text.Length && ScalarClasses.IsWord(Rune.GetRuneAt(text, end).Value);
        return !before && !after;
    }
}
