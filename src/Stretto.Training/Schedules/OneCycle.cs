namespace Stretto.Training.Schedules;

/// <summary>Up from a small rate to the peak, then down to a tiny one. Smith and Topin, Super-Convergence, 2018.</summary>
/// <param name="Peak">The largest rate.</param>
/// <param name="Total">Steps in all.</param>
/// <param name="Rising">The share of the steps that rises.</param>
/// <param name="Divisor">The peak over the first rate.</param>
/// <param name="FinalDivisor">The first rate over the last.</param>
/// <param name="Linear">Straight lines instead of cosines.</param>
/// <param name="ThreePhases">Down to the first rate symmetrically, then on to the last.</param>
public sealed record OneCycle(
    double Peak, int Total, double Rising = 0.3, double Divisor = 25, double FinalDivisor = 1e4, bool Linear = false,
    bool ThreePhases = false) : Schedule(Peak)
{
    /// <inheritdoc/>
    protected override double Factor(long step)
    {
        double first = 1 / Divisor;
        double last = first / FinalDivisor;
        double rise = (Rising * Total) - 1;
        double fall = ThreePhases ? (2 * Rising * Total) - 2 : Total - 1;
        return step <= rise ? Between(first, 1, step / rise)
            : step <= fall || !ThreePhases ? Between(1, ThreePhases ? first : last, (step - rise) / (fall - rise))
            : Between(first, last, (step - fall) / (Total - 1 - fall));
    }

    private double Between(double from, double to, double x) =>
        Linear ? from + ((to - from) * x) : to + ((from - to) / 2 * (1 + Math.Cos(Math.PI * x)));
}
