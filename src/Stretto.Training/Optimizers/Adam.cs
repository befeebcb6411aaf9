using Stretto.Backends;

namespace Stretto.Training.Optimizers;

/// <summary>The numbers of Adam.</summary>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the root of the corrected second moment.</param>
/// <param name="WeightDecay">Added to the gradient as decay · parameter, or taken from the parameter when decoupled.</param>
/// <param name="Decoupled">Weight decay as in AdamW.</param>
/// <param name="AmsGrad">Divide by the largest second moment so far. Reddi et al., On the Convergence of Adam, 2018.</param>
public sealed record AdamOptions(
    double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double WeightDecay = 0, bool Decoupled = false, bool AmsGrad = false);

/// <summary>Adam: A Method for Stochastic Optimization (Kingma and Ba, 2015), with PyTorch's options.</summary>
public sealed class Adam : Optimizer
{
    private readonly AdamOptions _options;

    /// <param name="groups">The parameters.</param>
    /// <param name="options">Its numbers.</param>
    public Adam(IReadOnlyList<ParameterGroup> groups, AdamOptions options)
        : base(groups, options.AmsGrad ? Zeros("exp_avg", "exp_avg_sq", "max_exp_avg_sq") : Zeros("exp_avg", "exp_avg_sq")) =>
        _options = options;

    /// <inheritdoc/>
    protected override void Update(Slot slot, Tensor gradient, double rate, double gradientScale)
    {
        Tensor p = slot.Parameter;
        Tensor g = gradient * gradientScale;
        double decay = slot.Decay(_options.WeightDecay);
        if (_options.Decoupled)
        {
            p.ScaleInPlace(1 - (rate * decay));
        }
        else if (decay != 0)
        {
            g += p * decay;
        }

        Tensor m = slot.Average("exp_avg", _options.Beta1, g);
        Tensor v = slot.Average("exp_avg_sq", _options.Beta2, g.Square());
        if (_options.AmsGrad)
        {
            v = slot.State["max_exp_avg_sq"].CopyFrom(Tensor.Pairwise("max", BinaryOp.Maximum, slot.State["max_exp_avg_sq"], v));
        }

        double first = 1 - Math.Pow(_options.Beta1, slot.Steps);
        double second = 1 - Math.Pow(_options.Beta2, slot.Steps);
        p.CopyFrom(p - (m * (rate / first) / ((v.Sqrt() / Math.Sqrt(second)) + _options.Epsilon)));
    }
}
