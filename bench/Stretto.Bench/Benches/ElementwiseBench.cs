namespace Stretto.Bench;

/// <summary>Operations that memory binds, inside the second-level cache and far beyond the last.</summary>
internal static class ElementwiseBench
{
    public static void Run(BenchRun run) => InstructionSetPair.Each(run, (pair, threads) => Measure(run, pair, threads));

    private static void Measure(BenchRun run, InstructionSetPair pair, int threads)
    {
        foreach (string op in ElementwiseShape.Ops)
        {
            ElementwiseShape small = new(op, 64, 512, threads);
            ElementwiseShape large = new(op, run.Quick ? 4096 : 8192, 4096, threads);
            Add("in cache", small, new Bound("cache bandwidth", run.Machine.CacheCopy(threads)));
            Add("beyond", large, new Bound(
                "memory bandwidth", op == "cross-entropy" ? run.Machine.Read(threads) : run.Machine.Copy(threads)));
        }

        void Add(string where, ElementwiseShape shape, Bound bound)
        {
            Comparison pairs = PairedRunner.Compare(pair.Ours, pair.Torch, shape.Job(), run.Quick);
            run.Add(Row.From($"{shape.Op} {where} {pair.Name} {threads}t", "GB/s", shape.Bytes / 1e9, pairs, pair.Torch.Name, bound));
        }
    }
}
