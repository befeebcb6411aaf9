using TorchSharp;
using static TorchSharp.torch;

namespace Stretto.Bench;

/// <summary>libtorch by TorchSharp.</summary>
internal static class TorchSide
{
    public static string Description =>
        $"libtorch {torch.__version__}, ATEN_CPU_CAPABILITY {Environment.GetEnvironmentVariable("ATEN_CPU_CAPABILITY") ?? "as detected"}";

    public static IWork Prepare(string[] job) => job[0] switch
    {
        "gemm" => new TorchGemm(GemmShape.Parse(job)),
        "elementwise" => new TorchElementwise(ElementwiseShape.Parse(job)),
        "attention" => new TorchAttention(AttentionShape.Parse(job)),
        "convolution" => new TorchConvolution(ConvolutionShape.Parse(job)),
        "train-step" => new TorchTrain(ModelShape.Parse(job)),
        "prefill" or "decode" => new TorchGenerate(ModelShape.Parse(job)),
        _ => throw new ArgumentException($"libtorch has no job '{job[0]}'"),
    };
}

/// <summary>A job in libtorch's operations; what a call leaves is freed at its end.</summary>
internal abstract class TorchWork : IWork
{
    private readonly DisposeScope _kept = NewDisposeScope();

    protected TorchWork(int threads) => set_num_threads(threads);

    public void Call()
    {
        using DisposeScope scope = NewDisposeScope();
        Run();
    }

    public virtual double Checksum()
    {
        using DisposeScope scope = NewDisposeScope();
        return Numbers.Checksum(Run().detach().contiguous().data<float>().ToArray());
    }

    public void Dispose() => _kept.Dispose();

    protected static Tensor Make(uint seed, params long[] shape) =>
        tensor(Numbers.Array(shape.Aggregate(1L, (a, b) => a * b), seed), shape);

    protected abstract Tensor Run();
}
