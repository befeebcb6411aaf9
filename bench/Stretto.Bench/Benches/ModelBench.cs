namespace Stretto.Bench;

/// <summary>Whole training steps and generation of decoders, against the same in libtorch's eager operations.</summary>
internal static class ModelBench
{
    private static readonly ModelShape Gpt2Small = new("train-step", 12, 768, 2048, 12, 12, 50257, 4, 512, 0);
    private static readonly ModelShape Tales = new("train-step", 4, 192, 512, 6, 2, 2048, 8, 512, 0);

    public static (string Name, ModelShape Shape)[] TrainingShapes { get; } = [("tales", Tales), ("GPT-2 small", Gpt2Small)];

    public static void RunTraining(BenchRun run) => InstructionSetPair.Each(run, pair =>
    {
        int threads = run.ThreadCounts[^1];
        Bound bound = new("own products", pair.ProductRate(threads));
        foreach ((string name, ModelShape shape) in TrainingShapes)
        {
            ModelShape step = shape with { Threads = threads };
            Comparison pairs = PairedRunner.Compare(pair.Ours, pair.Torch, step.Job(), run.Quick);
            run.Add(Row.From($"{name} step {pair.Name} {threads}t", "GFLOP/s", step.StepFlops / 1e9, pairs, pair.Torch.Name, bound));
            run.Add(Row.From(
                $"{name} step {pair.Name} {threads}t", "tokens/s", step.Batch * step.T, pairs, pair.Torch.Name,
                new Bound("own products", bound.Rate / (step.StepFlops / 1e9) * step.Batch * step.T)));
        }
    });

    public static void RunGeneration(BenchRun run) => InstructionSetPair.Each(run, pair =>
    {
        int threads = run.ThreadCounts[^1];
        ModelShape prefill = Tales with { Use = "prefill", Batch = 1, T = 256, Threads = threads };
        ModelShape decode = prefill with { Use = "decode", T = 64 };
        Add("prefill 256", prefill, new Bound("FMA peak", run.Machine.Fma(pair.Name, threads) * 1e9 / (prefill.ProductFlops / prefill.T)));
        Add("decode 64", decode, new Bound("memory bandwidth", run.Machine.Read(threads) * 1e9 / (4 * decode.Parameters)));

        void Add(string name, ModelShape shape, Bound bound)
        {
            Comparison pairs = PairedRunner.Compare(pair.Ours, pair.Torch, shape.Job(), run.Quick);
            run.Add(Row.From($"tales {name} {pair.Name} {threads}t", "tokens/s", shape.T, pairs, pair.Torch.Name, bound));
        }
    });
}
