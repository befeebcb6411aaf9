using System.Globalization;
using System.Text.Json;

namespace Stretto.Tests.Golden;

/// <summary>Views, joining, indexing by PyTorch's names.</summary>
internal static class ShapeOps
{
    public static Dictionary<string, Func<GoldenCase, Tensor[]>> Table { get; } = new()
    {
        ["reshape"] = c => [c.Self.Reshape(c.Longs("shape"))],
        ["Tensor.view"] = c => [c.Self.ViewAs(c.Longs(c.Arg("shape") is null ? "size" : "shape"))],
        ["flatten"] = c => [c.Self.Flatten(c.Int("start_dim", 0), c.Int("end_dim", -1))],
        ["ravel"] = c => [c.Self.Flatten()],
        ["unflatten"] = c => [c.Self.Unflatten(c.Int("dim", 0), c.Longs("sizes"))],
        ["permute"] = c => [c.Self.Permute(c.Integers("dims")!)],
        ["transpose"] = c => [c.Self.Transpose(c.Int("dim0", 0), c.Int("dim1", 1))],
        ["swapaxes"] = c => [c.Self.Transpose(c.Int("axis0", 0), c.Int("axis1", 1))],
        ["movedim"] = c => [c.Self.Movedim(c.Integers("source")!, c.Integers("destination")!)],
        ["squeeze"] = c => [c.Integers("dim") is { } dims ? c.Self.Squeeze(dims) : c.Self.Squeeze()],
        ["unsqueeze"] = c => [c.Self.Unsqueeze(c.Int("dim", 0))],
        ["Tensor.expand"] = c => [c.Self.BroadcastTo(c.Longs("size"))],
        ["broadcast_to"] = c => [c.Self.BroadcastTo(c.Longs("size"))],
        ["Tensor.expand_as"] = c => [c.Self.ExpandAs(c.In("other"))],
        ["cat"] = c => [Tensor.Cat(c.List("tensors"), c.Int("dim", 0))],
        ["stack"] = c => [Tensor.Stack(c.List("tensors"), c.Int("dim", 0))],
        ["split"] = c => c.Arg("split_size_or_sections") is { ValueKind: JsonValueKind.Array }
            ? c.Self.Split(c.Longs("split_size_or_sections"), c.Int("dim", 0))
            : c.Self.Split(c.Int("split_size_or_sections", 1), c.Int("dim", 0)),
        ["chunk"] = c => c.Self.Chunk(c.Int("chunks", 1), c.Int("dim", 0)),
        ["unbind"] = c => c.Self.Unbind(c.Int("dim", 0)),
        ["Tensor.__getitem__"] = c => [c.Self[[.. c.Arg("index")!.Value.EnumerateArray().Select(Entry)]]],
        ["select"] = c => [c.Self.Select(c.Int("dim", 0), c.Int("index", 0))],
        ["narrow"] = c => [c.Self.Narrow(c.Int("dim", 0), c.Has("start") ? (long)c.In("start").Item() : c.Int("start", 0), c.Int("length", 0))],
        ["diagonal"] = c => [c.Self.Diagonal(c.Int("offset", 0), c.Int("dim1", 0), c.Int("dim2", 1))],
        ["tril"] = c => [c.Self.Tril(c.Int("diagonal", 0))],
        ["triu"] = c => [c.Self.Triu(c.Int("diagonal", 0))],
        ["Tensor.unfold"] = c => [c.Self.Unfold(c.Int("dimension", 0), c.Int("size", 1), c.Int("step", 1))],
        ["nn.functional.unfold"] = c => [c.Self.UnfoldPatches(
            Pair(c, "kernel_size", 1), Pair(c, "dilation", 1), Pair(c, "padding", 0), Pair(c, "stride", 1))],
        ["gather"] = c => [c.Meets("sparse_grad").Self.Gather(c.Int("dim", 0), c.In("index"))],
        ["take_along_dim"] = c => [c.Self.TakeAlongDim(c.In("indices"), c.Dim())],
        ["scatter"] = Scatter,
        ["scatter_add"] = c => [c.Self.ScatterAdd(c.Int("dim", 0), c.In("index"), c.In("src"))],
        ["scatter_reduce"] = c => [c.Self.ScatterReduce(
            c.Int("dim", 0), c.In("index"), c.In("src"),
            c.Choice(
                "reduce", ("sum", ScatterReduction.Sum), ("prod", ScatterReduction.Prod), ("mean", ScatterReduction.Mean),
                ("amax", ScatterReduction.Amax), ("amin", ScatterReduction.Amin)),
            c.Flag("include_self", true))],
        ["index_select"] = c => [c.Self.IndexSelect(c.Int("dim", 0), c.In("index"))],
        ["index_add"] = c => [c.Self.IndexAdd(c.Int("dim", 0), c.In("index"), c.In("source"), c.Number("alpha", 1))],
        ["index_copy"] = c => [c.Self.IndexCopy(c.Int("dim", 0), c.In("index"), c.In("source"))],
        ["index_fill"] = c => [c.Has("value")
            ? c.Self.IndexFill(c.Int("dim", 0), c.In("index"), c.In("value"))
            : c.Self.IndexFill(c.Int("dim", 0), c.In("index"), c.Number("value", 0))],
        ["index_put"] = c => [c.Self.IndexPut(c.List("indices"), c.In("values"), c.Flag("accumulate"))],
        ["masked_fill"] = c => [c.Has("value")
            ? c.Self.MaskedFill(c.In("mask"), c.In("value")) : c.Self.MaskedFill(c.In("mask"), c.Number("value", 0))],
        ["masked_select"] = c => [c.Self.MaskedSelect(c.In("mask"))],
        ["nonzero"] = c => c.Flag("as_tuple") ? c.Self.Nonzero().Unbind(1) : [c.Self.Nonzero()],
        ["roll"] = c => [c.Self.Roll(c.Longs("shifts"), c.Integers("dims") ?? [])],
        ["flip"] = c => [c.Self.Flip(c.Integers("dims")!)],
        ["Tensor.repeat"] = c => [c.Self.Repeat(c.Longs("repeats"))],
        ["tile"] = c => [c.Self.Tile(c.Longs("dims"))],
        ["repeat_interleave"] = c => [c.Has("repeats")
            ? c.Meets("output_size").Self.RepeatInterleave(c.In("repeats"), c.Dim())
            : c.Meets("output_size").Self.RepeatInterleave(c.Int("repeats", 1), c.Dim())],
        ["nn.functional.pad"] = c => [c.Self.Pad(
            c.Longs("pad"),
            c.Choice(
                "mode", ("constant", PaddingMode.Constant), ("reflect", PaddingMode.Reflect), ("replicate", PaddingMode.Replicate),
                ("circular", PaddingMode.Circular)),
            c.Number("value", 0))],
        ["nn.functional.one_hot"] = c => [c.Self.OneHot(c.Int("num_classes", -1))],
        ["nn.functional.pixel_shuffle"] = c => [c.Self.PixelShuffle(c.Int("upscale_factor", 1))],
        ["nn.functional.pixel_unshuffle"] = c => [c.Self.PixelUnshuffle(c.Int("downscale_factor", 1))],
        ["clone"] = c => [c.Self.Clone()],
        ["Tensor.contiguous"] = c => [c.Self.Contiguous()],
        ["nn.functional.embedding"] = c =>
        [
            Tensor.Embedding(
                c.In("weight"), c.Meets("sparse").In("input"), c.Arg("padding_idx")?.GetInt64(), c.Flag("scale_grad_by_freq")),
        ],
        ["nn.functional.dropout"] = c => [c.Self.Dropout(c.Number("p", 0.5), new Generator(1), c.Flag("training", true))],
    };

    private static Tensor[] Scatter(GoldenCase c)
    {
        if (c.Arg("reduce") is not null)
        {
            // The old way of saying scatter_reduce; a number counts as a source of that number.
            Tensor source = c.Maybe("src") ?? Tensor.Full(c.In("index").Shape, c.Number("value", 0), c.Self.DType, c.Device);
            ScatterReduction reduce = c.Choice("reduce", ("add", ScatterReduction.Sum), ("multiply", ScatterReduction.Prod));
            return [c.Self.ScatterReduce(c.Int("dim", 0), c.In("index"), source, reduce)];
        }

        return [c.Has("src")
            ? c.Self.Scatter(c.Int("dim", 0), c.In("index"), c.In("src"))
            : c.Self.Scatter(c.Int("dim", 0), c.In("index"), c.Number("value", 0))];
    }

    private static (long, long) Pair(GoldenCase c, string arg, int missing)
    {
        int[] numbers = c.Integers(arg) ?? [missing];
        return (numbers[0], numbers[^1]);
    }

    /// <summary><c>1:8:3</c>, <c>...</c>, <c>None</c> or an integer.</summary>
    private static TensorIndex Entry(JsonElement json)
    {
        string text = json.ValueKind == JsonValueKind.String ? json.GetString()! : json.GetRawText();
        if (text is "..." or "None")
        {
            return text == "None" ? TensorIndex.NewAxis : TensorIndex.Ellipsis;
        }

        long?[] numbers = [.. text.Split(':').Select(p => p.Length == 0 ? (long?)null : long.Parse(p, CultureInfo.InvariantCulture))];
        return numbers.Length == 1
            ? TensorIndex.At(numbers[0]!.Value)
            : TensorIndex.Slice(numbers[0], numbers[1], numbers.Length > 2 ? numbers[2] ?? 1 : 1);
    }
}
