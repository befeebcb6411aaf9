using System.Text.Json;
using Stretto.Weights;

namespace Stretto.Models.Text;

/// <summary>One object of a tokenizer file with its place in it, so that every error can say where it is.</summary>
internal readonly struct PartJson(string path, string where, JsonElement element)
{
    public string Path => path;

    public string Where => where;

    public JsonElement Element => element;

    public string Type => Text("type");

    /// <summary>Whether the key exists and is not null.</summary>
    public bool Has(string key) => element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(key, out JsonElement value)
        && value.ValueKind != JsonValueKind.Null;

    public PartJson this[string key] => element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(key, out JsonElement value)
            ? new PartJson(path, Place(key), value)
            : throw Wrong($"the key '{key}' is missing");

    public string Text(string key) => this[key].AsText();

    /// <summary>A string of bounded length, because it may be inserted very often.</summary>
    public string ShortText(string key, int max)
    {
        string text = Text(key);
        return text.Length <= max ? text : throw this[key].Wrong($"must have at most {max} characters");
    }

    public string? TextOrNull(string key) => Has(key) ? Text(key) : null;

    public bool Flag(string key, bool missing) => !Has(key) ? missing : this[key].Element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw this[key].Wrong("must be true or false"),
    };

    public int Integer(string key, int min, int max) => this[key].AsInteger(min, max);

    public int AsInteger(int min, int max) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int value) && value >= min && value <= max
            ? value
            : throw Wrong($"must be a whole number from {min} to {max}");

    public string AsText()
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            try
            {
                return element.GetString()!;
            }
            catch (InvalidOperationException e)
            {
                throw new ModelFormatException(path, where, "the string holds half a surrogate pair", e);
            }
        }

        throw Wrong("must be a string");
    }

    public IEnumerable<PartJson> Items(string key)
    {
        PartJson list = this[key];
        return list.Element.ValueKind == JsonValueKind.Array ? list.Items() : throw list.Wrong("must be a list");
    }

    /// <summary>The items of a list that must not be longer than <paramref name="max"/>.</summary>
    public IEnumerable<PartJson> Items(string key, int max)
    {
        int count = 0;
        foreach (PartJson item in Items(key))
        {
            yield return ++count <= max ? item : throw this[key].Wrong($"at most {max} are read");
        }
    }

    /// <summary>Refuses strings that cannot be written back, in parts that are kept without being understood.</summary>
    public void CheckStrings()
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                AsText();
                break;
            case JsonValueKind.Array:
                foreach (PartJson item in Items())
                {
                    item.CheckStrings();
                }

                break;
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    new PartJson(path, Place(Name(property)), property.Value).CheckStrings();
                }

                break;
        }
    }

    private string Name(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException e)
        {
            throw Wrong("a key holds half a surrogate pair", e);
        }
    }

    public ModelFormatException Wrong(string message, Exception? inner = null) =>
        new(path, OneLine(where), OneLine(message), inner);

    public ModelFormatException Unsupported(string kind, string supported) =>
        Wrong($"the {kind} '{Type}' is not supported; supported are {supported}");

    private IEnumerable<PartJson> Items()
    {
        int index = 0;
        foreach (JsonElement item in element.EnumerateArray())
        {
            yield return new PartJson(path, $"{where}[{index++}]", item);
        }
    }

    /// <summary>Messages quote the file, which may hold anything.</summary>
    private static string OneLine(string text) => text.AsSpan().ContainsAnyInRange('\0', '\u001F')
        ? string.Concat(text.Select(c => c < ' ' ? ' ' : c))
        : text;

    private string Place(string key) => where.Length == 0 ? key : $"{where}.{key}";
}
