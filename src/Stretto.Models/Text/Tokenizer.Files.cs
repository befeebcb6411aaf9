using System.Text.Json;
using Stretto.Weights;

namespace Stretto.Models.Text;

/// <summary><c>tokenizer.json</c> of Hugging Face's tokenizers, for byte-level BPE.</summary>
public sealed partial class Tokenizer
{
    private const long MaxBytes = 64 << 20;

    /// <summary>Reads <c>tokenizer.json</c>, and the names of the border tokens from <c>tokenizer_config.json</c> beside it.</summary>
    /// <param name="path">A model folder or the file itself.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">The file is broken or describes another kind of tokenizer.</exception>
    public static Tokenizer Load(string path)
    {
        string file = Directory.Exists(path) ? Path.Combine(path, "tokenizer.json") : path;
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"'{file}' does not exist; text needs a tokenizer.json in the model's folder", file);
        }

        if (new FileInfo(file).Length > MaxBytes)
        {
            throw new ModelFormatException(file, "", $"a tokenizer of over {MaxBytes} bytes is not read");
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(file), new JsonDocumentOptions { MaxDepth = 32 });
            return Read(file, json.RootElement);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException or KeyNotFoundException)
        {
            throw new ModelFormatException(file, "", $"not a usable byte-level BPE tokenizer: {e.Message}", e);
        }
    }

    /// <summary>Writes <c>tokenizer.json</c> and <c>tokenizer_config.json</c> into a folder.</summary>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path.Combine(folder, "tokenizer.json"), WriteJson);
        AtomicFile.Write(Path.Combine(folder, "tokenizer_config.json"), stream =>
        {
            using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
            json.WriteStartObject();
            json.WriteString("tokenizer_class", "PreTrainedTokenizerFast");
            json.WriteBoolean("add_bos_token", false);
            WriteToken(json, "bos_token", BosId);
            WriteToken(json, "eos_token", EosId);
            json.WriteEndObject();
        });
    }

    private static Tokenizer Read(string path, JsonElement root)
    {
        JsonElement model = root.GetProperty("model");
        if (model.GetProperty("type").GetString() != "BPE")
        {
            throw new ModelFormatException(path, "model", $"type '{model.GetProperty("type")}' is not supported; supported: BPE");
        }

        string pattern = FindPattern(path, root.GetProperty("pre_tokenizer"));
        SortedDictionary<int, string> byId = [];
        foreach (JsonProperty entry in model.GetProperty("vocab").EnumerateObject())
        {
            AddToken(path, byId, entry.Value.GetInt32(), entry.Name);
        }

        List<string> special = [];
        foreach (JsonElement added in root.GetProperty("added_tokens").EnumerateArray())
        {
            string content = added.GetProperty("content").GetString()!;
            int id = added.GetProperty("id").GetInt32();
            if (!byId.TryGetValue(id, out string? known) || known != content)
            {
                AddToken(path, byId, id, content);
            }

            special.Add(content);
        }

        if (byId.Count == 0 || byId.Keys.First() != 0 || byId.Keys.Last() != byId.Count - 1)
        {
            throw new ModelFormatException(path, "vocab", "ids must run from 0 without gaps");
        }

        List<(string, string)> merges = [];
        foreach (JsonElement merge in model.GetProperty("merges").EnumerateArray())
        {
            string[] pair = merge.ValueKind == JsonValueKind.String
                ? merge.GetString()!.Split(' ')
                : [.. merge.EnumerateArray().Select(e => e.GetString()!)];
            merges.Add(pair is [string left, string right] ? (left, right) : throw new ModelFormatException(path, $"merge {merges.Count}", "two tokens are required"));
        }

        string[] tokens = [.. byId.Values];
        (int? bos, int? eos) = ReadBorders(path, tokens);
        return new Tokenizer(tokens, merges, special, pattern) { BosId = bos, EosId = eos };
    }

    private static void AddToken(string path, SortedDictionary<int, string> byId, int id, string token)
    {
        if (id < 0 || !byId.TryAdd(id, token))
        {
            throw new ModelFormatException(path, $"token '{token}'", $"id {id} is negative or taken");
        }
    }

    private static string FindPattern(string path, JsonElement pre)
    {
        string type = pre.GetProperty("type").GetString()!;
        switch (type)
        {
            case "ByteLevel":
                return @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
            case "Split" when pre.GetProperty("pattern").TryGetProperty("Regex", out JsonElement regex):
                return regex.GetString()!;
            case "Sequence" when pre.GetProperty("pretokenizers").EnumerateArray().ToArray() is [JsonElement split, JsonElement bytes]
                && bytes.GetProperty("type").GetString() == "ByteLevel":
                return FindPattern(path, split);
            default:
                throw new ModelFormatException(path, "pre_tokenizer", $"'{type}' is not supported; supported: ByteLevel, or a Split by a regex before it");
        }
    }

    private static (int? Bos, int? Eos) ReadBorders(string path, string[] tokens)
    {
        string config = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "tokenizer_config.json");
        if (!File.Exists(config))
        {
            return (null, null);
        }

        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(config), new JsonDocumentOptions { MaxDepth = 32 });
        int? Find(string key) => json.RootElement.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String
            && Array.IndexOf(tokens, value.GetString()) is >= 0 and int id ? id : null;
        return (Find("bos_token"), Find("eos_token"));
    }

    private void WriteJson(Stream stream)
    {
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        json.WriteStartArray("added_tokens");
        foreach (int id in _special.Order())
        {
            json.WriteStartObject();
            json.WriteNumber("id", id);
            json.WriteString("content", _tokens[id]);
            json.WriteBoolean("single_word", false);
            json.WriteBoolean("lstrip", false);
            json.WriteBoolean("rstrip", false);
            json.WriteBoolean("normalized", false);
            json.WriteBoolean("special", true);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNull("normalizer");
        json.WriteStartObject("pre_tokenizer");
        json.WriteString("type", "Sequence");
        json.WriteStartArray("pretokenizers");
        json.WriteStartObject();
        json.WriteString("type", "Split");
        json.WriteStartObject("pattern");
        json.WriteString("Regex", Pattern);
        json.WriteEndObject();
        json.WriteString("behavior", "Isolated");
        json.WriteBoolean("invert", false);
        json.WriteEndObject();
        WriteByteLevel(json, null);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteNull("post_processor");
        WriteByteLevel(json, "decoder");
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        json.WriteNull("unk_token");
        json.WriteNull("continuing_subword_prefix");
        json.WriteNull("end_of_word_suffix");
        json.WriteBoolean("fuse_unk", false);
        json.WriteBoolean("byte_fallback", false);
        json.WriteBoolean("ignore_merges", false);
        json.WriteStartObject("vocab");
        for (int id = 0; id < _tokens.Length; id++)
        {
            json.WriteNumber(_tokens[id], id);
        }

        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach ((string left, string right) in _mergeList)
        {
            json.WriteStartArray();
            json.WriteStringValue(left);
            json.WriteStringValue(right);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteToken(Utf8JsonWriter json, string key, int? id)
    {
        if (id is { } value)
        {
            json.WriteString(key, _tokens[value]);
        }
    }

    private static void WriteByteLevel(Utf8JsonWriter json, string? name)
    {
        if (name is null)
        {
            json.WriteStartObject();
        }
        else
        {
            json.WriteStartObject(name);
        }

        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", false);
        json.WriteEndObject();
    }
}
