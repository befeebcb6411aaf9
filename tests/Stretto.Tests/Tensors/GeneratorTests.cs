namespace Stretto.Tests.Tensors;

/// <summary>Random numbers: moments, bounds, the same numbers from the same state on every device, thread count and layout.</summary>
public sealed class GeneratorTests
{
    private const int Count = 40_000;

    private sealed record Case(Func<Tensor, Generator, Tensor> Fill, double Mean, double Variance, double Low, double High);

    // Mean and variance of the truncated normal: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1, section 10.1.
    private static readonly Dictionary<string, Case> Cases = new()
    {
        ["uniform"] = new((t, g) => g.Uniform(t), 0.5, 1 / 12.0, 0, Below(1)),
        ["uniform with bounds"] = new((t, g) => g.Uniform(t, -3, 5), 1, 64 / 12.0, -3, Below(5)),
        ["normal"] = new((t, g) => g.Normal(t), 0, 1, double.NegativeInfinity, double.PositiveInfinity),
        ["normal with parameters"] = new((t, g) => g.Normal(t, 3, 0.5), 3, 0.25, double.NegativeInfinity, double.PositiveInfinity),
        ["truncated normal"] = new((t, g) => g.TruncatedNormal(t), 0, 0.7737413, -2, 2),
        ["truncated in the tail"] = new((t, g) => g.TruncatedNormal(t, 0, 1, 4, 6), 4.2255, 0.0471, 4, 6),
        ["truncated on one side"] = new((t, g) => g.TruncatedNormal(t, 1, 2, 1, double.PositiveInfinity), 1 + (2 * 0.7978846), 4 * 0.3633802, 1, double.PositiveInfinity),
        ["exponential"] = new((t, g) => g.Exponential(t, 2), 0.5, 0.25, 0, double.PositiveInfinity),
        ["bernoulli"] = new((t, g) => g.Bernoulli(t, 0.3), 0.3, 0.21, 0, 1),
        ["integers"] = new((t, g) => g.Integers(t, -2, 7), 2, 80 / 12.0, -2, 6),
    };

    public static TheoryData<string, DType> Moments() =>
        new MatrixTheoryData<string, DType>(Cases.Keys.ToArray(), [DType.Float32, DType.Float64, DType.Float16, DType.BFloat16]);

    [Theory]
    [MemberData(nameof(Moments))]
    public void MomentsAndBounds(string name, DType dtype)
    {
        using TensorScope scope = TensorScope.Begin();
        Case test = Cases[name];
        double[] x = test.Fill(Tensor.Empty([Count], dtype), new Generator(11)).ToArray<double>();
        double mean = x.Average();
        double variance = x.Average(v => (v - mean) * (v - mean));
        double grain = dtype == DType.BFloat16 ? 1 / 128.0 : 0;
        Assert.InRange(mean, test.Mean - Five(test.Variance) - grain, test.Mean + Five(test.Variance) + grain);
        Assert.InRange(variance / test.Variance, 0.93, 1.07);
        Assert.All([x.Min(), x.Max()], v => Assert.InRange(v, test.Low, test.High));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TheSameStateGivesTheSameNumbers(string name)
    {
        using TensorScope scope = TensorScope.Begin();
        Case test = Cases[name];
        foreach (DType dtype in new[] { DType.Float32, DType.Float64 })
        {
            double[] expected = Draw(Device.Cpu, false, dtype);
            Assert.Equal(expected, Draw(Device.CpuWithThreads(3), false, dtype));
            Assert.Equal(expected, Draw(Device.Reference, false, dtype));
            Assert.Equal(expected, Draw(Device.Cpu, true, dtype));
            Assert.NotEqual(expected, test.Fill(Tensor.Empty([90, 100], dtype), new Generator(6)).ToArray<double>());
        }

        double[] Draw(Device device, bool strided, DType dtype)
        {
            Tensor tensor = strided
                ? Tensor.Empty([100, 90], dtype, device).Transpose(0, 1)
                : Tensor.Empty([90, 100], dtype, device);
            return test.Fill(tensor, new Generator(5)).ToArray<double>();
        }
    }

    public static TheoryData<string> Names() => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ASavedStateGoesOn(string name)
    {
        using TensorScope scope = TensorScope.Begin();
        Case test = Cases[name];
        Generator generator = new(3);
        test.Fill(Tensor.Empty([17]), generator);
        GeneratorState state = generator.State;
        double[] first = test.Fill(Tensor.Empty([33]), generator).ToArray<double>();
        Assert.Equal(new GeneratorState(3, 50), generator.State);
        Generator other = new(99) { State = state };
        Assert.Equal(first, test.Fill(Tensor.Empty([33]), other).ToArray<double>());
        Generator later = new(3, 17 + 13);
        Assert.Equal(first[13..], test.Fill(Tensor.Empty([20]), later).ToArray<double>());
    }

    // The first numbers of the stream are part of the contract: checkpoints name positions in it.
    [Fact]
    public void TheStreamIsPhilox()
    {
        Assert.Equal((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u), Stretto.Backends.Philox.Bits(0, 0));
        Assert.Equal(0x6627e8d5 / 4294967296.0, new Generator(0).NextDouble(), 1e-9);
    }

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    [InlineData(DType.Float8E4M3)]
    [InlineData(DType.Float8E5M2)]
    public void UniformNumbersStayBelowTheirEnd(DType dtype)
    {
        using TensorScope scope = TensorScope.Begin();
        Assert.True(Tensor.Rand([Count], new Generator(1), dtype).ToArray<double>().Max() < 1);
        double[] x = new Generator(1).Uniform(Tensor.Empty([Count], dtype), 1, 2).ToArray<double>();
        Assert.All([x.Min(), x.Max()], v => Assert.InRange(v, 1, Below(2)));
    }

    [Fact]
    public void FactoriesMakeWhatTheirNamesSay()
    {
        using TensorScope scope = TensorScope.Begin();
        Generator g = new(8);
        Assert.Equal((DType.Float64, Shape.Create([2, 3])), (Tensor.Rand([2, 3], g, DType.Float64).DType, Tensor.Rand([2, 3], g).Shape));
        Assert.Equal(DType.Float32, Tensor.Randn([4], g).DType);
        Tensor dice = Tensor.Randint(1, 7, [6000], g);
        Assert.Equal(DType.Int64, dice.DType);
        Assert.All(dice.ToArray<long>().GroupBy(v => v), face => Assert.InRange(face.Count(), 850, 1150));
        Assert.Equal(6, dice.ToArray<long>().Distinct().Count());
        Assert.All(Tensor.Randint(-128, 128, [500], g, DType.Int8).ToArray<long>(), v => Assert.InRange(v, -128, 127));
        long[] wide = Tensor.Randint(long.MinValue, long.MaxValue, [500], g).ToArray<long>();
        Assert.InRange(wide.Count(v => v < 0), 200, 300);
        Assert.InRange(wide.Count(v => (v & 1) == 0), 200, 300);
    }

    [Fact]
    public void PermutationsAreEvenlyLikely()
    {
        using TensorScope scope = TensorScope.Begin();
        Generator g = new(4);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (long)i), Tensor.Randperm(1000, g).ToArray<long>().Order());
        Assert.Empty(Tensor.Randperm(0, g).ToArray<long>());
        IEnumerable<IGrouping<string, string>> orders = Enumerable.Range(0, 6000)
            .Select(_ => string.Join(',', Tensor.Randperm(3, g).ToArray<long>())).GroupBy(o => o);
        Assert.Equal(6, orders.Count());
        Assert.All(orders, o => Assert.InRange(o.Count(), 850, 1150));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PlacesComeByTheirWeights(bool replacement)
    {
        using TensorScope scope = TensorScope.Begin();
        Generator g = new(2);
        Tensor weights = Tensor.From([0f, 1, 0, 3, 4, 0]);
        long[] counts = new long[6];
        for (int i = 0; i < 4000; i++)
        {
            counts[weights.Multinomial(1, g, replacement).ToArray<long>()[0]]++;
        }

        Assert.Equal((0, 0, 0), (counts[0], counts[2], counts[5]));
        Assert.InRange(counts[1], 400, 600);
        Assert.InRange(counts[3], 1380, 1620);
        Tensor rows = Tensor.From([1f, 0, 0, 0, 0, 1], [2, 3]);
        Assert.Equal([0L, 0, 2, 2], rows.Multinomial(2, g, replacement: true).ToArray<long>());
        Assert.Equal([1L, 3, 4], weights.Multinomial(3, g).ToArray<long>().Order());
    }

    [Fact]
    public void ProbabilitiesOfEachElement()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor p = Tensor.From([0f, 1, 0.25f]).Expand([8000, 3]);
        double[] share = p.Bernoulli(new Generator(1)).Mean([0]).ToArray<double>();
        Assert.Equal((0.0, 1.0), (share[0], share[1]));
        Assert.InRange(share[2], 0.22, 0.28);
    }

    public static TheoryData<string, Action<Tensor, Generator>> Refused() => new()
    {
        { "in order", (t, g) => g.Uniform(t, 2, 1) },
        { "in order", (t, g) => g.Uniform(t, double.NaN, 1) },
        { "deviation", (t, g) => g.Normal(t, 0, -1) },
        { "must be below", (t, g) => g.TruncatedNormal(t, 0, 1, 2, 2) },
        { "rate", (t, g) => g.Exponential(t, 0) },
        { "no integer", (t, g) => g.Integers(t, 3, 3) },
        { "does not hold", (t, g) => Tensor.Randint(0, 257, [2], g, DType.UInt8) },
        { "holds no fractions", (t, g) => Tensor.Rand([2], g, DType.Int32) },
        { "0..1", (t, g) => g.Bernoulli(t, 1.5) },
        { "0..1", (t, g) => Tensor.From([float.NaN]).Bernoulli(g) },
        { "negative", (t, g) => Tensor.Randperm(-1, g) },
        { "limit", (t, g) => g.NextInt(0) },
        { "positive weight", (t, g) => Tensor.From([0f, 0]).Multinomial(1, g) },
        { "with replacement", (t, g) => Tensor.From([1f, 0]).Multinomial(2, g) },
        { "not finite", (t, g) => Tensor.From([1f, -1]).Multinomial(1, g) },
        { "[rows, n]", (t, g) => Tensor.Ones([2, 2, 2]).Multinomial(1, g) },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void MisuseIsRefusedAndDrawsNothing(string words, Action<Tensor, Generator> misuse)
    {
        using TensorScope scope = TensorScope.Begin();
        Generator generator = new(1);
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => misuse(Tensor.Zeros([4]), generator));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Equal(0UL, generator.Position);
    }

    private static double Five(double variance) => 5 * Math.Sqrt(variance / Count);

    private static double Below(double end) => Math.BitDecrement(end);
}
