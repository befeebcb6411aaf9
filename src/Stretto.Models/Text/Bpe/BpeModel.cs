using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Stretto.Models.Text;

/// <summary>
/// Byte-pair encoding (Sennrich et al. 2016) over characters; a byte-level text has one character a byte.
/// </summary>
internal sealed class BpeModel : TokenModel
{
    private const int CachedPieces = 1 << 14;
    private const int CachedLength = 48;

    [ThreadStatic]
    private static BpeMerger? _merger;

    private readonly PairTable _table;
    private readonly int[] _common = new int[0x180];
    private readonly int _unknownId;
    private readonly int[] _byteIds;
    private readonly ConcurrentDictionary<string, ModelToken[]> _cache = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ModelToken[]>.AlternateLookup<ReadOnlySpan<char>> _cached;
    private int _cachedCount;

    /// <exception cref="KeyNotFoundException">The unknown token is not in the vocabulary.</exception>
    public BpeModel(Vocabulary vocabulary, IReadOnlyList<(int Left, int Right, int Merged)> merges, BpeOptions options)
        : base(vocabulary)
    {
        Merges = merges;
        Options = options;
        _table = new PairTable(merges);
        _cached = _cache.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int c = 0; c < _common.Length; c++)
        {
            _common[c] = vocabulary.TryGet([(char)c], out int id) ? id : -1;
        }

        _unknownId = -1;
        if (options.UnknownToken is { } unknown && !vocabulary.TryGet(unknown, out _unknownId))
        {
            throw new KeyNotFoundException($"the unknown token '{unknown}' is not in the vocabulary");
        }

        _byteIds = new int[256];
        for (int i = 0; i < 256; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"<0x{i:X2}>");
            _byteIds[i] = options.ByteFallback && vocabulary.TryGet(name, out int id) ? id : -1;
        }
    }

    public IReadOnlyList<(int Left, int Right, int Merged)> Merges { get; }

    public BpeOptions Options { get; }

    public override void Tokenize(ReadOnlySpan<char> piece, List<ModelToken> tokens)
    {
        if (Options.IgnoreMerges && Vocabulary.TryGet(piece, out int whole))
        {
            tokens.Add(new ModelToken(whole, 0, piece.Length));
            return;
        }

        if (piece.Length <= CachedLength && _cached.TryGetValue(piece, out ModelToken[]? known))
        {
            tokens.AddRange(known);
            return;
        }

        int first = tokens.Count;
        BpeMerger work = _merger ??= new BpeMerger();
        work.Clear();
        AddSymbols(piece, work);
        work.Merge(_table, tokens);
        if (piece.Length <= CachedLength && _cachedCount < CachedPieces)
        {
            Interlocked.Increment(ref _cachedCount);
            _cache.TryAdd(piece.ToString(), [.. tokens.Skip(first)]);
        }
    }

    public override void Write(Utf8JsonWriter writer) => BpeReader.Write(writer, this);

    private void AddSymbols(ReadOnlySpan<char> piece, BpeMerger work)
    {
        bool marked = Options.ContinuingSubwordPrefix.Length + Options.EndOfWordSuffix.Length > 0;
        (int Start, int End)? unknown = null;
        for (int at = 0; at < piece.Length;)
        {
            int length = char.IsHighSurrogate(piece[at]) ? 2 : 1;
            int end = at + length;
            ReadOnlySpan<char> symbol = marked ? Mark(piece, at, end) : piece[at..end];
            int id = !marked && piece[at] < _common.Length ? _common[piece[at]]
                : Vocabulary.TryGet(symbol, out int found) ? found
                : -1;
            if (id >= 0)
            {
                Flush(ref unknown, work);
                work.Add(id, at, end);
            }
            else if (!FallBack(symbol, at, end, work) && _unknownId >= 0)
            {
                if (unknown is { } pending && Options.FuseUnknown)
                {
                    unknown = (pending.Start, end);
                }
                else
                {
                    Flush(ref unknown, work);
                    unknown = (at, end);
                }
            }

            at = end;
        }

        Flush(ref unknown, work);
    }

    private void Flush(ref (int Start, int End)? unknown, BpeMerger work)
    {
        if (unknown is { } pending)
        {
            work.Add(_unknownId, pending.Start, pending.End);
            unknown = null;
        }
    }

    private string Mark(ReadOnlySpan<char> piece, int start, int end) => string.Concat(
        start > 0 ? Options.ContinuingSubwordPrefix : "",
        piece[start..end],
        end == piece.Length ? Options.EndOfWordSuffix : "");

    private bool FallBack(ReadOnlySpan<char> symbol, int start, int end, BpeMerger work)
    {
        if (!Options.ByteFallback)
        {
            return false;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(symbol.ToString());
        if (!Array.TrueForAll(bytes, b => _byteIds[b] >= 0))
        {
            return false;
        }

        foreach (byte value in bytes)
        {
            work.Add(_byteIds[value], start, end);
        }

        return true;
    }
}
