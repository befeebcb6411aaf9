namespace Stretto.Tests.Golden;

/// <summary>Activations, norms, losses, embedding by PyTorch's names.</summary>
internal static class NetworkOps
{
    public static Dictionary<string, Func<GoldenCase, Tensor[]>> Table { get; } = [];
}
