namespace Stretto.Nn;

/// <summary>One number a spatial dimension, or one for all: <c>3</c>, <c>(3, 5)</c>, <c>(1, 3, 3)</c>.</summary>
public readonly struct Spatial
{
    private readonly int[]? _values;

    private Spatial(params int[] values) => _values = values;

    /// <summary>One number a dimension, or a single one.</summary>
    public IReadOnlyList<int> Values => _values ?? [0];

    /// <summary>A padding for which the output has the input's size, where strides are 1: PyTorch's "same".</summary>
    public static Spatial Same { get; } = new(-1);

    /// <summary>Whether this is <see cref="Same"/>.</summary>
    internal bool IsSame => _values is [-1];

    /// <summary>The same number for every dimension.</summary>
    public static implicit operator Spatial(int value) => new(value);

    /// <summary>Height and width.</summary>
    public static implicit operator Spatial((int Height, int Width) value) => new(value.Height, value.Width);

    /// <summary>Depth, height and width.</summary>
    public static implicit operator Spatial((int Depth, int Height, int Width) value) => new(value.Depth, value.Height, value.Width);

    /// <summary>As PyTorch prints a tuple.</summary>
    public override string ToString() => IsSame ? "same" : Values.Count == 1 ? $"({Values[0]},)" : $"({string.Join(", ", Values)})";

    /// <summary>One number for each of so many dimensions.</summary>
    internal int[] Expand(int dimensions, string what)
    {
        int[] values = [.. Values];
        return values.Length == dimensions ? values
            : values.Length == 1 ? [.. Enumerable.Repeat(values[0], dimensions)]
            : throw new ArgumentException($"{what} {this} has {values.Length} numbers, {dimensions} dimensions need 1 or {dimensions}");
    }
}

/// <summary>What convolutions of one to three dimensions, plain and transposed, share. Weights have PyTorch's names and layouts.</summary>
public abstract class Convolution : Layer
{
    private readonly int[] _kernel;
    private readonly ConvolutionOptions _options;
    private readonly PaddingMode _mode;
    private readonly bool _transposed;

    private protected Convolution(ConvolutionShape shape, bool bias, Device? device, DType dtype)
    {
        int dimensions = shape.Dimensions;
        if (shape.Groups < 1 || shape.Inputs % shape.Groups != 0 || shape.Outputs % shape.Groups != 0)
        {
            throw new ArgumentException(
                $"{GetType().Name}: {shape.Groups} groups do not divide {shape.Inputs} inputs and {shape.Outputs} outputs");
        }

        if (shape.Transposed && (shape.Mode != PaddingMode.Constant || shape.Padding.IsSame))
        {
            throw new ArgumentException($"{GetType().Name}: a transposed convolution takes numbers of zeros as padding, nothing else");
        }

        _kernel = shape.Kernel.Expand(dimensions, "kernel size");
        (_mode, _transposed) = (shape.Mode, shape.Transposed);
        _options = new ConvolutionOptions
        {
            Stride = shape.Stride.Expand(dimensions, "stride"),
            Padding = shape.Padding.IsSame ? [0] : shape.Padding.Expand(dimensions, "padding"),
            Same = shape.Padding.IsSame,
            Dilation = shape.Dilation.Expand(dimensions, "dilation"),
            OutputPadding = shape.OutputPadding.Expand(dimensions, "output padding"),
            Groups = shape.Groups,
        };
        (long first, long second) = shape.Transposed ? (shape.Inputs, shape.Outputs) : (shape.Outputs, shape.Inputs);
        long[] kernel = Array.ConvertAll(_kernel, k => (long)k);
        Weight = Register("weight", Tensor.Zeros([first, second / shape.Groups, .. kernel], dtype, device));
        Bias = bias ? Register("bias", Tensor.Zeros([shape.Outputs], dtype, device)) : null;
        ResetParameters();
    }

    /// <summary>[out, in / groups, kernel...]; transposed [in, out / groups, kernel...].</summary>
    public Tensor Weight { get; }

    /// <summary>[out], or null.</summary>
    public Tensor? Bias { get; }

    /// <inheritdoc/>
    protected override string Options
    {
        get
        {
            int groups = _options.Groups;
            (long first, long second) = (Weight.Shape[0], Weight.Shape[1] * groups);
            string text = $"{(_transposed ? first : second)}, {(_transposed ? second : first)}, kernel_size={Tuple(_kernel)}, "
                + $"stride={Tuple(_options.Stride)}";
            text += _options.Same ? ", padding=same" : _options.Padding.Any(p => p != 0) ? $", padding={Tuple(_options.Padding)}" : "";
            text += _options.Dilation.Any(d => d != 1) ? $", dilation={Tuple(_options.Dilation)}" : "";
            text += _options.OutputPadding.Any(p => p != 0) ? $", output_padding={Tuple(_options.OutputPadding)}" : "";
            text += (groups == 1 ? "" : $", groups={groups}") + (Bias is null ? ", bias=False" : "");
#pragma warning disable CA1308 // PyTorch's spelling
            return text + (_mode == PaddingMode.Constant ? "" : $", padding_mode={_mode.ToString().ToLowerInvariant()}");
#pragma warning restore CA1308
        }
    }

    /// <summary>[n, in, sizes...] → [n, out, sizes'...]; without n, too.</summary>
    protected override Tensor ForwardCore(Tensor x)
    {
        if (_transposed)
        {
            return _kernel.Length switch
            {
                1 => Tensor.ConvTranspose1d(x, Weight, Bias, _options),
                2 => Tensor.ConvTranspose2d(x, Weight, Bias, _options),
                _ => Tensor.ConvTranspose3d(x, Weight, Bias, _options),
            };
        }

        ConvolutionOptions options = _options;
        if (_mode != PaddingMode.Constant)
        {
            x = x.Pad(Around(), _mode);
            options = options with { Padding = [0], Same = false };
        }

        return _kernel.Length switch
        {
            1 => Tensor.Conv1d(x, Weight, Bias, options),
            2 => Tensor.Conv2d(x, Weight, Bias, options),
            _ => Tensor.Conv3d(x, Weight, Bias, options),
        };
    }

    /// <inheritdoc/>
    protected override void ResetParameters(Generator generator) => Linear.Fresh(generator, Weight, Bias);

    /// <summary>Places before and after, the last dimension first; the odd one of "same" goes to the end.</summary>
    private long[] Around()
    {
        long[] around = new long[2 * _kernel.Length];
        for (int d = 0; d < _kernel.Length; d++)
        {
            int at = 2 * (_kernel.Length - 1 - d);
            int total = _options.Same ? _options.Dilation[d] * (_kernel[d] - 1) : 2 * _options.Padding[d];
            (around[at], around[at + 1]) = (total / 2, total - (total / 2));
        }

        return around;
    }
}

internal readonly record struct ConvolutionShape(
    int Dimensions, long Inputs, long Outputs, Spatial Kernel, Spatial Stride, Spatial Padding, Spatial Dilation, int Groups,
    PaddingMode Mode = PaddingMode.Constant, bool Transposed = false, Spatial OutputPadding = default);
