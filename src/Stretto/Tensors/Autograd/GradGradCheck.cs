namespace Stretto;

/// <summary>Compares second derivatives with difference quotients of first ones.</summary>
public static class GradGradCheck
{
    /// <inheritdoc cref="Run(Func{Tensor[], Tensor[]}, Tensor[], Tensor[], double, double)"/>
    public static void Run(
        Func<Tensor[], Tensor> function, Tensor[] inputs, Tensor[]? gradOutputs = null, double step = 1e-6, double tolerance = 1e-6) =>
        Run(x => [function(x)], inputs, gradOutputs, step, tolerance);

    /// <summary>Checks the derivatives of a function's gradients with respect to its inputs and to the gradients that flow in.</summary>
    /// <param name="function">Any composition of operations whose gradients can be differentiated.</param>
    /// <param name="inputs">float64 tensors; integers and bools are passed on unchecked.</param>
    /// <param name="gradOutputs">One for each floating-point output, float64; null for fixed ones.</param>
    /// <param name="step">Half the distance of the two points of a quotient.</param>
    /// <param name="tolerance">See <see cref="GradCheck"/>.</param>
    /// <exception cref="ArgumentException">An input is a floating-point tensor but not float64.</exception>
    /// <exception cref="InvalidOperationException">
    /// A derivative differs; the message counts the inputs first, then the gradients that flow in.
    /// </exception>
    public static void Run(
        Func<Tensor[], Tensor[]> function, Tensor[] inputs, Tensor[]? gradOutputs = null, double step = 1e-6, double tolerance = 1e-6)
    {
        using TensorScope scope = TensorScope.Begin();
        GradCheck.CheckDTypes("gradgradcheck", inputs);
        Tensor[] seeds = gradOutputs ?? [.. Differentiable(function(inputs)).Select((o, i) => Seed(o, i))];
        GradCheck.Run(
            all =>
            {
                Tensor[] x = all[..inputs.Length];
                Tensor[] wanted = [.. x.Where(t => t.DType.IsFloatingPoint())];
                Tensor?[] gradients = Autograd.Grad(
                    Differentiable(function(x)), wanted, all[inputs.Length..], createGraph: true, materializeGrads: true);
                return [.. gradients.Select(g => g!)];
            },
            [.. inputs, .. seeds], step, tolerance);
    }

    private static Tensor[] Differentiable(Tensor[] outputs) => [.. outputs.Where(o => o.DType.IsFloatingPoint())];

    private static Tensor Seed(Tensor output, int number)
    {
        double[] values = [.. Enumerable.Range(0, (int)output.Count).Select(i => Math.Cos(i + (7 * number) + 1))];
        return Tensor.From(values, output.Shape, output.Device);
    }
}
