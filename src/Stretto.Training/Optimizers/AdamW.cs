using Stretto.Backends;

namespace Stretto.Training.Optimizers;

/// <summary>The numbers of AdamW.</summary>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the root of the corrected second moment.</param>
/// <param name="WeightDecay">Share of a matrix that a step of rate 1 takes away; vectors (norm weights, biases) do not decay.</param>
public sealed record AdamWOptions(double Beta1 = 0.9, double Beta2 = 0.95, double Epsilon = 1e-8, double WeightDecay = 0.1);

/// <summary>
/// Adam with decoupled weight decay, in PyTorch's order: decay, moments, update with ε outside the root.
/// Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019.
/// </summary>
public sealed class AdamW : Optimizer
{
    private readonly AdamWOptions _options;

    /// <param name="parameters">Name and tensor of each parameter.</param>
    /// <param name="options">Its numbers.</param>
    public AdamW(IReadOnlyList<KeyValuePair<string, Tensor>> parameters, AdamWOptions options)
        : base(parameters, ["exp_avg", "exp_avg_sq"]) => _options = options;

    /// <inheritdoc/>
    protected override void Update(Tensor parameter, Tensor gradient, Tensor[] state, double rate, double gradientScale)
    {
        AdamWStep step = new(
            rate, _options.Beta1, _options.Beta2, _options.Epsilon, parameter.Rank >= 2 ? _options.WeightDecay : 0,
            1 - Math.Pow(_options.Beta1, Steps), 1 - Math.Pow(_options.Beta2, Steps), gradientScale);
        parameter.Backend.AdamW(parameter.View, gradient.View, state[0].View, state[1].View, step);
    }
}
