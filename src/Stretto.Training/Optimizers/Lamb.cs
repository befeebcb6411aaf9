namespace Stretto.Training.Optimizers;

/// <summary>The numbers of LAMB.</summary>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the root of the corrected second moment.</param>
/// <param name="WeightDecay">Part of the direction.</param>
public sealed record LambOptions(double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-6, double WeightDecay = 0);

/// <summary>Adam whose step is scaled to each tensor's own norm. You et al., Large Batch Optimization for Deep Learning, 2020.</summary>
public sealed class Lamb : Optimizer
{
    private readonly LambOptions _options;

    /// <param name="groups">The parameters.</param>
    /// <param name="options">Its numbers.</param>
    public Lamb(IReadOnlyList<ParameterGroup> groups, LambOptions options)
        : base(groups, Zeros("exp_avg", "exp_avg_sq")) => _options = options;

    /// <inheritdoc/>
    protected override void Update(Slot slot, Tensor gradient, double rate, double gradientScale)
    {
        Tensor p = slot.Parameter;
        Tensor g = gradient * gradientScale;
        Tensor m = slot.Average("exp_avg", _options.Beta1, g) / (1 - Math.Pow(_options.Beta1, slot.Steps));
        Tensor v = slot.Average("exp_avg_sq", _options.Beta2, g.Square()) / (1 - Math.Pow(_options.Beta2, slot.Steps));
        Tensor r = (m / (v.Sqrt() + _options.Epsilon)) + (p * slot.Decay(_options.WeightDecay));
        double of = Norm(p);
        double step = Norm(r);
        p.CopyFrom(p - (r * (rate * (of == 0 || step == 0 ? 1 : of / step))));
    }

    private static double Norm(Tensor x) => Math.Sqrt(x.Backend.SumOfSquares(x.View));
}
