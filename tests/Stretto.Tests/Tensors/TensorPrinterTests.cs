namespace Stretto.Tests.Tensors;

/// <summary>What PyTorch 2 prints for the same values (with its <c>torch.</c> before dtypes left out).</summary>
public sealed class TensorPrinterTests
{
    public static TheoryData<string, Func<Tensor>> Prints() => new()
    {
        { "tensor(7)", () => Tensor.Scalar(7, DType.Int64) },
        { "tensor(True)", () => Tensor.Scalar(1, DType.Bool) },
        { "tensor(0.)", () => Tensor.Scalar(0) },
        { "tensor(-0.)", () => Tensor.Scalar(-0.0) },
        { "tensor(nan)", () => Tensor.Scalar(double.NaN) },
        { "tensor(2.5000, dtype=float64)", () => Tensor.Scalar(2.5, DType.Float64) },
        { "tensor([])", () => Tensor.Empty([0]) },
        { "tensor([], size=(2, 0), dtype=int64)", () => Tensor.Empty([2, 0], DType.Int64) },
        { "tensor([1., nan, inf])", () => Tensor.From([1f, float.NaN, float.PositiveInfinity]) },
        { "tensor([0.5000,    nan,   -inf])", () => Tensor.From([0.5f, float.NaN, float.NegativeInfinity]) },
        { "tensor([nan, nan])", () => Tensor.From([float.NaN, float.NaN]) },
        { "tensor([-1.5000, 10.0000])", () => Tensor.From([-1.5f, 10f]) },
        { "tensor([1.0000e-05, 1.0000e+00])", () => Tensor.From([1e-5f, 1f]) },
        { "tensor([1.0000e+09])", () => Tensor.From([1e9f]) },
        { "tensor([1.0000e+04, 2.0000e+00])", () => Tensor.From([1e4f, 2f]) },
        { "tensor([ 1.0000e+00, 1.0000e+300], dtype=float64)", () => Tensor.From([1, 1e300]) },
        { "tensor([    -1, 100000])", () => Tensor.From([-1L, 100_000]) },
        { "tensor([9223372036854775807])", () => Tensor.From([long.MaxValue]) },
        {
            "tensor([ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17,\n        18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29])",
            () => Tensor.Arange(0, 30)
        },
        { "tensor([[[0, 1],\n         [2, 3]],\n\n        [[4, 5],\n         [6, 7]]])", () => Tensor.Arange(0, 8).Reshape(2, 2, 2) },
        { "tensor([[0, 2],\n        [1, 3]])", () => Tensor.Arange(0, 4).Reshape(2, 2).Transpose(0, 1) },
        { "tensor([0., 0., 0.,  ..., 0., 0., 0.])", () => Tensor.Zeros([2000]) },
        { "tensor([   0,    1,    2,  ..., 1998, 1999, 2000])", () => Tensor.Arange(0, 2001) },
        {
            "tensor([[0., 0., 0.,  ..., 0., 0., 0.],\n        [0., 0., 0.,  ..., 0., 0., 0.],\n        [0., 0., 0.,  ..., 0., 0., 0.],\n        ...,\n"
            + "        [0., 0., 0.,  ..., 0., 0., 0.],\n        [0., 0., 0.,  ..., 0., 0., 0.],\n        [0., 0., 0.,  ..., 0., 0., 0.]], dtype=float16)",
            () => Tensor.Zeros([100, 100], DType.Float16)
        },
        { "tensor([1., 1., 1.,  ..., 1., 1., 1.])", () => Tensor.Ones([1]).Expand([3_000_000_000]) },
    };

    [Theory]
    [MemberData(nameof(Prints), DisableDiscoveryEnumeration = true)]
    public void AsPyTorch(string expected, Func<Tensor> make)
    {
        using TensorScope scope = TensorScope.Begin();
        Assert.Equal(expected, make().ToString());
    }

    [Fact]
    public void GradientsAndDevicesAreSaid()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.Ones([2], DType.Float32, Device.Reference);
        x.RequiresGrad = true;
        Assert.Equal("tensor([1., 1.], device=reference, requires_grad=True)", x.ToString());
        Assert.Equal("tensor([2., 2.], device=reference, grad_fn=<mul>)", (x * 2).ToString());
        Tensor wide = Tensor.Full([9], 0.5, DType.Float64);
        Assert.EndsWith(" 0.5000],\n       dtype=float64)", wide.ToString(), StringComparison.Ordinal);
    }
}
