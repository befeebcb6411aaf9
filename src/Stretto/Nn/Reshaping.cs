namespace Stretto.Nn;

/// <summary>Dimensions from one to another made one.</summary>
public sealed class Flatten(int startDim = 1, int endDim = -1) : Layer
{
    /// <inheritdoc/>
    protected override string Options => $"start_dim={startDim}, end_dim={endDim}";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Flatten(startDim, endDim);
}

/// <summary>One dimension made several.</summary>
public sealed class Unflatten(int dim, Shape unflattenedSize) : Layer
{
    /// <inheritdoc/>
    protected override string Options => $"dim={dim}, unflattened_size={Tuple(unflattenedSize)}";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Unflatten(dim, unflattenedSize.Sizes);
}

/// <summary>Channels become places: [n, c · r², h, w] → [n, c, h · r, w · r]. Shi et al., 2016.</summary>
public sealed class PixelShuffle(long upscaleFactor) : Layer
{
    /// <inheritdoc/>
    protected override string Options => $"upscale_factor={upscaleFactor}";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.PixelShuffle(upscaleFactor);
}

/// <summary>Places become channels: [n, c, h · r, w · r] → [n, c · r², h, w].</summary>
public sealed class PixelUnshuffle(long downscaleFactor) : Layer
{
    /// <inheritdoc/>
    protected override string Options => $"downscale_factor={downscaleFactor}";

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.PixelUnshuffle(downscaleFactor);
}

/// <summary>An image in another size.</summary>
/// <param name="size">The new sizes, or null.</param>
/// <param name="scaleFactor">New over old size, or null.</param>
/// <param name="mode">How values between places are found.</param>
/// <param name="alignCorners">Corner places keep their place.</param>
public sealed class Upsample(
    IReadOnlyList<long>? size = null, IReadOnlyList<double>? scaleFactor = null, Interpolation mode = Interpolation.Nearest,
    bool alignCorners = false) : Layer
{
    /// <inheritdoc/>
#pragma warning disable CA1308 // PyTorch's spelling
    protected override string Options =>
        (size is null ? $"scale_factor={Tuple(scaleFactor!)}" : $"size={Tuple(size)}") + $", mode='{mode.ToString().ToLowerInvariant()}'";
#pragma warning restore CA1308

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Interpolate(size, scaleFactor, mode, alignCorners);
}
