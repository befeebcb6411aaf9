namespace Stretto.Tests.Golden;

/// <summary>Views, joining, indexing by PyTorch's names.</summary>
internal static class ShapeOps
{
    public static Dictionary<string, Func<GoldenCase, Tensor[]>> Table { get; } = [];
}
