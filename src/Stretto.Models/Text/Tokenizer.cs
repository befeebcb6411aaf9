using System.Text;
using Stretto.Weights;

namespace Stretto.Models.Text;

/// <summary>
/// Text to token ids and back, as a <c>tokenizer.json</c> describes it: added tokens are found first, the rest is
/// normalized, cut into pieces, tokenized by the model and laid out by the template. Immutable and thread-safe. Lone
/// surrogates in a text count as U+FFFD.
/// </summary>
public sealed class Tokenizer
{
    private readonly TokenizerParts _parts;
    private readonly Normalizer? _normalizer;
    private readonly PreTokenizer? _preTokenizer;
    private readonly PostProcessor? _postProcessor;
    private readonly Decoder _decoder;
    private readonly AddedTokenMatcher _rawTokens;
    private readonly AddedTokenMatcher _normalizedTokens;
    private readonly Dictionary<int, AddedToken> _added;
    private readonly Dictionary<int, byte[]> _addedTexts;
    private readonly Dictionary<string, int> _addedIds;

    // As in the reference library, a special token whose text the normalizer changes is not recognised when skipping.
    private readonly HashSet<int> _skipped;

    internal Tokenizer(TokenizerParts parts)
    {
        _parts = parts;
        _normalizer = parts.Part("normalizer", parts.Normalizer) is { } n ? Normalizer.Read(n) : null;
        _preTokenizer = parts.Part("pre_tokenizer", parts.PreTokenizer) is { } t ? PreTokenizer.Read(t) : null;
        _postProcessor = parts.Part("post_processor", parts.PostProcessor) is { } p ? PostProcessor.Read(p) : null;
        _decoder = parts.Part("decoder", parts.Decoder) is { } d ? Decoder.Read(d) : new JoiningDecoder();
        _added = parts.AddedTokens.ToDictionary(a => a.Id);
        _addedTexts = parts.AddedTokens.ToDictionary(
            a => a.Id, a => Encoding.UTF8.GetBytes(a.Normalized ? Normalize(a.Content) : a.Content));
        HashSet<string> special = [.. parts.AddedTokens.Where(a => a.Special).Select(a => a.Content)];
        _skipped = [.. _addedTexts.Where(a => special.Contains(Encoding.UTF8.GetString(a.Value))).Select(a => a.Key)];
        _addedIds = parts.AddedTokens.ToDictionary(a => a.Content, a => a.Id, StringComparer.Ordinal);
        _rawTokens = new AddedTokenMatcher(parts.AddedTokens.Where(a => !a.Normalized).Select(a => (a.Content, a)));
        _normalizedTokens = new AddedTokenMatcher(
            parts.AddedTokens.Where(a => a.Normalized).Select(a => (Normalize(a.Content), a)));
        VocabularySize = Math.Max(parts.Model.Vocabulary.Size, _added.Count == 0 ? 0 : _added.Keys.Max() + 1);
        CheckTemplate();
        BosId = Role(parts.Settings.BosToken);
        EosId = Role(parts.Settings.EosToken);
        PadId = Role(parts.Settings.PadToken);
    }

    /// <summary>One more than the highest id, added tokens included: the rows that an embedding needs.</summary>
    public int VocabularySize { get; }

    /// <summary>The id of the token that begins a text, when the settings name one.</summary>
    public int? BosId { get; }

    /// <summary>The id of the token that ends a text, when the settings name one.</summary>
    public int? EosId { get; }

    /// <summary>The id of the token that fills batches, when the settings name one.</summary>
    public int? PadId { get; }

    /// <summary>What <c>tokenizer_config.json</c> says.</summary>
    public TokenizerSettings Settings => _parts.Settings;

    /// <summary>The tokens that are found before the model sees the text, special ones among them.</summary>
    public IReadOnlyList<AddedToken> AddedTokens => _parts.AddedTokens;

    internal TokenizerParts Parts => _parts;

    /// <summary>
    /// Loads a <c>tokenizer.json</c>, or a model folder that has one and perhaps a <c>tokenizer_config.json</c>.
    /// </summary>
    /// <exception cref="ModelFormatException">
    /// The file is missing, broken, or uses a part that is not supported.
    /// </exception>
    public static Tokenizer Load(string path)
    {
        try
        {
            return new Tokenizer(TokenizerReader.ReadFolderOrFile(path));
        }
        catch (InvalidDataException e)
        {
            // Added tokens pass through the normalizer, which may find them too much.
            throw new ModelFormatException(path, "normalizer", e.Message, e);
        }
        catch (InvalidOperationException e)
        {
            // What JSON strings with half surrogate pairs give when they are keys.
            throw new ModelFormatException(path, "", $"a string is not valid: {e.Message}", e);
        }
    }

    /// <summary>
    /// Writes <c>tokenizer.json</c> to a path that ends in .json, or it and <c>tokenizer_config.json</c> into a folder.
    /// </summary>
    /// <exception cref="IOException">Writing failed; old files are kept.</exception>
    public void Save(string path)
    {
        if (path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            TokenizerWriter.Write(path, _parts);
            return;
        }

        Directory.CreateDirectory(path);
        TokenizerWriter.Write(Path.Combine(path, "tokenizer.json"), _parts);
        TokenizerWriter.WriteSettings(Path.Combine(path, "tokenizer_config.json"), _parts.Settings);
    }

    /// <summary>The same tokenizer with other settings, for <see cref="Save"/> and the roles of tokens.</summary>
    public Tokenizer With(TokenizerSettings settings) => new(_parts with { Settings = settings });

    /// <summary>Encodes a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="addSpecialTokens">
    /// Whether the template's tokens, and BOS and EOS as the settings say, are added.
    /// </param>
    /// <param name="parseSpecial">
    /// Whether special tokens in the text are recognised. False for text of users, so that it cannot forge them.
    /// </param>
    public int[] Encode(string text, bool addSpecialTokens = false, bool parseSpecial = true)
    {
        if (addSpecialTokens)
        {
            return [.. EncodeFully(text, null, addSpecialTokens: true, parseSpecial).IdList];
        }

        List<int> ids = new((text.Length / 3) + 4);
        List<ModelToken> tokens = [];
        foreach ((AddedToken? token, Pieces? pieces, _) in Stretches(text, parseSpecial, track: false))
        {
            if (token is not null)
            {
                ids.Add(token.Id);
                continue;
            }

            for (int i = 0; i < pieces!.Count; i++)
            {
                (int start, int length) = pieces[i];
                tokens.Clear();
                _parts.Model.Tokenize(pieces.Text.AsSpan(start, length), tokens);
                foreach (ModelToken made in tokens)
                {
                    ids.Add(made.Id);
                }
            }
        }

        return [.. ids];
    }

    /// <summary>Encodes one text or a pair, with offsets, type ids and the mask of the template's tokens.</summary>
    /// <param name="text">The text.</param>
    /// <param name="second">The second text of a pair.</param>
    /// <param name="addSpecialTokens">As in <see cref="Encode"/>.</param>
    /// <param name="parseSpecial">As in <see cref="Encode"/>.</param>
    public TokenEncoding EncodeFully(
        string text, string? second = null, bool addSpecialTokens = false, bool parseSpecial = true)
    {
        List<TokenEncoding> encodings = [Track(text, parseSpecial, 0)];
        if (second is not null)
        {
            encodings.Add(Track(second, parseSpecial, 1));
        }

        encodings = _postProcessor?.Apply(encodings, addSpecialTokens, IdToTokenOrNull) ?? encodings;
        if (addSpecialTokens)
        {
            AddBosAndEos(encodings);
        }

        return TokenEncoding.Join(encodings);
    }

    /// <summary>The text of token ids. Ids outside the vocabulary have none.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = false)
    {
        CharacterSink sink = new();
        DecoderStage stage = _decoder.Start(sink);
        foreach (int id in ids)
        {
            Push(stage, id, skipSpecialTokens);
        }

        stage.Finish();
        return sink.Take();
    }

    /// <summary>Starts a text that is decoded token by token, never emitting half a character.</summary>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    public DetokenizerStream CreateStream(bool skipSpecialTokens = false) => new(this, skipSpecialTokens);

    /// <summary>The id of a token as the vocabulary writes it (byte-level: spaces are Ġ), or null.</summary>
    public int? TokenToId(string token) =>
        _addedIds.TryGetValue(token, out int id) || _parts.Model.Vocabulary.TryGet(token, out id) ? id : null;

    /// <summary>A token as the vocabulary writes it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No token has this id.</exception>
    public string IdToToken(int id) => IdToTokenOrNull(id)
        ?? throw new ArgumentOutOfRangeException(
            nameof(id), id, $"no token has this id; the highest is {VocabularySize - 1}");

    /// <summary>Whether an id is that of a special token.</summary>
    public bool IsSpecial(int id) => _added.TryGetValue(id, out AddedToken? token) && token.Special;

    internal Decoder Decoding => _decoder;

    internal void Push(DecoderStage stage, int id, bool skipSpecialTokens)
    {
        if (_added.TryGetValue(id, out AddedToken? token))
        {
            if (!(skipSpecialTokens && _skipped.Contains(id)))
            {
                stage.PushAdded(_addedTexts[id]);
            }
        }
        else if (_parts.Model.Vocabulary[id] is { } text)
        {
            stage.Push(Encoding.UTF8.GetBytes(text), continues: false);
        }
    }

    internal IEnumerable<(AddedToken? Token, Pieces? Pieces, AlignedText Text)> Stretches(
        string text, bool parseSpecial, bool track)
    {
        AlignedText whole = AlignedText.Of(Wellformed(text), track);
        List<(int Start, int Length, AddedToken? Token)> outer = [];
        _rawTokens.Split(whole.Text, parseSpecial, outer);
        List<(int Start, int Length, AddedToken? Token)> inner = [];
        foreach ((int start, int length, AddedToken? token) in outer)
        {
            AlignedText stretch = whole.Slice(start, length);
            if (token is not null)
            {
                yield return (token, null, stretch);
                continue;
            }

            AlignedText normalized = _normalizer?.Apply(stretch) ?? stretch;
            inner.Clear();
            _normalizedTokens.Split(normalized.Text, parseSpecial, inner);
            foreach ((int from, int count, AddedToken? found) in inner)
            {
                AlignedText part = normalized.Slice(from, count);
                Pieces? pieces = found is null ? new Pieces(part) : null;
                if (pieces is not null)
                {
                    _preTokenizer?.Apply(pieces);
                }

                yield return (found, pieces, part);
            }
        }
    }

    /// <summary>A template must not put ids into a text that no embedding has.</summary>
    private void CheckTemplate()
    {
        List<TokenEncoding> texts = [new TokenEncoding(), new TokenEncoding()];
        for (int count = 1; count <= 2 && _postProcessor is not null; count++)
        {
            List<TokenEncoding> laidOut = _postProcessor.Apply(texts[..count], addTemplate: true, IdToTokenOrNull);
            int? stranger = laidOut.SelectMany(e => e.IdList).Cast<int?>()
                .FirstOrDefault(i => IdToTokenOrNull(i!.Value) is null);
            if (stranger is { } id)
            {
                throw new ModelFormatException(_parts.Path, "post_processor", $"no token has the template's id {id}");
            }
        }
    }

    private TokenEncoding Track(string text, bool parseSpecial, int typeId)
    {
        TokenEncoding encoding = new();
        List<ModelToken> tokens = [];
        foreach ((AddedToken? token, Pieces? pieces, AlignedText part) in Stretches(text, parseSpecial, track: true))
        {
            if (token is not null)
            {
                int end = part.Text.Length > 0 ? part.Ends![^1] : 0;
                int begin = part.Text.Length > 0 ? part.Starts![0] : 0;
                encoding.Add(token.Id, part.Text, begin, end, typeId, template: false);
                continue;
            }

            for (int i = 0; i < pieces!.Count; i++)
            {
                (int start, int length) = pieces[i];
                tokens.Clear();
                _parts.Model.Tokenize(pieces.Text.AsSpan(start, length), tokens);
                foreach (ModelToken made in tokens)
                {
                    encoding.Add(
                        made.Id,
                        _parts.Model.Vocabulary[made.Id]!,
                        pieces.Starts![start + made.Start],
                        pieces.Ends![start + Math.Max(made.Start, made.End - 1)],
                        typeId,
                        template: false);
                }
            }
        }

        return encoding;
    }

    private void AddBosAndEos(List<TokenEncoding> encodings)
    {
        int? first = encodings.SelectMany(e => e.IdList).Cast<int?>().FirstOrDefault();
        int? last = encodings.SelectMany(e => e.IdList).Cast<int?>().LastOrDefault();
        if (Settings.AddBosToken && BosId is { } bos && first != bos)
        {
            encodings.Insert(0, TokenEncoding.OfTemplate([bos], 0, IdToTokenOrNull));
        }

        if (Settings.AddEosToken && EosId is { } eos && last != eos)
        {
            encodings.Add(TokenEncoding.OfTemplate([eos], 0, IdToTokenOrNull));
        }
    }

    private string Normalize(string content) =>
        _normalizer?.Apply(AlignedText.Of(Wellformed(content), track: false)).Text ?? content;

    private int? Role(string? token) => token is null ? null : TokenToId(token);

    private string? IdToTokenOrNull(int id) =>
        _added.TryGetValue(id, out AddedToken? token) ? token.Content : _parts.Model.Vocabulary[id];

    /// <summary>Replaces lone surrogates.</summary>
    private static string Wellformed(string text)
    {
        int at = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        if (at < 0)
        {
            return text;
        }

        StringBuilder builder = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            builder.Append(rune.ToString());
        }

        return builder.ToString();
    }
}
