namespace Stretto.Bench;

/// <summary>
/// Both sides at one instruction set. AVX2 on a machine that has more is what the runtime and libtorch run on a machine that has not:
/// their wider code is switched off by the environment.
/// </summary>
internal sealed class InstructionSetPair : IDisposable
{
    private static readonly (string, string?)[] OursAvx2 = [("DOTNET_EnableAVX512", "0"), ("DOTNET_EnableAVX512F", "0")];

    // libtorch must reuse its memory as our pool does: without this the system's allocator gives large blocks back at every call.
    private static readonly (string, string?)[] KeepMemory = [("MALLOC_MMAP_MAX_", "0"), ("MALLOC_TRIM_THRESHOLD_", "34359738368"), ("MALLOC_TOP_PAD_", "67108864")];

    private static readonly (string, string?)[] TorchAvx2 =
        [("ATEN_CPU_CAPABILITY", "avx2"), ("ONEDNN_MAX_CPU_ISA", "AVX2"), ("MKL_ENABLE_INSTRUCTIONS", "AVX2")];

    private InstructionSetPair(string name, bool narrower)
    {
        Name = name;
        (string, string?)[] ours = narrower ? OursAvx2 : [];
        Ours = Side.Start($"Stretto {name}", "stretto", ours);
        Composed = new Lazy<Side>(() => Side.Start($"composed {name}", "stretto-composed", ours));
        Torch = Side.Start("libtorch", "torch", [.. KeepMemory, .. narrower ? TorchAvx2 : []]);
        BenchRun.Say($"side          {Ours.Name}: {Ours.Description}");
        BenchRun.Say($"side          {Torch.Name}: {Torch.Description}");
    }

    public string Name { get; }

    public Side Ours { get; }

    public Lazy<Side> Composed { get; }

    public Side Torch { get; }

    /// <summary>Measures at the widest instruction set, and at AVX2 where that is another.</summary>
    public static void Each(BenchRun run, Action<InstructionSetPair> measure)
    {
        string[] names = run.Machine.InstructionSet == "AVX-512" ? ["AVX-512", "AVX2"] : [run.Machine.InstructionSet];
        foreach (string name in names)
        {
            using InstructionSetPair pair = new(name, narrower: name != run.Machine.InstructionSet);
            BenchRun.Say(Row.Head);
            measure(pair);
        }
    }

    /// <summary>Each row as above, for one thread and all of them.</summary>
    public static void Each(BenchRun run, Action<InstructionSetPair, int> measure) => Each(run, pair =>
    {
        foreach (int threads in run.ThreadCounts)
        {
            measure(pair, threads);
        }
    });

    /// <summary>GFLOP/s of our matrix product at 1,024 cubed: what attention and training steps are held against.</summary>
    public double ProductRate(int threads)
    {
        GemmShape shape = new(1024, 1024, 1024, false, false, threads, 1, false);
        return shape.Flops / 1e9 / PairedRunner.Best(Ours, shape.Job());
    }

    public void Dispose()
    {
        Ours.Dispose();
        Torch.Dispose();
        if (Composed.IsValueCreated)
        {
            Composed.Value.Dispose();
        }
    }
}
