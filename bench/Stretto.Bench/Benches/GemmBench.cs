namespace Stretto.Bench;

/// <summary>
/// float32 matrix products against libtorch and against OpenBLAS: as detected against our widest registers, and as Haswell against our
/// AVX2 code.
/// </summary>
internal static class GemmBench
{
    private const long BeyondCache = 128L << 20;

    public static void Run(BenchRun run) => InstructionSetPair.Each(run, pair =>
    {
        string? core = pair.Name == "AVX2" ? "Haswell" : null;
        using Side blas = Side.Start($"OpenBLAS {core ?? "detected"}", "openblas", ("OPENBLAS_CORETYPE", core), ("OPENBLAS_NUM_THREADS", null));
        BenchRun.Say($"side          {blas.Name}: {blas.Description}");
        foreach ((string name, GemmShape shape) in Shapes(run))
        {
            Add(run, name, shape, pair, blas);
            Add(run, name, shape, pair, pair.Torch);
        }
    });

    private static void Add(BenchRun run, string name, GemmShape shape, InstructionSetPair pair, Side peer)
    {
        Comparison pairs = PairedRunner.Compare(pair.Ours, peer, shape.Job(), run.Quick);
        string work = $"{name} {pair.Name} {shape.Threads}t";
        run.Add(Row.From(work, "GFLOP/s", shape.Flops / 1e9, pairs, peer.Name, BoundOf(run.Machine, shape, pair.Name)));
    }

    /// <summary>Arithmetic binds, except where the copies of B make it come from memory.</summary>
    private static Bound BoundOf(MachineReport machine, GemmShape shape, string instructionSet)
    {
        double arithmetic = machine.Fma(instructionSet, shape.Threads);
        double memory = shape.Flops / shape.Bytes * machine.Read(shape.Threads);
        return shape.Copies > 1 && memory < arithmetic
            ? new Bound("memory bandwidth", memory)
            : new Bound("FMA peak", arithmetic);
    }

    private static IEnumerable<(string Name, GemmShape Shape)> Shapes(BenchRun run)
    {
        foreach (int t in run.ThreadCounts)
        {
            foreach (int size in run.Quick ? [384, 1024] : new[] { 384, 512, 768, 1024, 1536 })
            {
                yield return ($"{size} cubed", new GemmShape(size, size, size, false, false, t, 1, false));
            }

            (int Rows, int Width)[] layers = run.Quick ? [(512, 512)] : [(256, 256), (512, 512), (1024, 768), (2048, 1024)];
            foreach ((int rows, int width) in layers)
            {
                string of = $"{rows} x {width}";
                yield return ($"forward {of}", new GemmShape(rows, width, width, false, true, t, 1, false));
                yield return ($"dX {of}", new GemmShape(rows, width, width, false, false, t, 1, false));
                yield return ($"dW {of}", new GemmShape(width, width, rows, true, false, t, 1, false));
            }

            int copies = (int)(BeyondCache / (2048L * 2048 * sizeof(float)));
            yield return ("8 x 2048 x 2048 row-major", new GemmShape(8, 2048, 2048, false, false, t, copies, false));
            yield return ("8 x 2048 x 2048 frozen weight", new GemmShape(8, 2048, 2048, false, true, t, copies, true));
        }
    }
}
