using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Stretto.Models.Text;

/// <summary>
/// Trains a byte-pair vocabulary (Sennrich et al. 2016): the most frequent pair of neighbours merges, again and again;
/// ties go to the smaller pair of ids. Words are counted once and pair counts kept up to date, so the time is that of
/// reading the text plus a little for each merge. Not thread-safe.
/// </summary>
public sealed class BpeTrainer
{
    private readonly BpeTrainerOptions _options;
    private readonly Tokenizer _pipeline;
    private readonly Dictionary<string, long> _words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="Weights.ModelFormatException">
    /// The normalizer, pre-tokenizer or decoder is not supported.
    /// </exception>
    public BpeTrainer(BpeTrainerOptions options)
    {
        options.Validate();
        _options = options;
        _lookup = _words.GetAlternateLookup<ReadOnlySpan<char>>();
        BpeModel empty = new(new Vocabulary([]), [], new BpeOptions());
        _pipeline = new Tokenizer(Parts(empty, []));
    }

    /// <summary>Trains on texts; the parts of the tokenizer come from the options.</summary>
    public static Tokenizer Train(IEnumerable<string> texts, BpeTrainerOptions options)
    {
        BpeTrainer trainer = new(options);
        foreach (string text in texts)
        {
            trainer.Add(text);
        }

        return trainer.Build();
    }

    /// <summary>Counts the words of one more text. Special tokens in it are ordinary text: leave them out.</summary>
    public void Add(string text)
    {
        foreach ((_, Pieces? pieces, _) in _pipeline.Stretches(text, parseSpecial: false, track: false))
        {
            for (int i = 0; i < pieces!.Count; i++)
            {
                (int start, int length) = pieces[i];
                CollectionsMarshal.GetValueRefOrAddDefault(_lookup, pieces.Text.AsSpan(start, length), out _)++;
            }
        }
    }

    /// <summary>Trains on what was added.</summary>
    public Tokenizer Build()
    {
        BpeTraining training = Run();
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        for (int id = 0; id < training.Tokens.Count; id++)
        {
            ids.Add(training.Tokens[id], id);
        }

        BpeModel model = new(
            new Vocabulary(ids),
            [.. training.Merges.Select(m => (m.Left, m.Right, m.Merged))],
            new BpeOptions
            {
                ContinuingSubwordPrefix = _options.ContinuingSubwordPrefix,
                EndOfWordSuffix = _options.EndOfWordSuffix,
            });
        AddedToken[] special = [.. _options.SpecialTokens.Select((token, id) => new AddedToken(id, token))];
        return new Tokenizer(Parts(model, special));
    }

    internal IReadOnlyDictionary<string, long> Words => _words;

    /// <summary>The vocabulary in id order and the merges with the counts that they had.</summary>
    internal BpeTraining Run()
    {
        BpeTraining training = new(_options.MaxTokenLength ?? int.MaxValue, _options.ContinuingSubwordPrefix);
        foreach (string token in _options.SpecialTokens)
        {
            training.Token(token);
        }

        HashSet<int> alphabet = Alphabet();
        foreach (int scalar in alphabet.Order())
        {
            training.Token(char.ConvertFromUtf32(scalar));
        }

        (string Word, long Count)[] sorted = [.. _words.Select(w => (w.Key, w.Value))];
        Array.Sort(sorted, (a, b) => string.CompareOrdinal(a.Word, b.Word));
        List<(List<string> Symbols, long Count)> split = [.. sorted.Select(w => (Symbols(w.Word, alphabet), w.Count))];
        foreach (string symbol in split.SelectMany(w => w.Symbols).Distinct().OrderBy(s => s, CodePointOrder.Instance))
        {
            training.Token(symbol);
        }

        foreach ((List<string> symbols, long count) in split)
        {
            training.Word([.. symbols.Select(training.Token)], count);
        }

        training.Run(_options.VocabularySize, Math.Max(1, _options.MinFrequency));
        return training;
    }

    private TokenizerParts Parts(BpeModel model, IReadOnlyList<AddedToken> special) => new(model, special)
    {
        Path = "the trainer's options",
        Normalizer = Json(_options.Normalizer),
        PreTokenizer = Json(_options.PreTokenizer),
        Decoder = Json(_options.Decoder),
        Settings = _options.Settings,
    };

    private static JsonElement? Json(string? text)
    {
        if (text is null)
        {
            return null;
        }

        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>
    /// The characters that become tokens: the most frequent, of equally frequent ones the smaller code points.
    /// </summary>
    private HashSet<int> Alphabet()
    {
        Dictionary<int, long> counts = [];
        foreach ((string word, long count) in _words)
        {
            foreach (Rune rune in word.EnumerateRunes())
            {
                counts[rune.Value] = counts.GetValueOrDefault(rune.Value) + count;
            }
        }

        IEnumerable<string> initial = _options.InitialAlphabet ?? ByteAlphabet.Sorted.Select(c => c.ToString());
        foreach (string character in initial.Where(c => c.Length > 0))
        {
            counts[char.ConvertToUtf32(character, 0)] = long.MaxValue;
        }

        IEnumerable<int> kept = counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key).Select(c => c.Key);
        return [.. kept.Take(_options.LimitAlphabet ?? int.MaxValue)];
    }

    /// <summary>The marked characters of a word; those outside the alphabet are left out.</summary>
    private List<string> Symbols(string word, HashSet<int> alphabet)
    {
        List<string> symbols = [];
        int at = 0;
        foreach (Rune rune in word.EnumerateRunes())
        {
            int end = at + rune.Utf16SequenceLength;
            if (alphabet.Contains(rune.Value))
            {
                string prefix = at > 0 ? _options.ContinuingSubwordPrefix : "";
                string suffix = end == word.Length ? _options.EndOfWordSuffix : "";
                symbols.Add(string.Concat(prefix, word.AsSpan(at, end - at), suffix));
            }

            at = end;
        }

        return symbols;
    }

    private sealed class CodePointOrder : IComparer<string>
    {
        public static CodePointOrder Instance { get; } = new();

        public int Compare(string? x, string? y) =>
            Encoding.UTF8.GetBytes(x!).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y!));
    }
}
