using System.Text.Json;
using Stretto.Weights;

namespace Stretto.Models;

/// <summary>
/// Typed reads from a JSON object of a model folder; a value of a wrong type is an error that names file and key.
/// </summary>
internal sealed class JsonKeys(string path, JsonElement element)
{
    /// <summary>Whether the key is there, be it with the value null.</summary>
    public bool Has(string key) => element.TryGetProperty(key, out _);

    public int? Optional(string key) => Find(key) is null ? null : Integer(key, 0);

    public double? OptionalNumber(string key) => Find(key) is null ? null : Number(key, 0);

    public double[] Numbers(string key) => Find(key) is not { } value
        ? []
        : value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(
                e => e.ValueKind == JsonValueKind.Number && e.TryGetDouble(out double number) && double.IsFinite(number)
                ? number
                : throw Wrong(key, $"must hold numbers, not {Shown(e)}"))]
            : throw Wrong(key, $"must be a list of numbers, not {Shown(value)}");

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

        return value.ValueKind == JsonValueKind.Number
            && value.TryGetDouble(out double number) && double.IsFinite(number)
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
        : value.ValueKind == JsonValueKind.String
            ? String(key, value)
            : throw Wrong(key, $"must be a string, not {Shown(value)}");

    public string[]? Texts(string key) => Find(key) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(e => String(key, e))]
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
        : value.ValueKind == JsonValueKind.Object
            ? new JsonKeys(path, value)
            : throw Wrong(key, $"must be an object, not {Shown(value)}");

    public ModelFormatException Wrong(string key, string message) => new(path, key, message);

    private string String(string key, JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // Half of a surrogate pair, escaped, is valid JSON but no text.
            throw new ModelFormatException(path, key, "is not valid Unicode", e);
        }
    }

    private JsonElement? Find(string key) =>
        element.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string Shown(JsonElement value)
    {
        string text = value.GetRawText();
        return text.Length <= 40 ? text : text[..40] + "…";
    }
}
