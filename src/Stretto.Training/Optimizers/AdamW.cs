using Stretto.Backends;

namespace Stretto.Training.Optimizers;

/// <summary>The numbers of AdamW.</summary>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the root of the corrected second moment.</param>
/// <param name="WeightDecay">Share of a parameter that a step of rate 1 takes away.</param>
public sealed record AdamWOptions(double Beta1 = 0.9, double Beta2 = 0.95, double Epsilon = 1e-8, double WeightDecay = 0.1);

/// <summary>
/// Adam with decoupled weight decay, in PyTorch's order: decay, moments, update with ε outside the root, in one pass over memory.
/// Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019.
/// </summary>
public sealed class AdamW : Optimizer
{
    private readonly AdamWOptions _options;

    /// <summary>Matrices decay, vectors (norm weights, biases) do not.</summary>
    /// <param name="parameters">Name and tensor of each parameter.</param>
    /// <param name="options">Its numbers.</param>
    public AdamW(IReadOnlyList<KeyValuePair<string, Tensor>> parameters, AdamWOptions options)
        : this(ParameterGroup.DecayMatrices(parameters), options)
    {
    }

    /// <param name="groups">The parameters.</param>
    /// <param name="options">Its numbers.</param>
    public AdamW(IReadOnlyList<ParameterGroup> groups, AdamWOptions options)
        : base(groups, Zeros("exp_avg", "exp_avg_sq")) => _options = options;

    /// <inheritdoc/>
    protected override void Update(Slot slot, Tensor gradient, double rate, double gradientScale)
    {
        long steps = slot.Steps;
        AdamWStep step = new(
            rate, _options.Beta1, _options.Beta2, _options.Epsilon, slot.Decay(_options.WeightDecay),
            1 - Math.Pow(_options.Beta1, steps), 1 - Math.Pow(_options.Beta2, steps), gradientScale);
        slot.Parameter.Backend.AdamW(
            slot.Parameter.View, gradient.View, slot.State["exp_avg"].View, slot.State["exp_avg_sq"].View, step);
    }
}
