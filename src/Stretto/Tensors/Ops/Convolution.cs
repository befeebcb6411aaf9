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

/// <summary>Convolutions: windows of the input as columns, times the weights. Gradients are compositions too.</summary>
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

        Tensor padded = input.ZeroPad(left, right);
        long[] places = new long[rank];
        for (int d = 0; d < rank; d++)
        {
            long reach = (dilation[d] * (kernel[d] - 1)) + 1;
            places[d] = padded.Shape[2 + d] < reach
                ? throw new ArgumentException($"{op}: a kernel of {reach} is larger than the {padded.Shape[2 + d]} places of {input.Describe()} with padding")
                : ((padded.Shape[2 + d] - reach) / stride[d]) + 1;
        }

        (long batch, long groups, long output) = (input.Shape[0], options.Groups, weight.Shape[0]);
        long depth = weight.Count / Math.Max(output, 1);
        StridedWindow window = KernelWindow(padded.Shape, groups, kernel, places, stride, dilation);
        Tensor columns = Windows(padded, window).Reshape((long[])[batch, groups, depth, CountOf(places)]);
        Tensor rows = weight.Reshape((long[])[groups, output / groups, depth]);
        return WithBias(MatMul(rows, columns).Reshape((long[])[batch, output, .. places]), bias, rank);
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
        long[] kernel = weight.Shape.Sizes[2..].ToArray();
        long[] places = input.Shape.Sizes[2..].ToArray();
        (long batch, long groups, long channels) = (input.Shape[0], options.Groups, input.Shape[1]);
        long[] full = [batch, output, .. places];
        long[] cropped = [batch, output, .. places];
        for (int d = 0; d < rank; d++)
        {
            full[2 + d] = ((places[d] - 1) * stride[d]) + (dilation[d] * (kernel[d] - 1)) + 1 + extra[d];
            cropped[2 + d] = full[2 + d] - (2 * padding[d]);
            if (places[d] == 0 || cropped[2 + d] <= 0 || extra[d] >= Math.Max(stride[d], dilation[d]))
            {
                throw new ArgumentException(
                    $"{op}: {input.Describe()} with padding {padding[d]} and output padding {extra[d]} leaves {cropped[2 + d]} places in "
                    + $"dimension {2 + d}; at least 1, and an output padding below the stride or the dilation, are needed");
            }
        }

        long taps = output / groups * CountOf(kernel);
        Tensor rows = weight.Reshape((long[])[groups, channels / groups, taps]).Transpose(1, 2);
        Tensor columns = MatMul(rows, input.Reshape((long[])[batch, groups, channels / groups, CountOf(places)]));
        StridedWindow window = KernelWindow(Shape.Create(full), groups, kernel, places, stride, dilation);
        Tensor whole = FoldWindows(columns.Reshape(window.Shape), Shape.Create(full), window);
        if (padding.Any(p => p > 0))
        {
            long[] strides = Layout.Contiguous(Shape.Create(full)).Strides.ToArray();
            long offset = padding.Select((p, d) => p * strides[2 + d]).Sum();
            whole = Windows(whole, new StridedWindow(Shape.Create(cropped), strides, offset, [])).Contiguous();
        }

        return WithBias(whole, bias, rank);
    }

    /// <summary>[N, C, P…] seen as [N, groups, C / groups, kernel…, places…].</summary>
    private static StridedWindow KernelWindow(
        Shape padded, long groups, long[] kernel, long[] places, long[] stride, long[] dilation)
    {
        long[] steps = Layout.Contiguous(padded).Strides.ToArray();
        long channels = padded.Sizes[1] / groups;
        Shape shape = [padded.Sizes[0], groups, channels, .. kernel, .. places];
        long[] strides =
        [
            steps[0], channels * steps[1], steps[1],
            .. kernel.Select((_, d) => dilation[d] * steps[2 + d]), .. places.Select((_, d) => stride[d] * steps[2 + d]),
        ];
        return new StridedWindow(shape, strides, 0, [.. Enumerable.Range(3, kernel.Length)]);
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

    private static long CountOf(long[] sizes) => Shape.Create(sizes).Count;
}
