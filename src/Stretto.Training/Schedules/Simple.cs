namespace Stretto.Training.Schedules;

/// <summary>The peak from the end of the warm-up on.</summary>
/// <param name="Peak">The rate.</param>
/// <param name="Warmup">Steps of rise from 0.</param>
public sealed record Constant(double Peak, int Warmup = 0) : Schedule(Peak)
{
    /// <inheritdoc/>
    protected override double Factor(long step) => step < Warmup ? Rise(step, Warmup) : 1;
}

/// <summary>A rise from 0, then a straight line to 0.</summary>
/// <param name="Peak">The rate at the end of the warm-up.</param>
/// <param name="Warmup">Steps of rise.</param>
/// <param name="Total">Steps in all.</param>
public sealed record WarmupLinear(double Peak, int Warmup, int Total) : Schedule(Peak)
{
    /// <inheritdoc/>
    protected override double Factor(long step) =>
        step < Warmup ? Rise(step, Warmup) : Math.Max(0, 1 - Progress(step, Warmup, Total));
}

/// <summary>A rise from 0, then a power of a straight line to a last rate.</summary>
/// <param name="Peak">The rate at the end of the warm-up.</param>
/// <param name="Warmup">Steps of rise.</param>
/// <param name="Total">Steps in all.</param>
/// <param name="Last">The rate from the end on.</param>
/// <param name="Power">1 for a line.</param>
public sealed record WarmupPolynomial(double Peak, int Warmup, int Total, double Last = 1e-7, double Power = 1) : Schedule(Peak)
{
    /// <inheritdoc/>
    protected override double Factor(long step) => step < Warmup ? Rise(step, Warmup)
        : step > Total ? Last / Peak
        : (((Peak - Last) * Math.Pow(1 - Progress(step, Warmup, Total), Power)) + Last) / Peak;
}

/// <summary>A rise from 0, then 1 / √k. Vaswani et al., 2017; Zhai et al., Scaling Vision Transformers, 2022.</summary>
/// <param name="Peak">The rate at the end of the warm-up.</param>
/// <param name="Warmup">Steps of rise.</param>
/// <param name="Timescale">Steps after which the rate has fallen by √2; null takes the warm-up.</param>
public sealed record InverseSqrt(double Peak, int Warmup, int? Timescale = null) : Schedule(Peak)
{
    /// <inheritdoc/>
    protected override double Factor(long step)
    {
        double scale = Timescale ?? (Warmup > 0 ? Warmup : 10_000);
        return step < Warmup ? Rise(step, Warmup) : 1 / Math.Sqrt((step + scale - Warmup) / scale);
    }
}

/// <summary>The rate multiplied by a factor at every milestone.</summary>
/// <param name="Peak">The first rate.</param>
/// <param name="Milestones">Steps in rising order.</param>
/// <param name="Gamma">The factor.</param>
public sealed record MultiStep(double Peak, IReadOnlyList<int> Milestones, double Gamma = 0.1) : Schedule(Peak)
{
    /// <inheritdoc/>
    protected override double Factor(long step) => Math.Pow(Gamma, Milestones.Count(m => m <= step));
}

/// <summary>The rate multiplied by a factor every so many steps; with a size of 1 it is an exponential.</summary>
/// <param name="Peak">The first rate.</param>
/// <param name="Size">Steps between two falls.</param>
/// <param name="Gamma">The factor.</param>
public sealed record StepDecay(double Peak, int Size, double Gamma = 0.1) : Schedule(Peak)
{
    /// <inheritdoc/>
    protected override double Factor(long step) => Math.Pow(Gamma, step / Size);
}
