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
    /// <summary>The momentum of a step, which moves against the rate: from the largest to the least and back.</summary>
    public double Momentum(long step, double least = 0.85, double largest = 0.95) => Cycle(step, largest, least, largest);

    /// <inheritdoc/>
    protected override double Factor(long step) => Cycle(step, 1 / Divisor, 1, 1 / Divisor / FinalDivisor);

    private double Cycle(long step, double first, double middle, double last)
    {
        double rise = (Rising * Total) - 1;
        double fall = ThreePhases ? (2 * Rising * Total) - 2 : Total - 1;
        return step <= rise ? Between(first, middle, step / rise)
            : step <= fall || !ThreePhases ? Between(middle, ThreePhases ? first : last, (step - rise) / (fall - rise))
            : Between(first, last, (step - fall) / (Total - 1 - fall));
    }

    private double Between(double from, double to, double x) =>
        Linear ? from + ((to - from) * x) : to + ((from - to) / 2 * (1 + Math.Cos(Math.PI * x)));
}
