using System.Globalization;
using System.Text.Json;
using Stretto.Weights;

namespace Stretto.Models;

/// <summary>Writes <c>config.json</c> in the keys of transformers 4 and 5 side by side.</summary>
internal static class ModelConfigWriter
{
    public static void Write(ModelConfig config, string path)
    {
        config.Validate();
        RefuseWhatWouldBeLost(config);
        AtomicFile.Write(path, stream =>
        {
            using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
            json.WriteStartObject();
            WriteSizes(json, config);
            WriteWindows(json, config);
            WriteRope(json, config.Rope);
            json.WriteString("torch_dtype", config.StoredAs.Name());
            json.WriteString("dtype", config.StoredAs.Name());
            WriteIds(json, "bos_token_id", config.BosTokenId is { } bos ? [bos] : []);
            WriteIds(json, "eos_token_id", config.EosTokenIds);
            WriteIds(json, "pad_token_id", config.PadTokenId is { } pad ? [pad] : []);
            json.WriteEndObject();
        });
    }

    // A family has no key for what all its members have or lack: such a model would be read again as another one.
    private static void RefuseWhatWouldBeLost(ModelConfig config)
    {
        (bool Attention, bool Output, bool Mlp, bool Norm) has =
            (config.AttentionBias, config.OutputBias, config.MlpBias, config.QkNorm);
        bool known = config.ModelType switch
        {
            "llama" => has.Attention == has.Output && !has.Norm && !config.Windows.Any(w => w >= 0),
            "mistral" => has == (false, false, false, false),
            "qwen2" => has == (true, false, false, false),
            _ => has.Attention == has.Output && has is { Mlp: false, Norm: true },
        };
        if (!known || config.Windows.Where(w => w >= 0).Distinct().Count() > 1)
        {
            throw new ArgumentException(
                $"a {config.ModelType} config.json cannot say attention bias {has.Attention}, "
                + $"output bias {has.Output}, MLP bias {has.Mlp}, query and key norms {has.Norm}, "
                + $"windows [{string.Join(", ", config.Windows.Distinct())}]; choose another family");
        }
    }

    private static void WriteSizes(Utf8JsonWriter json, ModelConfig config)
    {
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
        WriteReal(json, "rms_norm_eps", config.NormEpsilon);
        json.WriteBoolean("tie_word_embeddings", config.TieEmbeddings);
        if (config.ModelType is "llama" or "qwen3")
        {
            json.WriteBoolean("attention_bias", config.AttentionBias);
        }

        if (config.ModelType == "llama")
        {
            json.WriteBoolean("mlp_bias", config.MlpBias);
        }
    }

    private static void WriteWindows(Utf8JsonWriter json, ModelConfig config)
    {
        if (config.ModelType == "llama")
        {
            return;
        }

        int window = config.Windows.DefaultIfEmpty(-1).Max();
        bool slides = window >= 0;
        bool[] layers = [.. Enumerable.Range(0, config.Layers).Select(layer => config.Window(layer) >= 0)];
        if (slides)
        {
            json.WriteNumber("sliding_window", window + 1);
        }
        else
        {
            // Absent would mean the family's default of 4096.
            json.WriteNull("sliding_window");
        }

        bool mistral = config.ModelType == "mistral";
        if (!mistral)
        {
            json.WriteBoolean("use_sliding_window", slides);
            json.WriteNumber("max_window_layers", slides ? Array.IndexOf(layers, true) : config.Layers);
        }

        // In a Mistral configuration the list means another model to transformers, so only a mixture says it.
        if (!mistral || (slides && layers.Contains(false)))
        {
            json.WriteStartArray("layer_types");
            foreach (bool layer in layers)
            {
                json.WriteStringValue(layer ? "sliding_attention" : "full_attention");
            }

            json.WriteEndArray();
        }
    }

    private static void WriteRope(Utf8JsonWriter json, RopeConfig rope)
    {
        WriteReal(json, "rope_theta", rope.Theta);
        json.WriteStartObject("rope_parameters");
        WriteReal(json, "rope_theta", rope.Theta);
        WriteScaling(json, rope);
        json.WriteEndObject();
        if (rope.Type == "default")
        {
            json.WriteNull("rope_scaling");
            return;
        }

        json.WriteStartObject("rope_scaling");
        WriteScaling(json, rope);
        json.WriteEndObject();
    }

    private static void WriteScaling(Utf8JsonWriter json, RopeConfig rope)
    {
        json.WriteString("rope_type", rope.Type);
        if (rope.Type != "default")
        {
            WriteReal(json, "factor", rope.Factor);
        }

        if (rope.OriginalMaxPositions is { } original)
        {
            json.WriteNumber("original_max_position_embeddings", original);
        }

        WriteReal(json, "attention_factor", rope.AttentionFactor);
        if (rope.Type == "yarn")
        {
            WriteReal(json, "beta_fast", rope.BetaFast);
            WriteReal(json, "beta_slow", rope.BetaSlow);
            WriteReal(json, "mscale", rope.MScale);
            WriteReal(json, "mscale_all_dim", rope.MScaleAllDimensions);
            json.WriteBoolean("truncate", rope.Truncate);
        }

        if (rope.Type == "llama3")
        {
            WriteReal(json, "low_freq_factor", rope.LowFrequencyFactor);
            WriteReal(json, "high_freq_factor", rope.HighFrequencyFactor);
        }

        if (rope.Type == "longrope")
        {
            WriteReals(json, "short_factor", rope.ShortFactors);
            WriteReals(json, "long_factor", rope.LongFactors);
        }
    }

    private static void WriteReals(Utf8JsonWriter json, string key, IReadOnlyList<double> values)
    {
        json.WriteStartArray(key);
        foreach (double value in values)
        {
            json.WriteRawValue(Real(value));
        }

        json.WriteEndArray();
    }

    private static void WriteReal(Utf8JsonWriter json, string key, double? value)
    {
        if (value is { } real)
        {
            json.WritePropertyName(key);
            json.WriteRawValue(Real(real));
        }
    }

    // Python reads 4 as an integer, and transformers wants some of these to be floats: 4.0.
    private static string Real(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }

    private static void WriteIds(Utf8JsonWriter json, string key, IReadOnlyList<int> ids)
    {
        switch (ids)
        {
            case []:
                json.WriteNull(key);
                break;
            case [int id]:
                json.WriteNumber(key, id);
                break;
            default:
                json.WriteStartArray(key);
                foreach (int id in ids)
                {
                    json.WriteNumberValue(id);
                }

                json.WriteEndArray();
                break;
        }
    }
}
