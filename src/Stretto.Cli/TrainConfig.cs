using System.Text.Json;
using System.Text.Json.Serialization;
using Stretto.Models;

namespace Stretto.Cli;

/// <summary>The configuration file of <c>stretto train</c>.</summary>
internal sealed record TrainConfig
{
    public string Output { get; init; } = "runs/run";

    public ulong Seed { get; init; } = 1;

    public required ModelPart Model { get; init; }

    public TokenizerPart Tokenizer { get; init; } = new();

    public DataPart Data { get; init; } = new();

    public OptimizerPart Optimizer { get; init; } = new();

    public int Steps { get; init; } = 1000;

    public int BatchTokens { get; init; } = 2048;

    public int Accumulate { get; init; } = 1;

    public int MaxLength { get; init; } = 512;

    public int WarmupSteps { get; init; } = 100;

    public double MinRateRatio { get; init; } = 0.1;

    public double Clip { get; init; } = 1;

    public int EvaluateEvery { get; init; } = 100;

    public int EvaluationBatches { get; init; } = 8;

    public int CheckpointEvery { get; init; } = 200;

    public int KeepCheckpoints { get; init; } = 2;

    public int SampleEvery { get; init; } = 500;

    public string SamplePrompt { get; init; } = "Once upon a time";

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
            string reason = e.Message.Split(" Path:")[0].Replace("Stretto.Cli.TrainConfig", "the configuration", StringComparison.Ordinal);
            throw new UserErrorException($"'{path}', line {(e.LineNumber ?? 0) + 1}, {e.Path}: {reason}");
        }
    }
}

internal sealed record ModelPart
{
    public string Type { get; init; } = "llama";

    public required int HiddenSize { get; init; }

    public required int IntermediateSize { get; init; }

    public required int Layers { get; init; }

    public required int Heads { get; init; }

    public required int KvHeads { get; init; }

    public int? HeadSize { get; init; }

    public int MaxPositions { get; init; } = 512;

    public double RopeTheta { get; init; } = 10_000;

    public bool TieEmbeddings { get; init; } = true;

    public ModelConfig ToConfig(int vocabulary, int end) => new()
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
        EosTokenIds = [end],
    };
}

internal sealed record TokenizerPart
{
    /// <summary>A model folder to take it from; null trains one.</summary>
    public string? Path { get; init; }

    public int VocabularySize { get; init; } = 2048;

    public int Documents { get; init; } = 20_000;
}

internal sealed record DataPart
{
    public string Kind { get; init; } = "tales";

    public ulong Seed { get; init; } = 1;
}

internal sealed record OptimizerPart
{
    public double LearningRate { get; init; } = 1e-3;

    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.95;

    public double Epsilon { get; init; } = 1e-8;

    public double WeightDecay { get; init; } = 0.1;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true)]
[JsonSerializable(typeof(TrainConfig))]
internal sealed partial class TrainConfigContext : JsonSerializerContext;
