namespace Stretto.Training.Optimizers;

/// <summary>The numbers of Lion.</summary>
/// <param name="Beta1">Share of the momentum in the direction.</param>
/// <param name="Beta2">Decay of the momentum.</param>
/// <param name="WeightDecay">Share of a parameter that a step of rate 1 takes away.</param>
public sealed record LionOptions(double Beta1 = 0.9, double Beta2 = 0.99, double WeightDecay = 0);

/// <summary>Every element moves by the rate, along the sign of an interpolated momentum. Chen et al., Symbolic Discovery, 2023.</summary>
public sealed class Lion : Optimizer
{
    private readonly LionOptions _options;

    /// <param name="groups">The parameters.</param>
    /// <param name="options">Its numbers.</param>
    public Lion(IReadOnlyList<ParameterGroup> groups, LionOptions options)
        : base(groups, Zeros("exp_avg")) => _options = options;

    /// <inheritdoc/>
    protected override void Update(Slot slot, Tensor gradient, double rate, double gradientScale)
    {
        Tensor p = slot.Parameter;
        Tensor g = gradient * gradientScale;
        Tensor direction = ((slot.State["exp_avg"] * _options.Beta1) + (g * (1 - _options.Beta1))).Sign();
        p.CopyFrom(p - ((direction + (p * slot.Decay(_options.WeightDecay))) * rate));
        slot.Average("exp_avg", _options.Beta2, g);
    }
}
