namespace Stretto.Nn;

/// <summary>What pooling layers share.</summary>
public abstract class Pooling : Layer
{
    private protected Pooling(int dimensions, Spatial kernel, Spatial? stride, Spatial padding, Spatial dilation, bool ceilMode)
    {
        Dimensions = dimensions;
        Window = new PoolingOptions(kernel.Expand(dimensions, "kernel size"))
        {
            Stride = (stride ?? kernel).Expand(dimensions, "stride"),
            Padding = padding.Expand(dimensions, "padding"),
            Dilation = dilation.Expand(dimensions, "dilation"),
            CeilMode = ceilMode,
        };
    }

    private protected int Dimensions { get; }

    private protected PoolingOptions Window { get; init; }

    /// <inheritdoc/>
    protected override string Options =>
        $"kernel_size={Tuple(Window.Kernel)}, stride={Tuple(Window.Stride!)}, padding={Tuple(Window.Padding)}, ceil_mode={Window.CeilMode}";
}

/// <summary>The largest of each window.</summary>
public abstract class MaxPooling : Pooling
{
    private protected MaxPooling(int dimensions, Spatial kernel, Spatial? stride, Spatial padding, Spatial? dilation, bool ceilMode)
        : base(dimensions, kernel, stride, padding, dilation ?? 1, ceilMode)
    {
    }

    /// <summary>The largest of each window and its place, as the functions give them; hooks do not see it.</summary>
    public (Tensor Values, Tensor Indices) ForwardWithIndices(Tensor x) => Dimensions switch
    {
        1 => x.MaxPool1d(Window),
        2 => x.MaxPool2d(Window),
        _ => x.MaxPool3d(Window),
    };

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => ForwardWithIndices(x).Values;
}

/// <summary>The mean of each window.</summary>
public abstract class AvgPooling : Pooling
{
    private protected AvgPooling(
        int dimensions, Spatial kernel, Spatial? stride, Spatial padding, bool ceilMode, bool countIncludePad, int? divisorOverride)
        : base(dimensions, kernel, stride, padding, 1, ceilMode) =>
        Window = Window with { CountIncludePad = countIncludePad, DivisorOverride = divisorOverride };

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => Dimensions switch
    {
        1 => x.AvgPool1d(Window),
        2 => x.AvgPool2d(Window),
        _ => x.AvgPool3d(Window),
    };
}

/// <summary>The largest of each window of the last dimension.</summary>
/// <param name="kernelSize">Sizes of a window.</param>
/// <param name="stride">Steps between two windows; null is the window's size.</param>
/// <param name="padding">Places added at both ends; they are never a maximum.</param>
/// <param name="dilation">Steps between two places of a window; null is 1.</param>
/// <param name="ceilMode">Whether a last window may reach over the end.</param>
public sealed class MaxPool1d(
    Spatial kernelSize, Spatial? stride = null, Spatial padding = default, Spatial? dilation = null, bool ceilMode = false)
    : MaxPooling(1, kernelSize, stride, padding, dilation, ceilMode);

/// <summary>The largest of each window of the last two dimensions.</summary>
/// <param name="kernelSize">Sizes of a window.</param>
/// <param name="stride">Steps between two windows; null is the window's size.</param>
/// <param name="padding">Places added at both ends; they are never a maximum.</param>
/// <param name="dilation">Steps between two places of a window; null is 1.</param>
/// <param name="ceilMode">Whether a last window may reach over the end.</param>
public sealed class MaxPool2d(
    Spatial kernelSize, Spatial? stride = null, Spatial padding = default, Spatial? dilation = null, bool ceilMode = false)
    : MaxPooling(2, kernelSize, stride, padding, dilation, ceilMode);

/// <summary>The largest of each window of the last three dimensions.</summary>
/// <param name="kernelSize">Sizes of a window.</param>
/// <param name="stride">Steps between two windows; null is the window's size.</param>
/// <param name="padding">Places added at both ends; they are never a maximum.</param>
/// <param name="dilation">Steps between two places of a window; null is 1.</param>
/// <param name="ceilMode">Whether a last window may reach over the end.</param>
public sealed class MaxPool3d(
    Spatial kernelSize, Spatial? stride = null, Spatial padding = default, Spatial? dilation = null, bool ceilMode = false)
    : MaxPooling(3, kernelSize, stride, padding, dilation, ceilMode);

/// <summary>The mean of each window of the last dimension.</summary>
/// <param name="kernelSize">Sizes of a window.</param>
/// <param name="stride">Steps between two windows; null is the window's size.</param>
/// <param name="padding">Places added at both ends; they count as zeros.</param>
/// <param name="ceilMode">Whether a last window may reach over the end.</param>
/// <param name="countIncludePad">Whether padding counts in the divisor.</param>
public sealed class AvgPool1d(
    Spatial kernelSize, Spatial? stride = null, Spatial padding = default, bool ceilMode = false, bool countIncludePad = true)
    : AvgPooling(1, kernelSize, stride, padding, ceilMode, countIncludePad, null);

/// <summary>The mean of each window of the last two dimensions.</summary>
/// <param name="kernelSize">Sizes of a window.</param>
/// <param name="stride">Steps between two windows; null is the window's size.</param>
/// <param name="padding">Places added at both ends; they count as zeros.</param>
/// <param name="ceilMode">Whether a last window may reach over the end.</param>
/// <param name="countIncludePad">Whether padding counts in the divisor.</param>
/// <param name="divisorOverride">What sums are divided by instead of the window's size.</param>
public sealed class AvgPool2d(
    Spatial kernelSize, Spatial? stride = null, Spatial padding = default, bool ceilMode = false, bool countIncludePad = true,
    int? divisorOverride = null)
    : AvgPooling(2, kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride);

/// <summary>The mean of each window of the last three dimensions.</summary>
/// <param name="kernelSize">Sizes of a window.</param>
/// <param name="stride">Steps between two windows; null is the window's size.</param>
/// <param name="padding">Places added at both ends; they count as zeros.</param>
/// <param name="ceilMode">Whether a last window may reach over the end.</param>
/// <param name="countIncludePad">Whether padding counts in the divisor.</param>
/// <param name="divisorOverride">What sums are divided by instead of the window's size.</param>
public sealed class AvgPool3d(
    Spatial kernelSize, Spatial? stride = null, Spatial padding = default, bool ceilMode = false, bool countIncludePad = true,
    int? divisorOverride = null)
    : AvgPooling(3, kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride);

/// <summary>Means of windows that cover the last dimension.</summary>
/// <param name="outputSize">How many windows.</param>
public sealed class AdaptiveAvgPool1d(int outputSize) : Layer
{
    /// <inheritdoc/>
    protected override string Options => $"output_size={outputSize}";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.AdaptiveAvgPool1d(outputSize);
}

/// <summary>Means of windows that cover the last two dimensions.</summary>
/// <param name="outputSize">How many windows; −1 keeps the input's size.</param>
public sealed class AdaptiveAvgPool2d(Spatial outputSize) : Layer
{
    private readonly int[] _size = outputSize.Expand(2, "output size");

    /// <inheritdoc/>
    protected override string Options => $"output_size={Tuple(_size)}";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.AdaptiveAvgPool2d(_size[0], _size[1]);
}

/// <summary>Means of windows that cover the last three dimensions.</summary>
/// <param name="outputSize">How many windows; −1 keeps the input's size.</param>
public sealed class AdaptiveAvgPool3d(Spatial outputSize) : Layer
{
    private readonly int[] _size = outputSize.Expand(3, "output size");

    /// <inheritdoc/>
    protected override string Options => $"output_size={Tuple(_size)}";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.AdaptiveAvgPool3d(_size[0], _size[1], _size[2]);
}
