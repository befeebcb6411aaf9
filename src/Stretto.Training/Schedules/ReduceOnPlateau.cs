namespace Stretto.Training.Schedules;

/// <summary>Cuts the rate when a metric has not become better for a while.</summary>
/// <param name="rate">The first rate.</param>
/// <param name="factor">Multiplies the rate at a cut.</param>
/// <param name="patience">Bad reports that are forgiven.</param>
/// <param name="threshold">How much smaller, relatively, a better metric is.</param>
/// <param name="cooldown">Reports after a cut that do not count as bad.</param>
/// <param name="least">The rate never falls below this.</param>
public sealed class ReduceOnPlateau(
    double rate, double factor = 0.1, int patience = 10, double threshold = 1e-4, int cooldown = 0, double least = 0)
{
    private double _best = double.PositiveInfinity;
    private int _bad;
    private int _cooling;

    /// <summary>The rate now.</summary>
    public double Rate { get; private set; } = rate;

    /// <summary>Reports a metric, smaller is better, and returns the rate from now on.</summary>
    public double Report(double metric)
    {
        bool better = metric < _best * (1 - threshold);
        _best = better ? metric : _best;
        _bad = better ? 0 : _bad + 1;
        if (_cooling > 0)
        {
            _cooling--;
            _bad = 0;
        }

        if (_bad > patience)
        {
            Rate = Math.Max(Rate * factor, least);
            (_cooling, _bad) = (cooldown, 0);
        }

        return Rate;
    }
}
