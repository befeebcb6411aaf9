namespace Stretto.Tests.Golden;

/// <summary>Elementwise, comparison and logical operations by PyTorch's names.</summary>
internal static class ElementwiseOps
{
    public static Dictionary<string, Func<GoldenCase, Tensor[]>> Table { get; } = [];
}
