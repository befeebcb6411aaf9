using System.Text.Json;
using Stretto.Weights;

namespace Stretto.Models;

/// <summary><c>config.json</c> in and out, with transformers' defaults for each family.</summary>
internal static class ModelConfigReader
{
    private const long MaxBytes = 4 << 20;

    private static readonly string[] Families = ["llama", "mistral", "qwen2", "qwen3"];

    public static ModelConfig Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"'{path}' does not exist; a model folder needs a config.json", path);
        }

        if (new FileInfo(path).Length > MaxBytes)
        {
            throw new ModelFormatException(path, "", $"a configuration of over {MaxBytes} bytes is not read");
        }

        using JsonDocument json = Parse(path);
        JsonKeys keys = new(path, json.RootElement);
        string family = keys.Text("model_type") ?? throw keys.Wrong("model_type", "is missing");
        if (!Families.Contains(family))
        {
            throw keys.Wrong("model_type", $"architecture '{family}' is not supported; supported: {string.Join(", ", Families)}");
        }

        try
        {
            return Build(keys, family).Validate();
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException(path, "", e.Message, e);
        }
    }

    public static void Write(ModelConfig config, string path) => AtomicFile.Write(path, stream =>
    {
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartArray("architectures");
        json.WriteStringValue(config.ModelType switch
        {
            "mistral" => "MistralForCausalLM",
            "qwen2" => "Qwen2ForCausalLM",
            "qwen3" => "Qwen3ForCausalLM",
            _ => "LlamaForCausalLM",
        });
        json.WriteEndArray();
        json.WriteString("model_type", config.ModelType);
        json.WriteNumber("vocab_size", config.VocabularySize);
        json.WriteNumber("hidden_size", config.HiddenSize);
        json.WriteNumber("intermediate_size", config.IntermediateSize);
        json.WriteNumber("num_hidden_layers", config.Layers);
        json.WriteNumber("num_attention_heads", config.Heads);
        json.WriteNumber("num_key_value_heads", config.KvHeads);
        json.WriteNumber("head_dim", config.HeadSize);
        json.WriteString("hidden_act", "silu");
        json.WriteNumber("max_position_embeddings", config.MaxPositions);
        json.WriteNumber("rms_norm_eps", config.NormEpsilon);
        json.WriteBoolean("tie_word_embeddings", config.TieEmbeddings);
        json.WriteBoolean("attention_bias", config.AttentionBias);
        json.WriteBoolean("mlp_bias", config.MlpBias);
        json.WriteNumber("rope_theta", config.Rope.Theta);
        json.WriteStartObject("rope_parameters");
        json.WriteString("rope_type", config.Rope.Type);
        json.WriteNumber("rope_theta", config.Rope.Theta);
        json.WriteEndObject();
        json.WriteString("torch_dtype", "float32");
        json.WriteString("dtype", "float32");
        WriteId(json, "bos_token_id", config.BosTokenId);
        WriteId(json, "eos_token_id", config.EosTokenIds.Count > 0 ? config.EosTokenIds[0] : null);
        json.WriteEndObject();
    });

    private static ModelConfig Build(JsonKeys keys, string family)
    {
        int hidden = keys.Integer("hidden_size", 4096);
        int heads = keys.Integer("num_attention_heads", 32);
        int layers = keys.Integer("num_hidden_layers", 32);
        if (keys.Text("hidden_act") is { } activation && activation is not ("silu" or "swish"))
        {
            throw keys.Wrong("hidden_act", $"'{activation}' is not supported; supported: silu");
        }

        bool bias = keys.Flag("attention_bias", false);
        return new ModelConfig
        {
            ModelType = family,
            VocabularySize = keys.Integer("vocab_size", family.StartsWith("qwen", StringComparison.Ordinal) ? 151_936 : 32_000),
            HiddenSize = hidden,
            IntermediateSize = keys.Integer("intermediate_size", family == "llama" ? 11_008 : family == "mistral" ? 14_336 : 22_016),
            Layers = layers,
            Heads = heads,
            KvHeads = keys.Integer("num_key_value_heads", family == "mistral" ? 8 : family == "llama" ? heads : 32),
            HeadSize = keys.Integer("head_dim", family == "qwen3" ? 128 : heads > 0 ? hidden / heads : 0),
            MaxPositions = keys.Integer("max_position_embeddings", family == "llama" ? 2048 : family == "mistral" ? 131_072 : 32_768),
            NormEpsilon = keys.Number("rms_norm_eps", 1e-6),
            TieEmbeddings = keys.Flag("tie_word_embeddings", false),
            AttentionBias = family == "qwen2" || bias,
            OutputBias = family is "llama" or "qwen3" && bias,
            MlpBias = family == "llama" && keys.Flag("mlp_bias", false),
            QkNorm = family == "qwen3",
            Rope = ReadRope(keys),
            BosTokenId = keys.Ids("bos_token_id") is [int bos, ..] ? bos : null,
            EosTokenIds = keys.Ids("eos_token_id"),
            Windows = ReadWindows(keys, family, layers),
        };
    }

    private static RopeConfig ReadRope(JsonKeys keys)
    {
        JsonKeys? parameters = keys.Object("rope_parameters");
        JsonKeys? scaling = parameters ?? keys.Object("rope_scaling");
        double theta = parameters?.Number("rope_theta", keys.Number("rope_theta", 10_000)) ?? keys.Number("rope_theta", 10_000);
        double partial = parameters?.Number("partial_rotary_factor", keys.Number("partial_rotary_factor", 1))
            ?? keys.Number("partial_rotary_factor", 1);
        if (partial != 1)
        {
            throw keys.Wrong("partial_rotary_factor", $"{partial} is not supported; supported: 1");
        }

        return new RopeConfig(theta, scaling?.Text("rope_type") ?? scaling?.Text("type") ?? "default");
    }

    // transformers' sliding_window W lets a token see W tokens, itself included.
    private static int[] ReadWindows(JsonKeys keys, string family, int layers)
    {
        int window = keys.Integer("sliding_window", 0);
        bool used = family == "mistral" || keys.Flag("use_sliding_window", false);
        if (window <= 0 || !used || family == "llama" || layers is < 1 or > 1024)
        {
            return [];
        }

        int[] windows = new int[layers];
        string[]? types = keys.Texts("layer_types");
        int firstWindowed = family == "mistral" ? 0 : keys.Integer("max_window_layers", 28);
        for (int layer = 0; layer < layers; layer++)
        {
            bool slides = types is not null && layer < types.Length ? types[layer] == "sliding_attention" : layer >= firstWindowed;
            windows[layer] = slides ? window - 1 : -1;
        }

        return windows;
    }

    private static void WriteId(Utf8JsonWriter json, string key, int? id)
    {
        if (id is { } value)
        {
            json.WriteNumber(key, value);
        }
        else
        {
            json.WriteNull(key);
        }
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            JsonDocument json = JsonDocument.Parse(
                File.ReadAllBytes(path), new JsonDocumentOptions { MaxDepth = 32, AllowDuplicateProperties = false });
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? json
                : throw new ModelFormatException(path, "", "a configuration is a JSON object");
        }
        catch (JsonException e)
        {
            throw new ModelFormatException(path, $"line {(e.LineNumber ?? 0) + 1}", "not valid JSON, or a key occurs twice", e);
        }
    }
}
