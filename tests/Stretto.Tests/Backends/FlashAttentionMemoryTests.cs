using Stretto.Backends;
using Stretto.Backends.Cpu;
using Stretto.Backends.Cpu.Kernels;
using Xunit;

namespace Stretto.Tests.Backends;

/// <summary>Tests that watch the memory of the whole process run alone.</summary>
[CollectionDefinition(nameof(FlashAttentionMemoryTests), DisableParallelization = true)]
[Collection(nameof(FlashAttentionMemoryTests))]
public sealed class FlashAttentionMemoryTests
{
    private const int Heads = 2;
    private const int Size = 16;
    private const long ScratchOfAThread = 1 << 20;

    [Fact]
    public void ScratchGrowsWithTheTokensNotWithTheirSquare()
    {
        (long forward, long backward) small = Scratch(1024, 1);
        (long forward, long backward) large = Scratch(4096, 1);
        (long forward, long backward) shared = Scratch(4096, 4);

        // Copies of keys and values and two numbers for each query; all scores would be 128 MiB.
        long perToken = Heads * ((2 * Size) + 2) * sizeof(float);
        Assert.InRange(small.forward, 1, (2 * 1024 * perToken) + ScratchOfAThread);
        Assert.InRange(large.forward, 1, (2 * 4096 * perToken) + ScratchOfAThread);
        Assert.InRange(large.backward, 1, (4096 * perToken) + ScratchOfAThread);
        Assert.InRange(large.forward - small.forward, 0, 2 * 3072 * perToken);
        Assert.InRange(large.backward - small.backward, 0, 3072 * perToken);
        Assert.InRange(shared.forward, 1, (2 * 4096 * perToken) + (4 * ScratchOfAThread));
        Assert.InRange(shared.backward, 1, (4096 * perToken) + (4 * ScratchOfAThread));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void DecodingAllocatesNothing(int threads)
    {
        using TensorScope scope = TensorScope.Begin();
        Attention decode = new(threads, [0, 1, 2], [0, 3000, 3700]);
        decode.Forward();
        long misses = MemoryStats.Now.Misses;
        long garbage = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
        {
            decode.Forward();
        }

        Assert.Equal(garbage, GC.GetAllocatedBytesForCurrentThread());

        // A thread that was idle until now takes its first block.
        Assert.InRange(MemoryStats.Now.Misses - misses, 0, threads);
    }

    /// <summary>The most that was live beyond inputs and outputs.</summary>
    private static (long Forward, long Backward) Scratch(int tokens, int threads)
    {
        using TensorScope scope = TensorScope.Begin();
        Attention work = new(threads, [0, tokens], [0, tokens]);
        return (Peak(work.Forward), Peak(work.Backward));

        static long Peak(Action run)
        {
            MemoryStats.ResetPeak();
            long before = MemoryStats.Now.LiveBytes;
            run();
            return MemoryStats.Now.PeakBytes - before;
        }
    }

    private sealed class Attention(int threads, int[] queries, int[] keys)
    {
        private readonly WorkerPool _pool = new(threads);
        private readonly Tensor _q = Tensor.Ones([queries[^1], Heads, Size]);
        private readonly Tensor _k = Tensor.Ones([keys[^1], Heads, Size]);
        private readonly Tensor _v = Tensor.Ones([keys[^1], Heads, Size]);
        private readonly Tensor _output = Tensor.Zeros([queries[^1], Heads, Size]);
        private readonly Tensor _lse = Tensor.Zeros([Heads, queries[^1]]);
        private readonly Tensor _dq = Tensor.Zeros([queries[^1], Heads, Size]);
        private readonly Tensor _dk = Tensor.Zeros([keys[^1], Heads, Size]);
        private readonly Tensor _dv = Tensor.Zeros([keys[^1], Heads, Size]);

        private AttentionInputs Inputs => new(_q.View, new KvView(_k.View, _v.View, keys), queries, new(0.25));

        public void Forward() => FlashAttention.Forward(_pool, Inputs, _output.View, _lse.View);

        public void Backward() => FlashAttentionBackward.Run(
            _pool, Inputs, _output.View, _lse.View, _output.View, new(_dq.View, _dk.View, _dv.View, null));
    }
}
