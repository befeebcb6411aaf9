namespace Stretto.Backends;

/// <summary>How a kernel moves over its input: one number a spatial dimension each, and the number of groups.</summary>
/// <param name="Stride">The step between two windows.</param>
/// <param name="Padding">Zeros before the first place; as many as the last window needs follow the last.</param>
/// <param name="Dilation">The step between two taps of the kernel.</param>
/// <param name="Groups">Independent parts of the channels.</param>
internal sealed record ConvolutionGeometry(long[] Stride, long[] Padding, long[] Dilation, int Groups);
