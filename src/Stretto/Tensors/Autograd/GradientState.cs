namespace Stretto.Autograd;

/// <summary>What differentiation knows of a tensor; shared by all handles on the same value.</summary>
internal sealed class GradientState
{
    /// <summary>A leaf that collects its gradient.</summary>
    public GradientState()
    {
    }

    /// <summary>Output number <paramref name="output"/> of a recorded operation.</summary>
    public GradientState(GradientFunction function, int output)
    {
        Function = function;
        Output = output;
    }

    public GradientFunction? Function { get; }

    public int Output { get; }

    public Tensor? Gradient { get; set; }
}
