namespace Stretto.Training.Schedules;

/// <summary>How a rate goes from one end of a phase to the other.</summary>
public enum RampShape
{
    /// <summary>A straight line.</summary>
    Linear,

    /// <summary>Half a cosine.</summary>
    Cosine,

    /// <summary>1 − √x.</summary>
    OneMinusSqrt,
}

/// <summary>
/// A rise, a long stretch at the peak, a short fall: training can be prolonged from the stretch. Hu et al., MiniCPM, 2024.
/// </summary>
/// <param name="Peak">The rate of the stretch.</param>
/// <param name="Warmup">Steps of rise.</param>
/// <param name="Stable">Steps at the peak.</param>
/// <param name="Decay">Steps of fall.</param>
/// <param name="MinRatio">The first and the last rate over the peak.</param>
/// <param name="WarmupShape">Shape of the rise.</param>
/// <param name="DecayShape">Shape of the fall.</param>
/// <param name="Cycles">Waves of a fall that is a cosine: 0.5 goes down once.</param>
public sealed record WarmupStableDecay(
    double Peak, int Warmup, int Stable, int Decay, double MinRatio = 0, RampShape WarmupShape = RampShape.Linear,
    RampShape DecayShape = RampShape.Cosine, double Cycles = 0.5) : Schedule(Peak)
{
    /// <inheritdoc/>
    protected override double Factor(long step)
    {
        if (step < Warmup)
        {
            double x = Rise(step, Warmup);
            return Floored(WarmupShape switch
            {
                RampShape.Linear => x,
                RampShape.Cosine => 0.5 * (1 - Math.Cos(Math.PI * x)),
                _ => 1 - Math.Sqrt(1 - x),
            });
        }

        if (step < Warmup + Stable)
        {
            return 1;
        }

        double fall = Rise(step - Warmup - Stable, Decay);
        return fall >= 1 ? MinRatio : Floored(DecayShape switch
        {
            RampShape.Linear => 1 - fall,
            RampShape.Cosine => 0.5 * (1 + Math.Cos(Math.PI * Cycles * 2 * fall)),
            _ => 1 - Math.Sqrt(fall),
        });
    }

    private double Floored(double factor) => Math.Max(0, (factor * (1 - MinRatio)) + MinRatio);
}
