using Stretto.Backends.Cpu;
using Stretto.Backends.Cpu.Kernels;
using Xunit;

namespace Stretto.Tests.Backends.Kernels;

public sealed unsafe class RotaryTests
{
    private static readonly WorkerPool Pool = new(4);

    public static TheoryData<int, int, int, bool> Cases
    {
        get
        {
            TheoryData<int, int, int, bool> cases = [];
            foreach (bool interleaved in new[] { false, true })
            {
                foreach ((int heads, int size, int rotary) in
                    new[]
                    {
                        (1, 2, 2), (2, 16, 16), (3, 16, 8), (2, 32, 8), (1, 80, 80), (4, 64, 64), (2, 128, 126),
                        (1, 48, 0),
                    })
                {
                    cases.Add(heads, size, rotary, interleaved);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TurnsAndTurnsBack(int heads, int size, int rotary, bool interleaved)
    {
        const int Tokens = 9, Positions = 20;
        long[] positions = [0, 1, 2, 19, 7, 7, 3, 12, 5];
        using NativeRows cos = new(Positions, rotary / 2, 1);
        using NativeRows sin = new(Positions, rotary / 2, 1);
        for (int p = 0; p < Positions; p++)
        {
            for (int i = 0; i < rotary / 2; i++)
            {
                cos.Row(p)[i] = MathF.Cos(p * MathF.Pow(100, -2f * i / rotary));
                sin.Row(p)[i] = MathF.Sin(p * MathF.Pow(100, -2f * i / rotary));
            }
        }

        // One row a head, with gaps; heads of a token are neighbours.
        using NativeRows x = new(Tokens * heads, size, 3);
        using NativeRows y = new(Tokens * heads, size, 5);
        using NativeRows back = new(Tokens * heads, size, 0);
        for (int row = 0; row < x.Rows; row++)
        {
            Noise.Fill(x.Row(row), (ulong)row + 1);
        }

        HeadLayout layout = new(Tokens, heads, size);
        fixed (long* p = positions)
        {
            RotaryTable table = new(cos.Data, sin.Data, Positions, cos.Stride, p);
            Rotary.Apply(
                Pool, layout, x.Data, heads * x.Stride, x.Stride, y.Data, heads * y.Stride, y.Stride, table, rotary,
                interleaved, inverse: false);
            Rotary.Apply(
                Pool, layout, y.Data, heads * y.Stride, y.Stride, back.Data, heads * back.Stride, back.Stride, table,
                rotary, interleaved, inverse: true);
        }

        y.AssertGapsIntact();
        back.AssertGapsIntact();
        for (int row = 0; row < x.Rows; row++)
        {
            double[] expected = x.RowAsDouble(row);
            for (int i = 0; i < rotary / 2; i++)
            {
                (int a, int b) = interleaved ? (2 * i, (2 * i) + 1) : (i, i + (rotary / 2));
                double c = cos.Row(positions[row / heads])[i], s = sin.Row(positions[row / heads])[i];
                (expected[a], expected[b]) =
                    ((expected[a] * c) - (expected[b] * s), (expected[b] * c) + (expected[a] * s));
            }

            for (int i = 0; i < size; i++)
            {
                Assert.Equal(expected[i], y.Row(row)[i], 1e-6);
                Assert.Equal(x.Row(row)[i], back.Row(row)[i], 2e-6f);
            }
        }

        // In place, one token at a time, its table row given directly: the same bits.
        for (int t = 0; t < Tokens; t++)
        {
            RotaryTable row = new(
                cos.Data + (positions[t] * cos.Stride), sin.Data + (positions[t] * sin.Stride), 1, cos.Stride, null);
            float* token = x.Data + (t * heads * x.Stride);
            Rotary.Apply(
                Pool, new(1, heads, size), token, heads * x.Stride, x.Stride, token, heads * x.Stride, x.Stride, row,
                rotary, interleaved, inverse: false);
        }

        x.AssertGapsIntact();
        for (int row = 0; row < x.Rows; row++)
        {
            Assert.Equal(y.Row(row).ToArray(), x.Row(row).ToArray());
        }
    }

    [Fact]
    public void BadPositionsAndSizesAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Apply(4, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => Apply(-1, 8));
        Assert.Throws<ArgumentException>(() => Apply(0, 7));
        Assert.Throws<ArgumentException>(() => Apply(0, 10));
        Assert.Throws<ArgumentException>(() => Apply(0, -2));

        static void Apply(long position, long rotary)
        {
            float* data = stackalloc float[64];
            RotaryTable table = new(data + 16, data + 32, 4, 4, &position);
            Rotary.Apply(Pool, new(1, 1, 8), data, 8, 8, data, 8, 8, table, rotary, false, false);
        }
    }
}
