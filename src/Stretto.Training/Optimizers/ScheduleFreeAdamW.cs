namespace Stretto.Training.Optimizers;

/// <summary>The numbers of schedule-free AdamW.</summary>
/// <param name="Beta1">Where between the fast and the averaged point gradients are taken.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
/// <param name="WeightDecay">Share of a parameter that a step of rate 1 takes away.</param>
/// <param name="WarmupSteps">Steps in which the rate rises.</param>
public sealed record ScheduleFreeOptions(
    double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double WeightDecay = 0, int WarmupSteps = 1);

/// <summary>
/// AdamW without a schedule: a fast point z moves, an average x is what is used, and gradients belong to y between the two.
/// Defazio et al., The Road Less Scheduled, 2024.
/// </summary>
/// <remarks>The parameters hold y while training; <see cref="UseAverage"/> puts x in their place for evaluation.</remarks>
public sealed class ScheduleFreeAdamW : Optimizer
{
    private readonly ScheduleFreeOptions _options;

    /// <param name="groups">The parameters.</param>
    /// <param name="options">Its numbers.</param>
    public ScheduleFreeAdamW(IReadOnlyList<ParameterGroup> groups, ScheduleFreeOptions options)
        : base(groups, p =>
        [
            new("z", p.Detach().Clone()), new("x", p.Detach().Clone()),
            new("exp_avg_sq", Tensor.Zeros(p.Shape, p.DType, p.Device)), new("weight", Tensor.Zeros(Shape.Scalar, DType.Float64, p.Device)),
        ]) => _options = options;

    /// <summary>The averaged point of each parameter, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Averages => State
        .Where(s => s.Key.EndsWith("/x", StringComparison.Ordinal))
        .ToDictionary(s => s.Key[..^2], s => s.Value);

    /// <summary>Overwrites parameters with their averages, to evaluate or to save; training goes on only from a saved state.</summary>
    public void UseAverage(IReadOnlyList<KeyValuePair<string, Tensor>> parameters)
    {
        using GradientMode.Restore off = GradientMode.NoGrad();
        foreach ((string name, Tensor parameter) in parameters)
        {
            parameter.CopyFrom(Averages[name]);
        }
    }

    /// <inheritdoc/>
    protected override void Update(Slot slot, Tensor gradient, double rate, double gradientScale)
    {
        Tensor y = slot.Parameter;
        Tensor g = gradient * gradientScale;
        (Tensor z, Tensor x, Tensor weight) = (slot.State["z"], slot.State["x"], slot.State["weight"]);
        Tensor v = slot.Average("exp_avg_sq", _options.Beta2, g.Square());
        long t = slot.Steps;
        double gamma = rate * Math.Sqrt(1 - Math.Pow(_options.Beta2, t)) * Math.Min(1, (double)t / _options.WarmupSteps);
        z.CopyFrom(z - (g * gamma / (v.Sqrt() + _options.Epsilon)) - (y * (gamma * slot.Decay(_options.WeightDecay))));
        double total = weight.Item() + (gamma * gamma);
        weight.FillInPlace(total);
        double share = gamma * gamma / total;
        x.CopyFrom((x * (1 - share)) + (z * share));
        y.CopyFrom((z * (1 - _options.Beta1)) + (x * _options.Beta1));
    }
}
