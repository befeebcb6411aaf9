using Stretto.Inference.Generation;
using Stretto.Inference.Sampling;
using Stretto.Models;
using Stretto.Nn;
using Stretto.Training;
using Stretto.Training.Data;
using Stretto.Training.Optimizers;

namespace Stretto.Bench;

/// <summary>The model of a <see cref="ModelShape"/>.</summary>
internal static class BenchModel
{
    public static ModelConfig Config(ModelShape shape) => new()
    {
        ModelType = "llama",
        VocabularySize = shape.Vocabulary,
        HiddenSize = shape.Width,
        IntermediateSize = shape.Inner,
        Layers = shape.Layers,
        Heads = shape.Heads,
        KvHeads = shape.KvHeads,
        HeadSize = shape.HeadSize,
        NormEpsilon = ModelShape.NormEpsilon,
        TieEmbeddings = true,
        Rope = new RopeConfig(ModelShape.RopeTheta),
    };

    public static CausalLM Create(ModelShape shape) => Create(shape, SideDevice.For(shape.Threads));

    public static CausalLM Create(ModelShape shape, Device device)
    {
        CausalLM model = ModelRegistry.Create(Config(shape), device);
        Dictionary<string, Tensor> parameters = new(model.Parameters());
        foreach ((string name, int[] _, float[] values) in shape.Weights())
        {
            values.CopyTo(parameters[name].AsSpan<float>());
            parameters.Remove(name);
        }

        return parameters.Count == 0 ? model : throw new InvalidOperationException($"not filled: {string.Join(", ", parameters.Keys)}");
    }
}

/// <summary>Training steps on the same tokens; the checksum is the losses of the first two.</summary>
internal sealed class TrainWork : IWork
{
    private readonly CausalLM _model;
    private readonly AdamW _optimizer;
    private readonly List<TokenDocument> _documents = [];
    private readonly double _losses;

    public TrainWork(ModelShape shape)
    {
        _model = BenchModel.Create(shape);
        _optimizer = new AdamW(
            [new ParameterGroup(_model.Parameters())],
            new AdamWOptions(ModelShape.Beta1, ModelShape.Beta2, ModelShape.AdamEpsilon, WeightDecay: 0.1));
        for (int i = 0; i < shape.Batch; i++)
        {
            _documents.Add(new TokenDocument(shape.Tokens(i)));
        }

        _losses = Step() + Step();
    }

    public void Call() => Step();

    public double Checksum() => _losses;

    public void Dispose()
    {
    }

    private double Step() => TrainingStep.Run(_model, _optimizer, [_documents], ModelShape.Rate, ModelShape.Clip).Loss;
}

/// <summary>Greedy generation: of one token after T, or of T after one.</summary>
internal sealed class GenerateWork : IWork
{
    private readonly Engine _engine;
    private readonly GenerationRequest _request;

    public GenerateWork(ModelShape shape)
    {
        _engine = new Engine(BenchModel.Create(shape), BenchModel.Config(shape), tokenizer: null);
        bool prefill = shape.Use == "prefill";
        int[] tokens = shape.Tokens(0);
        _request = new GenerationRequest
        {
            Prompt = prefill ? tokens : tokens[..1],
            MaxTokens = prefill ? 1 : shape.T,
            Sampling = new SamplingOptions { Temperature = 0 },
            Speculate = false,
            StopAtEnd = false,
        };
    }

    public void Call() => Generate();

    public double Checksum() => Generate();

    public void Dispose() => _engine.Dispose();

    private double Generate() => GenerateAsync().GetAwaiter().GetResult();

    private async Task<double> GenerateAsync()
    {
        double sum = 0;
        int count = 0;
        await foreach (TokenEvent token in _engine.GenerateAsync(_request).ConfigureAwait(false))
        {
            sum += token.Token is { } id ? id * (1 + (count++ % 7)) : 0;
        }

        return sum;
    }
}
