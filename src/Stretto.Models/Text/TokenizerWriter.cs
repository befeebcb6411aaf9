using System.Text.Encodings.Web;
using System.Text.Json;
using Stretto.Weights;

namespace Stretto.Models.Text;

/// <summary>
/// Writes <c>tokenizer.json</c> and <c>tokenizer_config.json</c> as the Hugging Face libraries read them.
/// </summary>
internal static class TokenizerWriter
{
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(string path, TokenizerParts parts) => AtomicFile.Write(path, stream =>
    {
        using Utf8JsonWriter writer = new(stream, Options);
        writer.WriteStartObject();
        writer.WriteString("version", "1.0");
        WritePart(writer, "truncation", parts.Truncation);
        WritePart(writer, "padding", parts.Padding);
        WriteAddedTokens(writer, parts.AddedTokens);
        WritePart(writer, "normalizer", parts.Normalizer);
        WritePart(writer, "pre_tokenizer", parts.PreTokenizer);
        WritePart(writer, "post_processor", parts.PostProcessor);
        WritePart(writer, "decoder", parts.Decoder);
        writer.WritePropertyName("model");
        parts.Model.Write(writer);
        writer.WriteEndObject();
    });

    public static void WriteSettings(string path, TokenizerSettings settings) => AtomicFile.Write(path, stream =>
    {
        using Utf8JsonWriter writer = new(stream, Options);
        writer.WriteStartObject();
        writer.WriteBoolean("add_bos_token", settings.AddBosToken);
        writer.WriteBoolean("add_eos_token", settings.AddEosToken);
        WriteText(writer, "bos_token", settings.BosToken);
        WriteText(writer, "eos_token", settings.EosToken);
        WriteText(writer, "pad_token", settings.PadToken);
        WriteText(writer, "chat_template", settings.ChatTemplate);
        if (settings.Source is { } source)
        {
            WriteOthers(writer, source);
        }
        else
        {
            writer.WriteBoolean("clean_up_tokenization_spaces", false);
            writer.WriteString("tokenizer_class", "PreTrainedTokenizerFast");
        }

        writer.WriteEndObject();
    });

    private static void WriteOthers(Utf8JsonWriter writer, JsonElement source)
    {
        string[] written = ["add_bos_token", "add_eos_token", "bos_token", "eos_token", "pad_token", "chat_template"];
        foreach (JsonProperty property in source.EnumerateObject())
        {
            if (!written.Contains(property.Name))
            {
                property.WriteTo(writer);
            }
        }
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void WritePart(Utf8JsonWriter writer, string name, JsonElement? part)
    {
        writer.WritePropertyName(name);
        if (part is { } element)
        {
            element.WriteTo(writer);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    private static void WriteAddedTokens(Utf8JsonWriter writer, IReadOnlyList<AddedToken> tokens)
    {
        writer.WriteStartArray("added_tokens");
        foreach (AddedToken token in tokens)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", token.Id);
            writer.WriteString("content", token.Content);
            writer.WriteBoolean("single_word", token.SingleWord);
            writer.WriteBoolean("lstrip", token.StripLeft);
            writer.WriteBoolean("rstrip", token.StripRight);
            writer.WriteBoolean("normalized", token.Normalized);
            writer.WriteBoolean("special", token.Special);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
