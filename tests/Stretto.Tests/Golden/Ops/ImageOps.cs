namespace Stretto.Tests.Golden;

/// <summary>Convolution, pooling, resampling by PyTorch's names.</summary>
internal static class ImageOps
{
    public static Dictionary<string, Func<GoldenCase, Tensor[]>> Table { get; } = [];
}
