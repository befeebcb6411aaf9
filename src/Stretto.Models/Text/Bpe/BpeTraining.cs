using System.Runtime.InteropServices;

namespace Stretto.Models.Text;

/// <summary>
/// One run of merging: words as lists of ids, the count of every pair, the words that may hold it, and a queue of pairs
/// by count whose outdated entries are put right when they come up.
/// </summary>
internal sealed class BpeTraining(int maxTokenLength, string prefix)
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<int> _lengths = [];
    private readonly List<(int[] Symbols, int Length, long Count)> _words = [];
    private readonly Dictionary<ulong, Pair> _pairs = [];
    private readonly PriorityQueue<ulong, (long NegativeCount, ulong Pair)> _queue = new();
    private readonly HashSet<ulong> _grown = [];

    /// <summary>Tokens in the order of their ids.</summary>
    public List<string> Tokens { get; } = [];

    /// <summary>Merges in order: the two ids, the id that they make, and the pair's count at that time.</summary>
    public List<(int Left, int Right, int Merged, long Count)> Merges { get; } = [];

    /// <summary>The id of a token, a new one when it is new.</summary>
    public int Token(string token)
    {
        if (!_ids.TryGetValue(token, out int id))
        {
            id = Tokens.Count;
            _ids.Add(token, id);
            Tokens.Add(token);
            _lengths.Add(1);
        }

        return id;
    }

    public void Word(int[] symbols, long count)
    {
        _words.Add((symbols, symbols.Length, count));
        for (int i = 0; i + 1 < symbols.Length; i++)
        {
            Change(symbols[i], symbols[i + 1], count, _words.Count - 1);
        }
    }

    public void Run(int vocabularySize, long minCount)
    {
        Enqueue();
        while (Tokens.Count < vocabularySize && _queue.TryDequeue(out ulong key, out (long NegativeCount, ulong) at))
        {
            Pair pair = _pairs[key];
            if (pair.Count != -at.NegativeCount)
            {
                if (pair.Count > 0)
                {
                    _queue.Enqueue(key, (-pair.Count, key));
                }

                continue;
            }

            if (pair.Count < minCount)
            {
                break;
            }

            Merge((int)(key >> 32), (int)key, pair);
            Enqueue();
        }
    }

    private void Enqueue()
    {
        foreach (ulong key in _grown)
        {
            long count = _pairs[key].Count;
            if (count > 0)
            {
                _queue.Enqueue(key, (-count, key));
            }
        }

        _grown.Clear();
    }

    private void Merge(int left, int right, Pair pair)
    {
        string tail = Tokens[right];
        tail = prefix.Length > 0 && tail.StartsWith(prefix, StringComparison.Ordinal) ? tail[prefix.Length..] : tail;
        string token = Tokens[left] + tail;
        int known = Tokens.Count;
        int merged = Token(token);
        if (merged == known)
        {
            _lengths[merged] = _lengths[left] + _lengths[right];
        }

        Merges.Add((left, right, merged, pair.Count));
        List<int> holders = pair.Words;
        pair.Words = [];
        int last = -1;
        holders.Sort();
        foreach (int word in holders)
        {
            if (word != last)
            {
                MergeIn(word, left, right, merged);
                last = word;
            }
        }

        // Every occurrence is gone; what overlapped itself has been counted down already.
        pair.Count = 0;
    }

    private void MergeIn(int word, int left, int right, int merged)
    {
        (int[] symbols, int length, long count) = _words[word];
        int write = 0;
        for (int read = 0; read < length; read++)
        {
            if (symbols[read] != left || read + 1 == length || symbols[read + 1] != right)
            {
                symbols[write++] = symbols[read];
                continue;
            }

            if (write > 0)
            {
                Change(symbols[write - 1], left, -count, word);
                Grow(symbols[write - 1], merged, count, word);
            }

            if (read + 2 < length)
            {
                Change(right, symbols[read + 2], -count, word);
                Grow(merged, symbols[read + 2], count, word);
            }

            symbols[write++] = merged;
            read++;
        }

        CollectionsMarshal.AsSpan(_words)[word].Length = write;
    }

    private void Grow(int left, int right, long count, int word)
    {
        if (_lengths[left] + _lengths[right] < maxTokenLength)
        {
            Change(left, right, count, word);
        }
    }

    private void Change(int left, int right, long change, int word)
    {
        ulong key = ((ulong)(uint)left << 32) | (uint)right;
        ref Pair? pair = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, key, out _);
        pair ??= new Pair();
        pair.Count += change;
        if (change > 0)
        {
            _grown.Add(key);
            if (pair.Words.Count == 0 || pair.Words[^1] != word)
            {
                pair.Words.Add(word);
            }
        }
    }

    private sealed class Pair
    {
        public long Count;
        public List<int> Words = [];
    }
}
