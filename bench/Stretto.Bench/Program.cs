using Stretto.Bench;

Dictionary<string, Action<BenchRun>> benchmarks = new()
{
    ["attention"] = AttentionBench.Run,
    ["attention-sweep"] = AttentionSweep.Run,
    ["convolution"] = ConvolutionBench.Run,
    ["dispatch"] = DispatchBench.Run,
    ["elementwise"] = ElementwiseBench.Run,
    ["gemm"] = GemmBench.Run,
    ["kernels"] = _ => KernelBenchmarks.Run(),
    ["generate"] = ModelBench.RunGeneration,
    ["train-profile"] = ProfileBench.Run,
    ["train-step"] = ModelBench.RunTraining,
};

if (args is ["side", string kind])
{
    return kind switch
    {
        "stretto" => SideLoop.Run(StrettoSide.Description, StrettoSide.Prepare),
        "stretto-composed" => SideLoop.Run(StrettoSide.Description, StrettoSide.PrepareComposed),
        "barrier" => SideLoop.Run(StrettoSide.Description, DispatchBench.BarrierPeer),
        "parallel-for" => SideLoop.Run(StrettoSide.Description, DispatchBench.Peer),
        "openblas" => SideLoop.Run(OpenBlas.Description, OpenBlas.Prepare),
        _ => throw new ArgumentException($"no side '{kind}'"),
    };
}

List<string> names = [];
string? json = null;
bool quick = false;
int? threads = null;
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--quick":
            quick = true;
            break;
        case "--threads" when i + 1 < args.Length:
            threads = Words.Int(args[++i]);
            break;
        case "--json" when i + 1 < args.Length:
            json = args[++i];
            break;
        default:
            names.Add(args[i]);
            break;
    }
}

if (names.Count == 0 || names.Find(name => !benchmarks.ContainsKey(name)) is not null)
{
    Console.Error.WriteLine($"usage: bench/run NAME... [--json FILE] [--quick] [--threads N]; names: {string.Join(", ", benchmarks.Keys)}");
    return 2;
}

BenchRun run = new(MachineReport.Measure(), quick, threads);
run.Machine.Print(Console.Out);
foreach (string name in names)
{
    benchmarks[name](run);
}

if (json is not null)
{
    Row.Save(json, run.Rows);
}

return 0;
