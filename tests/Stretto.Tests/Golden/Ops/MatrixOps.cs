namespace Stretto.Tests.Golden;

/// <summary>Products and linear algebra by PyTorch's names.</summary>
internal static class MatrixOps
{
    public static Dictionary<string, Func<GoldenCase, Tensor[]>> Table { get; } = [];
}
