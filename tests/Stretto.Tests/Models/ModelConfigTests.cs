using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Stretto.Models;
using Stretto.Tests.Weights;
using Stretto.Weights;

namespace Stretto.Tests.Models;

/// <summary>config.json: defaults, every wrong value, hostile files, and what is written for transformers.</summary>
public sealed class ModelConfigTests
{
    private const string Small =
        "\"vocab_size\":64,\"hidden_size\":32,\"intermediate_size\":48,\"num_hidden_layers\":2,"
        + "\"num_attention_heads\":4,\"num_key_value_heads\":2";

    [Theory]
    [InlineData("llama", 32_000, 11_008, 32, 128, 2048, 1, 2, -1)]
    [InlineData("mistral", 32_000, 14_336, 8, 128, 131_072, 1, 2, 4095)]
    [InlineData("qwen2", 151_936, 22_016, 32, 128, 32_768, null, null, -1)]
    [InlineData("qwen3", 151_936, 22_016, 32, 128, 32_768, null, null, -1)]
    public void AnEmptyConfigurationHasTransformersDefaults(
        string family, int vocabulary, int intermediate, int kvHeads, int headSize, int positions, int? bos, int? eos,
        int window)
    {
        ModelConfig config = Read($"{{\"model_type\":\"{family}\"}}");
        Assert.Equal((vocabulary, 4096, intermediate, 32, 32), (
            config.VocabularySize, config.HiddenSize, config.IntermediateSize, config.Layers, config.Heads));
        Assert.Equal((kvHeads, headSize, positions, 1e-6), (
            config.KvHeads, config.HeadSize, config.MaxPositions, config.NormEpsilon));
        Assert.Equal((bos, eos), (config.BosTokenId, config.EosTokenIds.Count > 0 ? config.EosTokenIds[0] : null));
        Assert.Equal((window, window), (config.Window(0), config.Window(31)));
        Assert.Equal((family == "qwen2", false, false, family == "qwen3"), (
            config.AttentionBias, config.OutputBias, config.MlpBias, config.QkNorm));
        Assert.Equal((10_000.0, "default", DType.Float32), (config.Rope.Theta, config.Rope.Type, config.StoredAs));
    }

    [Theory]
    [InlineData("llama", "\"num_key_value_heads\":null", 4)]
    [InlineData("mistral", "\"num_key_value_heads\":null", 4)]
    [InlineData("qwen2", "\"num_key_value_heads\":null", 4)]
    [InlineData("llama", "\"x\":0", 4)]
    public void NullKeyValueHeadsAreAsManyAsQueryHeads(string family, string key, int expected) =>
        Assert.Equal(expected, Read(
            $"{{\"model_type\":\"{family}\",\"hidden_size\":32,\"num_attention_heads\":4,{key}}}").KvHeads);

    [Theory]
    [InlineData("mistral", "\"sliding_window\":null", "-1,-1,-1")]
    [InlineData("mistral", "\"sliding_window\":8", "7,7,7")]
    [InlineData("llama", "\"sliding_window\":8,\"use_sliding_window\":true", "-1,-1,-1")]
    [InlineData("qwen2", "\"sliding_window\":8,\"max_window_layers\":0", "-1,-1,-1")]
    [InlineData("qwen2", "\"sliding_window\":8,\"max_window_layers\":1,\"use_sliding_window\":true", "-1,7,7")]
    [InlineData("qwen3", "\"max_window_layers\":2,\"use_sliding_window\":true", "-1,-1,4095")]
    [InlineData("qwen3", "\"sliding_window\":null,\"max_window_layers\":0,\"use_sliding_window\":true", "-1,-1,-1")]
    [InlineData(
        "qwen3",
        "\"sliding_window\":8,\"use_sliding_window\":true,"
        + "\"layer_types\":[\"sliding_attention\",\"full_attention\",\"sliding_attention\"]",
        "7,-1,7")]
    public void Windows(string family, string keys, string expected)
    {
        ModelConfig config = Read(
            $"{{\"model_type\":\"{family}\",\"num_hidden_layers\":3,\"num_key_value_heads\":4,{keys}}}");
        Assert.Equal(expected, string.Join(",", Enumerable.Range(0, 3).Select(config.Window)));
        Assert.Equal(expected, string.Join(",", Enumerable.Range(0, 3).Select(Again(config).Window)));
    }

    [Theory]
    [InlineData("\"rope_scaling\":null", "default", 1)]
    [InlineData("\"rope_scaling\":{\"type\":\"linear\",\"factor\":4}", "linear", 4)]
    [InlineData("\"rope_scaling\":{\"rope_type\":\"dynamic\",\"factor\":2.5}", "dynamic", 2.5)]
    [InlineData(
        "\"rope_parameters\":{\"rope_type\":\"yarn\",\"original_max_position_embeddings\":512,\"mscale\":1.0}",
        "yarn", 4)]
    [InlineData(
        "\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8,\"low_freq_factor\":1,\"high_freq_factor\":4,"
        + "\"original_max_position_embeddings\":32}",
        "llama3", 8)]
    [InlineData(
        "\"original_max_position_embeddings\":1024,"
        + "\"rope_scaling\":{\"type\":\"su\",\"short_factor\":[1,1,1,1],\"long_factor\":[2,2,2,2]}",
        "longrope", 2)]
    public void EveryScalingIsReadAndWritten(string keys, string type, double factor)
    {
        ModelConfig config = Read($"{{\"model_type\":\"llama\",{Small},\"rope_theta\":500000,{keys}}}");
        Assert.Equal((type, factor, 500_000.0), (config.Rope.Type, config.Rope.Factor, config.Rope.Theta));
        Assert.Equal(Saved(config), Saved(Again(config)));
        Assert.Equal(config.Rope.LongFactors, Again(config).Rope.LongFactors);
    }

    [Theory]
    [InlineData("hidden_size", "0", "between 1 and")]
    [InlineData("hidden_size", "-32", "between 1 and")]
    [InlineData("hidden_size", "1000000000", "between 1 and")]
    [InlineData("hidden_size", "\"32\"", "whole number")]
    [InlineData("hidden_size", "32.5", "whole number")]
    [InlineData("hidden_size", "1e400", "whole number")]
    [InlineData("hidden_size", "99999999999", "whole number")]
    [InlineData("hidden_size", "[32]", "whole number")]
    [InlineData("vocab_size", "0", "between 1 and")]
    [InlineData("intermediate_size", "0", "between 1 and")]
    [InlineData("num_hidden_layers", "1000000", "between 1 and 1024")]
    [InlineData("num_hidden_layers", "0", "between 1 and")]
    [InlineData("num_attention_heads", "0", "between 1 and")]
    [InlineData("num_key_value_heads", "0", "between 1 and 4")]
    [InlineData("num_key_value_heads", "3", "must divide")]
    [InlineData("num_key_value_heads", "8", "between 1 and 4")]
    [InlineData("head_dim", "7", "even")]
    [InlineData("head_dim", "0", "between 2 and")]
    [InlineData("max_position_embeddings", "-1", "between 1 and")]
    [InlineData("rms_norm_eps", "0", "between 0 and 1")]
    [InlineData("rms_norm_eps", "-1e-6", "between 0 and 1")]
    [InlineData("rms_norm_eps", "\"1e-6\"", "number")]
    [InlineData("rope_theta", "0", "between 1 and")]
    [InlineData("rope_theta", "1e300", "between 1 and")]
    [InlineData("tie_word_embeddings", "1", "true or false")]
    [InlineData("attention_bias", "\"true\"", "true or false")]
    [InlineData("hidden_act", "\"gelu\"", "supported: silu")]
    [InlineData(
        "model_type", "\"foo\"", "architecture 'foo' is not supported; supported: llama, mistral, qwen2, qwen3")]
    [InlineData("model_type", "7", "string")]
    [InlineData("model_type", "\"\\ud800\"", "Unicode")]
    [InlineData("eos_token_id", "64", "between 0 and 63")]
    [InlineData("eos_token_id", "[1,-1]", "between 0 and 63")]
    [InlineData("eos_token_id", "[\"2\"]", "token id")]
    [InlineData("bos_token_id", "64", "between 0 and 63")]
    [InlineData("torch_dtype", "\"float7\"", "unknown dtype")]
    [InlineData("dtype", "\"int8\"", "floating-point")]
    [InlineData("sliding_window", "\"8\"", "whole number")]
    [InlineData("layer_types", "\"full_attention\"", "list of strings")]
    [InlineData("quantization_config", "{\"quant_method\":\"gptq\"}", "unquantized")]
    [InlineData("rope_parameters", "[]", "object")]
    [InlineData("rope_scaling", "{\"type\":\"linear\"}", "needs it")]
    [InlineData("rope_scaling", "{\"type\":\"linear\",\"factor\":0}", "between")]
    [InlineData(
        "rope_scaling", "{\"type\":\"mrope\",\"factor\":1}", "known: default, linear, dynamic, llama3, yarn, longrope")]
    [InlineData(
        "rope_scaling", "{\"type\":\"llama3\",\"factor\":8,\"low_freq_factor\":4,\"high_freq_factor\":4}", "below")]
    [InlineData("rope_scaling", "{\"type\":\"llama3\",\"factor\":8}", "needs it")]
    [InlineData("rope_scaling", "{\"type\":\"longrope\",\"short_factor\":[1],\"long_factor\":[1]}", "half of head_dim")]
    [InlineData(
        "rope_scaling", "{\"type\":\"longrope\",\"short_factor\":[1,1,1,\"1\"],\"long_factor\":[1,1,1,1]}", "numbers")]
    [InlineData("rope_scaling", "{\"type\":\"yarn\",\"factor\":2,\"beta_fast\":1,\"beta_slow\":2}", "below")]
    [InlineData("partial_rotary_factor", "0.5", "supported: 1")]
    public void AWrongValueNamesFileKeyAndRange(string key, string value, string words)
    {
        JsonNode node = JsonNode.Parse($"{{\"model_type\":\"llama\",{Small}}}")!;
        node.AsObject().Remove(key);
        string text = $"{node.ToJsonString()[..^1]},\"{key}\":{value}}}";
        using TemporaryFolder folder = new();
        string path = folder.Write("config.json", text);
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => ModelConfig.Load(folder.Root));
        Assert.Equal(path, e.Path);
        Assert.NotEmpty(e.Where);
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"model_type\":\"llama\",\"rms_norm_eps\":NaN}")]
    [InlineData("{\"model_type\":\"llama\",\"model_type\":\"qwen2\"}")]
    [InlineData("{\"model_type\":\"llama\",\"rope_scaling\":{\"factor\":1,\"factor\":2}}")]
    [InlineData("{\"hidden_size\":32}")]
    [InlineData("{\"architectures\":[\"FooForCausalLM\"]}")]
    public void WhatIsNoConfigurationIsRefused(string text) => Assert.Throws<ModelFormatException>(() => Read(text));

    [Fact]
    public void DepthAndSizeAreBounded()
    {
        Assert.Throws<ModelFormatException>(() => Read("{\"model_type\":" + new string('[', 200_000)));
        Assert.Throws<ModelFormatException>(() => Read("{\"model_type\":\"llama\"}" + new string(' ', 5 << 20)));
        using TemporaryFolder folder = new();
        Assert.Throws<ModelFormatException>(
            () => ModelConfig.Load(folder.Write("config.json", [(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)'}'])));
        Assert.Throws<FileNotFoundException>(() => ModelConfig.Load(folder["absent"]));
    }

    [Fact]
    public void TheClassNameServesWhereTheTypeIsMissing() =>
        Assert.Equal("mistral", Read("{\"architectures\":[\"MistralForCausalLM\"]}").ModelType);

    [Fact]
    public void BothGenerationsOfKeysAreWrittenAsFloats()
    {
        ModelConfig config = Read(
            $"{{\"model_type\":\"qwen3\",{Small},\"eos_token_id\":[3,5],"
            + "\"rope_parameters\":{\"rope_theta\":1000000}}");
        using JsonDocument json = JsonDocument.Parse(Saved(config));
        JsonElement root = json.RootElement;
        Assert.Equal("1000000.0", root.GetProperty("rope_theta").GetRawText());
        Assert.Equal("1000000.0", root.GetProperty("rope_parameters").GetProperty("rope_theta").GetRawText());
        Assert.Equal(("float32", "float32"), (
            root.GetProperty("dtype").GetString(), root.GetProperty("torch_dtype").GetString()));
        Assert.Equal("[3,5]", JsonSerializer.Serialize(root.GetProperty("eos_token_id")));
        Assert.Equal("Qwen3ForCausalLM", root.GetProperty("architectures")[0].GetString());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("sliding_window").ValueKind);
        Assert.Equal(2, root.GetProperty("layer_types").GetArrayLength());
    }

    [Fact]
    public void WhatAFamilyCannotSayIsNotSaved()
    {
        ModelConfig config = Read($"{{\"model_type\":\"llama\",{Small}}}");
        using TemporaryFolder folder = new();
        Assert.Throws<ArgumentException>(() => (config with { QkNorm = true }).Save(folder.Root));
        Assert.Throws<ArgumentException>(() => (config with { Windows = [7, 7] }).Save(folder.Root));
        Assert.Throws<ArgumentException>(() => (config with { HeadSize = 3 }).Save(folder.Root));
        Assert.Empty(Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void AnyConfigurationSurvivesSaving() =>
        Gen.Select(
            Gen.Int[0, 3].Select(i => ModelConfig.Families[i]),
            Gen.Select(Gen.Int[1, 4], Gen.Int[1, 3], Gen.Int[1, 9], Gen.Int[3, 500]),
            Gen.Bool, Gen.Bool, Gen.Int[0, 9], Gen.Double[1e-9, 0.5], Gen.Bool.Array[9]).Sample(
                (family, sizes, bias, tie, window, epsilon, slides) =>
        {
            (int kv, int group, int layers, int vocabulary) = sizes;
            bool both = bias && family is "llama" or "qwen3";
            ModelConfig config = new()
            {
                ModelType = family,
                VocabularySize = vocabulary,
                HiddenSize = 8 * kv,
                IntermediateSize = 24,
                Layers = layers,
                Heads = kv * group,
                KvHeads = kv,
                HeadSize = 2 * group,
                NormEpsilon = epsilon,
                TieEmbeddings = tie,
                AttentionBias = family == "qwen2" || both,
                OutputBias = both,
                MlpBias = family == "llama" && bias,
                QkNorm = family == "qwen3",
                Rope = new RopeConfig(1 + (1e6 * epsilon)),
                StoredAs = tie ? DType.BFloat16 : DType.Float16,
                EosTokenIds = [.. Enumerable.Range(0, window % 3)],
                Windows = family == "llama" || window == 0 ? [] : [.. slides.Take(layers).Select(s => s ? window : -1)],
            };
            Assert.Equal(Saved(config), Saved(Again(config)));
            int[] all = [.. Enumerable.Range(0, layers)];
            Assert.Equal(all.Select(config.Window), all.Select(Again(config).Window));
        }, iter: 100);

    /// <summary>The text that saving writes: equal texts mean equal configurations.</summary>
    internal static string Saved(ModelConfig config)
    {
        using TemporaryFolder folder = new();
        config.Save(folder.Root);
        return File.ReadAllText(folder["config.json"]);
    }

    private static ModelConfig Again(ModelConfig config) => Read(Saved(config));

    private static ModelConfig Read(string text)
    {
        using TemporaryFolder folder = new();
        return ModelConfig.Load(folder.Write("config.json", text));
    }
}
