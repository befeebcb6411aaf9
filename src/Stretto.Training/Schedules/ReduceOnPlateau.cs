namespace Stretto.Training.Schedules;

/// <summary>When a schedule that watches a metric cuts the rate.</summary>
/// <param name="Factor">Multiplies the rate at a cut.</param>
/// <param name="Patience">Bad reports that are forgiven.</param>
/// <param name="Threshold">How much better, at least, a better metric is.</param>
/// <param name="Cooldown">Reports after a cut that do not count as bad.</param>
/// <param name="Least">The rate never falls below this.</param>
/// <param name="LargerIsBetter">Whether the metric is to rise.</param>
/// <param name="AbsoluteThreshold">Whether the threshold is a difference rather than a share of the best metric.</param>
/// <param name="Epsilon">Cuts by no more than this are left out.</param>
public sealed record PlateauOptions(
    double Factor = 0.1, int Patience = 10, double Threshold = 1e-4, int Cooldown = 0, double Least = 0, bool LargerIsBetter = false,
    bool AbsoluteThreshold = false, double Epsilon = 1e-8);

/// <summary>Cuts the rate when a metric has not become better for a while.</summary>
/// <param name="rate">The first rate.</param>
/// <param name="options">When to cut, and how.</param>
public sealed class ReduceOnPlateau(double rate, PlateauOptions options)
{
    private double? _best;
    private int _bad;
    private int _cooling;

    /// <summary>The rate now.</summary>
    public double Rate { get; private set; } = rate;

    /// <summary>Reports a metric and returns the rate from now on.</summary>
    public double Report(double metric)
    {
        bool better = _best is not { } best ? !double.IsNaN(metric) : Better(metric, best);
        _best = better ? metric : _best;
        _bad = better ? 0 : _bad + 1;
        if (_cooling > 0)
        {
            _cooling--;
            _bad = 0;
        }

        if (_bad > options.Patience)
        {
            double next = Math.Max(Rate * options.Factor, options.Least);
            Rate = Rate - next > options.Epsilon ? next : Rate;
            (_cooling, _bad) = (options.Cooldown, 0);
        }

        return Rate;
    }

    private bool Better(double metric, double best)
    {
        double sign = options.LargerIsBetter ? 1 : -1;
        double bar = options.AbsoluteThreshold ? best + (sign * options.Threshold) : best * (1 + (sign * options.Threshold));
        return options.LargerIsBetter ? metric > bar : metric < bar;
    }
}
