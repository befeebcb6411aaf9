using Stretto.Backends.Cpu.Kernels;
using Xunit;

namespace Stretto.Tests.Backends.Kernels;

/// <summary>Each register width does what the interface says, in the same way.</summary>
public sealed unsafe class LanesTests
{
    [Fact]
    public void AllWidths()
    {
        Check<Lanes512>();
        Check<Lanes256>();
        Check<Lanes128>();
    }

    private static void Check<V>() where V : unmanaged, ILanes<V>
    {
        int n = V.Count;
        float* x = stackalloc float[n];
        float* y = stackalloc float[n];
        for (int i = 0; i < n; i++)
        {
            x[i] = i + 1.5f;
        }

        V all = V.Load(x);
        Assert.Equal(n * (n + 2) / 2.0f, all.Sum());
        Assert.Equal(n + 0.5f, all.MaxLane());
        for (int count = 0; count <= n; count++)
        {
            int c = count;
            AssertLanes(V.Load(x, count), i => i < c ? i + 1.5f : 0);
            AssertLanes(V.Select(V.First(count), all, -all), i => i < c ? i + 1.5f : -i - 1.5f);
            new Span<float>(y, n).Fill(-7);
            all.Store(y, count);
            AssertLanes(V.Load(y), i => i < c ? i + 1.5f : -7);
        }

        AssertLanes(V.LoadTwice(x), i => (i / 2) + 1.5f);
        AssertLanes(V.SwapPairs(all), i => (i ^ 1) + 1.5f);
        AssertLanes(V.NegateEven(all), i => (i % 2 == 0 ? -1 : 1) * (i + 1.5f));
        AssertLanes(V.MultiplyAdd(all, all, all), i => ((i + 1.5f) * (i + 1.5f)) + i + 1.5f);
        AssertLanes(V.Scale(V.Create(1.25f), V.Create(-140)), _ => MathF.ScaleB(1.25f, -140));
        AssertLanes(V.Scale(V.Create(0.75f), V.Create(128)), _ => MathF.ScaleB(0.75f, 128));
        AssertLanes(V.Exponent(all), i => MathF.Floor(MathF.Log2(i + 1.5f)));
        AssertLanes(V.Significand(all), i => (i + 1.5f) / MathF.Pow(2, MathF.Floor(MathF.Log2(i + 1.5f))));
        AssertLanes(V.Min(all, V.Create(float.NaN)), _ => float.NaN);
        AssertLanes(V.Max(all, V.Create(float.NaN)), _ => float.NaN);
        Assert.True(V.Any(V.LessThan(V.Create(n + 0.25f), all)));
        Assert.False(V.Any(V.LessThan(V.Create(n + 0.5f), all)));
        Assert.False(V.Any(V.Equals(V.Create(float.NaN), V.Create(float.NaN))));
    }

    private static void AssertLanes<V>(V actual, Func<int, float> expected) where V : unmanaged, ILanes<V>
    {
        float* lanes = stackalloc float[V.Count];
        actual.Store(lanes);
        for (int i = 0; i < V.Count; i++)
        {
            Assert.Equal(expected(i), lanes[i]);
        }
    }
}
