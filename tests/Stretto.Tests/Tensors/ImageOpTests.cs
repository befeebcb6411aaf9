namespace Stretto.Tests.Tensors;

/// <summary>Places of maxima, and what products, linear algebra and image operations refuse.</summary>
public sealed class ImageOpTests
{
    [Fact]
    public void MaximaKnowTheirPlaces()
    {
        double inf = double.NegativeInfinity;
        Tensor x = Tensor.From([1.0, 1, 0, 0, 5, 5, inf, inf, 2, inf, inf, inf], [1, 3, 4]);
        (Tensor values, Tensor indices) = x.MaxPool2d(new([2]) { Stride = [1, 2], Padding = [1, 0] });
        Assert.Equal([1, 0, 5, 0, 5, inf, 2, inf], values.ToArray<double>());
        Assert.Equal([0, 2, 4, 2, 4, 6, 8, 10], indices.ToArray<long>());
    }

    [Fact]
    public void TheLastWindowMayReachOverTheEnd()
    {
        Tensor x = Tensor.Arange(0, 6, dtype: DType.Float64).Reshape(1, 6);
        Assert.Equal([1, 3, 4.5], x.AvgPool1d(new([3]) { Stride = [2], CeilMode = true }).ToArray<double>());
        Assert.Equal([2, 4, 5], x.MaxPool1d(new([3]) { Stride = [2], CeilMode = true }).Values.ToArray<double>());
    }

    [Fact]
    public void SingularMatricesHaveADeterminantButNoInverse()
    {
        Tensor a = Tensor.From([1.0, 2, 2, 4], [2, 2]);
        a.RequiresGrad = true;
        Linalg.Det(a).Backward();
        Assert.Equal([4, -2, -2, 1], a.Grad!.ToArray<double>());
        Assert.Equal(double.NegativeInfinity, Linalg.Slogdet(a).LogAbsDet.Item());
        Assert.Contains(
            "singular", Assert.Throws<ArgumentException>(() => Linalg.Inv(a)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "positive", Assert.Throws<ArgumentException>(() => Linalg.Cholesky(-a)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EmptyOperandsGiveEmptyResults()
    {
        Assert.Equal(Shape.Create([0, 3, 3]), Linalg.Inv(Tensor.Zeros([0, 3, 3])).Shape);
        Assert.Equal([1, 1], Linalg.Det(Tensor.Zeros([2, 0, 0])).ToArray<double>());
        Assert.Equal(Shape.Create([0, 4, 3]), Tensor.Conv1d(Tensor.Zeros([0, 2, 5]), Tensor.Ones([4, 2, 3])).Shape);
        Assert.Equal(12, Tensor.MatMul(Tensor.Zeros([3, 1, 0]), Tensor.Zeros([0, 4])).Count);
        Assert.Equal([0, 0], Tensor.Einsum("ij,jk->k", Tensor.Zeros([3, 0]), Tensor.Zeros([0, 2])).ToArray<double>());
    }

    [Theory]
    [InlineData("ij,jk->il")]
    [InlineData("ij,jk->ii")]
    [InlineData("ij,j.k")]
    [InlineData("ijk,jk")]
    [InlineData("ij")]
    [InlineData("ij,kj->->ik")]
    [InlineData("ij,ik")]
    public void MalformedEquationsAreRefused(string equation) => Assert.Contains(
        "einsum", Assert.Throws<ArgumentException>(() => Tensor.Einsum(equation, Tensor.Ones([2, 3]), Tensor.Ones([3, 4]))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void MisfitsAreNamed()
    {
        Tensor x = Tensor.Ones([1, 3, 8]);
        Assert.Throws<ArgumentException>(() => Tensor.Conv1d(x, Tensor.Ones([4, 2, 3])));
        Assert.Throws<ArgumentException>(() => Tensor.Conv1d(x, Tensor.Ones([4, 3, 9])));
        Assert.Throws<ArgumentException>(
            () => Tensor.Conv1d(x, Tensor.Ones([4, 3, 3]), null, new() { Stride = [1, 2] }));
        Assert.Throws<ArgumentException>(
            () => Tensor.ConvTranspose1d(x, Tensor.Ones([3, 4, 3]), null, new() { OutputPadding = [1] }));
        Assert.Throws<ArgumentException>(() => x.MaxPool1d(new([2]) { Padding = [2] }));
        Assert.Throws<ArgumentException>(() => x.Interpolate([4], [0.5]));
        Assert.Throws<ArgumentException>(() => x.Mv(x));
        Assert.Throws<ArgumentException>(() => Linalg.Solve(Tensor.Ones([2, 2]), Tensor.Ones([3, 1])));
    }
}
