using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Stretto.Bench;

/// <summary>Our own side.</summary>
internal static class StrettoSide
{
    public static string Description => $"{RuntimeInformation.FrameworkDescription}, " + (
        Vector512.IsHardwareAccelerated ? "AVX-512" : Vector256.IsHardwareAccelerated ? "AVX2" : "128 bit");

    public static IWork Prepare(string[] job) => job[0] switch
    {
        "dispatch" or "handover" => DispatchBench.Ours(job),
        "gemm" => new StrettoGemm(GemmShape.Parse(job)),
        "elementwise" => new ElementwiseWork(ElementwiseShape.Parse(job)),
        "attention" => new AttentionWork(AttentionShape.Parse(job), composed: false),
        "convolution" => new ConvolutionWork(ConvolutionShape.Parse(job)),
        "train-step" => new TrainWork(ModelShape.Parse(job)),
        "prefill" or "decode" => new GenerateWork(ModelShape.Parse(job)),
        _ => throw new ArgumentException($"no job '{job[0]}'"),
    };

    /// <summary>Attention as products and a softmax.</summary>
    public static IWork PrepareComposed(string[] job) => new AttentionWork(AttentionShape.Parse(job), composed: true);
}
