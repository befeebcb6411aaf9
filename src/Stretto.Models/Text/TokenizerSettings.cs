using System.Text.Json;
using Stretto.Weights;

namespace Stretto.Models.Text;

/// <summary>
/// What <c>tokenizer_config.json</c> says beside the tokenizer: the roles of tokens and the chat template.
/// </summary>
public sealed record TokenizerSettings
{
    private const long MaxBytes = 64L << 20;

    /// <summary>The token that begins a text.</summary>
    public string? BosToken { get; init; }

    /// <summary>The token that ends a text.</summary>
    public string? EosToken { get; init; }

    /// <summary>The token that fills batches.</summary>
    public string? PadToken { get; init; }

    /// <summary>Whether <see cref="BosToken"/> is put in front of a text encoded with special tokens.</summary>
    public bool AddBosToken { get; init; }

    /// <summary>Whether <see cref="EosToken"/> is put behind it.</summary>
    public bool AddEosToken { get; init; }

    /// <summary>The chat template (Jinja); of several, the one named default.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>The whole file, whose other keys are written back as they were.</summary>
    internal JsonElement? Source { get; init; }

    /// <summary>Reads a <c>tokenizer_config.json</c>.</summary>
    /// <exception cref="ModelFormatException">The file is not what it should be.</exception>
    public static TokenizerSettings Load(string path)
    {
        using JsonDocument document = TokenizerReader.Open(path, MaxBytes);
        PartJson json = new(path, "", document.RootElement);
        json.CheckStrings();
        return document.RootElement.ValueKind != JsonValueKind.Object
            ? throw json.Wrong("must be an object")
            : new TokenizerSettings
            {
                BosToken = Token(json, "bos_token"),
                EosToken = Token(json, "eos_token"),
                PadToken = Token(json, "pad_token"),
                AddBosToken = json.Flag("add_bos_token", false),
                AddEosToken = json.Flag("add_eos_token", false),
                ChatTemplate = Template(json),
                Source = document.RootElement.Clone(),
            };
    }

    /// <summary>A token is a string or an object with its content.</summary>
    private static string? Token(PartJson json, string key) => !json.Has(key) ? null
        : json[key].Element.ValueKind == JsonValueKind.Object ? json[key].Text("content")
        : json.Text(key);

    private static string? Template(PartJson json)
    {
        if (!json.Has("chat_template"))
        {
            return null;
        }

        if (json["chat_template"].Element.ValueKind != JsonValueKind.Array)
        {
            return json.Text("chat_template");
        }

        string? found = null;
        foreach (PartJson template in json.Items("chat_template", 64))
        {
            if (found is null || template.TextOrNull("name") == "default")
            {
                found = template.Text("template");
            }
        }

        return found;
    }
}
