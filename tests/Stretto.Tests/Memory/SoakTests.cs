using Stretto.Inference.Generation;
using Stretto.Models;
using Stretto.Nn;
using Stretto.Training.Optimizers;

namespace Stretto.Tests.Memory;

/// <summary>Thousands of steps and tokens leave live bytes exactly where they began.</summary>
[Collection(Alone.Name)]
public sealed class SoakTests
{
    private const int Steps = 10_000;

    [Fact]
    public void TrainingStepsLeaveNothing()
    {
        Learner learner = new();
        learner.Step();
        long before = Alone.LiveBytes();
        double first = learner.Step();
        for (int i = 0; i < Steps; i++)
        {
            learner.Step();
        }

        // No collection in between: scopes alone did it.
        Assert.Equal(before, MemoryStats.Now.LiveBytes);
        Assert.InRange(learner.Step(), 0, first / 2);
    }

    // Prefixes are kept on purpose, up to the budget, which the first requests fill.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GeneratedTokensLeaveNothing(bool prefixes)
    {
        ModelConfig config = new()
        {
            ModelType = "qwen3",
            VocabularySize = 40,
            HiddenSize = 16,
            IntermediateSize = 24,
            Layers = 1,
            Heads = 2,
            KvHeads = 1,
            HeadSize = 8,
            QkNorm = true,
            TieEmbeddings = true,
            MaxPositions = 1024,
        };
        CausalLM model = ModelRegistry.Create(config);
        model.Initialize(new Generator(3));
        using Engine engine = new(
            model, config, null, new EngineOptions { ReusePrefixes = prefixes, CacheBytes = 20 * 64 * model.CacheSpec.BytesPerToken });
        await Generate(engine, 1000, 0);
        await Generate(engine, 1000, 11);
        long before = Alone.LiveBytes();
        for (ulong i = 1; i <= 10; i++)
        {
            Assert.Equal(Steps / 10, await Generate(engine, Steps / 10, i));
        }

        Assert.Equal(before, MemoryStats.Now.LiveBytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CyclicGraphsAndForgottenScopesComeBack(bool scopes)
    {
        Tensor weight = Tensor.Ones([64, 64]);
        weight.RequiresGrad = true;
        long before = Alone.LiveBytes();
        MemoryStats.ResetPeak();
        Alone.OnThread(() =>
        {
            for (int i = 0; i < Steps; i++)
            {
                if (scopes)
                {
                    TensorScope.Begin();
                }

                Cycle(weight);
            }
        });
        Assert.InRange(MemoryStats.Now.PeakBytes - before, 0, 1L << 30);
        Assert.Equal(before, Alone.LiveBytes());
        GC.KeepAlive(weight);
    }

    // The result's rule holds the result: only the collector can end such a graph.
    private static void Cycle(Tensor weight)
    {
        Tensor y = weight * 2;
        Tensor loop = null!;
        loop = Tensor.Record("loop", y.Detach(), [y], [y], (f, g) => [g * loop]);
        loop.Exp();
    }

    private static async Task<int> Generate(Engine engine, int tokens, ulong seed)
    {
        int seen = 0;
        GenerationRequest request = new() { Prompt = [1, 2], MaxTokens = tokens, StopAtEnd = false, Sampling = new() { Seed = seed } };
        await foreach (TokenEvent item in engine.GenerateAsync(request))
        {
            seen += item.Token is null ? 0 : 1;
        }

        return seen;
    }

    /// <summary>Two layers that learn a parity.</summary>
    private sealed class Learner
    {
        private readonly Linear _first = new(4, 16, true, Device.Cpu);
        private readonly Linear _second = new(16, 1, true, Device.Cpu);
        private readonly Tensor _x;
        private readonly Tensor _y;
        private readonly AdamW _optimizer;

        public Learner()
        {
            Generator random = new(5);
            float[] x = [.. Enumerable.Range(0, 64).Select(i => (i / 4 >> (i % 4)) & 1).Select(b => b == 1 ? 1f : -1f)];
            _x = Tensor.From(x, [16, 4]);
            _y = Tensor.From([.. x.Chunk(4).Select(r => r.Aggregate((a, b) => a * b))], [16, 1]);
            KeyValuePair<string, Tensor>[] parameters =
                [new("w1", _first.Weight), new("b1", _first.Bias!), new("w2", _second.Weight), new("b2", _second.Bias!)];
            using GradientMode.Restore off = GradientMode.NoGrad();
            foreach ((_, Tensor parameter) in parameters)
            {
                random.Uniform(parameter, -0.5, 0.5);
            }

            _optimizer = new AdamW(parameters, new AdamWOptions(WeightDecay: 0));
        }

        public double Step()
        {
            using TensorScope scope = TensorScope.Begin();
            _optimizer.ZeroGradients();
            Tensor loss = (_second.Forward(_first.Forward(_x).Tanh()) - _y).Square().Mean();
            loss.Backward();
            _optimizer.Step(0.003);
            return loss.Item();
        }
    }
}
