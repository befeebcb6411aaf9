namespace Stretto;

/// <summary>Looks for NaN where it first appears.</summary>
internal static class Anomaly
{
    [ThreadStatic]
    private static (bool Backward, bool Forward) s_mode;

    public static bool Enabled => s_mode.Backward;

    public static (bool Backward, bool Forward) Mode
    {
        get => s_mode;
        set => s_mode = value;
    }

    /// <exception cref="InvalidOperationException">The result has NaN and no input has.</exception>
    public static void CheckForward(string name, Tensor output, ReadOnlySpan<Tensor> inputs)
    {
        if (!s_mode.Forward || !HasNaN(output))
        {
            return;
        }

        foreach (Tensor input in inputs)
        {
            if (HasNaN(input))
            {
                return;
            }
        }

        throw new InvalidOperationException($"anomaly: {name} made NaN in {output.Describe()} from inputs without; the stack below shows the call");
    }

    /// <exception cref="InvalidOperationException">A gradient has NaN.</exception>
    public static void CheckBackward(GradientFunction function, Tensor?[] gradients)
    {
        for (int i = 0; i < gradients.Length; i++)
        {
            if (gradients[i] is { } gradient && function.Inputs[i] is not null && HasNaN(gradient))
            {
                throw new InvalidOperationException(
                    $"anomaly: the backward rule of {function.Name} made NaN in the gradient of its input {i} ({gradient.Describe()})"
                    + Recorded(function));
            }
        }
    }

    private static string Recorded(GradientFunction function)
    {
        string text = "";
        for (GradientFunction? f = function; f is not null; f = f.Cause)
        {
            string who = f == function ? f.Name : $"which the backward rule of {f.Name} recorded; {f.Name}";
            text += f.Trace is null
                ? $"; {who} was called outside DetectAnomaly: open it around the forward pass too, to see where"
                : $"; {who} was called here:\n{f.Trace}";
        }

        return text;
    }

    private static bool HasNaN(Tensor tensor)
    {
        if (!tensor.DType.IsFloatingPoint() || tensor.Count == 0)
        {
            return false;
        }

        (bool, bool) mode = s_mode;
        s_mode = default;
        try
        {
            using TensorScope scope = TensorScope.Begin();
            using GradientMode.Restore off = GradientMode.NoGrad();
            return tensor.IsNaN().Any().Item() != 0;
        }
        finally
        {
            s_mode = mode;
        }
    }
}
