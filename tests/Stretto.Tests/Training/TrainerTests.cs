using Stretto.Models;
using Stretto.Nn;
using Stretto.Training;
using Stretto.Training.Data;
using Stretto.Training.Optimizers;

namespace Stretto.Tests.Training;

/// <summary>The training loop: the same bits after an interruption, gradients that do not depend on the portions, whole checkpoints.</summary>
public sealed class TrainerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stretto-trainer").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void AResumedRunEqualsAnUninterruptedOne()
    {
        (CausalLM whole, Trainer straight) = Make("whole", 12);
        straight.Run();
        (_, Trainer first) = Make("cut", 12);
        using CancellationTokenSource stop = new();
        first.OnStep = p =>
        {
            if (p.Step == 6)
            {
                stop.Cancel();
            }
        };
        Assert.Equal(7, first.Run(stop.Token));
        (CausalLM model, Trainer second) = Make("cut", 12);
        Assert.Equal(7, second.Resume());
        Assert.Equal(12, second.Run());
        foreach (((string name, Tensor a), (_, Tensor b)) in whole.Parameters().Zip(model.Parameters()))
        {
            Assert.True(a.ToArray<float>().AsSpan().SequenceEqual(b.ToArray<float>()), name);
        }

        Assert.Equal(Losses("whole"), Losses("cut"));
    }

    [Fact]
    public void ACheckpointThatWasNotFinishedIsIgnored()
    {
        (_, Trainer trainer) = Make("half", 4);
        trainer.Run();
        Directory.CreateDirectory(Path.Combine(_folder, "half", "checkpoint-00000099.writing"));
        (_, Trainer again) = Make("half", 4);
        Assert.Equal(4, again.Resume());
    }

    [Fact]
    public void TheGradientDoesNotDependOnThePortions()
    {
        TokenDocument[] documents = [.. Enumerable.Range(3, 9).Select(Portion)];
        double[] one = Gradient([documents]);
        double[] three = Gradient([documents[..2], documents[2..7], documents[7..]]);
        for (int i = 0; i < one.Length; i++)
        {
            Assert.True(Math.Abs(one[i] - three[i]) < 1e-5, $"element {i}: {one[i]} and {three[i]}");
        }
    }

    [Fact]
    public void APackerLosesNoTarget()
    {
        TokenDocument[] documents = [Range(0, 100), new([7, 8]), Range(200, 37)];
        Packer packer = new(new ListDocuments(documents), 32, 20);
        HashSet<(int, int)> seen = [];
        while (packer.Position.Document < 3)
        {
            IReadOnlyList<TokenDocument> batch = packer.Next();
            Assert.True(batch.Sum(d => d.Tokens.Length) <= 32);
            Assert.All(batch, d => Assert.InRange(d.Tokens.Length, 2, 20));
            seen.UnionWith(batch.SelectMany(Pairs));
        }

        Assert.Subset(seen, new HashSet<(int, int)>(documents.SelectMany(Pairs)));
    }

    [Fact]
    public void ImpossibleOptionsAreNamed()
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => new TrainerOptions { Output = "x", Steps = 0 }.Validate());
        Assert.Contains("steps 0", e.Message, StringComparison.Ordinal);
    }

    // Every second stretch of a document counts, so that portions differ in targets, too.
    private static TokenDocument Portion(int n) => new(
        [.. Enumerable.Range(n, n * 3).Select(i => (i * 7) % 50)], [new Segment(n, true), new Segment(n, n % 2 == 0), new Segment(n, true)]);

    private static TokenDocument Range(int first, int count) => new([.. Enumerable.Range(first, count)]);

    private static IEnumerable<(int First, int Second)> Pairs(TokenDocument document) => document.Tokens.Zip(document.Tokens.Skip(1));

    private static double[] Gradient(TokenDocument[][] batches)
    {
        CausalLM model = Model();
        Still optimizer = new(model.Parameters());
        TrainingStep.Run(model, optimizer, batches, 1, clip: 0);
        return [.. optimizer.Seen];
    }

    private double[] Losses(string run) =>
        [.. File.ReadLines(Path.Combine(_folder, run, "metrics.jsonl")).Select(l => System.Text.Json.JsonDocument.Parse(l).RootElement.GetProperty("loss").GetDouble())];

    private (CausalLM Model, Trainer Trainer) Make(string run, int steps)
    {
        CausalLM model = Model();
        AdamW optimizer = new(model.Parameters(), new AdamWOptions());
        TokenDocument[] documents = [.. Enumerable.Range(2, 30).Select(n => new TokenDocument([.. Enumerable.Range(n, n + 5).Select(i => (i * 11) % 50)]))];
        TrainerOptions options = new()
        {
            Output = Path.Combine(_folder, run),
            Steps = steps,
            BatchTokens = 64,
            MaxLength = 24,
            WarmupSteps = 3,
            EvaluateEvery = 5,
            EvaluationBatches = 1,
            CheckpointEvery = 3,
        };
        return (model, new Trainer(model, optimizer, new ListDocuments(documents), new ListDocuments(documents), options));
    }

    private static CausalLM Model()
    {
        CausalLM model = ModelRegistry.Create(new ModelConfig
        {
            ModelType = "qwen3",
            VocabularySize = 50,
            HiddenSize = 16,
            IntermediateSize = 24,
            Layers = 2,
            Heads = 2,
            KvHeads = 1,
            HeadSize = 8,
            QkNorm = true,
            TieEmbeddings = true,
        });
        model.Initialize(new Generator(3));
        return model;
    }

    /// <summary>Moves nothing and remembers the scaled gradients.</summary>
    private sealed class Still(IReadOnlyList<KeyValuePair<string, Tensor>> parameters) : Optimizer([new ParameterGroup(parameters)], Zeros())
    {
        public List<double> Seen { get; } = [];

        protected override void Update(Slot slot, Tensor gradient, double rate, double gradientScale) =>
            Seen.AddRange(gradient.ToArray<double>().Select(g => g * gradientScale));
    }
}
