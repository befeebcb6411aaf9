namespace Stretto.Tests.Golden;

/// <summary>Convolution, pooling, resampling by PyTorch's names.</summary>
internal static class ImageOps
{
    public static Dictionary<string, Func<GoldenCase, Tensor[]>> Table { get; } = new()
    {
        ["nn.functional.conv1d"] = c => Convolution(c, Tensor.Conv1d),
        ["nn.functional.conv2d"] = c => Convolution(c, Tensor.Conv2d),
        ["nn.functional.conv3d"] = c => Convolution(c, Tensor.Conv3d),
        ["nn.functional.conv_transpose1d"] = c => Convolution(c, Tensor.ConvTranspose1d),
        ["nn.functional.conv_transpose2d"] = c => Convolution(c, Tensor.ConvTranspose2d),
        ["nn.functional.conv_transpose3d"] = c => Convolution(c, Tensor.ConvTranspose3d),
        ["nn.functional.max_pool1d"] = c => Both(c, c.In("input").MaxPool1d(Pooling(c))),
        ["nn.functional.max_pool2d"] = c => Both(c, c.In("input").MaxPool2d(Pooling(c))),
        ["nn.functional.max_pool3d"] = c => Both(c, c.In("input").MaxPool3d(Pooling(c))),
        ["nn.functional.avg_pool1d"] = c => [c.In("input").AvgPool1d(Pooling(c))],
        ["nn.functional.avg_pool2d"] = c => [c.In("input").AvgPool2d(Pooling(c))],
        ["nn.functional.avg_pool3d"] = c => [c.In("input").AvgPool3d(Pooling(c))],
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
        ["nn.functional.interpolate"] = c =>
        {
            c.Only("size", "scale_factor", "mode", "align_corners", "recompute_scale_factor", "antialias");
            return
            [
                c.In("input").Interpolate(
                    c.Integers("size")?.Select(s => (long)s).ToArray(), c.Reals("scale_factor"), Mode(c.Text("mode") ?? "nearest"),
                    c.Flag("align_corners"), c.Flag("recompute_scale_factor"), c.Flag("antialias")),
            ];
        },
        ["nn.functional.grid_sample"] = c =>
        {
            c.Only("mode", "padding_mode", "align_corners");
            SamplePadding padding = Enum.Parse<SamplePadding>(c.Text("padding_mode") ?? "zeros", ignoreCase: true);
            return [Tensor.GridSample(c.In("input"), c.In("grid"), Mode(c.Text("mode") ?? "bilinear"), padding, c.Flag("align_corners"))];
        },
    };

    private static Tensor[] Convolution(GoldenCase c, Func<Tensor, Tensor, Tensor?, ConvolutionOptions?, Tensor> op)
    {
        c.Only("stride", "padding", "dilation", "groups", "output_padding");
        ConvolutionOptions options = new()
        {
            Stride = c.Integers("stride") ?? [1],
            Padding = c.IsText("padding") ? [0] : c.Integers("padding") ?? [0],
            Same = c.IsText("padding") && c.Text("padding") == "same",
            Dilation = c.Integers("dilation") ?? [1],
            OutputPadding = c.Integers("output_padding") ?? [0],
            Groups = (int)c.Number("groups", 1),
        };
        return [op(c.In("input"), c.In("weight"), c.Has("bias") ? c.In("bias") : null, options)];
    }

    private static PoolingOptions Pooling(GoldenCase c)
    {
        c.Only("kernel_size", "stride", "padding", "dilation", "ceil_mode", "count_include_pad", "divisor_override", "return_indices");
        int divisor = (int)c.Number("divisor_override", 0);
        return new PoolingOptions(c.Integers("kernel_size")!)
        {
            Stride = c.Integers("stride"),
            Padding = c.Integers("padding") ?? [0],
            Dilation = c.Integers("dilation") ?? [1],
            CeilMode = c.Flag("ceil_mode"),
            CountIncludePad = c.Number("count_include_pad", 1) != 0,
            DivisorOverride = divisor == 0 ? null : divisor,
        };
    }

    private static Tensor[] Both(GoldenCase c, (Tensor Values, Tensor Indices) result) =>
        c.Flag("return_indices") ? [result.Values, result.Indices] : [result.Values];

    private static long[] OutputSize(GoldenCase c, int rank)
    {
        c.Only("output_size");
        double[] given = c.Reals("output_size")!;
        return [.. Enumerable.Range(0, rank).Select(d => (long)given[given.Length == 1 ? 0 : d])];
    }

    private static Interpolation Mode(string mode) => mode switch
    {
        "nearest" => Interpolation.Nearest,
        "nearest-exact" => Interpolation.NearestExact,
        "linear" or "bilinear" or "trilinear" => Interpolation.Linear,
        "bicubic" => Interpolation.Bicubic,
        "area" => Interpolation.Area,
        _ => throw new NotSupportedException(mode),
    };
}
