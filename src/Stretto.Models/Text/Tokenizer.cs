using System.Text;
using System.Text.RegularExpressions;

namespace Stretto.Models.Text;

/// <summary>
/// Byte-level BPE: text is cut into words by a pattern, a word is its UTF-8 bytes, and pairs merge in the order in which they were
/// learned (Sennrich et al., 2016). Safe to use from several threads.
/// </summary>
public sealed partial class Tokenizer
{
    /// <summary>The pattern of Qwen2: words with one leading space, single digits, punctuation, line ends.</summary>
    public const string DefaultPattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const int MaxCachedWords = 1 << 16;

    private readonly string[] _tokens;
    private readonly Dictionary<string, int> _ids = [];
    private readonly Dictionary<(int, int), (int Rank, int Id)> _merges = [];
    private readonly List<(string Left, string Right)> _mergeList;
    private readonly HashSet<int> _special = [];
    private readonly Regex _pattern;
    private readonly Regex? _specialPattern;
    private readonly Dictionary<string, int[]> _cache = [];

    /// <param name="tokens">Every token in the order of its id, bytes as characters of the byte-level alphabet.</param>
    /// <param name="merges">Pairs in the order in which they merge.</param>
    /// <param name="special">Tokens that are found in text as they are and never merge.</param>
    /// <param name="pattern">The pattern that cuts text into words.</param>
    /// <exception cref="ArgumentException">A merge names an unknown token, or a special token has no id.</exception>
    public Tokenizer(
        IReadOnlyList<string> tokens, IReadOnlyList<(string Left, string Right)> merges, IReadOnlyList<string> special, string pattern = DefaultPattern)
    {
        _tokens = [.. tokens];
        _mergeList = [.. merges];
        for (int id = 0; id < _tokens.Length; id++)
        {
            if (!_ids.TryAdd(_tokens[id], id))
            {
                throw new ArgumentException($"token '{_tokens[id]}' has two ids, {_ids[_tokens[id]]} and {id}");
            }
        }

        for (int rank = 0; rank < merges.Count; rank++)
        {
            (string left, string right) = merges[rank];
            if (!_ids.TryGetValue(left, out int a) || !_ids.TryGetValue(right, out int b) || !_ids.TryGetValue(left + right, out int merged))
            {
                throw new ArgumentException($"merge {rank} ('{left}' with '{right}') names a token that the vocabulary lacks");
            }

            _merges.TryAdd((a, b), (rank, merged));
        }

        foreach (string token in special)
        {
            _special.Add(_ids.TryGetValue(token, out int id) ? id : throw new ArgumentException($"special token '{token}' has no id"));
        }

        Pattern = pattern;
        _pattern = new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));
        _specialPattern = special.Count == 0
            ? null
            : new Regex(string.Join('|', special.OrderByDescending(t => t.Length).Select(Regex.Escape)), RegexOptions.CultureInvariant);
    }

    /// <summary>How many ids there are.</summary>
    public int VocabularySize => _tokens.Length;

    /// <summary>The pattern that cuts text into words.</summary>
    public string Pattern { get; }

    /// <summary>The token that begins a text, if any.</summary>
    public int? BosId { get; init; }

    /// <summary>The token that ends a text, if any.</summary>
    public int? EosId { get; init; }

    internal IReadOnlyList<string> Tokens => _tokens;

    internal IReadOnlyList<(string Left, string Right)> Merges => _mergeList;

    internal IEnumerable<int> SpecialIds => _special;

    /// <summary>The id of a token as the vocabulary spells it, or null.</summary>
    public int? TokenToId(string token) => _ids.TryGetValue(token, out int id) ? id : null;

    /// <summary>The spelling of an id.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such id.</exception>
    public string IdToToken(int id) => (uint)id < (uint)_tokens.Length
        ? _tokens[id]
        : throw new ArgumentOutOfRangeException(nameof(id), $"token {id} is outside the vocabulary of {_tokens.Length}");

    /// <summary>Whether a token is special: a border or a role, not text.</summary>
    public bool IsSpecial(int id) => _special.Contains(id);

    /// <summary>The ids of a text; a lone surrogate counts as U+FFFD.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="parseSpecial">Whether special tokens in the text become their ids; false for text of strangers.</param>
    public int[] Encode(string text, bool parseSpecial = true)
    {
        List<int> ids = [];
        int at = 0;
        if (parseSpecial && _specialPattern is not null)
        {
            foreach (ValueMatch match in _specialPattern.EnumerateMatches(text))
            {
                EncodeText(text.AsSpan(at, match.Index - at), ids);
                ids.Add(_ids[text.Substring(match.Index, match.Length)]);
                at = match.Index + match.Length;
            }
        }

        EncodeText(text.AsSpan(at), ids);
        return [.. ids];
    }

    /// <summary>The text of ids.</summary>
    /// <param name="ids">Tokens of this vocabulary.</param>
    /// <param name="skipSpecial">Whether special tokens are left out.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecial = false)
    {
        DetokenizerStream stream = CreateStream(skipSpecial);
        StringBuilder text = new();
        foreach (int id in ids)
        {
            text.Append(stream.Append(id));
        }

        return text.Append(stream.Flush()).ToString();
    }

    /// <summary>Turns ids into text one at a time.</summary>
    public DetokenizerStream CreateStream(bool skipSpecial = false) => new(this, skipSpecial);

    internal byte[] BytesOf(int id) => IsSpecial(id) ? Encoding.UTF8.GetBytes(IdToToken(id)) : ByteLevel.Decode(IdToToken(id));

    private void EncodeText(ReadOnlySpan<char> text, List<int> ids)
    {
        foreach (ValueMatch match in _pattern.EnumerateMatches(text))
        {
            string word = text.Slice(match.Index, match.Length).ToString();
            int[]? known;
            lock (_cache)
            {
                _cache.TryGetValue(word, out known);
            }

            known ??= Remember(word, Merge(ByteLevel.Encode(word)));
            ids.AddRange(known);
        }
    }

    private int[] Remember(string word, int[] ids)
    {
        if (word.Length <= 64)
        {
            lock (_cache)
            {
                if (_cache.Count >= MaxCachedWords)
                {
                    _cache.Clear();
                }

                _cache[word] = ids;
            }
        }

        return ids;
    }

    /// <summary>Joins pairs, lowest rank first and leftmost among equals, with a queue so that long words stay nearly linear.</summary>
    private int[] Merge(string word)
    {
        int[] symbols = new int[word.Length];
        int[] next = new int[word.Length];
        int[] previous = new int[word.Length];
        PriorityQueue<(int Position, int Left, int Right), (int Rank, int Position)> queue = new();
        for (int i = 0; i < word.Length; i++)
        {
            symbols[i] = _ids.TryGetValue(word[i].ToString(), out int id) ? id : -1;
            next[i] = i + 1 < word.Length ? i + 1 : -1;
            previous[i] = i - 1;
        }

        void Offer(int left)
        {
            int right = left < 0 ? -1 : next[left];
            if (right >= 0 && _merges.TryGetValue((symbols[left], symbols[right]), out (int Rank, int Id) merge))
            {
                queue.Enqueue((left, symbols[left], symbols[right]), (merge.Rank, left));
            }
        }

        for (int i = 0; i < word.Length; i++)
        {
            Offer(i);
        }

        while (queue.TryDequeue(out (int Position, int Left, int Right) pair, out _))
        {
            int left = pair.Position;
            int right = symbols[left] == pair.Left ? next[left] : -1;
            if (right < 0 || symbols[right] != pair.Right)
            {
                continue;
            }

            symbols[left] = _merges[(pair.Left, pair.Right)].Id;
            symbols[right] = -2;
            next[left] = next[right];
            if (next[right] >= 0)
            {
                previous[next[right]] = left;
            }

            Offer(previous[left]);
            Offer(left);
        }

        return [.. symbols.Where(s => s >= 0)];
    }
}
