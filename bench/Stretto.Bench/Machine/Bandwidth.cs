using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Stretto.Bench;

/// <summary>GB/s of memory traffic beyond the caches.</summary>
internal static unsafe class Bandwidth
{
    private const long Bytes = 192L << 20;
    private const int Trials = 6;

    private static float s_sink;

    public static double Read(int threads) => Measure(threads, Bytes, (from, to) => s_sink = Sum((float*)from, Bytes / sizeof(float) / threads));

    /// <summary>Bytes read and bytes written both count.</summary>
    public static double Copy(int threads) =>
        Measure(threads, Bytes, (from, to) => Buffer.MemoryCopy((void*)from, (void*)to, Bytes / 2 / threads, Bytes / 2 / threads));

    /// <summary>The same between two blocks of 128 KiB for each thread.</summary>
    public static double CopyInCache(int threads)
    {
        const int Block = 128 << 10;
        const int Repeats = 4000;
        return Measure(threads, 2L * Block * threads, Copy) * Repeats;

        static void Copy(nint from, nint to)
        {
            for (int i = 0; i < Repeats; i++)
            {
                Buffer.MemoryCopy((void*)from, (void*)to, Block, Block);
            }
        }
    }

    private static double Measure(int threads, long bytes, Action<nint, nint> body)
    {
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 4096);
        try
        {
            new Span<byte>(memory, (int)bytes).Fill(1);
            long each = bytes / threads;
            return Threads.BestRate(
                threads, Trials, each, i => body((nint)(memory + (i * each)), (nint)(memory + (i * each) + (each / 2)))) / 1e9;
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Sum(float* from, long count)
    {
        Vector<float> a = default, b = default, c = default, d = default;
        int lanes = Vector<float>.Count;
        for (float* end = from + count; from < end; from += 4 * lanes)
        {
            a += Vector.Load(from);
            b += Vector.Load(from + lanes);
            c += Vector.Load(from + (2 * lanes));
            d += Vector.Load(from + (3 * lanes));
        }

        return Vector.Sum(a + b + c + d);
    }
}
