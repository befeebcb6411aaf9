namespace Stretto.Training.Optimizers;

/// <summary>The numbers of gradient descent.</summary>
/// <param name="Momentum">Decay of the running direction, 0 for none.</param>
/// <param name="Dampening">Share of a gradient that does not enter the direction.</param>
/// <param name="Nesterov">Look ahead along the direction.</param>
/// <param name="WeightDecay">Added to the gradient as decay · parameter.</param>
public sealed record SgdOptions(double Momentum = 0, double Dampening = 0, bool Nesterov = false, double WeightDecay = 0);

/// <summary>Stochastic gradient descent with momentum (Sutskever et al., 2013), as PyTorch has it.</summary>
public sealed class Sgd : Optimizer
{
    private readonly SgdOptions _options;

    /// <param name="groups">The parameters.</param>
    /// <param name="options">Its numbers.</param>
    public Sgd(IReadOnlyList<ParameterGroup> groups, SgdOptions options)
        : base(groups, options.Momentum == 0 ? Zeros() : Zeros("momentum_buffer")) => _options = options;

    /// <inheritdoc/>
    protected override void Update(Slot slot, Tensor gradient, double rate, double gradientScale)
    {
        Tensor p = slot.Parameter;
        Tensor g = gradient * gradientScale;
        double decay = slot.Decay(_options.WeightDecay);
        g = decay == 0 ? g : g + (p * decay);
        if (_options.Momentum != 0)
        {
            Tensor buffer = slot.State["momentum_buffer"];
            buffer.CopyFrom(slot.Steps == 1 ? g : (buffer * _options.Momentum) + (g * (1 - _options.Dampening)));
            g = _options.Nesterov ? g + (buffer * _options.Momentum) : buffer;
        }

        p.CopyFrom(p - (g * rate));
    }
}
