using Stretto.Backends.Cpu;
using Stretto.Backends.Cpu.Kernels;
using Xunit;

namespace Stretto.Tests.Backends.Kernels;

public sealed unsafe class ReduceTests
{
    private static readonly WorkerPool Pool = new(4);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(33)]
    [InlineData(1000)]
    public void ArgMaxTakesTheFirst(int n)
    {
        using NativeRows x = new(3, n, 2);
        long* index = stackalloc long[3];
        float* max = stackalloc float[3];
        for (int at = 0; at < n; at += Math.Max(n / 50, 1))
        {
            for (int row = 0; row < 3; row++)
            {
                Noise.Fill(x.Row(row), (ulong)(at + row));
                x.Row(row)[at] = 9;
                x.Row(row)[n - 1] = 9;
            }

            x.Row(1)[at] = float.NaN;
            x.Row(2).Fill(float.NegativeInfinity);
            x.Row(2)[at..].Fill(-5);
            Reduce.ArgMax(Pool, x.Data, x.Stride, index, 3, n);
            Reduce.Rows(Pool, RowReduction.Max, x.Data, x.Stride, max, 3, n);
            Assert.Equal([at, at, at], new ReadOnlySpan<long>(index, 3).ToArray());
            Assert.Equal([9, float.NaN, -5], new ReadOnlySpan<float>(max, 3).ToArray());
            Reduce.Rows(Pool, RowReduction.Min, x.Data, x.Stride, max, 2, n);
            Assert.True(float.IsNaN(max[1]));
        }
    }

    [Fact]
    public void ArgMaxOfMinusInfinityIsTheFirst()
    {
        using NativeRows x = new(1, 40, 0);
        x.Row(0).Fill(float.NegativeInfinity);
        long index;
        Reduce.ArgMax(Pool, x.Data, x.Stride, &index, 1, 40);
        Assert.Equal(0, index);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(123_457)]
    public void FlatSumsAreAccurateWhateverTheThreads(int n)
    {
        using NativeRows x = new(1, Math.Max(n, 1), 0);
        Noise.Fill(x.Row(0), 3);
        double sum = 0, squares = 0;
        for (int i = 0; i < n; i++)
        {
            sum += x.Row(0)[i];
            squares += (double)x.Row(0)[i] * x.Row(0)[i];
        }

        Assert.Equal(squares, Reduce.SumOfSquares(Pool, x.Data, n), 1e-7 * (1 + squares));
        Assert.Equal(sum, Reduce.Sum(Pool, x.Data, n), 1e-6 * (1 + Math.Sqrt(squares)));
        Assert.Equal(Reduce.SumOfSquares(new(1), x.Data, n), Reduce.SumOfSquares(Pool, x.Data, n));
    }
}
