using System.Runtime.CompilerServices;

namespace Stretto.Tests.Tensors;

/// <summary>Graphs as objects: deep ones, their end, their determinism, and where NaN comes from.</summary>
public sealed class GraphTests
{
    private const int Deep = 100_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void DeepGraphsNeedNoStack(bool scoped) => OnASmallStack(() =>
    {
        using TensorScope? scope = scoped ? TensorScope.Begin() : null;
        Tensor x = Leaf(1);
        Chain(x).Backward();
        Assert.Equal([1.0], x.Grad!.ToArray<double>());
    });

    [Fact]
    public void DeepGraphsOfSavedTensorsEndWithTheirScope() => OnASmallStack(() =>
    {
        Tensor kept;
        Tensor x = Leaf(1);
        using (TensorScope scope = TensorScope.Begin())
        {
            Tensor y = x;
            for (int i = 0; i < Deep; i++)
            {
                y = y.Square();
            }

            kept = scope.Keep(y);
        }

        Autograd.Grad(kept, x, retainGraph: true);
        kept.Backward();
        kept.Dispose();
        Assert.True(double.IsPositiveInfinity(x.Grad!.Item()));
    });

    [Fact]
    public void DeepGraphsThatNobodyRunsAreCollected() => OnASmallStack(() =>
    {
        WeakReference graph = Forgotten();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(graph.IsAlive);
    });

    [Fact]
    public void DeepGraphsOfGradientsAndOfWritesNeedNoStack() => OnASmallStack(() =>
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Leaf(2);
        Tensor first = Autograd.Grad(Chain(x).Square(), x, createGraph: true);
        first.Backward();
        Assert.Equal(2, x.Grad!.Item());
        Tensor y = Tensor.Zeros([2]);
        for (int i = 0; i < Deep / 10; i++)
        {
            y.Narrow(0, i % 2, 1).AddInPlace(x);
        }

        x.Grad = null;
        y.Sum().Backward();
        Assert.Equal(Deep / 10, x.Grad!.Item());
    });

    [Fact]
    public void GradientsHaveTheSameBitsInEveryRun()
    {
        double[] first = Messy(Device.Cpu, false);
        foreach (Device device in new[] { Device.Cpu, Device.CpuWithThreads(1), Device.CpuWithThreads(3) })
        {
            Assert.Equal(first, Messy(device, false));
            Assert.Equal(first, Messy(device, true));
        }
    }

    [Fact]
    public void GraphsThatHoldEachOtherThroughHooksAreCollected()
    {
        long before = MemoryStats.Now.LiveBytes;
        for (int i = 0; i < 50; i++)
        {
            Cyclic();
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();

        // 50 times 3 tensors of 4 MiB; other tests run beside this one.
        Assert.InRange(MemoryStats.Now.LiveBytes - before, long.MinValue, 200L << 20);
    }

    [Fact]
    public void AnomalyDetectionNamesTheOperationAndItsCall()
    {
        Tensor x = Leaf(-1, 0);
        using (Autograd.DetectAnomaly())
        {
            Tensor y = RootOf(x * 0).Sum();
            string message = Message(() => y.Backward());
            Assert.Contains("the backward rule of mul made NaN in the gradient of its input 0 (float32 [2])", message, StringComparison.Ordinal);
            Tensor z = RootOf(x.Detach() * 0 + Leaf(0, 0)) * Tensor.From([0f, 0f]);
            message = Message(() => z.Sum().Backward());
            Assert.Contains("the backward rule of sqrt made NaN", message, StringComparison.Ordinal);
            Assert.Contains(nameof(RootOf), message, StringComparison.Ordinal);
        }

        Tensor late = RootOf(x * 0).Sum();
        using (Autograd.DetectAnomaly())
        {
            Assert.Contains("outside DetectAnomaly", Message(() => late.Backward()), StringComparison.Ordinal);
        }

        RootOf(x * 0).Sum().Backward();
    }

    [Fact]
    public void AnomalyDetectionNamesTheForwardOperationOfASecondDerivative()
    {
        using Autograd.AnomalyScope mode = Autograd.DetectAnomaly();
        Tensor x = Leaf(0);
        Tensor first = Autograd.Grad(x.Abs().Pow(1.5), x, createGraph: true);
        string message = Message(() => first.Backward());
        Assert.Contains("which the backward rule of pow recorded", message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnomalyDetectionSeesTheForwardPassWhenAsked()
    {
        using (Autograd.DetectAnomaly(checkForward: true))
        {
            Assert.Contains("log made NaN in float32 [1]", Message(() => Tensor.From([-1f]).Log()), StringComparison.Ordinal);
            Tensor nan = Tensor.From([float.NaN]);
            Assert.True(double.IsNaN((nan * 2).Item()));
        }

        Assert.True(double.IsNaN(Tensor.From([-1f]).Log().Item()));
    }

    private static Tensor Chain(Tensor x)
    {
        Tensor y = x;
        for (int i = 0; i < Deep; i++)
        {
            y += 1e-6;
        }

        return y;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Forgotten()
    {
        Tensor x = Leaf(1);
        Tensor y = x;
        for (int i = 0; i < Deep; i++)
        {
            y = y.Square();
        }

        return new WeakReference(y.Gradients!.Function);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Cyclic()
    {
        Tensor x = Tensor.Ones([1 << 20]);
        x.RequiresGrad = true;
        Tensor y = x.Exp();
        y.RegisterHook(g => g * y);
        x.RegisterPostAccumulateGradHook(leaf => leaf.Grad = y.Detach());
        y.Select(0, 0).Backward();
    }

    /// <summary>The gradient of a leaf with many uses, whose branches may be recorded by threads at the same time.</summary>
    private static double[] Messy(Device device, bool threads)
    {
        double[] values = [.. Enumerable.Range(0, 64 * 64).Select(i => Math.Sin(i) / 8)];
        Tensor x = Tensor.From(values, [64, 64], device).To(DType.Float32).Detach();
        x.RequiresGrad = true;
        Tensor[] branches = new Tensor[8];
        void Branch(int i) => branches[i] = Tensor.MatMul(x * (i + 0.1), x.Transpose(0, 1)).Softmax(-1).Sum([i % 2], true) / (i + 3);
        if (threads)
        {
            Parallel.For(0, branches.Length, Branch);
        }
        else
        {
            for (int i = 0; i < branches.Length; i++)
            {
                Branch(i);
            }
        }

        Tensor sum = branches.Aggregate((a, b) => a + b);
        (sum * sum).Sum().Backward();
        return x.Grad!.ToArray<double>();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tensor RootOf(Tensor x) => x.Sqrt();

    private static void OnASmallStack(Action action)
    {
        Exception? failure = null;
        Thread thread = new(
            () =>
            {
                try
                {
                    action();
                }
                catch (Exception e)
                {
                    failure = e;
                }
            }, 256 * 1024);
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            throw new InvalidOperationException(failure.Message, failure);
        }
    }

    private static string Message(Action action) => Assert.Throws<InvalidOperationException>(action).Message;

    private static Tensor Leaf(params float[] values)
    {
        Tensor leaf = Tensor.From(values);
        leaf.RequiresGrad = true;
        return leaf;
    }
}
