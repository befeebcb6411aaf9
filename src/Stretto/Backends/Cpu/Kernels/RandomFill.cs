using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>Random numbers in parts: each depends on its own counter only, so the split changes nothing.</summary>
internal static unsafe class RandomFill
{
    private const long PartElements = 4096;

    public static void Run(WorkerPool pool, Distribution distribution, TensorView contiguous, ulong seed, ulong counter)
    {
        long n = contiguous.Count;
        long each = Math.Max(PartElements, n >> 20);
        Job job = new(distribution, contiguous.Data, contiguous.DType, n, each, seed, counter);
        pool.For(checked((int)((n + each - 1) / each)), ref job);
    }

    private readonly struct Job(
        Distribution distribution, byte* data, DType dtype, long n, long each, ulong seed, ulong counter) : IParallelJob
    {
        [MethodImpl(Compilation.Final)]
        public void Run(int part)
        {
            int size = dtype.Size();
            long end = Math.Min((part + 1) * each, n);
            for (long i = part * each; i < end; i++)
            {
                distribution.Write(data + (i * size), dtype, seed, counter + (ulong)i);
            }
        }
    }
}
