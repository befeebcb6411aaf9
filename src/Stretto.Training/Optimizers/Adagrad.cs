namespace Stretto.Training.Optimizers;

/// <summary>The numbers of Adagrad.</summary>
/// <param name="RateDecay">The rate falls as 1 / (1 + (t − 1) · decay).</param>
/// <param name="InitialAccumulator">What the sums start at.</param>
/// <param name="Epsilon">Added to the root of the sum.</param>
/// <param name="WeightDecay">Added to the gradient as decay · parameter.</param>
public sealed record AdagradOptions(double RateDecay = 0, double InitialAccumulator = 0, double Epsilon = 1e-10, double WeightDecay = 0);

/// <summary>Adaptive subgradient methods (Duchi et al., 2011): each element's rate falls with its own squared gradients.</summary>
public sealed class Adagrad : Optimizer
{
    private readonly AdagradOptions _options;

    /// <param name="groups">The parameters.</param>
    /// <param name="options">Its numbers.</param>
    public Adagrad(IReadOnlyList<ParameterGroup> groups, AdagradOptions options)
        : base(groups, p => [new("sum", Tensor.Full(p.Shape, options.InitialAccumulator, p.DType, p.Device))]) => _options = options;

    /// <inheritdoc/>
    protected override void Update(Slot slot, Tensor gradient, double rate, double gradientScale)
    {
        Tensor p = slot.Parameter;
        double decay = slot.Decay(_options.WeightDecay);
        Tensor g = (gradient * gradientScale) + (p * decay);
        Tensor sum = slot.State["sum"].CopyFrom(slot.State["sum"] + g.Square());
        p.CopyFrom(p - (g * (rate / (1 + ((slot.Steps - 1) * _options.RateDecay))) / (sum.Sqrt() + _options.Epsilon)));
    }
}
