namespace Stretto.Tests.Golden;

/// <summary>Convolution, pooling, resampling by PyTorch's names.</summary>
internal static class ImageOps
{
    public static Dictionary<string, Func<GoldenCase, Tensor[]>> Table { get; } = new()
    {
        ["nn.functional.conv1d"] = c => Convolution(c, Tensor.Conv1d, Moves(c)),
        ["nn.functional.conv2d"] = c => Convolution(c, Tensor.Conv2d, Moves(c)),
        ["nn.functional.conv3d"] = c => Convolution(c, Tensor.Conv3d, Moves(c)),
        ["nn.functional.conv_transpose1d"] = c => Convolution(c, Tensor.ConvTranspose1d, TransposedMoves(c)),
        ["nn.functional.conv_transpose2d"] = c => Convolution(c, Tensor.ConvTranspose2d, TransposedMoves(c)),
        ["nn.functional.conv_transpose3d"] = c => Convolution(c, Tensor.ConvTranspose3d, TransposedMoves(c)),
        ["nn.functional.max_pool1d"] = c => Both(c, c.In("input").MaxPool1d(MaxPooling(c))),
        ["nn.functional.max_pool2d"] = c => Both(c, c.In("input").MaxPool2d(MaxPooling(c))),
        ["nn.functional.max_pool3d"] = c => Both(c, c.In("input").MaxPool3d(MaxPooling(c))),
        ["nn.functional.avg_pool1d"] = c => [c.In("input").AvgPool1d(AvgPooling(c))],
        ["nn.functional.avg_pool2d"] = c => [c.In("input").AvgPool2d(AvgPooling(c))],
        ["nn.functional.avg_pool3d"] = c => [c.In("input").AvgPool3d(AvgPooling(c))],
        ["nn.functional.adaptive_avg_pool1d"] = c => [c.In("input").AdaptiveAvgPool1d(OutputSize(c, 1)[0])],
        ["nn.functional.adaptive_avg_pool2d"] = c =>
        {
            long[] size = OutputSize(c, 2);
            return [c.In("input").AdaptiveAvgPool2d(size[0], size[1])];
        },
        ["nn.functional.adaptive_avg_pool3d"] = c =>
        {
            long[] size = OutputSize(c, 3);
            return [c.In("input").AdaptiveAvgPool3d(size[0], size[1], size[2])];
        },
        ["nn.functional.adaptive_max_pool1d"] = c => Both(c, c.In("input").AdaptiveMaxPool1d(OutputSize(c, 1)[0])),
        ["nn.functional.adaptive_max_pool2d"] = c =>
        {
            long[] size = OutputSize(c, 2);
            return Both(c, c.In("input").AdaptiveMaxPool2d(size[0], size[1]));
        },
        ["nn.functional.interpolate"] = c =>
            [
                c.In("input").Interpolate(
                    c.Integers("size")?.Select(s => (long)s).ToArray(), c.Reals("scale_factor"),
                    Mode(c, c.Text("mode") ?? "nearest", c.In("input").Rank - 2), c.Flag("align_corners"), c.Flag("recompute_scale_factor"),
                    c.Flag("antialias")),
            ],
        ["nn.functional.grid_sample"] = c =>
            [
                Tensor.GridSample(
                    c.In("input"), c.In("grid"), Mode(c, c.Text("mode") ?? "bilinear", 2),
                    c.Choice(
                        "padding_mode", ("zeros", SamplePadding.Zeros), ("border", SamplePadding.Border), ("reflection", SamplePadding.Reflection)),
                    c.Flag("align_corners")),
            ],
    };

    private static Tensor[] Convolution(
        GoldenCase c, Func<Tensor, Tensor, Tensor?, ConvolutionOptions?, Tensor> op, ConvolutionOptions options) =>
        [op(c.In("input"), c.In("weight"), c.Maybe("bias"), options)];

    private static ConvolutionOptions Moves(GoldenCase c) => Common(c) with
    {
        Padding = c.IsText("padding") ? [0] : c.Integers("padding") ?? [0],
        Same = c.IsText("padding") && c.Choice("padding", ("valid", false), ("same", true)),
    };

    private static ConvolutionOptions TransposedMoves(GoldenCase c) => Common(c) with
    {
        Padding = c.Integers("padding") ?? [0],
        OutputPadding = c.Integers("output_padding") ?? [0],
    };

    private static ConvolutionOptions Common(GoldenCase c) => new()
    {
        Stride = c.Integers("stride") ?? [1],
        Dilation = c.Integers("dilation") ?? [1],
        Groups = c.Int("groups", 1),
    };

    private static PoolingOptions MaxPooling(GoldenCase c) => Pooling(c) with { Dilation = c.Integers("dilation") ?? [1] };

    private static PoolingOptions AvgPooling(GoldenCase c) => Pooling(c) with
    {
        CountIncludePad = c.Flag("count_include_pad", true),
        DivisorOverride = c.Arg("divisor_override")?.GetInt32(),
    };

    private static PoolingOptions Pooling(GoldenCase c) => new(c.Integers("kernel_size")!)
    {
        Stride = c.Integers("stride") is { Length: > 0 } stride ? stride : null,
        Padding = c.Integers("padding") ?? [0],
        CeilMode = c.Flag("ceil_mode"),
    };

    private static Tensor[] Both(GoldenCase c, (Tensor Values, Tensor Indices) result) =>
        c.Flag("return_indices") ? [result.Values, result.Indices] : [result.Values];

    private static long[] OutputSize(GoldenCase c, int rank)
    {
        double[] given = c.Reals("output_size")!;
        return [.. Enumerable.Range(0, rank).Select(d => (long)given[given.Length == 1 ? 0 : d])];
    }

    /// <summary>PyTorch has one name of linear interpolation for each number of dimensions.</summary>
    /// <summary>PyTorch has one name of linear interpolation for each number of dimensions.</summary>
    private static Interpolation Mode(GoldenCase c, string mode, int dimensions) => (mode, dimensions) switch
    {
        ("nearest", _) => Interpolation.Nearest,
        ("nearest-exact", _) => Interpolation.NearestExact,
        ("linear", 1) or ("bilinear", 2) or ("trilinear", 3) => Interpolation.Linear,
        ("bicubic", _) => Interpolation.Bicubic,
        ("area", _) => Interpolation.Area,
        _ => throw new NotSupportedException($"{c.Op} with mode '{mode}' of {dimensions} dimensions"),
    };
}
