using Stretto.Nn;

namespace Stretto.Tests.Nn;

/// <summary>First values: their bounds, moments and structure.</summary>
public sealed class InitTests
{
    private const double Any = double.NaN;

    /// <summary>Name, how to fill [64, 32, 3], and the mean, deviation and largest absolute value that must come out.</summary>
    public static TheoryData<string, Func<Tensor, Generator, Tensor>, double, double, double> Distributions() => new()
    {
        { "uniform", (t, g) => Init.Uniform(t, -2, 4, g), 1, 6 / Math.Sqrt(12), 4 },
        { "normal", (t, g) => Init.Normal(t, 1, 3, g), 1, 3, Any },
        { "truncated", (t, g) => Init.TruncatedNormal(t, 0, 1, -2, 2, g), 0, 0.8796, 2 },
        { "truncated tail", (t, g) => Init.TruncatedNormal(t, 0, 1, 2, 3, g), 2.3159, 0.2484, 3 },
        { "constant", (t, _) => Init.Constant(t, 3), 3, 0, 3 },
        { "zeros", (t, _) => Init.Zeros(t), 0, 0, 0 },
        { "ones", (t, _) => Init.Ones(t), 1, 0, 1 },
        { "xavier uniform", (t, g) => Init.XavierUniform(t, 2, g), 0, 2 * Math.Sqrt(2.0 / 288), 2 * Math.Sqrt(6.0 / 288) },
        { "xavier normal", (t, g) => Init.XavierNormal(t, 1, g), 0, Math.Sqrt(2.0 / 288), Any },
        { "kaiming uniform", (t, g) => Init.KaimingUniform(t, generator: g), 0, Math.Sqrt(2.0 / 96), Math.Sqrt(6.0 / 96) },
        {
            "kaiming normal", (t, g) => Init.KaimingNormal(t, 0.5, FanMode.FanOut, Nonlinearity.LeakyRelu, g), 0,
            Math.Sqrt(2 / 1.25 / 192), Any
        },
        { "kaiming tanh", (t, g) => Init.KaimingNormal(t, 0, FanMode.FanIn, Nonlinearity.Tanh, g), 0, 5.0 / 3 / Math.Sqrt(96), Any },
    };

    [Theory]
    [MemberData(nameof(Distributions), DisableDiscoveryEnumeration = true)]
    public void HasTheMomentsAndBounds(string name, Func<Tensor, Generator, Tensor> fill, double mean, double deviation, double largest)
    {
        Tensor tensor = Tensor.Full([64, 32, 3], 99);
        double[] values = fill(tensor, new Generator(1)).ToArray<double>();
        double average = values.Average();
        double spread = Math.Sqrt(values.Average(v => (v - average) * (v - average)));
        Assert.True(Math.Abs(average - mean) <= 0.05 * deviation + 1e-12, $"{name}: mean {average}");
        Assert.True(Math.Abs(spread - deviation) <= 0.03 * deviation + 1e-12, $"{name}: deviation {spread}");
        Assert.True(double.IsNaN(largest) || (values.Max(Math.Abs) <= largest * (1 + 1e-6) && values.Max(Math.Abs) >= 0.98 * largest), name);
        Assert.Equal(values, fill(Tensor.Zeros([64, 32, 3]), new Generator(1)).ToArray<double>());
        Assert.Equal(values, fill(Tensor.Zeros([64, 32, 3], device: Device.Reference), new Generator(1)).ToArray<double>());
    }

    [Theory]
    [InlineData(5, 3)]
    [InlineData(3, 5)]
    [InlineData(4, 4)]
    public void OrthogonalRowsOrColumns(int rows, int columns)
    {
        Tensor q = Init.Orthogonal(Tensor.Zeros([rows, columns], DType.Float64), 2, new Generator(3));
        Tensor product = rows < columns ? Tensor.MatMul(q, q.Transpose(0, 1)) : Tensor.MatMul(q.Transpose(0, 1), q);
        double[] identity = Init.Eye(Tensor.Zeros(product.Shape, DType.Float64)).ToArray<double>();
        Assert.All(product.ToArray<double>().Zip(identity), p => Assert.Equal(4 * p.Second, p.First, 1e-12));
    }

    [Fact]
    public void EyeAndDirac()
    {
        Assert.Equal([1f, 0, 0, 0, 1, 0], Init.Eye(Tensor.Full([2, 3], 9)).ToArray<float>());
        Conv2d convolution = new(4, 4, 3, padding: 1, groups: 2, bias: false);
        Init.Dirac(convolution.Weight, groups: 2);
        Tensor x = new Generator(1).Normal(Tensor.Zeros([2, 4, 5, 6]));
        Assert.Equal(x.ToArray<float>(), convolution.Forward(x).ToArray<float>());
    }

    [Fact]
    public void SparseHasItsShareOfZerosInEveryColumn()
    {
        double[] values = Init.Sparse(Tensor.Zeros([10, 7]), 0.25, 1, new Generator(2)).ToArray<double>();
        Assert.All(Enumerable.Range(0, 7), c => Assert.Equal(3, Enumerable.Range(0, 10).Count(r => values[(r * 7) + c] == 0)));
    }

    [Fact]
    public void WhatHasNoFansIsRefused()
    {
        Assert.Throws<ArgumentException>(() => Init.XavierUniform(Tensor.Zeros([3])));
        Assert.Throws<ArgumentException>(() => Init.Orthogonal(Tensor.Zeros([3])));
        Assert.Throws<ArgumentException>(() => Init.Eye(Tensor.Zeros([3])));
        Assert.Throws<ArgumentException>(() => Init.Dirac(Tensor.Zeros([3, 3])));
        Assert.Throws<ArgumentException>(() => Init.Sparse(Tensor.Zeros([3]), 0.1));
        Assert.Throws<ArgumentException>(() => Init.TruncatedNormal(Tensor.Zeros([3]), 0, 1, 2, 1));
    }
}
