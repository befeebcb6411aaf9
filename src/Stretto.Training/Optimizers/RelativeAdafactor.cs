namespace Stretto.Training.Optimizers;

/// <summary>The numbers of Adafactor as transformers has it.</summary>
/// <param name="Epsilon1">Added to squared gradients.</param>
/// <param name="Epsilon2">Least size of a parameter that scales its step.</param>
/// <param name="ClipThreshold">Largest root mean square of an update.</param>
/// <param name="DecayRate">β₂ of step t is 1 − t^rate.</param>
/// <param name="Beta1">Decay of a running update; null for none.</param>
/// <param name="WeightDecay">Share of a parameter that a step of rate 1 takes away.</param>
/// <param name="ScaleParameter">Whether steps are relative to the parameter's size.</param>
/// <param name="RelativeStep">Whether the rate is the paper's own min(10⁻², 1/√t) instead of the given one.</param>
/// <param name="WarmupInit">Whether that rate rises as 10⁻⁶ t first.</param>
public sealed record RelativeAdafactorOptions(
    double Epsilon1 = 1e-30, double Epsilon2 = 1e-3, double ClipThreshold = 1, double DecayRate = -0.8, double? Beta1 = null,
    double WeightDecay = 0, bool ScaleParameter = true, bool RelativeStep = true, bool WarmupInit = false);

/// <summary>Adafactor with the paper's relative step sizes. Shazeer and Stern, Adafactor, 2018, in the form of transformers.</summary>
public sealed class RelativeAdafactor : Optimizer
{
    private readonly RelativeAdafactorOptions _options;

    /// <param name="groups">The parameters.</param>
    /// <param name="options">Its numbers.</param>
    public RelativeAdafactor(IReadOnlyList<ParameterGroup> groups, RelativeAdafactorOptions options)
        : base(groups, p =>
        [
            .. Adafactor.FactoredState("exp_avg_sq_row", "exp_avg_sq_col", "exp_avg_sq")(p),
            .. options.Beta1 is null ? [] : Zeros("exp_avg")(p),
        ]) => _options = options;

    /// <inheritdoc/>
    protected override void Update(Slot slot, Tensor gradient, double rate, double gradientScale)
    {
        Tensor p = slot.Parameter;
        Tensor g = gradient * gradientScale;
        double beta2 = 1 - Math.Pow(slot.Steps, _options.DecayRate);
        Tensor square = g.Square() + _options.Epsilon1;
        Tensor update;
        if (p.Rank >= 2)
        {
            Tensor rows = slot.Average("exp_avg_sq_row", beta2, square.Mean([-1], keepDims: true));
            Tensor columns = slot.Average("exp_avg_sq_col", beta2, square.Mean([-2], keepDims: true));
            update = g * (rows / rows.Mean([-2], keepDims: true)).Rsqrt() * columns.Rsqrt();
        }
        else
        {
            update = g * slot.Average("exp_avg_sq", beta2, square).Rsqrt();
        }

        update /= Math.Max(1, Adafactor.RootMeanSquare(update) / _options.ClipThreshold);
        double least = _options.WarmupInit ? 1e-6 * slot.Steps : 1e-2;
        double step = _options.RelativeStep ? Math.Min(least, 1 / Math.Sqrt(slot.Steps)) : rate;
        step *= _options.ScaleParameter ? Math.Max(_options.Epsilon2, Adafactor.RootMeanSquare(p)) : 1;
        update *= step;
        if (_options.Beta1 is { } beta1)
        {
            update = slot.Average("exp_avg", beta1, update);
        }

        p.CopyFrom((p * (1 - (slot.Decay(_options.WeightDecay) * step))) - update);
    }
}
