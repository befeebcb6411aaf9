namespace Stretto.Bench;

/// <summary>Causal attention, forward and with backward, against libtorch's and against the same composed of products and a softmax.</summary>
internal static class AttentionBench
{
    private const int LongestComposed = 4096; // all scores of all heads at once

    public static void Run(BenchRun run) => InstructionSetPair.Each(run, (pair, threads) => Measure(run, pair, threads));

    private static void Measure(BenchRun run, InstructionSetPair pair, int threads)
    {
        Bound bound = new("own products", pair.ProductRate(threads));
        foreach ((int heads, int kvHeads, int size) in new[] { (8, 8, 64), (16, 4, 128) })
        {
            foreach (int t in run.Quick ? [1024, 4096] : new[] { 1024, 4096, 16384 })
            {
                foreach (bool backward in new[] { false, true })
                {
                    AttentionShape shape = new(t, heads, kvHeads, size, backward, threads);
                    Add(shape, pair.Torch);
                    if (t <= LongestComposed && threads == run.ThreadCounts[^1])
                    {
                        Add(shape, pair.Composed.Value);
                    }
                }
            }
        }

        void Add(AttentionShape shape, Side peer)
        {
            Comparison pairs = PairedRunner.Compare(pair.Ours, peer, shape.Job(), run.Quick);
            string work = $"{shape.Heads}/{shape.KvHeads} x {shape.Size} T {shape.T} {(shape.Backward ? "fwd+bwd" : "forward")} {pair.Name} {threads}t";
            run.Add(Row.From(work, "GFLOP/s", shape.Flops / 1e9, pairs, peer.Name, bound));
        }
    }
}
