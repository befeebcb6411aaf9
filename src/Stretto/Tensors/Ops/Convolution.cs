using Stretto.Backends;

namespace Stretto;

/// <summary>
/// How a kernel moves over its input; every list holds one number a spatial dimension, or one for all of them.
/// </summary>
public sealed record ConvolutionOptions
{
    /// <summary>The defaults: stride 1, no padding, no dilation, one group.</summary>
    public static ConvolutionOptions Default { get; } = new();

    /// <summary>The step between two windows.</summary>
    public IReadOnlyList<int> Stride { get; init; } = [1];

    /// <summary>
    /// Zeros at each end of a dimension (taken away from the result of a transposed convolution). 0 is PyTorch's
    /// "valid".
    /// </summary>
    public IReadOnlyList<int> Padding { get; init; } = [0];

    /// <summary>
    /// Pad so that the result has the input's size (PyTorch's "same"); needs stride 1, and takes the place of <see
    /// cref="Padding"/>.
    /// </summary>
    public bool Same { get; init; }

    /// <summary>The step between two taps of the kernel.</summary>
    public IReadOnlyList<int> Dilation { get; init; } = [1];

    /// <summary>Transposed convolutions only: places added at the far end of the result.</summary>
    public IReadOnlyList<int> OutputPadding { get; init; } = [0];

    /// <summary>Into how many independent parts the channels fall.</summary>
    public int Groups { get; init; } = 1;
}

/// <summary>Convolutions and their adjoints, of which the gradients are made, to any order.</summary>
public sealed partial class Tensor
{
    /// <summary>Input [N, C, L] or [C, L], weight [O, C / groups, K], bias [O] → [N, O, L'].</summary>
    /// <exception cref="ArgumentException">Sizes, options, dtypes or devices do not fit.</exception>
    public static Tensor Conv1d(Tensor input, Tensor weight, Tensor? bias = null, ConvolutionOptions? options = null) =>
        Convolution("conv1d", 1, input, weight, bias, options ?? ConvolutionOptions.Default);

    /// <summary>Input [N, C, H, W] or [C, H, W], weight [O, C / groups, Kh, Kw], bias [O] → [N, O, H', W'].</summary>
    /// <exception cref="ArgumentException">Sizes, options, dtypes or devices do not fit.</exception>
    public static Tensor Conv2d(Tensor input, Tensor weight, Tensor? bias = null, ConvolutionOptions? options = null) =>
        Convolution("conv2d", 2, input, weight, bias, options ?? ConvolutionOptions.Default);

    /// <summary>
    /// Input [N, C, D, H, W] or [C, D, H, W], weight [O, C / groups, Kd, Kh, Kw], bias [O] → [N, O, D', H', W'].
    /// </summary>
    /// <exception cref="ArgumentException">Sizes, options, dtypes or devices do not fit.</exception>
    public static Tensor Conv3d(Tensor input, Tensor weight, Tensor? bias = null, ConvolutionOptions? options = null) =>
        Convolution("conv3d", 3, input, weight, bias, options ?? ConvolutionOptions.Default);

    /// <summary>The adjoint of <see cref="Conv1d"/>: input [N, C, L], weight [C, O / groups, K] → [N, O, L'].</summary>
    /// <exception cref="ArgumentException">Sizes, options, dtypes or devices do not fit.</exception>
    public static Tensor ConvTranspose1d(
        Tensor input, Tensor weight, Tensor? bias = null, ConvolutionOptions? options = null) =>
        TransposedConvolution("conv_transpose1d", 1, input, weight, bias, options ?? ConvolutionOptions.Default);

    /// <summary>
    /// The adjoint of <see cref="Conv2d"/>: input [N, C, H, W], weight [C, O / groups, Kh, Kw] → [N, O, H', W'].
    /// </summary>
    /// <exception cref="ArgumentException">Sizes, options, dtypes or devices do not fit.</exception>
    public static Tensor ConvTranspose2d(
        Tensor input, Tensor weight, Tensor? bias = null, ConvolutionOptions? options = null) =>
        TransposedConvolution("conv_transpose2d", 2, input, weight, bias, options ?? ConvolutionOptions.Default);

    /// <summary>
    /// The adjoint of <see cref="Conv3d"/>: input [N, C, D, H, W], weight [C, O / groups, Kd, Kh, Kw] → [N, O, D', H',
    /// W'].
    /// </summary>
    /// <exception cref="ArgumentException">Sizes, options, dtypes or devices do not fit.</exception>
    public static Tensor ConvTranspose3d(
        Tensor input, Tensor weight, Tensor? bias = null, ConvolutionOptions? options = null) =>
        TransposedConvolution("conv_transpose3d", 3, input, weight, bias, options ?? ConvolutionOptions.Default);

    private static Tensor Convolution(
        string op, int rank, Tensor input, Tensor weight, Tensor? bias, ConvolutionOptions options)
    {
        if (options.OutputPadding.Any(p => p != 0))
        {
            throw new ArgumentException($"{op}: {nameof(options.OutputPadding)} is for transposed convolutions");
        }

        CheckConvolution(op, rank, input, weight, bias, options, channels: weight.Rank > 1 ? weight.Shape[1] * options.Groups : 0,
            output: weight.Rank > 0 ? weight.Shape[0] : 0);
        if (input.Rank == rank + 1)
        {
            return Convolution(op, rank, input.Unsqueeze(0), weight, bias, options).Squeeze(0);
        }

        long[] stride = PerDimension(op, "stride", options.Stride, rank, 1);
        long[] dilation = PerDimension(op, "dilation", options.Dilation, rank, 1);
        long[] left = PerDimension(op, "padding", options.Padding, rank, 0);
        long[] right = [.. left];
        long[] kernel = weight.Shape.Sizes[2..].ToArray();
        for (int d = 0; options.Same && d < rank; d++)
        {
            if (stride[d] != 1)
            {
                throw new ArgumentException($"{op}: padding 'same' needs stride 1, not {stride[d]}");
            }

            left[d] = dilation[d] * (kernel[d] - 1) / 2;
            right[d] = (dilation[d] * (kernel[d] - 1)) - left[d];
        }

        long[] places = new long[rank];
        for (int d = 0; d < rank; d++)
        {
            long reach = (dilation[d] * (kernel[d] - 1)) + 1;
            long padded = left[d] + input.Shape[2 + d] + right[d];
            places[d] = padded < reach
                ? throw new ArgumentException($"{op}: a kernel of {reach} is larger than the {padded} places of {input.Describe()} with padding")
                : ((padded - reach) / stride[d]) + 1;
        }

        ConvolutionGeometry geometry = new(stride, left, dilation, options.Groups);
        return WithBias(Convolved(input, weight, Shape.Create([input.Shape[0], weight.Shape[0], .. places]), geometry), bias, rank);
    }

    private static Tensor TransposedConvolution(
        string op, int rank, Tensor input, Tensor weight, Tensor? bias, ConvolutionOptions options)
    {
        if (options.Same)
        {
            throw new ArgumentException(
                $"{op}: a transposed convolution has no padding '{nameof(options.Same)}'; give {nameof(options.Padding)}");
        }

        long output = weight.Rank > 1 ? weight.Shape[1] * options.Groups : 0;
        CheckConvolution(op, rank, input, weight, bias, options, channels: weight.Rank > 0 ? weight.Shape[0] : 0, output);
        if (input.Rank == rank + 1)
        {
            return TransposedConvolution(op, rank, input.Unsqueeze(0), weight, bias, options).Squeeze(0);
        }

        long[] stride = PerDimension(op, "stride", options.Stride, rank, 1);
        long[] dilation = PerDimension(op, "dilation", options.Dilation, rank, 1);
        long[] padding = PerDimension(op, "padding", options.Padding, rank, 0);
        long[] extra = PerDimension(op, "output_padding", options.OutputPadding, rank, 0);
        long[] sizes = [input.Shape[0], output, .. input.Shape.Sizes[2..]];
        for (int d = 0; d < rank; d++)
        {
            long reach = dilation[d] * (weight.Shape[2 + d] - 1);
            sizes[2 + d] = ((input.Shape[2 + d] - 1) * stride[d]) + reach + 1 + extra[d] - (2 * padding[d]);
            if (input.Shape[2 + d] == 0 || sizes[2 + d] <= 0 || extra[d] >= Math.Max(stride[d], dilation[d]))
            {
                throw new ArgumentException(
                    $"{op}: {input.Describe()} with padding {padding[d]} and output padding {extra[d]} leaves {sizes[2 + d]} places in "
                    + $"dimension {2 + d}; at least 1, and an output padding below the stride or the dilation, are needed");
            }
        }

        ConvolutionGeometry geometry = new(stride, padding, dilation, options.Groups);
        return WithBias(Spread(input, weight, Shape.Create(sizes), geometry), bias, rank);
    }

    /// <summary>Input and weight → result, the three of which each gradient takes two and gives the third.</summary>
    private static Tensor Convolved(Tensor input, Tensor weight, Shape result, ConvolutionGeometry geometry)
    {
        if (input.IsShort)
        {
            return Convolved(input.To(DType.Float32), weight.To(DType.Float32), result, geometry).To(input.DType);
        }

        (Tensor x, Tensor w) = (input.Contiguous(), weight.Contiguous());
        (Shape ofInput, Shape ofWeight) = (x.Shape, w.Shape);
        Tensor y = Uninitialized(result, x.DType, x.Device);
        y.Backend.Convolution(x.View, w.View, y.View, geometry);
        return Record("convolution", y, [x, w], [x, w], (f, g) =>
        [
            f.Needs(0) ? Spread(g, f.Saved(1), ofInput, geometry) : null,
            f.Needs(1) ? Correlated(f.Saved(0), g, ofWeight, geometry) : null,
        ]);
    }

    /// <summary>Result and weight → input.</summary>
    private static Tensor Spread(Tensor result, Tensor weight, Shape input, ConvolutionGeometry geometry)
    {
        if (result.IsShort)
        {
            return Spread(result.To(DType.Float32), weight.To(DType.Float32), input, geometry).To(result.DType);
        }

        (Tensor y, Tensor w) = (result.Contiguous(), weight.Contiguous());
        (Shape ofResult, Shape ofWeight) = (y.Shape, w.Shape);
        Tensor x = Uninitialized(input, y.DType, y.Device);
        x.Backend.ConvolutionInput(y.View, w.View, x.View, geometry);
        return Record("transposed_convolution", x, [y, w], [y, w], (f, g) =>
        [
            f.Needs(0) ? Convolved(g, f.Saved(1), ofResult, geometry) : null,
            f.Needs(1) ? Correlated(g, f.Saved(0), ofWeight, geometry) : null,
        ]);
    }

    /// <summary>Input and result → weight.</summary>
    private static Tensor Correlated(Tensor input, Tensor result, Shape weight, ConvolutionGeometry geometry)
    {
        (Tensor x, Tensor y) = (input.Contiguous(), result.Contiguous());
        (Shape ofInput, Shape ofResult) = (x.Shape, y.Shape);
        Tensor w = Uninitialized(weight, x.DType, x.Device);
        w.Backend.ConvolutionWeight(x.View, y.View, w.View, geometry);
        return Record("convolution_weight", w, [x, y], [x, y], (f, g) =>
        [
            f.Needs(0) ? Spread(f.Saved(1), g, ofInput, geometry) : null,
            f.Needs(1) ? Convolved(f.Saved(0), g, ofResult, geometry) : null,
        ]);
    }

    private static Tensor WithBias(Tensor y, Tensor? bias, int rank) =>
        bias is null ? y : y + bias.Reshape((long[])[bias.Count, .. Enumerable.Repeat(1L, rank)]);

    private static void CheckConvolution(
        string op, int rank, Tensor input, Tensor weight, Tensor? bias, ConvolutionOptions options, long channels, long output)
    {
        Broadcasting.SameDevice(op, input, weight);
        if ((input.Rank != rank + 1 && input.Rank != rank + 2) || weight.Rank != rank + 2 || input.DType != weight.DType
            || options.Groups < 1 || input.Shape[-rank - 1] != channels || channels % options.Groups != 0 || output % options.Groups != 0
            || weight.Shape.Sizes[2..].Contains(0) || (bias is not null && (bias.Rank != 1 || bias.Count != output)))
        {
            throw new ArgumentException(
                $"{op}: input {input.Describe()}, weight {weight.Describe()}"
                + (bias is null ? "" : $" and bias {bias.Describe()}") + $" do not fit with {options.Groups} groups");
        }
    }
}
