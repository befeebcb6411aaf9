using CsCheck;
using Stretto.Backends.Cpu;
using Stretto.Backends.Cpu.Kernels;
using Xunit;

namespace Stretto.Tests.Backends.Cpu;

public sealed unsafe class GemmTests
{
    private static readonly WorkerPool[] Pools = [new(1), new(2), new(4)];

    private static readonly Gen<GemmCase> Cases = Gen.Select(
        Gen.Frequency((6, Gen.Int[0, Sizes.Length - 1].Select(i => Sizes[i])), (1, Gen.Int[0, 80])),
        Gen.Frequency((6, Gen.Int[0, Sizes.Length - 1].Select(i => Sizes[i])), (1, Gen.Int[0, 80])),
        Gen.Frequency((6, Gen.Int[0, Sizes.Length - 1].Select(i => Sizes[i])), (1, Gen.Int[0, 80])),
        Gen.Int[0, 7], Gen.Bool, Gen.Int[0, 2], Gen.Int[0, 1 << 20],
        (m, n, k, layout, accumulate, pool, seed) =>
            new GemmCase(m, n, k, layout & 3, (layout & 4) != 0, accumulate, pool, seed));

    private static readonly GemmCase[] Large =
    [
        new(193, 97, 300, 0, false, false, 1, 1),
        new(205, 65, 513, 1, false, true, 2, 2),
        new(16, 530, 290, 0, false, false, 1, 3),
        new(17, 257, 259, 2, true, false, 2, 4),
        new(9, 2050, 70, 0, false, true, 2, 5),
        new(200, 33, 4100, 1, false, false, 1, 6),
        new(1100, 33, 20, 3, false, false, 2, 7),
        new(1030, 17, 4100, 0, false, false, 2, 12),
        new(1, 700, 900, 2, false, false, 2, 8),
        new(200, 2100, 9, 0, false, true, 1, 9),
        new(500, 1, 300, 0, false, true, 1, 10),
    ];

    private static int[] Sizes =>
        [0, 1, 2, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 18, 23, 24, 25, 31, 32, 33, 48, 63, 64, 65];

    public static TheoryData<string> Paths => new(AvailablePaths.Select(path => path.ToString()));

    private static IEnumerable<GemmPath> AvailablePaths =>
        Enum.GetValues<GemmPath>().Where(path => path <= Gemm.Widest);

    [Theory]
    [MemberData(nameof(Paths))]
    public void AgreesWithTheSumInFloat64(string registers)
    {
        GemmPath path = Enum.Parse<GemmPath>(registers);
        Cases.Sample(sample => Check(sample, path), iter: 600, threads: 1);
        foreach (GemmCase large in Large)
        {
            Check(large, path);
        }
    }

    [Fact]
    public void EveryPathPackingAndThreadCountGivesTheSameBits()
    {
        if (!System.Runtime.Intrinsics.X86.Fma.IsSupported)
        {
            return; // the portable path rounds products where there is no fused multiply-add
        }

        Cases.Sample(SameBits, iter: 200, threads: 1);
        foreach (GemmCase large in Large)
        {
            SameBits(large);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void ARowAloneHasTheBitsThatItHasInABatch(string registers)
    {
        GemmPath path = Enum.Parse<GemmPath>(registers);
        (int, int, int, int)[] shapes =
            [(40, 70, 300, 0), (300, 65, 270, 2), (25, 17, 33, 1), (29, 8, 40, 3), (230, 1, 90, 0)];
        foreach ((int m, int n, int k, int layout) in shapes)
        {
            GemmCase whole = new(m, n, k, layout, false, false, 1, 7);
            using GemmOperandsF32 operands = new(whole);
            float[] all = operands.Multiply(Pools[1], path, packed: false);
            for (int first = 0; first < m;)
            {
                int rows = Math.Min(m - first, 1 + (first % 19));
                foreach (bool packed in new[] { false, true })
                {
                    float[] some = operands.Multiply(Pools[first % 3], path, packed, first, rows);
                    Assert.Equal(all.AsSpan(first * n, rows * n).ToArray(), some);
                }

                first += rows;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void ABatchIsItsProductsOneByOne(string registers)
    {
        GemmPath path = Enum.Parse<GemmPath>(registers);
        (int, int, int, int)[] shapes =
            [(1, 5, 6, 7), (3, 70, 64, 96), (40, 16, 33, 24), (9, 64, 48, 64), (2, 0, 3, 4)];
        foreach ((int count, int m, int n, int k) in shapes)
        {
            float[] a = Values(count * m * k, 1);
            float[] b = Values(count * k * n, 2);
            float[] c = new float[count * m * n];
            float[] expected = new float[count * m * n];
            fixed (float* pa = a, pb = b, pc = c, pe = expected)
            {
                GemmProduct<float> p = new(m, n, k)
                {
                    A = pa,
                    ARow = k,
                    AColumn = 1,
                    B = pb,
                    BRow = n,
                    BColumn = 1,
                    C = pc,
                    CRow = n,
                };
                Gemm.RunBatch(Pools[2], p, count, m * k, k * n, m * n, path);
                for (int i = 0; i < count; i++)
                {
                    GemmProduct<float> one = p with
                    {
                        A = pa + (i * m * k),
                        B = pb + (i * k * n),
                        C = pe + (i * m * n),
                    };
                    Gemm.Run(Pools[0], one, path);
                }
            }

            Assert.Equal(expected, c);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Float64AgreesWithItsSum(string registers)
    {
        GemmPath path = Enum.Parse<GemmPath>(registers);
        GemmCase[] small = [new(13, 17, 19, 0, false, true, 1, 3), new(6, 8, 0, 0, false, false, 0, 3)];
        foreach (GemmCase sample in Large.Concat(small))
        {
            double[] a = [.. Values(sample.M * sample.K, sample.Seed).Select(x => (double)x)];
            double[] b = [.. Values(sample.N * sample.K, sample.Seed + 1).Select(x => (double)x)];
            double[] c = new double[sample.M * sample.N];
            fixed (double* pa = a, pb = b, pc = c)
            {
                GemmProduct<double> p = new(sample.M, sample.N, sample.K)
                {
                    A = pa,
                    ARow = sample.K,
                    AColumn = 1,
                    B = pb,
                    BRow = 1,
                    BColumn = sample.K,
                    C = pc,
                    CRow = sample.N,
                };
                Gemm.Run(Pools[sample.Pool], p, path);
            }

            for (int i = 0; i < sample.M; i++)
            {
                for (int j = 0; j < sample.N; j++)
                {
                    double sum = 0;
                    for (int k = 0; k < sample.K; k++)
                    {
                        sum += a[(i * sample.K) + k] * b[(j * sample.K) + k];
                    }

                    Assert.Equal(sum, c[(i * sample.N) + j], 1e-12 * (1 + sample.K));
                }
            }
        }
    }

    [Fact]
    public void NotANumberAndInfinityReachOnlyTheirRow()
    {
        foreach (GemmPath path in AvailablePaths)
        {
            GemmCase sample = new(14, 35, 40, 2, false, false, 0, 5);
            using GemmOperandsF32 operands = new(sample);
            operands.SetA(3, 7, float.NaN);
            operands.SetA(5, 1, float.PositiveInfinity);
            float[] c = operands.Multiply(Pools[0], path, packed: false);
            for (int i = 0; i < sample.M; i++)
            {
                Assert.Equal(i == 3, c.AsSpan(i * sample.N, sample.N).ToArray().All(float.IsNaN));
                Assert.Equal(i is not (3 or 5), c.AsSpan(i * sample.N, sample.N).ToArray().All(float.IsFinite));
            }
        }
    }

    internal static float[] Values(int count, int seed)
    {
        float[] values = new float[count];
        uint state = (uint)(seed * 2654435761L) | 1;
        for (int i = 0; i < count; i++)
        {
            state = (state * 1664525) + 1013904223;
            values[i] = ((state >> 8) / 8388608f) - 1;
        }

        return values;
    }

    private static void Check(GemmCase sample, GemmPath path)
    {
        using GemmOperandsF32 operands = new(sample);
        WorkerPool pool = Pools[sample.Pool];
        operands.Verify(operands.Multiply(pool, path, packed: false), operands.Multiply(pool, path, packed: true));
    }

    private static void SameBits(GemmCase sample)
    {
        using GemmOperandsF32 operands = new(sample);
        float[] expected = operands.Multiply(Pools[0], Gemm.Widest, packed: false);
        foreach (GemmPath path in AvailablePaths)
        {
            foreach (WorkerPool pool in Pools)
            {
                Assert.Equal(expected, operands.Multiply(pool, path, packed: false));
                Assert.Equal(expected, operands.Multiply(pool, path, packed: true));
            }
        }
    }
}
