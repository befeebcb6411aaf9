using Stretto.Backends;
using Stretto.Backends.Cpu;
using Stretto.Backends.Cpu.Kernels;
using Xunit;

namespace Stretto.Tests.Backends.Kernels;

public sealed unsafe class CrossEntropyTests
{
    private static readonly WorkerPool Pool = new(4);

    public static TheoryData<int, int, float, float> Cases => new()
    {
        { 1, 1, 0, 0 },
        { 3, 7, 0, 0 },
        { 5, 17, 0.1f, 0 },
        { 4, 33, 0, 0.05f },
        { 9, 100, 0.2f, 0.01f },
        { 2, 1003, 0.1f, 0.1f },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void ValueAndGradientMatchFloat64(int rows, int classes, float smoothing, float zLoss)
    {
        using Batch batch = new(rows, classes, 1);
        CrossEntropyOptions options = new(-100, smoothing, zLoss);
        batch.Forward(options);
        batch.Backward(options, factor: 0.5f);
        for (int row = 0; row < rows; row++)
        {
            if (batch.Targets[row] < 0)
            {
                Assert.Equal(0, batch.Loss[row]);
                Assert.All(batch.Gradient.Row(row).ToArray(), v => Assert.Equal(0, v));
                continue;
            }

            double[] x = batch.Logits.RowAsDouble(row);
            double lse = Math.Log(x.Sum(v => Math.Exp(v)));
            double loss = ((1 - smoothing) * (lse - x[batch.Targets[row]]))
                + (smoothing * (lse - x.Average())) + (zLoss * lse * lse);
            Assert.Equal(lse, batch.Lse[row], 2e-6 * (1 + Math.Abs(lse)));
            Assert.Equal(loss, batch.Loss[row], 3e-6 * (1 + Math.Abs(loss)));
            for (int c = 0; c < classes; c++)
            {
                double p = Math.Exp(x[c] - lse);
                double onTarget = c == batch.Targets[row] ? 1 - smoothing : 0;
                double wanted = (p * (1 + (2 * zLoss * lse))) - onTarget - (smoothing / classes);
                Assert.Equal(wanted * 0.5 * batch.Scale[row], batch.Gradient.Row(row)[c], 2e-6);
            }
        }
    }

    [Fact]
    public void OnePassAndInPlaceHaveTheSameBits()
    {
        CrossEntropyOptions options = new(-100, 0.1f, 0.02f);
        using Batch two = new(37, 259, 2);
        using Batch one = new(37, 259, 2);
        two.Forward(options);
        two.Backward(options, 0.25f);
        fixed (long* targets = one.Targets)
        fixed (float* loss = one.Loss, scale = one.Scale)
        fixed (double* lse = one.Lse)
        {
            CrossEntropy.ForwardBackward(
                Pool, one.Logits.Data, one.Logits.Stride, targets, loss, lse, scale, 0.25f, one.Logits.Data,
                one.Logits.Stride, 37, 259, options);
        }

        one.Logits.AssertGapsIntact();
        Assert.Equal(two.Loss, one.Loss);
        Assert.Equal(two.Lse, one.Lse);
        for (int row = 0; row < 37; row++)
        {
            Assert.Equal(two.Gradient.Row(row).ToArray(), one.Logits.Row(row).ToArray());
        }
    }

    [Fact]
    public void ChunksOfRowsHaveTheSameBits()
    {
        CrossEntropyOptions options = new(-100, 0.1f);
        using Batch whole = new(23, 515, 3);
        using Batch chunked = new(23, 515, 3);
        whole.Forward(options);
        fixed (long* targets = chunked.Targets)
        fixed (float* loss = chunked.Loss)
        fixed (double* lse = chunked.Lse)
        {
            for (int row = 0; row < 23; row += 5)
            {
                CrossEntropy.Forward(
                    Pool, chunked.Logits.Data + (row * chunked.Logits.Stride), chunked.Logits.Stride, targets + row,
                    loss + row, lse + row, Math.Min(5, 23 - row), 515, options);
            }
        }

        Assert.Equal(whole.Loss, chunked.Loss);
        Assert.Equal(whole.Lse, chunked.Lse);
    }

    [Fact]
    public void LargeLogitsKeepTheirGradient()
    {
        using Batch batch = new(1, 4, 4);
        new float[] { 10000.25f, 10000, 9999.5f, -10000 }.CopyTo(batch.Logits.Row(0));
        batch.Targets[0] = 2;
        batch.Forward(default);
        batch.Backward(default, 1);
        double sum = Math.Exp(0.25) + 1 + Math.Exp(-0.5);
        Assert.Equal(Math.Log(sum) + 0.5, batch.Loss[0], 1e-6);
        Assert.Equal(Math.Exp(0.25) / sum * batch.Scale[0], batch.Gradient.Row(0)[0], 1e-6);
        Assert.Equal(0, batch.Gradient.Row(0)[3]);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void AForeignTargetIsRefused(long target)
    {
        using Batch batch = new(3, 7, 5);
        batch.Targets[1] = target;
        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(() => batch.Forward(new()));
        Assert.Contains("row 1", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Backward(new(), 1));
    }

    private sealed class Batch : IDisposable
    {
        public Batch(int rows, int classes, ulong seed)
        {
            Logits = new(rows, classes, 3);
            Gradient = new(rows, classes, 1);
            Targets = new long[rows];
            Loss = new float[rows];
            Lse = new double[rows];
            Scale = new float[rows];
            for (int row = 0; row < rows; row++)
            {
                Noise.Fill(Logits.Row(row), seed + (ulong)row);
                Targets[row] = row % 4 == 3 ? -100 : Noise.Bits(seed, row) % classes;
                Scale[row] = 0.5f + row;
            }
        }

        public NativeRows Logits { get; }

        public NativeRows Gradient { get; }

        public long[] Targets { get; }

        public float[] Loss { get; }

        public double[] Lse { get; }

        public float[] Scale { get; }

        public void Forward(CrossEntropyOptions options)
        {
            fixed (long* targets = Targets)
            fixed (float* loss = Loss)
            fixed (double* lse = Lse)
            {
                CrossEntropy.Forward(
                    Pool, Logits.Data, Logits.Stride, targets, loss, lse, Logits.Rows, Logits.N, options);
            }
        }

        public void Backward(CrossEntropyOptions options, float factor)
        {
            fixed (long* targets = Targets)
            fixed (float* scale = Scale)
            fixed (double* lse = Lse)
            {
                CrossEntropy.Backward(
                    Pool, Logits.Data, Logits.Stride, targets, lse, scale, factor, Gradient.Data, Gradient.Stride,
                    Logits.Rows, Logits.N, options);
            }

            Gradient.AssertGapsIntact();
        }

        public void Dispose()
        {
            Logits.Dispose();
            Gradient.Dispose();
        }
    }
}
