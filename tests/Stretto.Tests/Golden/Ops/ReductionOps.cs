namespace Stretto.Tests.Golden;

/// <summary>Reductions, sorting and searching by PyTorch's names.</summary>
internal static class ReductionOps
{
    public static Dictionary<string, Func<GoldenCase, Tensor[]>> Table { get; } = [];
}
