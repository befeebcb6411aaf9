using System.Globalization;
using System.Text.Json;

namespace Stretto.Tests.Golden;

/// <summary>Views, joining, indexing by PyTorch's names.</summary>
internal static class ShapeOps
{
    public static Dictionary<string, Func<GoldenCase, Tensor[]>> Table { get; } = new()
    {
        ["reshape"] = c => [Input(c).Reshape(Longs(c, "shape"))],
        ["Tensor.view"] = c => [Input(c).ViewAs(Longs(c, "size"))],
        ["flatten"] = c => [Input(c).Flatten(Int(c, "start_dim", 0), Int(c, "end_dim", -1))],
        ["unflatten"] = c => [Input(c).Unflatten(Int(c, "dim", 0), Longs(c, "sizes"))],
        ["permute"] = c => [Input(c).Permute(c.Integers("dims")!)],
        ["transpose"] = c => [Input(c).Transpose(Int(c, "dim0", 0), Int(c, "dim1", 1))],
        ["movedim"] = c => [Input(c).Movedim(c.Integers("source")!, c.Integers("destination")!)],
        ["squeeze"] = c => [c.Integers("dim") is { } dims ? Input(c).Squeeze(dims) : Input(c).Squeeze()],
        ["unsqueeze"] = c => [Input(c).Unsqueeze(Int(c, "dim", 0))],
        ["Tensor.expand"] = c => [Input(c).BroadcastTo(Longs(c, "size"))],
        ["broadcast_to"] = c => [Input(c).BroadcastTo(Longs(c, "size"))],
        ["Tensor.expand_as"] = c => [Input(c).ExpandAs(c.In("other"))],
        ["cat"] = c => [Tensor.Cat(List(c, "tensors"), Int(c, "dim", 0))],
        ["stack"] = c => [Tensor.Stack(List(c, "tensors"), Int(c, "dim", 0))],
        ["split"] = c => c.Arg("split_size_or_sections") is { ValueKind: JsonValueKind.Array }
            ? Input(c).Split(Longs(c, "split_size_or_sections"), Int(c, "dim", 0))
            : Input(c).Split(Int(c, "split_size_or_sections", 1), Int(c, "dim", 0)),
        ["chunk"] = c => Input(c).Chunk(Int(c, "chunks", 1), Int(c, "dim", 0)),
        ["unbind"] = c => Input(c).Unbind(Int(c, "dim", 0)),
        ["Tensor.__getitem__"] = c => [Input(c)[[.. c.Arg("index")!.Value.EnumerateArray().Select(Entry)]]],
        ["select"] = c => [Input(c).Select(Int(c, "dim", 0), Int(c, "index", 0))],
        ["narrow"] = c => [Input(c).Narrow(Int(c, "dim", 0), Int(c, "start", 0), Int(c, "length", 0))],
        ["diagonal"] = c => [Input(c).Diagonal(Int(c, "offset", 0), Int(c, "dim1", 0), Int(c, "dim2", 1))],
        ["tril"] = c => [Input(c).Tril(Int(c, "diagonal", 0))],
        ["triu"] = c => [Input(c).Triu(Int(c, "diagonal", 0))],
        ["Tensor.unfold"] = c => [Input(c).Unfold(Int(c, "dimension", 0), Int(c, "size", 1), Int(c, "step", 1))],
        ["nn.functional.unfold"] = c => [Input(c).UnfoldPatches(
            Pair(c, "kernel_size", 1), Pair(c, "dilation", 1), Pair(c, "padding", 0), Pair(c, "stride", 1))],
        ["gather"] = c => [Input(c).Gather(Int(c, "dim", 0), c.In("index"))],
        ["take_along_dim"] = c => [Input(c).TakeAlongDim(c.In("indices"), c.Arg("dim") is null ? null : Int(c, "dim", 0))],
        ["scatter"] = c => [c.Has("src")
            ? Input(c).Scatter(Int(c, "dim", 0), c.In("index"), c.In("src"))
            : Input(c).Scatter(Int(c, "dim", 0), c.In("index"), c.Number("value", 0))],
        ["scatter_add"] = c => [Input(c).ScatterAdd(Int(c, "dim", 0), c.In("index"), c.In("src"))],
        ["scatter_reduce"] = c => [Input(c).ScatterReduce(
            Int(c, "dim", 0), c.In("index"), c.In("src"), Enum.Parse<ScatterReduction>(c.Text("reduce")!, ignoreCase: true),
            c.Number("include_self", 1) != 0)],
        ["index_select"] = c => [Input(c).IndexSelect(Int(c, "dim", 0), c.In("index"))],
        ["index_add"] = c => [Input(c).IndexAdd(Int(c, "dim", 0), c.In("index"), c.In("source"), c.Number("alpha", 1))],
        ["index_copy"] = c => [Input(c).IndexCopy(Int(c, "dim", 0), c.In("index"), c.In("source"))],
        ["index_fill"] = c => [c.Has("value")
            ? Input(c).IndexFill(Int(c, "dim", 0), c.In("index"), c.In("value"))
            : Input(c).IndexFill(Int(c, "dim", 0), c.In("index"), c.Number("value", 0))],
        ["masked_fill"] = c => [c.Has("value")
            ? Input(c).MaskedFill(c.In("mask"), c.In("value")) : Input(c).MaskedFill(c.In("mask"), c.Number("value", 0))],
        ["masked_select"] = c => [Input(c).MaskedSelect(c.In("mask"))],
        ["nonzero"] = c => [Input(c).Nonzero()],
        ["roll"] = c => [Input(c).Roll(Longs(c, "shifts"), c.Integers("dims") ?? [])],
        ["flip"] = c => [Input(c).Flip(c.Integers("dims")!)],
        ["Tensor.repeat"] = c => [Input(c).Repeat(Longs(c, "repeats"))],
        ["tile"] = c => [Input(c).Tile(Longs(c, "dims"))],
        ["repeat_interleave"] = c => [c.Has("repeats")
            ? Input(c).RepeatInterleave(c.In("repeats"), c.Arg("dim") is null ? null : Int(c, "dim", 0))
            : Input(c).RepeatInterleave(Int(c, "repeats", 1), c.Arg("dim") is null ? null : Int(c, "dim", 0))],
        ["nn.functional.pad"] = c => [Input(c).Pad(
            Longs(c, "pad"), Enum.Parse<PaddingMode>(c.Text("mode") ?? "constant", ignoreCase: true), c.Number("value", 0))],
        ["nn.functional.one_hot"] = c => [Input(c).OneHot(Int(c, "num_classes", -1))],
        ["nn.functional.pixel_shuffle"] = c => [Input(c).PixelShuffle(Int(c, "upscale_factor", 1))],
        ["nn.functional.pixel_unshuffle"] = c => [Input(c).PixelUnshuffle(Int(c, "downscale_factor", 1))],
        ["index_put"] = c => [Input(c).IndexPut(List(c, "indices"), c.In("values"), c.Flag("accumulate"))],
        ["outer"] = c => [Input(c).Outer(c.In("vec2"))],
        ["Tensor.to"] = c => [Input(c).To(DTypes.Parse(c.Text("dtype")!))],
        ["clone"] = c => [Input(c).Clone()],
        ["Tensor.contiguous"] = c => [Input(c).Contiguous()],
        ["nn.functional.embedding"] = c =>
        {
            c.Only("padding_idx", "scale_grad_by_freq", "sparse");
            long? padding = c.Arg("padding_idx") is null ? null : Int(c, "padding_idx", 0);
            return [Tensor.Embedding(c.In("weight"), c.In("input"), padding, c.Flag("scale_grad_by_freq"))];
        },
        ["nn.functional.dropout"] = c => [Input(c).Dropout(c.Number("p", 0.5), new Generator(1), c.Number("training", 1) != 0)],
    };

    private static Tensor Input(GoldenCase c) => c.In(c.Has("input") ? "input" : c.Has("self") ? "self" : "tensor");

    private static int Int(GoldenCase c, string arg, int missing) => (int)c.Number(arg, missing);

    private static long[] Longs(GoldenCase c, string arg) => [.. (c.Integers(arg) ?? []).Select(i => (long)i)];

    private static (long, long) Pair(GoldenCase c, string arg, int missing)
    {
        int[] numbers = c.Integers(arg) ?? [missing];
        return (numbers[0], numbers[^1]);
    }

    private static List<Tensor> List(GoldenCase c, string name)
    {
        List<Tensor> tensors = [];
        while (c.Has($"{name}.{tensors.Count}"))
        {
            tensors.Add(c.In($"{name}.{tensors.Count}"));
        }

        return tensors;
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
