namespace Stretto.Tests.Tensors;

/// <summary>
/// What wrong shapes, dtypes, dimensions and places are answered with: a typed error that names the operation and what it was given.
/// </summary>
public sealed class MisuseTests
{
    private static Tensor X => Tensor.Arange(0, 6, 1, DType.Float32).Reshape(2, 3);

    private static Tensor Ids => Tensor.From<long>([1, 2], null);

    private static Tensor Mask => Tensor.Ones([2, 3], DType.Bool);

    public static TheoryData<string, Action, string[]> Cases() => new()
    {
        { "add", () => _ = X + Tensor.Ones([4, 2, 2]), ["add", "[2, 3]", "[4, 2, 2]", "-1"] },
        { "add on two devices", () => _ = X + Tensor.Ones([2, 3], DType.Float32, Device.Reference), ["add", "reference"] },
        { "sub of bools", () => _ = Mask - Mask, ["sub", "bool"] },
        { "alpha", () => Ids.Add(Ids, 0.5), ["add", "alpha", "int64"] },
        { "matmul", () => Tensor.MatMul(X, X), ["matmul", "[2, 3]"] },
        { "matmul, dtypes", () => Tensor.MatMul(X, Tensor.Ones([3, 2], DType.Float64)), ["matmul", "float32", "float64"] },
        { "bmm", () => X.Bmm(X), ["bmm", "[2, 3]", "3 dimensions"] },
        { "linear", () => Tensor.Linear(X, Tensor.Ones([4, 2])), ["linear", "[2, 3]", "[4, 2]"] },
        { "einsum", () => Tensor.Einsum("ij,jk->ik", X, X), ["einsum", "'j'", "3", "2"] },
        { "where", () => Tensor.Where(X, X, X), ["where", "float32", "bool"] },
        { "comparison", () => _ = X < Tensor.Ones([4]), ["lt", "[2, 3]", "[4]"] },
        { "and", () => _ = X & X, ["bitwise_and", "float32"] },
        { "sum", () => X.Sum([2]), ["Sum", "2", "[2, 3]", "-2 to 1"] },
        { "mean twice", () => X.Mean([0, -2]), ["Mean", "-2", "twice"] },
        { "mean of integers", () => Ids.Mean(), ["mean", "int64", "To("] },
        { "var", () => X.Var([5]), ["5", "[2, 3]"] },
        { "cumsum", () => X.Cumsum(-3), ["Cumsum", "-3", "[2, 3]"] },
        { "sort", () => X.Sort(2), ["Sort", "2", "[2, 3]"] },
        { "argmax of nothing", () => Tensor.Zeros([0, 3]).Argmax(0), ["argmax", "[0, 3]", "empty"] },
        { "topk", () => X.TopK(5), ["topk", "5", "[2, 3]"] },
        { "softmax", () => X.Softmax(3), ["3", "[2, 3]"] },
        { "reshape", () => X.Reshape(4, 2), ["reshape", "[2, 3]", "[4, 2]"] },
        { "reshape, inferred", () => X.Reshape(4, -1), ["reshape", "[2, 3]", "4"] },
        { "permute", () => X.Permute(0), ["permute", "[2, 3]"] },
        { "permute twice", () => X.Permute(0, 0), ["Permute", "twice"] },
        { "transpose", () => X.Transpose(0, 2), ["Transpose", "2", "[2, 3]"] },
        { "expand", () => X.Expand([4, 3]), ["expand", "[2, 3]", "[4, 3]"] },
        { "squeeze", () => X.Squeeze(4), ["Squeeze", "4"] },
        { "unsqueeze", () => X.Unsqueeze(4), ["unsqueeze", "4", "[2, 3]"] },
        { "narrow", () => X.Narrow(1, 2, 2), ["narrow", "2", "[2, 3]"] },
        { "select", () => X.Select(1, -4), ["select", "-4", "[2, 3]"] },
        { "split", () => X.Split([1, 3], 1), ["split", "4", "[2, 3]"] },
        { "cat", () => Tensor.Cat([X, Tensor.Ones([2, 2])]), ["cat", "[2, 3]", "[2, 2]"] },
        { "stack", () => Tensor.Stack([X, Ids]), ["stack", "[2, 3]", "[2]"] },
        { "index", () => _ = X[0, 0, 0], ["index", "[2, 3]"] },
        { "index by a mask", () => _ = X[Tensor.Ones([3], DType.Bool)], ["index", "[3]", "[2, 3]"] },
        { "index by floats", () => _ = X[X], ["index", "integers"] },
        { "index beyond", () => _ = X[Ids], ["index", "[2, 3]"] },
        { "index by tensors, set", SetByTensors, ["index", "IndexPut"] },
        { "index_select", () => X.IndexSelect(1, X), ["index_select", "[2, 3]"] },
        { "gather", () => X.Gather(1, Ids), ["gather", "[2]", "[2, 3]"] },
        { "scatter_add", () => X.ScatterAdd(0, Ids.Unsqueeze(0), X.To(DType.Float64)), ["scatter_add", "float64"] },
        { "masked_fill", () => X.MaskedFill(Tensor.Ones([4], DType.Bool), 0), ["masked_fill", "[4]", "[2, 3]"] },
        { "pad", () => X.Pad([1]), ["pad", "pairs"] },
        { "unfold", () => X.Unfold(1, 4, 1), ["unfold", "4", "[2, 3]"] },
        { "searchsorted", () => Tensor.SearchSorted(X, Ids), ["searchsorted", "[2, 3]", "[2]"] },
        { "conv2d", () => Tensor.Conv2d(Tensor.Ones([1, 3, 8, 8]), Tensor.Ones([4, 2, 3, 3])), ["conv2d", "[1, 3, 8, 8]", "[4, 2, 3, 3]"] },
        { "conv2d, output padding", () => Tensor.Conv2d(
            Tensor.Ones([1, 3, 8, 8]), Tensor.Ones([4, 3, 3, 3]), null, new() { OutputPadding = [1] }), ["conv2d", "OutputPadding"] },
        { "conv_transpose2d, same", () => Tensor.ConvTranspose2d(
            Tensor.Ones([1, 3, 8, 8]), Tensor.Ones([3, 4, 3, 3]), null, new() { Same = true }), ["conv_transpose2d", "Same"] },
        { "avg_pool1d, dilation", () => X.AvgPool1d(new([2]) { Dilation = [2] }), ["avg_pool1d", "Dilation"] },
        { "max_pool1d, divisor", () => X.MaxPool1d(new([2]) { DivisorOverride = 2 }), ["max_pool1d", "DivisorOverride"] },
        { "interpolate", () => X.Interpolate([4]), ["interpolate", "[2, 3]"] },
        { "grid_sample", () => Tensor.GridSample(Tensor.Ones([1, 1, 2, 2]), Tensor.Ones([1, 2, 2, 3])),
            ["grid_sample", "[1, 1, 2, 2]", "[1, 2, 2, 3]"] },
        { "solve", () => Linalg.Solve(Tensor.Ones([2, 2]), Tensor.Ones([3, 1])), ["linalg.solve", "[2, 2]", "[3, 1]"] },
        { "inv", () => Linalg.Inv(X), ["linalg.inv", "[2, 3]", "square"] },
        { "layer_norm", () => X.LayerNorm([2]), ["layer_norm", "[2, 3]", "[2]"] },
        { "group_norm", () => X.GroupNorm(2), ["group_norm", "2", "3"] },
        { "batch_norm", () => X.BatchNorm(null, null), ["batch_norm", "running"] },
        { "cross_entropy", () => X.CrossEntropy(Tensor.From<long>([0, 3], null)), ["cross_entropy", "3"] },
        { "cross_entropy, shapes", () => X.CrossEntropy(Tensor.From<long>([0], null)), ["cross_entropy", "[2, 3]", "[1]"] },
        { "cross_entropy, smoothing", () => X.CrossEntropy(Ids, labelSmoothing: 2), ["cross_entropy", "2"] },
        { "mse_loss, weight", () => X.MseLoss(X, weight: Ids), ["mse_loss", "[2, 3]", "[2]"] },
        { "kl_div", () => X.KlDiv(Tensor.Ones([4])), ["[2, 3]", "[4]"] },
        { "embedding", () => Tensor.Embedding(X, Tensor.From<long>([5], null)), ["5"] },
        { "rotary", () => X.Rotary(X, X), ["rotary", "[2, 3]"] },
        { "attention", () => Tensor.Attention(X, X, X, [0, 2]), ["attention", "[2, 3]"] },
        { "attention, mask", () => Tensor.Attention(
            Tensor.Ones([2, 1, 4]), Tensor.Ones([2, 1, 4]), Tensor.Ones([2, 1, 4]), [0, 2], [0, 2], mask: Mask), ["attention", "[2, 3]", "[2, 2]"] },
        { "item", () => X.Item(), ["item", "[2, 3]"] },
    };

    private static void SetByTensors()
    {
        Tensor x = X;
        x[Ids] = x;
    }

    [Theory]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = true)]
    public void ErrorNamesWhatIsWrong(string what, Action misuse, string[] fragments)
    {
        using TensorScope scope = TensorScope.Begin();
        Exception error = Assert.ThrowsAny<Exception>(misuse);
        Assert.True(error is ArgumentException or InvalidOperationException, $"{what}: {error}");
        Assert.All(fragments, f => Assert.Contains(f, error.Message, StringComparison.Ordinal));
    }
}
