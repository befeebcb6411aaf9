namespace Stretto.Bench;

/// <summary>Convolutions of a ResNet-50 and the patch embedding of a ViT-B/16.</summary>
internal static class ConvolutionBench
{
    private static readonly (string Name, int In, int Size, int Out, int Kernel, int Stride, int Padding)[] Shapes =
    [
        ("stem 7x7/2", 3, 224, 64, 7, 2, 3),
        ("3x3 64", 64, 56, 64, 3, 1, 1),
        ("3x3 128", 128, 28, 128, 3, 1, 1),
        ("3x3 256", 256, 14, 256, 3, 1, 1),
        ("3x3 512", 512, 7, 512, 3, 1, 1),
        ("1x1 64-256", 64, 56, 256, 1, 1, 0),
        ("1x1 256-64", 256, 56, 64, 1, 1, 0),
        ("1x1 1024-256", 1024, 14, 256, 1, 1, 0),
        ("1x1/2 512-1024", 512, 28, 1024, 1, 2, 0),
        ("patches 16x16", 3, 224, 768, 16, 16, 0),
    ];

    private static readonly bool[] Forward = [false];
    private static readonly bool[] Both = [false, true];

    public static void Run(BenchRun run) => InstructionSetPair.Each(run, (pair, threads) =>
    {
        Bound bound = new("FMA peak", run.Machine.Fma(pair.Name, threads));
        foreach (var (name, channels, size, output, kernel, stride, padding) in Shapes)
        {
            foreach (bool backward in run.Quick ? Forward : Both)
            {
                ConvolutionShape shape = new(4, channels, size, output, kernel, stride, padding, backward, threads);
                Comparison pairs = PairedRunner.Compare(pair.Ours, pair.Torch, shape.Job(), run.Quick);
                string work = $"{name} {(backward ? "fwd+bwd " : "")}{pair.Name} {threads}t";
                run.Add(Row.From(work, "GFLOP/s", shape.Flops / 1e9, pairs, pair.Torch.Name, bound));
            }
        }
    });
}
