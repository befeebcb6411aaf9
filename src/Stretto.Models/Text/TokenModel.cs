using System.Text.Json;

namespace Stretto.Models.Text;

/// <summary>A token of one piece: its id and which UTF-16 units of the piece it covers.</summary>
internal readonly record struct ModelToken(int Id, int Start, int End);

/// <summary>Turns one piece of text into tokens of a vocabulary. Thread-safe.</summary>
internal abstract class TokenModel(Vocabulary vocabulary)
{
    public Vocabulary Vocabulary { get; } = vocabulary;

    public abstract void Tokenize(ReadOnlySpan<char> piece, List<ModelToken> tokens);

    /// <summary>Writes the <c>model</c> object of a tokenizer file.</summary>
    public abstract void Write(Utf8JsonWriter writer);

    public static TokenModel Read(PartJson json)
    {
        // Files of 2019 and 2020 name no type; only byte-pair encoding has merges.
        string type = json.TextOrNull("type") ?? (json.Has("merges") ? "BPE" : json.Type);
        return type switch
        {
            "BPE" => BpeReader.Read(json),
            _ => throw json.Unsupported("model", "BPE"),
        };
    }
}
