namespace Stretto.Autograd;

/// <summary>Compares gradients with difference quotients.</summary>
public static class GradCheck
{
    /// <summary>
    /// Checks the gradient of a function with respect to each input, under fixed weights of its output.
    /// </summary>
    /// <param name="function">Any composition of operations; called twice for every element of every input.</param>
    /// <param name="inputs">float64 tensors.</param>
    /// <param name="step">Half the distance of the two points of a quotient.</param>
    /// <param name="tolerance">The largest difference allowed, relative to the largest gradient of the input or 1.</param>
    /// <exception cref="ArgumentException">An input is not float64.</exception>
    /// <exception cref="InvalidOperationException">A gradient differs; the message names input, element and both values.</exception>
    public static void Run(Func<Tensor[], Tensor> function, Tensor[] inputs, double step = 1e-6, double tolerance = 1e-6)
    {
        using TensorScope scope = TensorScope.Begin();
        foreach (Tensor input in inputs)
        {
            if (input.DType != DType.Float64)
            {
                throw new ArgumentException($"gradcheck: {input.Describe()} is too coarse for difference quotients; use To(DType.Float64)");
            }
        }

        Tensor[] leaves = [.. inputs.Select(i => i.Detach().Clone())];
        foreach (Tensor leaf in leaves)
        {
            leaf.RequiresGrad = true;
        }

        Tensor output = function(leaves);
        double[] weights = [.. Enumerable.Range(0, (int)output.Count).Select(i => Math.Sin(i + 1))];
        (output * Tensor.From(weights, output.Shape, output.Device)).Sum().Backward();
        for (int i = 0; i < leaves.Length; i++)
        {
            double[] analytic = leaves[i].Grad?.ToArray<double>() ?? new double[leaves[i].Count];
            double scale = Math.Max(1, analytic.Select(Math.Abs).DefaultIfEmpty(0).Max());
            for (int j = 0; j < analytic.Length; j++)
            {
                double numeric = (Value(function, leaves, i, j, step, weights) - Value(function, leaves, i, j, -step, weights)) / (2 * step);
                if (!(Math.Abs(numeric - analytic[j]) <= tolerance * scale))
                {
                    throw new InvalidOperationException($"gradcheck: input {i}, element {j}: the gradient is {analytic[j]}, the quotient {numeric}");
                }
            }
        }
    }

    private static double Value(Func<Tensor[], Tensor> function, Tensor[] leaves, int input, int element, double shift, double[] weights)
    {
        using TensorScope scope = TensorScope.Begin();
        using GradientMode.Restore off = GradientMode.NoGrad();
        Tensor[] moved = [.. leaves];
        double[] values = leaves[input].ToArray<double>();
        values[element] += shift;
        moved[input] = Tensor.From(values, leaves[input].Shape, leaves[input].Device);
        double[] output = function(moved).ToArray<double>();
        return output.Zip(weights, (a, b) => a * b).Sum();
    }
}
