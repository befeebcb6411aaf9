namespace Stretto.Training.Schedules;

/// <summary>A rise from 0, then cosines that start again at the peak. Loshchilov and Hutter, SGDR, 2017.</summary>
/// <param name="Peak">The rate at the end of the warm-up.</param>
/// <param name="Warmup">Steps of rise.</param>
/// <param name="Total">Steps in all.</param>
/// <param name="Cycles">How many cosines.</param>
public sealed record CosineHardRestarts(double Peak, int Warmup, int Total, double Cycles = 1) : Schedule(Peak)
{
    /// <inheritdoc/>
    protected override double Factor(long step)
    {
        double progress = Progress(step, Warmup, Total);
        return step < Warmup ? Rise(step, Warmup)
            : progress >= 1 ? 0
            : Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * (Cycles * progress % 1))));
    }
}

/// <summary>A cosine between the peak and a least rate that swings down and up without end.</summary>
/// <param name="Peak">The first rate.</param>
/// <param name="HalfPeriod">Steps from the peak to the least rate.</param>
/// <param name="Least">The least rate.</param>
public sealed record CosineAnnealing(double Peak, int HalfPeriod, double Least = 0) : Schedule(Peak)
{
    /// <inheritdoc/>
    protected override double Factor(long step) =>
        (Least + ((Peak - Least) * (1 + Math.Cos(Math.PI * step / HalfPeriod)) / 2)) / Peak;
}

/// <summary>Cosines down to a least rate, each period longer than the one before. Loshchilov and Hutter, SGDR, 2017.</summary>
/// <param name="Peak">The rate at the start of each period.</param>
/// <param name="First">Steps of the first period.</param>
/// <param name="Multiplier">How much longer the next one is.</param>
/// <param name="Least">The least rate.</param>
public sealed record CosineWarmRestarts(double Peak, int First, int Multiplier = 1, double Least = 0) : Schedule(Peak)
{
    /// <inheritdoc/>
    protected override double Factor(long step)
    {
        long period = First;
        while (step >= period)
        {
            step -= period;
            period *= Multiplier;
        }

        return (Least + ((Peak - Least) * (1 + Math.Cos(Math.PI * step / period)) / 2)) / Peak;
    }
}
