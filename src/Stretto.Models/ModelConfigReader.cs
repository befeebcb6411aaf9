using System.Text.Json;
using System.Text.Unicode;
using Stretto.Weights;

namespace Stretto.Models;

/// <summary>Reads <c>config.json</c>, with transformers' keys, old and new, and its defaults for each family.</summary>
internal static class ModelConfigReader
{
    private const long MaxBytes = 4 << 20;

    public static ModelConfig Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"'{path}' does not exist; a model folder needs a config.json", path);
        }

        using JsonDocument json = Parse(path);
        JsonKeys keys = new(path, json.RootElement);
        string family = Family(keys);
        if (!ModelConfig.Families.Contains(family))
        {
            string known = string.Join(", ", ModelConfig.Families);
            throw keys.Wrong("model_type", $"architecture '{family}' is not supported; supported: {known}");
        }

        ModelConfig config = Build(keys, family);
        return config.Problem() is { } problem ? throw keys.Wrong(problem.Key, problem.Problem) : config;
    }

    private static string Family(JsonKeys keys)
    {
        const string Suffix = "ForCausalLM";
        if (keys.Text("model_type") is { } family)
        {
            return family;
        }

        // Very old checkpoints name the class only.
        string? name = keys.Texts("architectures")?.FirstOrDefault();
        return name is null ? throw keys.Wrong("model_type", "is missing")
            : ModelConfig.Families.FirstOrDefault(f => name.Equals(f + Suffix, StringComparison.OrdinalIgnoreCase))
                ?? name;
    }

    private static ModelConfig Build(JsonKeys keys, string family)
    {
        bool llama = family == "llama";
        bool mistral = family == "mistral";
        bool qwen = family is "qwen2" or "qwen3";
        int hidden = keys.Integer("hidden_size", 4096);
        int heads = keys.Integer("num_attention_heads", 32);
        int layers = keys.Integer("num_hidden_layers", 32);
        int vocabulary = keys.Integer("vocab_size", qwen ? 151_936 : 32_000);
        int maxPositions = keys.Integer("max_position_embeddings", llama ? 2048 : mistral ? 131_072 : 32_768);
        bool bias = keys.Flag("attention_bias", false);
        RefuseWhatIsNotComputed(keys);
        int[] bos = keys.Has("bos_token_id") || qwen ? keys.Ids("bos_token_id") : vocabulary > 1 ? [1] : [];
        return new ModelConfig
        {
            ModelType = family,
            VocabularySize = vocabulary,
            HiddenSize = hidden,
            IntermediateSize = keys.Integer("intermediate_size", llama ? 11_008 : mistral ? 14_336 : 22_016),
            Layers = layers,
            Heads = heads,
            // Absent and null differ here: null means as many as query heads.
            KvHeads = keys.Integer(
                "num_key_value_heads", llama || keys.Has("num_key_value_heads") ? heads : mistral ? 8 : 32),
            HeadSize = keys.Integer("head_dim", family == "qwen3" ? 128 : heads > 0 ? hidden / heads : 0),
            MaxPositions = maxPositions,
            NormEpsilon = keys.Number("rms_norm_eps", 1e-6),
            TieEmbeddings = keys.Flag("tie_word_embeddings", false),
            AttentionBias = family == "qwen2" || (bias && !mistral),
            OutputBias = bias && (llama || family == "qwen3"),
            MlpBias = llama && keys.Flag("mlp_bias", false),
            QkNorm = family == "qwen3",
            Rope = ReadRope(keys, maxPositions),
            StoredAs = ReadType(keys),
            BosTokenId = bos is [int first, ..] ? first : null,
            EosTokenIds = keys.Has("eos_token_id") || qwen ? keys.Ids("eos_token_id") : vocabulary > 2 ? [2] : [],
            // −1 stands for none in checkpoints of old.
            PadTokenId = keys.Ids("pad_token_id") is [int pad, ..] && pad != -1 ? pad : null,
            Windows = ReadWindows(keys, family, layers),
        };
    }

    private static void RefuseWhatIsNotComputed(JsonKeys keys)
    {
        if (keys.Text("hidden_act") is { } activation && activation is not ("silu" or "swish"))
        {
            throw keys.Wrong("hidden_act", $"'{activation}' is not supported; supported: silu");
        }

        if (keys.Object("quantization_config") is { } quantization)
        {
            throw keys.Wrong(
                "quantization_config",
                $"'{quantization.Text("quant_method")}' weights are not supported; use the unquantized checkpoint");
        }
    }

    private static RopeConfig ReadRope(JsonKeys keys, int maxPositions)
    {
        JsonKeys? parameters = keys.Object("rope_parameters");
        JsonKeys? scaling = parameters ?? keys.Object("rope_scaling");
        double theta = keys.Number("rope_theta", 10_000);
        double partial = keys.Number("partial_rotary_factor", 1);
        theta = parameters?.Number("rope_theta", theta) ?? theta;
        partial = parameters?.Number("partial_rotary_factor", partial) ?? partial;
        if (partial != 1)
        {
            throw keys.Wrong("partial_rotary_factor", $"{partial} is not supported; supported: 1");
        }

        if (scaling is null)
        {
            return new RopeConfig(theta);
        }

        string type = scaling.Text("rope_type") ?? scaling.Text("type") ?? "default";
        type = type == "su" ? "longrope" : type;
        RopeConfig rope = new(theta, type)
        {
            OriginalMaxPositions = scaling.Optional("original_max_position_embeddings")
                ?? keys.Optional("original_max_position_embeddings"),
            AttentionFactor = scaling.OptionalNumber("attention_factor"),
            BetaFast = scaling.Number("beta_fast", 32),
            BetaSlow = scaling.Number("beta_slow", 1),
            Truncate = scaling.Flag("truncate", true),
            MScale = scaling.OptionalNumber("mscale"),
            MScaleAllDimensions = scaling.OptionalNumber("mscale_all_dim"),
            ShortFactors = scaling.Numbers("short_factor"),
            LongFactors = scaling.Numbers("long_factor"),
        };
        return rope with
        {
            Factor = scaling.OptionalNumber("factor") ?? type switch
            {
                "yarn" or "longrope" when rope.OriginalMaxPositions is { } original => (double)maxPositions / original,
                "linear" or "dynamic" or "llama3" or "yarn" =>
                    throw keys.Wrong("factor", $"rope_type '{type}' needs it"),
                _ => 1,
            },
            LowFrequencyFactor = scaling.OptionalNumber("low_freq_factor") ?? Default("low_freq_factor", 1),
            HighFrequencyFactor = scaling.OptionalNumber("high_freq_factor") ?? Default("high_freq_factor", 4),
        };

        double Default(string key, double missing) =>
            type == "llama3" ? throw keys.Wrong(key, "rope_type 'llama3' needs it") : missing;
    }

    private static DType ReadType(JsonKeys keys)
    {
        string key = keys.Has("dtype") ? "dtype" : "torch_dtype";
        string name = keys.Text(key) ?? "float32";
        const string Prefix = "torch.";
        try
        {
            return DTypes.Parse(name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name);
        }
        catch (ArgumentException e)
        {
            throw keys.Wrong(key, e.Message);
        }
    }

    // transformers' sliding_window W lets a token see W tokens, itself included.
    private static int[] ReadWindows(JsonKeys keys, string family, int layers)
    {
        int? window = keys.Has("sliding_window") ? keys.Optional("sliding_window") : 4096;
        string[]? types = keys.Texts("layer_types");
        int firstWindowed = family == "mistral" ? 0 : keys.Integer("max_window_layers", 28);
        bool used = family == "mistral" || (keys.Flag("use_sliding_window", false) && family != "llama");
        if (window is not { } size || !used || layers is < 1 or > 1024)
        {
            return [];
        }

        if (size is < 1 or > ModelConfig.MostPositions)
        {
            throw keys.Wrong(
                "sliding_window", $"{size} must lie between 1 and {ModelConfig.MostPositions}, or be null");
        }

        if (types is not null && types.Length != layers)
        {
            throw keys.Wrong("layer_types", $"{types.Length} types for {layers} layers");
        }

        int[] windows = new int[layers];
        for (int layer = 0; layer < layers; layer++)
        {
            bool slides = types?[layer] switch
            {
                null => layer >= firstWindowed,
                "sliding_attention" => true,
                "full_attention" => false,
                string other => throw keys.Wrong(
                    "layer_types", $"'{other}' is not supported; supported: full_attention, sliding_attention"),
            };
            windows[layer] = slides ? size - 1 : -1;
        }

        return windows;
    }

    private static JsonDocument Parse(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        if (file.Length > MaxBytes)
        {
            throw new ModelFormatException(path, "", $"a configuration of over {MaxBytes} bytes is not read");
        }

        byte[] text = new byte[file.Length];
        text = text[..file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false)];
        if (!Utf8.IsValid(text))
        {
            throw new ModelFormatException(path, "", "not valid UTF-8");
        }

        try
        {
            JsonDocument json = JsonDocument.Parse(
                text, new JsonDocumentOptions { MaxDepth = 32, AllowDuplicateProperties = false });
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? json
                : throw new ModelFormatException(path, "", "a configuration is a JSON object");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ModelFormatException(
                path, $"line {((e as JsonException)?.LineNumber ?? 0) + 1}",
                "not valid JSON, nested too deep, or a key occurs twice", e);
        }
    }
}
