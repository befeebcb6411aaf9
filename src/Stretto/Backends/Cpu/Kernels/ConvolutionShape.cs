namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// The sizes of a convolution. Its windows are a matrix that is never whole: row r is a channel and a tap of the kernel, column p a place
/// of the result. Fewer than three spatial dimensions are three whose first ones have size 1.
/// </summary>
internal sealed class ConvolutionShape
{
    private readonly int _rank;

    /// <param name="input">[N, C, S…].</param>
    /// <param name="weight">[O, C / groups, K…].</param>
    /// <param name="result">[N, O, P…].</param>
    /// <param name="geometry">How the kernel moves.</param>
    public ConvolutionShape(Shape input, Shape weight, Shape result, ConvolutionGeometry geometry)
    {
        (Images, Groups, Channels, Outputs) = (input[0], geometry.Groups, weight[1], weight[0] / geometry.Groups);
        _rank = input.Rank - 2;
        for (int d = 0; d < _rank; d++)
        {
            int at = 3 - _rank + d;
            (Size[at], Kernel[at], Result[at]) = (input[2 + d], weight[2 + d], result[2 + d]);
            (Stride[at], Padding[at], Dilation[at]) = (geometry.Stride[d], geometry.Padding[d], geometry.Dilation[d]);
        }
    }

    private ConvolutionShape(ConvolutionShape of)
    {
        (Images, Groups, Channels, Outputs, _rank) = (of.Images, of.Groups, of.Outputs, of.Channels, of._rank);
        for (int d = 0; d < 3; d++)
        {
            (Size[d], Kernel[d], Result[d], Dilation[d]) = (of.Result[d], of.Kernel[d], of.Size[d], of.Dilation[d]);
            Padding[d] = (of.Dilation[d] * (of.Kernel[d] - 1)) - of.Padding[d];
        }
    }

    public long Images { get; }

    public long Groups { get; }

    /// <summary>Input channels of a group.</summary>
    public long Channels { get; }

    /// <summary>Output channels of a group.</summary>
    public long Outputs { get; }

    public long[] Size { get; } = [1, 1, 1];

    public long[] Kernel { get; } = [1, 1, 1];

    public long[] Result { get; } = [1, 1, 1];

    public long[] Stride { get; } = [1, 1, 1];

    public long[] Padding { get; } = [0, 0, 0];

    public long[] Dilation { get; } = [1, 1, 1];

    public long Taps => Kernel[0] * Kernel[1] * Kernel[2];

    /// <summary>Places of one result.</summary>
    public long Places => Result[0] * Result[1] * Result[2];

    /// <summary>Elements of one channel of the input.</summary>
    public long Plane => Size[0] * Size[1] * Size[2];

    /// <summary>Rows of the windows.</summary>
    public long Depth => Channels * Taps;

    /// <summary>Whether the input's channels are the windows' rows.</summary>
    public bool IsPlain => Taps == 1 && Places == Plane && Stride.All(s => s == 1) && Padding.All(p => p == 0);

    /// <summary>
    /// The convolution of the result with the kernel turned round, [C, O / groups, K…] a group, that gives the input; null where the
    /// kernel jumps or cuts, so that it is none.
    /// </summary>
    public ConvolutionShape? Turned()
    {
        ConvolutionShape turned = new(this);
        return Stride.All(s => s == 1) && turned.Padding.All(p => p >= 0) ? turned : null;
    }

    /// <summary>Where the first channel of a group of an image stands in the input.</summary>
    public long InputAt(long image, long group) => ((image * Groups) + group) * Channels * Plane;

    /// <summary>Where the first output channel of a group of an image stands in the result.</summary>
    public long ResultAt(long image, long group) => ((image * Groups) + group) * Outputs * Places;
}
