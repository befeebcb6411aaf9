using System.Text.Json;

namespace Stretto.Models.Text;

/// <summary>Tokens and their ids, both ways.</summary>
internal sealed class Vocabulary
{
    private const int MaxTokens = 1 << 22;
    private const int MaxUnused = 1 << 20;
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly string?[] _tokens;

    /// <param name="ids">Every token; ids are not negative.</param>
    public Vocabulary(Dictionary<string, int> ids)
    {
        _ids = ids;
        _lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _tokens = new string?[ids.Count == 0 ? 0 : ids.Values.Max() + 1];
        foreach ((string token, int id) in ids)
        {
            _tokens[id] = token;
        }
    }

    /// <summary>One more than the highest id.</summary>
    public int Size => _tokens.Length;

    public static Vocabulary Read(PartJson json)
    {
        if (json.Element.ValueKind != JsonValueKind.Object)
        {
            throw json.Wrong("must be an object of tokens and ids");
        }

        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        int highest = -1;
        HashSet<int> used = [];
        foreach (JsonProperty property in json.Element.EnumerateObject())
        {
            string token = Name(json, property);
            int id = new PartJson(json.Path, $"{json.Where}['{token}']", property.Value).AsInteger(0, MaxTokens - 1);
            if (!ids.TryAdd(token, id))
            {
                throw json.Wrong($"the token '{token}' is there twice");
            }

            if (!used.Add(id))
            {
                throw json.Wrong($"the id {id} of the token '{token}' belongs to another token");
            }

            highest = Math.Max(highest, id);
        }

        return highest - ids.Count <= MaxUnused
            ? new Vocabulary(ids)
            : throw json.Wrong($"the highest id is {highest} but only {ids.Count} ids are used");
    }

    public bool TryGet(ReadOnlySpan<char> token, out int id) => _lookup.TryGetValue(token, out id);

    public string? this[int id] => (uint)id < (uint)_tokens.Length ? _tokens[id] : null;

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        for (int id = 0; id < _tokens.Length; id++)
        {
            if (_tokens[id] is { } token)
            {
                writer.WriteNumber(token, id);
            }
        }

        writer.WriteEndObject();
    }

    private static string Name(PartJson json, JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException e)
        {
            throw json.Wrong("a token holds half a surrogate pair", e);
        }
    }
}
