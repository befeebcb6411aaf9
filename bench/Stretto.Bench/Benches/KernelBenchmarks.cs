using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Stretto.Backends.Cpu;
using Stretto.Backends.Cpu.Kernels;

namespace Stretto.Bench;

/// <summary>Kernels alone, on one thread and inside the second-level cache, by BenchmarkDotNet.</summary>
[MemoryDiagnoser]
public unsafe class KernelBenchmarks : IDisposable
{
    private const int Rows = 64;
    private const int Columns = 512;
    private const int Count = Rows * Columns;

    private readonly WorkerPool _pool = new(1);
    private readonly Tensor _x = Tensor.From(Numbers.Array(Count, 1), [Rows, Columns]);
    private readonly Tensor _y = Tensor.Zeros([Rows, Columns]);
    private readonly Tensor _weight = Tensor.From(Numbers.Array(Columns, 2), [Columns]);
    private readonly Tensor _product = Tensor.Zeros([Rows, Rows]);

    private float* X => _x.View.As<float>();

    private float* Y => _y.View.As<float>();

    /// <summary>Runs all of them, in this process: it is the one that may see the kernels.</summary>
    public static void Run() => BenchmarkRunner.Run<KernelBenchmarks>(
        DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));

    /// <summary>eˣ of 32,768 elements.</summary>
    [Benchmark]
    public void Exp() => UnaryKernels.Run(_pool, Backends.UnaryOp.Exp, X, Y, Count);

    /// <summary>SiLU of 32,768 elements.</summary>
    [Benchmark]
    public void Silu() => UnaryKernels.Run(_pool, Backends.UnaryOp.Silu, X, Y, Count);

    /// <summary>Softmax of 64 rows of 512.</summary>
    [Benchmark]
    public void SoftmaxRows() => Softmax.Forward(_pool, X, Columns, Y, Columns, Rows, Columns);

    /// <summary>RMS norm of 64 rows of 512.</summary>
    [Benchmark]
    public void RmsNormRows() =>
        RmsNorm.Forward(_pool, X, Columns, _weight.View.As<float>(), Y, Columns, null, Rows, Columns, 1e-6f, false);

    /// <summary>64 × 512 times its transpose.</summary>
    [Benchmark]
    public void Product() =>
        Gemm.Run(_pool, Rows, Rows, Columns, X, Columns, 1, X, 1, Columns, _product.View.As<float>(), Rows, false);

    /// <inheritdoc/>
    public void Dispose()
    {
        _x.Dispose();
        _y.Dispose();
        _weight.Dispose();
        _product.Dispose();
        GC.SuppressFinalize(this);
    }
}
