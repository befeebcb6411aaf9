using Stretto.Backends.Cpu;
using Stretto.Backends.Cpu.Kernels;
using Xunit;

namespace Stretto.Tests.Backends.Kernels;

/// <summary>NaN and infinities do what PyTorch makes of them.</summary>
public sealed unsafe class SpecialValueTests
{
    private const float Inf = float.PositiveInfinity;
    private const float NaN = float.NaN;

    private static readonly WorkerPool Pool = new(2);

    [Theory]
    [InlineData(new[] { -Inf, -Inf, -Inf }, new[] { NaN, NaN, NaN })]
    [InlineData(new[] { -Inf, 2, -Inf }, new[] { 0f, 1, 0 })]
    [InlineData(new[] { 0, NaN, 1 }, new[] { NaN, NaN, NaN })]
    [InlineData(new[] { 0, Inf, 1 }, new[] { NaN, NaN, NaN })]
    [InlineData(new[] { 3e38f, 3e38f, -3e38f }, new[] { 0.5f, 0.5f, 0 })]
    public void SoftmaxRows(float[] row, float[] expected)
    {
        // Alone, and in a wider row where the interesting values fill whole registers.
        foreach (int repeat in new[] { 1, 64 })
        {
            float[] x = [.. Enumerable.Repeat(row, repeat).SelectMany(v => v)];
            float[] y = new float[x.Length];
            fixed (float* from = x, to = y)
            {
                Softmax.Forward(Pool, from, x.Length, to, x.Length, 1, x.Length);
                Assert.Equal([.. Enumerable.Repeat(expected, repeat).SelectMany(v => v).Select(v => v / repeat)], y);
                Softmax.LogForward(Pool, from, x.Length, to, x.Length, 1, x.Length);
            }

            Assert.All(y.Zip(x), pair => Assert.Equal(
                float.IsNaN(expected[0]), float.IsNaN(pair.First)));
        }
    }

    [Theory]
    [InlineData(new[] { -Inf, -Inf }, -Inf)]
    [InlineData(new[] { 0, Inf }, Inf)]
    [InlineData(new[] { 0, NaN }, NaN)]
    public void LogSumExpRows(float[] x, float expected)
    {
        float result;
        fixed (float* from = x)
        {
            Softmax.LogSumExp(Pool, from, x.Length, &result, 1, x.Length);
        }

        Assert.Equal(expected, result);
    }

    [Fact]
    public void ActivationsAtTheEnds()
    {
        Assert.Equal([NaN, Inf, NaN, 0, -0f], Activate<Silu>([-Inf, Inf, NaN, 0, -0f]));
        Assert.Equal([NaN, Inf, NaN, 0, -0f], Activate<Gelu>([-Inf, Inf, NaN, 0, -0f]));
        Assert.Equal([NaN, Inf, NaN, 0, -0f], Activate<GeluTanh>([-Inf, Inf, NaN, 0, -0f]));
        Assert.Equal(-90 * Math.Exp(-90), Activate<Silu>([-90])[0], 1e-42);
    }

    [Fact]
    public void ANaNStaysInItsRow()
    {
        using NativeRows x = new(3, 50, 0);
        using NativeRows y = new(3, 50, 0);
        for (int row = 0; row < 3; row++)
        {
            Noise.Fill(x.Row(row), (ulong)row + 1);
        }

        x.Row(1)[49] = NaN;
        RmsNorm.Forward(Pool, x.Data, 50, null, y.Data, 50, null, 3, 50, 1e-6f, false);
        Assert.DoesNotContain(NaN, y.Row(0).ToArray());
        Assert.All(y.Row(1).ToArray(), v => Assert.True(float.IsNaN(v)));
        Assert.DoesNotContain(NaN, y.Row(2).ToArray());
    }

    private static float[] Activate<T>(float[] x) where T : struct, IActivation
    {
        float[] y = new float[x.Length];
        fixed (float* from = x, to = y)
        {
            Activations.Forward<T>(Pool, from, to, x.Length);
        }

        return y;
    }
}
