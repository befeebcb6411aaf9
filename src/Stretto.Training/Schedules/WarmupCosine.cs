namespace Stretto.Training.Schedules;

/// <summary>
/// A rise from 0, then a cosine down to a floor, where it stays. Loshchilov and Hutter, SGDR, 2017.
/// </summary>
/// <param name="Peak">The rate at the end of the warm-up.</param>
/// <param name="Warmup">Steps of rise.</param>
/// <param name="Total">Steps in all.</param>
/// <param name="MinRatio">The floor over the peak.</param>
/// <param name="Cycles">Waves of the cosine: 0.5 goes down once.</param>
/// <param name="WarmupFrom">The first rate over the peak; null starts the warm-up of one-based steps, (k + 1) / w, when
/// <paramref name="OneBased"/> is set.</param>
/// <param name="OneBased">Count steps from 1: the first step has a rate, and the curve is shifted by one.</param>
/// <param name="StayAtFloor">Past the end the rate stays; otherwise the wave goes on and rises, as that of transformers does.</param>
public sealed record WarmupCosine(
    double Peak, int Warmup, int Total, double MinRatio = 0, double Cycles = 0.5, double? WarmupFrom = null, bool OneBased = false,
    bool StayAtFloor = true) : Schedule(Peak)
{
    /// <inheritdoc/>
    protected override double Factor(long step)
    {
        if (step < Warmup)
        {
            return !OneBased ? Rise(step, Warmup)
                : WarmupFrom is { } from ? from + ((1 - from) * step / Math.Max(1, Warmup - 1)) : Rise(step + 1, Warmup);
        }

        double progress = Progress(OneBased ? step + 1 : step, Warmup, Total);
        progress = StayAtFloor ? Math.Min(1, progress) : progress;
        double cosine = 0.5 * (1 + Math.Cos(Math.PI * Cycles * 2 * progress));
        return Math.Max(0, MinRatio + ((1 - MinRatio) * cosine));
    }
}
