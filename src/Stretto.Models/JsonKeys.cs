using System.Text.Json;
using Stretto.Weights;

namespace Stretto.Models;

/// <summary>Typed reads from a JSON object of a model folder; a value of a wrong type is an error that names file and key.</summary>
internal sealed class JsonKeys(string path, JsonElement element)
{
    public int Integer(string key, int missing)
    {
        if (Find(key) is not { } value)
        {
            return missing;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)
            ? number
            : throw Wrong(key, $"must be a whole number, not {Shown(value)}");
    }

    public double Number(string key, double missing)
    {
        if (Find(key) is not { } value)
        {
            return missing;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number
            : throw Wrong(key, $"must be a number, not {Shown(value)}");
    }

    public bool Flag(string key, bool missing) => Find(key) is not { } value
        ? missing
        : value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(key, $"must be true or false, not {Shown(value)}"),
        };

    public string? Text(string key) => Find(key) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(key, $"must be a string, not {Shown(value)}");

    public string[]? Texts(string key) => Find(key) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(e => e.GetString()!)]
            : throw Wrong(key, "must be a list of strings");

    /// <summary>A token id, a list of them, or nothing.</summary>
    public int[] Ids(string key)
    {
        if (Find(key) is not { } value)
        {
            return [];
        }

        JsonElement[] elements = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        return Array.ConvertAll(elements, e => e.ValueKind == JsonValueKind.Number && e.TryGetInt32(out int id)
            ? id
            : throw Wrong(key, $"must be a token id or a list of them, not {Shown(value)}"));
    }

    public JsonKeys? Object(string key) => Find(key) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.Object ? new JsonKeys(path, value) : throw Wrong(key, $"must be an object, not {Shown(value)}");

    public ModelFormatException Wrong(string key, string message) => new(path, key, message);

    private JsonElement? Find(string key) =>
        element.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string Shown(JsonElement value)
    {
        string text = value.GetRawText();
        return text.Length <= 40 ? text : text[..40] + "…";
    }
}
