namespace Stretto.Tests.Tensors;

/// <summary>Scalars, empty tensors, ties, NaN and refused arguments of reductions, sorts, indexing and rearranging.</summary>
public sealed class ShapesAtTheEdgeTests
{
    public static TheoryData<string, double[], long[]> Values() => new()
    {
        { "sum of a scalar", [3], [] },
        { "max of a scalar", [3], [] },
        { "sort of a scalar", [3], [] },
        { "cumprod of a scalar", [3], [] },
        { "gather from a scalar", [3, 3], [2] },
        { "softmax of a scalar", [1], [] },
        { "sum over an empty dimension", [0, 0], [2] },
        { "prod over an empty dimension", [1, 1], [2] },
        { "logsumexp over an empty dimension", [double.NegativeInfinity, double.NegativeInfinity], [2] },
        { "variance of one", [double.NaN], [] },
        { "norm 0", [2], [] },
        { "logsumexp of infinities", [double.NegativeInfinity, double.PositiveInfinity], [2] },
        { "nan is largest", [2, 0, 1], [3] },
        { "nan is found", [2], [] },
        { "search beyond", [0, 3], [2] },
        { "search rows", [1, 2], [2, 1] },
        { "weights counted", [0, 3, 0, 1], [4] },
        { "masked select broadcasts", [1, 3], [2] },
        { "nonzero of a matrix", [0, 1, 1, 0], [2, 2] },
        { "chunks of nothing", [], [0] },
        { "cat skips empty lists", [3, 3], [2] },
        { "repeat adds dimensions", [1, 2, 1, 2], [2, 1, 2] },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void ValueIs(string what, double[] expected, long[] shape)
    {
        foreach (Device device in new[] { Device.Cpu, Device.Reference })
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor y = Make(what, device);
            Assert.Equal(shape, y.Shape.ToArray());
            Assert.Equal(expected, y.ToArray<double>());
        }
    }

    public static TheoryData<string, Action<Tensor>> Refused() => new()
    {
        { "amax", x => Tensor.Zeros([2, 0]).Amax([1]) },
        { "argmin", x => Tensor.Zeros([0]).Argmin() },
        { "topk", x => x.TopK(4) },
        { "gather", x => x.Gather(0, Tensor.Zeros([2, 9], DType.Int64)) },
        { "gather", x => x.Gather(0, Tensor.Full([1, 3], 2, DType.Int64)) },
        { "scatter", x => x.Scatter(1, Tensor.Full([2, 1], -1, DType.Int64), 0) },
        { "scatter", x => x.Scatter(1, Tensor.Zeros([2, 3], DType.Int64), Tensor.Zeros([2, 2])) },
        { "index_put", x => x.IndexPut([Tensor.From<long>([5], null)], Tensor.Zeros([1, 3])) },
        { "one_hot", x => Tensor.From<long>([5], null).OneHot(3) },
        { "masked_fill", x => x.MaskedFill(x, 0) },
        { "pad", x => x.Pad([3, 3], PaddingMode.Reflect) },
        { "repeat", x => x.Repeat(2) },
        { "roll", x => x.Roll([1, 2], [0]) },
        { "view", x => x.Transpose(0, 1).ViewAs(6) },
        { "unflatten", x => x.Unflatten(1, 2, 2) },
        { "split", x => x.Split(0, 1) },
        { "diagonal", x => x.Diagonal(0, 1, -1) },
        { "slice", x => x.Slice(0, step: -1) },
        { "index", x => _ = x[0, 0, 0] },
        { "searchsorted", x => Tensor.SearchSorted(x, Tensor.Zeros([3, 1])) },
        { "bincount", x => Tensor.From<long>([-1], null).Bincount() },
        { "dropout", x => x.Dropout(1.5, new Generator(1)) },
        { "embedding", x => Tensor.Embedding(x, Tensor.Zeros([1])) },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void MisuseIsNamed(string operation, Action<Tensor> misuse)
    {
        using TensorScope scope = TensorScope.Begin();
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => misuse(Tensor.Ones([2, 3])));
        Assert.Contains(operation, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ViewsShareMemoryAndCopiesDoNot()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.Arange(0, 24).Reshape(2, 3, 4);
        Assert.True(x[1, .., 2].SharesStorageWith(x));
        Assert.True(x.Diagonal().SharesStorageWith(x));
        Assert.True(x.Unfold(2, 2, 1).SharesStorageWith(x));
        Assert.True(x.BroadcastTo(5, -1, -1, -1).SharesStorageWith(x));
        Assert.False(x.Roll([1], [0]).SharesStorageWith(x));
        Assert.Equal([14L, 18, 22], x[1, .., 2].ToArray<long>());
    }

    [Fact]
    public void TensorsIndexAsInPyTorch()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.Arange(0, 24).Reshape(2, 3, 4);
        Tensor ids = Tensor.From<long>([2, 0], null);
        Assert.Equal([2L, 2, 4], x[.., ids].Shape.ToArray());
        Assert.Equal([8L, 0, 20, 12], x[.., ids, 0].ToArray<long>());
        Assert.Equal([1L, 3], x[ids > 0, 1, 1..].Shape.ToArray());
        Assert.Equal([11L, 0], x[0, ids, Tensor.From<long>([-1, 0], null)].ToArray<long>());
        Assert.Equal([2L, 2], x[Tensor.From<long>([1, 0], null), 1.., ids].Shape.ToArray());
        Assert.Equal([20L, 21, 22, 23], x[x > 19].ToArray<long>());
        Assert.Equal([0L, 1], x[x < 0, TensorIndex.NewAxis].Shape.ToArray());
        x[1, .., 1..3] = Tensor.Full([2], -1, DType.Int64);
        Assert.Equal([12L, -1, -1, 15, 16], x.Flatten()[12..17].ToArray<long>());
        x[0] = x[1];
        Assert.Equal(12, x[0, 0, 0].Item());
    }

    private static Tensor Make(string what, Device device)
    {
        Tensor three = Tensor.Scalar(3, DType.Float32, device);
        Tensor empty = Tensor.Zeros([2, 0], DType.Float32, device);
        Tensor Row(params float[] values) => Tensor.From(values, device);
        Tensor Ids(params long[] values) => Tensor.From(values, device);
        return what switch
        {
            "sum of a scalar" => three.Sum([-1]),
            "max of a scalar" => three.Max(0).Values,
            "sort of a scalar" => three.Sort().Values,
            "cumprod of a scalar" => three.Cumprod(0),
            "gather from a scalar" => three.Gather(0, Ids(0, 0)),
            "softmax of a scalar" => three.Softmax(0),
            "sum over an empty dimension" => empty.Sum([1]),
            "prod over an empty dimension" => empty.Prod(1),
            "logsumexp over an empty dimension" => empty.LogSumExp([1]),
            "variance of one" => Row(3).Var(),
            "norm 0" => Row(3, 0, -1).VectorNorm(0),
            "logsumexp of infinities" => Tensor.Stack(
                [Row(float.NegativeInfinity, float.NegativeInfinity), Row(1, float.PositiveInfinity)]).LogSumExp([1]),
            "nan is largest" => Row(2, 1, float.NaN).Argsort(descending: true),
            "nan is found" => Row(2, 9, float.NaN).Argmax(),
            "search beyond" => Tensor.SearchSorted(Row(1, 2, 3), Row(-1, 9)),
            "search rows" => Tensor.SearchSorted(Row(1, 2, 3, 4).Reshape(2, 2), Row(1, 4).Reshape(2, 1), right: true),
            "weights counted" => Ids(1, 3, 1).Bincount(Row(1, 1, 2)),
            "masked select broadcasts" => Row(1, 2, 3).MaskedSelect(Row(1, 0, 1).To(DType.Bool).Unsqueeze(0)),
            "nonzero of a matrix" => Row(0, 1, 1, 0).Reshape(2, 2).Nonzero(),
            "cat skips empty lists" => Tensor.Cat([Row(), Tensor.Cat([three.Reshape(1, 1), Row(), three.Reshape(1, 1)], 1).Flatten()]),
            "chunks of nothing" => Row().Chunk(3)[2],
            _ => Row(1, 2).Repeat(2, 1, 1),
        };
    }
}
