namespace Stretto.Tests.Memory;

/// <summary>The pool, its figures, generations, traces, and scopes that go wrong.</summary>
[Collection(Alone.Name)]
public sealed class MemoryTests
{
    private const long Mebi = 1 << 20;

    [Fact]
    public void FiguresFollowATensor()
    {
        MemoryStats before = MemoryStats.Now;
        Tensor x = Tensor.Empty([Mebi], DType.UInt8);
        MemoryStats.ResetPeak();
        MemoryStats with = MemoryStats.Now;
        Assert.Equal((before.LiveBytes + Mebi, before.Blocks + 1, with.LiveBytes), (with.LiveBytes, with.Blocks, with.PeakBytes));
        x.Dispose();
        MemoryStats after = MemoryStats.Now;
        Assert.Equal((before.LiveBytes, with.LiveBytes), (after.LiveBytes, after.PeakBytes));
        Assert.True(after.PooledBytes >= Mebi);
        Tensor.Empty([Mebi], DType.UInt8).Dispose();
        Assert.Equal(after.Misses, MemoryStats.Now.Misses);
        MemoryStats.Trim();
        Assert.Equal(0, MemoryStats.Now.PooledBytes);
        Assert.Contains("MiB live", after.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ThePoolKeepsNoMoreThanItsLimit()
    {
        long limit = MemoryStats.PoolLimit;
        try
        {
            MemoryStats.Trim();
            MemoryStats.PoolLimit = 4 * Mebi;
            Tensor[] tensors = [.. Enumerable.Range(0, 10).Select(_ => Tensor.Empty([Mebi], DType.UInt8))];
            using Tensor other = Tensor.Empty([3 * Mebi], DType.UInt8);
            Array.ForEach(tensors, t => t.Dispose());
            Assert.Equal(4 * Mebi, MemoryStats.Now.PooledBytes);
            other.Dispose();
            Assert.InRange(MemoryStats.Now.PooledBytes, 3 * Mebi, 4 * Mebi);
            MemoryStats.PoolLimit = 0;
            Assert.Equal(0, MemoryStats.Now.PooledBytes);
            Assert.Throws<ArgumentOutOfRangeException>(() => MemoryStats.PoolLimit = -1);
        }
        finally
        {
            MemoryStats.PoolLimit = limit;
        }
    }

    [Fact]
    public void GenerationsCountTheScopesThatEnded()
    {
        // What other tests left, the models that they share, is older than what follows.
        for (int i = 0; i < 64; i++)
        {
            TensorScope.Begin().Dispose();
        }

        using Tensor old = Tensor.Empty([8 * Mebi], DType.UInt8);
        Assert.Equal(0, old.Generation);
        Tensor kept;
        using (TensorScope scope = TensorScope.Begin())
        {
            kept = scope.Keep(Tensor.Empty([4 * Mebi], DType.UInt8));
            Tensor.Empty([Mebi], DType.UInt8);
        }

        TensorScope.Begin().Dispose();
        TensorScope.Begin().Dispose();
        Assert.Equal((3L, 3L), (old.Generation, kept.Generation));
        using Tensor young = Tensor.Empty([2 * Mebi], DType.UInt8);
        IReadOnlyList<MemoryGeneration> generations = MemoryStats.Generations();
        Assert.Equal(MemoryStats.Now.LiveBytes, generations.Sum(g => g.Bytes));
        Assert.Equal((0L, 0L, 2 * Mebi), (generations[0].Youngest, generations[0].Oldest, generations[0].Bytes));
        MemoryGeneration third = generations.Single(g => g.Youngest == 2);
        Assert.Equal((3L, 12 * Mebi, 2L), (third.Oldest, third.Bytes, third.Blocks));
        Assert.Contains("generation 2 to 3: 12.0 MiB in 2 blocks", third.ToString(), StringComparison.Ordinal);
        kept.Dispose();
    }

    [Fact]
    public void ATraceNamesTheOperation()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor a = Tensor.Ones([300, 200]);
        a.RequiresGrad = true;
        using MemoryTrace trace = MemoryStats.Trace();
        Assert.Throws<InvalidOperationException>(() => MemoryStats.Trace());
        Tensor product = Tensor.MatMul(a, a.Transpose(0, 1));
        Tensor gone = product.Detach().Exp();
        gone.Dispose();
        product.Sum().Backward();
        trace.Dispose();
        Tensor late = Tensor.Ones([900, 900]);
        IReadOnlyList<TracedAllocation> largest = trace.Largest(100);
        TracedAllocation first = largest[0];
        Assert.Equal(
            (product.StorageId, "MatMul", DType.Float32, product.Shape, 360_448L),
            (first.StorageId, first.Operation, first.DType, first.Shape!.Value, first.Bytes));
        Assert.DoesNotContain(largest, t => t.Operation == "Exp" || t.StorageId == late.StorageId);
        Assert.Contains(largest, t => t.StorageId == a.Grad!.StorageId);
        Assert.Contains("MatMul float32 [300, 300]", trace.ToString(), StringComparison.Ordinal);
        Assert.Equal(largest.OrderByDescending(t => t.Bytes), largest);
    }

    [Fact]
    public void ABackwardRuleIsNamedAfterItsOperation()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor a = Tensor.Ones([100, 100]);
        a.RequiresGrad = true;
        Tensor y = Tensor.MatMul(a, a).Tanh().Sum();
        using MemoryTrace trace = MemoryStats.Trace();
        Tensor gradient = Autograd.Grad(y, a);
        TracedAllocation made = Assert.Single(trace.Largest(100), t => t.StorageId == gradient.StorageId);
        Assert.True(made.Operation.EndsWith(" (backward)", StringComparison.Ordinal), made.ToString());
    }

    [Fact]
    public void AnyThreadMayTakeAndReturn()
    {
        long before = Alone.LiveBytes();
        Thread[] threads = [.. Enumerable.Range(1, 6).Select(id => new Thread(() => Churn((byte)id)))];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        Assert.Equal(before, MemoryStats.Now.LiveBytes);
        Assert.Equal(0, s_torn);

        static void Churn(byte id)
        {
            Generator random = new(id);
            Queue<Tensor> held = [];
            for (int i = 0; i < 3000; i++)
            {
                Tensor t = Tensor.Empty([1 + random.NextInt(20_000)], DType.UInt8);
                t.AsSpan<byte>().Fill(id);
                held.Enqueue(t);
                if (held.Count > 20)
                {
                    Check(held.Dequeue());
                }
            }

            foreach (Tensor t in held)
            {
                Check(t);
            }

            void Check(Tensor t)
            {
                if (t.AsSpan<byte>().IndexOfAnyExcept(id) >= 0)
                {
                    Interlocked.Increment(ref s_torn);
                }

                t.Dispose();
            }
        }
    }

    private static int s_torn;

    [Fact]
    public void ForgottenTensorsAreReturnedBeforeTheyPileUp()
    {
        long before = Alone.LiveBytes();
        MemoryStats.ResetPeak();
        Alone.OnThread(() =>
        {
            for (int i = 0; i < 40_000; i++)
            {
                Tensor.Empty([256 << 10], DType.UInt8);
            }
        });
        Assert.InRange(MemoryStats.Now.PeakBytes - before, 0, 1024 * Mebi);
        Assert.Equal(before, Alone.LiveBytes());
    }

    [Fact]
    public void TheCollectorTakesNothingThatAKernelReads()
    {
        using CancellationTokenSource stop = new();
        Thread collector = new(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                Tensor.Full([30_000], -777).Dispose();
            }
        });
        collector.Start();
        int wrong = 0;
        for (int i = 0; i < 3000; i++)
        {
            wrong += ((Tensor.Full([30_000], i) * 2) + 1).Amax().Item() == (2 * i) + 1 ? 0 : 1;
        }

        stop.Cancel();
        collector.Join();
        Assert.Equal(0, wrong);
    }

    [Fact]
    public void AScopeEndsThoseLeftOpenInsideIt()
    {
        Tensor inside;
        using (TensorScope outer = TensorScope.Begin())
        {
            TensorScope.Begin();
            inside = Tensor.Ones([2]);
        }

        Assert.Equal(0, inside.References);
        Assert.Contains("given back", Assert.Throws<ObjectDisposedException>(() => inside.Sum()).Message, StringComparison.Ordinal);
        TensorScope elsewhere = null!;
        Alone.OnThread(() => elsewhere = TensorScope.Begin());
        Assert.Throws<InvalidOperationException>(elsewhere.Dispose);
    }
}
