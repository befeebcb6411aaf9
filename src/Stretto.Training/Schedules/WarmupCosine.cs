namespace Stretto.Training.Schedules;

/// <summary>
/// A learning rate that rises from 0 over <paramref name="Warmup"/> steps and then falls along half a cosine to
/// <paramref name="MinRatio"/> of its peak at step <paramref name="Total"/>. Loshchilov and Hutter, SGDR, 2017.
/// </summary>
/// <param name="Peak">The rate at the end of the warm-up.</param>
/// <param name="Warmup">Steps of rise; step 0 has rate 0.</param>
/// <param name="Total">Steps in all.</param>
/// <param name="MinRatio">The last rate over the peak.</param>
public sealed record WarmupCosine(double Peak, int Warmup, int Total, double MinRatio = 0.1)
{
    /// <summary>The rate of a step, counted from 0.</summary>
    public double Rate(long step)
    {
        if (step < Warmup)
        {
            return Peak * step / Math.Max(1, Warmup);
        }

        double progress = Math.Min(1, (double)(step - Warmup) / Math.Max(1, Total - Warmup));
        double cosine = 0.5 * (1 + Math.Cos(Math.PI * progress));
        return Peak * Math.Max(0, (cosine * (1 - MinRatio)) + MinRatio);
    }
}
