using System.Text.RegularExpressions;

namespace Stretto.Models.Text;

/// <summary>
/// Learns byte-level BPE from text: the most frequent pair merges next, ties go to the smaller ids, until the vocabulary is full.
/// Counts are kept per distinct word and updated only where a merge happened.
/// </summary>
public static class BpeTrainer
{
    /// <param name="texts">The corpus.</param>
    /// <param name="vocabularySize">Ids in all, special tokens and the 256 bytes included.</param>
    /// <param name="special">Special tokens; they get the first ids.</param>
    /// <exception cref="ArgumentException">The vocabulary has no room for the bytes.</exception>
    public static Tokenizer Train(IEnumerable<string> texts, int vocabularySize, IReadOnlyList<string> special)
    {
        if (vocabularySize < 256 + special.Count)
        {
            throw new ArgumentException($"a vocabulary of {vocabularySize} has no room for 256 bytes and {special.Count} special tokens");
        }

        List<string> tokens = [.. special];
        for (int b = 0; b < 256; b++)
        {
            tokens.Add(ByteLevel.Character((byte)b).ToString());
        }

        Words words = new(Count(texts), tokens);
        List<(string, string)> merges = [];
        while (tokens.Count < vocabularySize && words.Best() is { } pair)
        {
            merges.Add((tokens[pair.Left], tokens[pair.Right]));
            tokens.Add(tokens[pair.Left] + tokens[pair.Right]);
            words.Merge(pair, tokens.Count - 1);
        }

        return new Tokenizer(tokens, merges, special);
    }

    private static Dictionary<string, int> Count(IEnumerable<string> texts)
    {
        Regex pattern = new(Tokenizer.DefaultPattern, RegexOptions.CultureInvariant, TimeSpan.FromMinutes(1));
        Dictionary<string, int> counts = [];
        foreach (string text in texts)
        {
            foreach (ValueMatch match in pattern.EnumerateMatches(text))
            {
                string word = ByteLevel.Encode(text.AsSpan(match.Index, match.Length));
                counts[word] = counts.GetValueOrDefault(word) + 1;
            }
        }

        return counts;
    }

    /// <summary>The distinct words as symbols, how often each pair occurs, and in which words.</summary>
    private sealed class Words
    {
        private readonly List<(List<int> Symbols, int Count)> _words = [];
        private readonly Dictionary<(int Left, int Right), long> _counts = [];
        private readonly Dictionary<(int Left, int Right), HashSet<int>> _where = [];
        private readonly PriorityQueue<(int Left, int Right), (long MinusCount, int Left, int Right)> _queue = new();

        public Words(Dictionary<string, int> counts, List<string> tokens)
        {
            Dictionary<string, int> ids = tokens.Select((t, i) => (t, i)).ToDictionary(p => p.t, p => p.i);
            foreach ((string word, int count) in counts)
            {
                _words.Add(([.. word.Select(c => ids[c.ToString()])], count));
                Change(_words.Count - 1, +1);
            }

            foreach ((int, int) pair in _counts.Keys)
            {
                Offer(pair);
            }
        }

        public (int Left, int Right)? Best()
        {
            while (_queue.TryDequeue(out (int Left, int Right) pair, out (long MinusCount, int, int) priority))
            {
                // A pair is offered again whenever its count changes; old offers are skipped.
                if (_counts.GetValueOrDefault(pair) == -priority.MinusCount && priority.MinusCount < 0)
                {
                    return pair;
                }
            }

            return null;
        }

        public void Merge((int Left, int Right) pair, int merged)
        {
            HashSet<(int, int)> touched = [];
            foreach (int index in _where[pair])
            {
                List<int> symbols = _words[index].Symbols;
                Change(index, -1, touched);
                for (int i = 0; i + 1 < symbols.Count; i++)
                {
                    if (symbols[i] == pair.Left && symbols[i + 1] == pair.Right)
                    {
                        symbols[i] = merged;
                        symbols.RemoveAt(i + 1);
                    }
                }

                Change(index, +1, touched);
            }

            _counts.Remove(pair);
            _where.Remove(pair);
            foreach ((int, int) changed in touched)
            {
                Offer(changed);
            }
        }

        private void Change(int index, int sign, HashSet<(int, int)>? touched = null)
        {
            (List<int> symbols, int count) = _words[index];
            for (int i = 0; i + 1 < symbols.Count; i++)
            {
                (int, int) pair = (symbols[i], symbols[i + 1]);
                _counts[pair] = _counts.GetValueOrDefault(pair) + (sign * count);
                touched?.Add(pair);
                if (sign > 0)
                {
                    if (!_where.TryGetValue(pair, out HashSet<int>? words))
                    {
                        _where[pair] = words = [];
                    }

                    words.Add(index);
                }
            }
        }

        private void Offer((int Left, int Right) pair)
        {
            if (_counts.GetValueOrDefault(pair) is > 0 and long count)
            {
                _queue.Enqueue(pair, (-count, pair.Left, pair.Right));
            }
        }
    }
}
