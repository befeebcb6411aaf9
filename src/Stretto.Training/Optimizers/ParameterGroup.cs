namespace Stretto.Training.Optimizers;

/// <summary>Parameters that share settings.</summary>
/// <param name="Parameters">Name and tensor of each.</param>
/// <param name="RateFactor">Multiplies the learning rate of a step.</param>
/// <param name="WeightDecay">Replaces the method's weight decay; null keeps it.</param>
public sealed record ParameterGroup(
    IReadOnlyList<KeyValuePair<string, Tensor>> Parameters, double RateFactor = 1, double? WeightDecay = null)
{
    /// <summary>Two groups: matrices with the method's decay, vectors and numbers (norm weights, biases) with none.</summary>
    public static IReadOnlyList<ParameterGroup> DecayMatrices(IReadOnlyList<KeyValuePair<string, Tensor>> parameters) =>
    [
        new([.. parameters.Where(p => p.Value.Rank >= 2)]),
        new([.. parameters.Where(p => p.Value.Rank < 2)], WeightDecay: 0),
    ];
}
