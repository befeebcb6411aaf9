namespace Stretto.Training.Optimizers;

/// <summary>The numbers of RMSprop.</summary>
/// <param name="Alpha">Decay of the squared average.</param>
/// <param name="Epsilon">Added to the root.</param>
/// <param name="Momentum">Decay of the running step, 0 for none.</param>
/// <param name="Centered">Subtract the square of the average gradient.</param>
/// <param name="WeightDecay">Added to the gradient as decay · parameter.</param>
public sealed record RmsPropOptions(
    double Alpha = 0.99, double Epsilon = 1e-8, double Momentum = 0, bool Centered = false, double WeightDecay = 0);

/// <summary>Divide each gradient by a running root mean square (Tieleman and Hinton, 2012; centered: Graves, 2013).</summary>
public sealed class RmsProp : Optimizer
{
    private readonly RmsPropOptions _options;

    /// <param name="groups">The parameters.</param>
    /// <param name="options">Its numbers.</param>
    public RmsProp(IReadOnlyList<ParameterGroup> groups, RmsPropOptions options)
        : base(groups, Zeros("square_avg", "grad_avg", "momentum_buffer")) => _options = options;

    /// <inheritdoc/>
    protected override void Update(Slot slot, Tensor gradient, double rate, double gradientScale)
    {
        Tensor p = slot.Parameter;
        Tensor g = (gradient * gradientScale) + (p * slot.Decay(_options.WeightDecay));
        Tensor square = slot.Average("square_avg", _options.Alpha, g.Square());
        if (_options.Centered)
        {
            square -= slot.Average("grad_avg", _options.Alpha, g).Square();
        }

        Tensor step = g / (square.Sqrt() + _options.Epsilon);
        if (_options.Momentum != 0)
        {
            step = slot.State["momentum_buffer"].CopyFrom((slot.State["momentum_buffer"] * _options.Momentum) + step);
        }

        p.CopyFrom(p - (step * rate));
    }
}
