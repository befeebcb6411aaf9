namespace Stretto.Nn;

/// <summary>A convolution over the last dimension.</summary>
/// <param name="inChannels">Channels of the input.</param>
/// <param name="outChannels">Channels of the output.</param>
/// <param name="kernelSize">Sizes of the kernel.</param>
/// <param name="stride">Steps between two windows; null is 1.</param>
/// <param name="padding">Places added at both ends, or <see cref="Spatial.Same"/>.</param>
/// <param name="dilation">Steps between two places of the kernel; null is 1.</param>
/// <param name="groups">Independent parts of the channels.</param>
/// <param name="bias">Whether there is a bias.</param>
/// <param name="paddingMode">What stands in the padding; <see cref="PaddingMode.Constant"/> are zeros.</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="dtype">Type of the parameters.</param>
public sealed class Conv1d(
    long inChannels, long outChannels, Spatial kernelSize, Spatial? stride = null, Spatial padding = default, Spatial? dilation = null,
    int groups = 1, bool bias = true, PaddingMode paddingMode = PaddingMode.Constant, Device? device = null, DType dtype = DType.Float32)
    : Convolution(
        new(1, inChannels, outChannels, kernelSize, stride ?? 1, padding, dilation ?? 1, groups, paddingMode), bias, device, dtype);

/// <summary>A convolution over the last two dimensions.</summary>
/// <param name="inChannels">Channels of the input.</param>
/// <param name="outChannels">Channels of the output.</param>
/// <param name="kernelSize">Sizes of the kernel.</param>
/// <param name="stride">Steps between two windows; null is 1.</param>
/// <param name="padding">Places added at both ends, or <see cref="Spatial.Same"/>.</param>
/// <param name="dilation">Steps between two places of the kernel; null is 1.</param>
/// <param name="groups">Independent parts of the channels.</param>
/// <param name="bias">Whether there is a bias.</param>
/// <param name="paddingMode">What stands in the padding; <see cref="PaddingMode.Constant"/> are zeros.</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="dtype">Type of the parameters.</param>
public sealed class Conv2d(
    long inChannels, long outChannels, Spatial kernelSize, Spatial? stride = null, Spatial padding = default, Spatial? dilation = null,
    int groups = 1, bool bias = true, PaddingMode paddingMode = PaddingMode.Constant, Device? device = null, DType dtype = DType.Float32)
    : Convolution(
        new(2, inChannels, outChannels, kernelSize, stride ?? 1, padding, dilation ?? 1, groups, paddingMode), bias, device, dtype);

/// <summary>A convolution over the last three dimensions.</summary>
/// <param name="inChannels">Channels of the input.</param>
/// <param name="outChannels">Channels of the output.</param>
/// <param name="kernelSize">Sizes of the kernel.</param>
/// <param name="stride">Steps between two windows; null is 1.</param>
/// <param name="padding">Places added at both ends, or <see cref="Spatial.Same"/>.</param>
/// <param name="dilation">Steps between two places of the kernel; null is 1.</param>
/// <param name="groups">Independent parts of the channels.</param>
/// <param name="bias">Whether there is a bias.</param>
/// <param name="paddingMode">What stands in the padding; <see cref="PaddingMode.Constant"/> are zeros.</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="dtype">Type of the parameters.</param>
public sealed class Conv3d(
    long inChannels, long outChannels, Spatial kernelSize, Spatial? stride = null, Spatial padding = default, Spatial? dilation = null,
    int groups = 1, bool bias = true, PaddingMode paddingMode = PaddingMode.Constant, Device? device = null, DType dtype = DType.Float32)
    : Convolution(
        new(3, inChannels, outChannels, kernelSize, stride ?? 1, padding, dilation ?? 1, groups, paddingMode), bias, device, dtype);

/// <summary>The adjoint of <see cref="Conv1d"/>, often used to make sizes larger.</summary>
/// <param name="inChannels">Channels of the input.</param>
/// <param name="outChannels">Channels of the output.</param>
/// <param name="kernelSize">Sizes of the kernel.</param>
/// <param name="stride">Steps between two windows; null is 1.</param>
/// <param name="padding">Places taken from both ends of the output.</param>
/// <param name="outputPadding">Places added at the far end of the output.</param>
/// <param name="groups">Independent parts of the channels.</param>
/// <param name="bias">Whether there is a bias.</param>
/// <param name="dilation">Steps between two places of the kernel; null is 1.</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="dtype">Type of the parameters.</param>
public sealed class ConvTranspose1d(
    long inChannels, long outChannels, Spatial kernelSize, Spatial? stride = null, Spatial padding = default,
    Spatial outputPadding = default, int groups = 1, bool bias = true, Spatial? dilation = null, Device? device = null,
    DType dtype = DType.Float32)
    : Convolution(
        new(1, inChannels, outChannels, kernelSize, stride ?? 1, padding, dilation ?? 1, groups, PaddingMode.Constant, true, outputPadding),
        bias, device, dtype);

/// <summary>The adjoint of <see cref="Conv2d"/>, often used to make sizes larger.</summary>
/// <param name="inChannels">Channels of the input.</param>
/// <param name="outChannels">Channels of the output.</param>
/// <param name="kernelSize">Sizes of the kernel.</param>
/// <param name="stride">Steps between two windows; null is 1.</param>
/// <param name="padding">Places taken from both ends of the output.</param>
/// <param name="outputPadding">Places added at the far end of the output.</param>
/// <param name="groups">Independent parts of the channels.</param>
/// <param name="bias">Whether there is a bias.</param>
/// <param name="dilation">Steps between two places of the kernel; null is 1.</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="dtype">Type of the parameters.</param>
public sealed class ConvTranspose2d(
    long inChannels, long outChannels, Spatial kernelSize, Spatial? stride = null, Spatial padding = default,
    Spatial outputPadding = default, int groups = 1, bool bias = true, Spatial? dilation = null, Device? device = null,
    DType dtype = DType.Float32)
    : Convolution(
        new(2, inChannels, outChannels, kernelSize, stride ?? 1, padding, dilation ?? 1, groups, PaddingMode.Constant, true, outputPadding),
        bias, device, dtype);

/// <summary>The adjoint of <see cref="Conv3d"/>, often used to make sizes larger.</summary>
/// <param name="inChannels">Channels of the input.</param>
/// <param name="outChannels">Channels of the output.</param>
/// <param name="kernelSize">Sizes of the kernel.</param>
/// <param name="stride">Steps between two windows; null is 1.</param>
/// <param name="padding">Places taken from both ends of the output.</param>
/// <param name="outputPadding">Places added at the far end of the output.</param>
/// <param name="groups">Independent parts of the channels.</param>
/// <param name="bias">Whether there is a bias.</param>
/// <param name="dilation">Steps between two places of the kernel; null is 1.</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="dtype">Type of the parameters.</param>
public sealed class ConvTranspose3d(
    long inChannels, long outChannels, Spatial kernelSize, Spatial? stride = null, Spatial padding = default,
    Spatial outputPadding = default, int groups = 1, bool bias = true, Spatial? dilation = null, Device? device = null,
    DType dtype = DType.Float32)
    : Convolution(
        new(3, inChannels, outChannels, kernelSize, stride ?? 1, padding, dilation ?? 1, groups, PaddingMode.Constant, true, outputPadding),
        bias, device, dtype);
