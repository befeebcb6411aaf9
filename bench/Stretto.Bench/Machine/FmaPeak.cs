using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Stretto.Bench;

/// <summary>GFLOP/s of independent chains of float32 fused multiply-adds in registers, without any load.</summary>
internal static class FmaPeak
{
    private const int Chains = 12;
    private const int Steps = 300_000;
    private const int Trials = 80; // short ones, so that some are not disturbed

    private static float s_sink;

    public static double Measure512(int threads) => Rate(threads, Vector512<float>.Count, Chains512);

    public static double Measure256(int threads) => Rate(threads, Vector256<float>.Count, Chains256);

    public static double Measure128(int threads) => Rate(threads, Vector128<float>.Count, Chains128);

    private static double Rate(int threads, int lanes, Func<float> chains)
    {
        double flops = 2.0 * Chains * Steps * lanes;
        return Threads.BestRate(threads, Trials, flops, _ => s_sink = chains()) / 1e9;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Chains512()
    {
        Vector512<float> x = Vector512.Create(0.5f);
        Vector512<float> y = x;
        Vector512<float> r0 = x, r1 = x, r2 = x, r3 = x, r4 = x, r5 = x;
        Vector512<float> r6 = x, r7 = x, r8 = x, r9 = x, r10 = x, r11 = x;
        for (int i = 0; i < Steps; i++)
        {
            r0 = Vector512.FusedMultiplyAdd(r0, x, y);
            r1 = Vector512.FusedMultiplyAdd(r1, x, y);
            r2 = Vector512.FusedMultiplyAdd(r2, x, y);
            r3 = Vector512.FusedMultiplyAdd(r3, x, y);
            r4 = Vector512.FusedMultiplyAdd(r4, x, y);
            r5 = Vector512.FusedMultiplyAdd(r5, x, y);
            r6 = Vector512.FusedMultiplyAdd(r6, x, y);
            r7 = Vector512.FusedMultiplyAdd(r7, x, y);
            r8 = Vector512.FusedMultiplyAdd(r8, x, y);
            r9 = Vector512.FusedMultiplyAdd(r9, x, y);
            r10 = Vector512.FusedMultiplyAdd(r10, x, y);
            r11 = Vector512.FusedMultiplyAdd(r11, x, y);
        }

        return Vector512.Sum(r0 + r1 + r2 + r3 + r4 + r5 + r6 + r7 + r8 + r9 + r10 + r11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Chains256()
    {
        Vector256<float> x = Vector256.Create(0.5f);
        Vector256<float> y = x;
        Vector256<float> r0 = x, r1 = x, r2 = x, r3 = x, r4 = x, r5 = x;
        Vector256<float> r6 = x, r7 = x, r8 = x, r9 = x, r10 = x, r11 = x;
        for (int i = 0; i < Steps; i++)
        {
            r0 = Vector256.FusedMultiplyAdd(r0, x, y);
            r1 = Vector256.FusedMultiplyAdd(r1, x, y);
            r2 = Vector256.FusedMultiplyAdd(r2, x, y);
            r3 = Vector256.FusedMultiplyAdd(r3, x, y);
            r4 = Vector256.FusedMultiplyAdd(r4, x, y);
            r5 = Vector256.FusedMultiplyAdd(r5, x, y);
            r6 = Vector256.FusedMultiplyAdd(r6, x, y);
            r7 = Vector256.FusedMultiplyAdd(r7, x, y);
            r8 = Vector256.FusedMultiplyAdd(r8, x, y);
            r9 = Vector256.FusedMultiplyAdd(r9, x, y);
            r10 = Vector256.FusedMultiplyAdd(r10, x, y);
            r11 = Vector256.FusedMultiplyAdd(r11, x, y);
        }

        return Vector256.Sum(r0 + r1 + r2 + r3 + r4 + r5 + r6 + r7 + r8 + r9 + r10 + r11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Chains128()
    {
        Vector128<float> x = Vector128.Create(0.5f);
        Vector128<float> y = x;
        Vector128<float> r0 = x, r1 = x, r2 = x, r3 = x, r4 = x, r5 = x;
        Vector128<float> r6 = x, r7 = x, r8 = x, r9 = x, r10 = x, r11 = x;
        for (int i = 0; i < Steps; i++)
        {
            r0 = Vector128.FusedMultiplyAdd(r0, x, y);
            r1 = Vector128.FusedMultiplyAdd(r1, x, y);
            r2 = Vector128.FusedMultiplyAdd(r2, x, y);
            r3 = Vector128.FusedMultiplyAdd(r3, x, y);
            r4 = Vector128.FusedMultiplyAdd(r4, x, y);
            r5 = Vector128.FusedMultiplyAdd(r5, x, y);
            r6 = Vector128.FusedMultiplyAdd(r6, x, y);
            r7 = Vector128.FusedMultiplyAdd(r7, x, y);
            r8 = Vector128.FusedMultiplyAdd(r8, x, y);
            r9 = Vector128.FusedMultiplyAdd(r9, x, y);
            r10 = Vector128.FusedMultiplyAdd(r10, x, y);
            r11 = Vector128.FusedMultiplyAdd(r11, x, y);
        }

        return Vector128.Sum(r0 + r1 + r2 + r3 + r4 + r5 + r6 + r7 + r8 + r9 + r10 + r11);
    }
}
