namespace Stretto.Training.Schedules;

/// <summary>A learning rate that depends on the step alone.</summary>
/// <param name="Peak">The largest rate.</param>
public abstract record Schedule(double Peak)
{
    /// <summary>The rate of a step, counted from 0.</summary>
    public double Rate(long step) => Peak * Factor(step);

    /// <summary>The rate over the peak.</summary>
    protected abstract double Factor(long step);

    /// <summary>k / w while k is below w: a warm-up whose first step has rate 0.</summary>
    private protected static double Rise(long step, int warmup) => (double)step / Math.Max(1, warmup);

    /// <summary>How far a step is between the end of the warm-up (0) and the last step (1).</summary>
    private protected static double Progress(long step, int warmup, int total) =>
        (double)(step - warmup) / Math.Max(1, total - warmup);
}
