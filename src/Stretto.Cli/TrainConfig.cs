using System.Text.Json;
using System.Text.Json.Serialization;
using Stretto.Models;

namespace Stretto.Cli;

/// <summary>The configuration file of <c>stretto train</c>.</summary>
internal sealed record TrainConfig
{
    public string Output { get; set; } = "runs/run";

    public ulong Seed { get; set; } = 1;

    public required ModelPart Model { get; set; }

    public TokenizerPart Tokenizer { get; set; } = new();

    public DataPart Data { get; set; } = new();

    public OptimizerPart Optimizer { get; set; } = new();

    public int Steps { get; set; } = 1000;

    public int BatchTokens { get; set; } = 2048;

    public int Accumulate { get; set; } = 1;

    public int MaxLength { get; set; } = 512;

    public int WarmupSteps { get; set; } = 100;

    public double MinRateRatio { get; set; } = 0.1;

    public double Clip { get; set; } = 1;

    public int EvaluateEvery { get; set; } = 100;

    public int EvaluationBatches { get; set; } = 8;

    public int CheckpointEvery { get; set; } = 200;

    public int KeepCheckpoints { get; set; } = 2;

    public int SampleEvery { get; set; } = 500;

    public string SamplePrompt { get; set; } = "Once upon a time";

    /// <summary>Reads a file; every error names it and the key.</summary>
    public static TrainConfig Load(string path)
    {
        if (!File.Exists(path))
        {
            throw new UserErrorException($"'{path}' does not exist; 'samples/train/tales.json' is an example");
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), TrainConfigContext.Default.TrainConfig)
                ?? throw new UserErrorException($"'{path}' is empty");
        }
        catch (JsonException e)
        {
            throw new UserErrorException($"'{path}', line {(e.LineNumber ?? 0) + 1}: {Explain(e)}");
        }
    }

    private static string Explain(JsonException e)
    {
        string key = e.Path is { Length: > 2 } place ? $"'{place[2..]}'" : "the configuration";
        string message = e.Message;
        return message.Contains("could not be mapped", StringComparison.Ordinal)
            ? $"there is no key {key}{Nearest(key.Trim('\'').Split('.')[^1])}"
            : message.Contains("could not be converted", StringComparison.Ordinal) ? $"{key} has a value of the wrong type"
            : message.Contains("missing required", StringComparison.Ordinal) ? $"{key} lacks {message[(message.IndexOf("including:", StringComparison.Ordinal) + 10)..].Trim().TrimEnd('.')}"
            : "not valid JSON";
    }

    private static string Nearest(string key)
    {
        IEnumerable<string> known = new[] { TrainConfigContext.Default.TrainConfig.Properties, TrainConfigContext.Default.ModelPart.Properties,
            TrainConfigContext.Default.TokenizerPart.Properties, TrainConfigContext.Default.DataPart.Properties,
            TrainConfigContext.Default.OptimizerPart.Properties }.SelectMany(p => p).Select(p => p.Name);
        return Spelling.Nearest(key, known) is { } best ? $"; did you mean '{best}'?" : "";
    }
}

internal sealed record ModelPart
{
    public string Type { get; set; } = "llama";

    public required int HiddenSize { get; set; }

    public required int IntermediateSize { get; set; }

    public required int Layers { get; set; }

    public required int Heads { get; set; }

    public required int KvHeads { get; set; }

    public int? HeadSize { get; set; }

    public int MaxPositions { get; set; } = 512;

    public double RopeTheta { get; set; } = 10_000;

    public bool TieEmbeddings { get; set; } = true;

    public ModelConfig ToConfig(int vocabulary, int end, int? turnEnd) => new()
    {
        ModelType = Type,
        VocabularySize = vocabulary,
        HiddenSize = HiddenSize,
        IntermediateSize = IntermediateSize,
        Layers = Layers,
        Heads = Heads,
        KvHeads = KvHeads,
        HeadSize = HeadSize ?? (Heads > 0 ? HiddenSize / Heads : 0),
        MaxPositions = MaxPositions,
        NormEpsilon = 1e-5,
        TieEmbeddings = TieEmbeddings,
        QkNorm = Type == "qwen3",
        AttentionBias = Type == "qwen2",
        Rope = new RopeConfig(RopeTheta),
        BosTokenId = end,
        EosTokenIds = turnEnd is { } turn ? [end, turn] : [end],
    };
}

internal sealed record TokenizerPart
{
    /// <summary>A model folder to take it from; null trains one.</summary>
    public string? Path { get; set; }

    public int VocabularySize { get; set; } = 2048;

    public int Documents { get; set; } = 20_000;
}

internal sealed record DataPart
{
    public string Kind { get; set; } = "tales";

    public ulong Seed { get; set; } = 1;
}

internal sealed record OptimizerPart
{
    public double LearningRate { get; set; } = 1e-3;

    public double Beta1 { get; set; } = 0.9;

    public double Beta2 { get; set; } = 0.95;

    public double Epsilon { get; set; } = 1e-8;

    public double WeightDecay { get; set; } = 0.1;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true)]
[JsonSerializable(typeof(TrainConfig))]
internal sealed partial class TrainConfigContext : JsonSerializerContext;
