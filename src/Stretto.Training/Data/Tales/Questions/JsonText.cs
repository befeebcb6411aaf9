using System.Text;
using System.Text.Json;

namespace Stretto.Training.Data.Tales.Questions;

/// <summary>JSON as the corpus writes it, and what counts as such in an answer.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Compact JSON of what the action writes.</summary>
    public static string Write(Action<Utf8JsonWriter> write)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, Options))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>Whether a text is one JSON object or array and nothing else but white space.</summary>
    public static bool IsValid(string text)
    {
        using JsonDocument? json = Parse(text);
        return json?.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array;
    }

    public static bool AreEqual(string a, string b)
    {
        using JsonDocument? first = Parse(a);
        using JsonDocument? second = Parse(b);
        return first is not null && second is not null && JsonElement.DeepEquals(first.RootElement, second.RootElement);
    }

    private static JsonDocument? Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
