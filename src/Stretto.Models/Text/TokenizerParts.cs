using System.Text.Json;

namespace Stretto.Models.Text;

/// <summary>
/// A tokenizer file taken apart. The small parts stay JSON, so that writing them back changes nothing.
/// </summary>
internal sealed record TokenizerParts(TokenModel Model, IReadOnlyList<AddedToken> AddedTokens)
{
    /// <summary>The file, for messages.</summary>
    public string Path { get; init; } = "tokenizer.json";

    public JsonElement? Normalizer { get; init; }

    public JsonElement? PreTokenizer { get; init; }

    public JsonElement? PostProcessor { get; init; }

    public JsonElement? Decoder { get; init; }

    /// <summary>Kept for other programs; this one neither truncates nor pads.</summary>
    public JsonElement? Truncation { get; init; }

    public JsonElement? Padding { get; init; }

    public TokenizerSettings Settings { get; init; } = new();

    public PartJson? Part(string name, JsonElement? element) =>
        element is { ValueKind: not JsonValueKind.Null } some ? new PartJson(Path, name, some) : null;
}
