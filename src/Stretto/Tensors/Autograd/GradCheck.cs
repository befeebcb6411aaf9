namespace Stretto;

/// <summary>Compares gradients with difference quotients.</summary>
public static class GradCheck
{
    /// <inheritdoc cref="Run(Func{Tensor[], Tensor[]}, Tensor[], double, double)"/>
    public static void Run(Func<Tensor[], Tensor> function, Tensor[] inputs, double step = 1e-6, double tolerance = 1e-6) =>
        Run(x => [function(x)], inputs, step, tolerance);

    /// <summary>
    /// Checks the gradient of a function with respect to each input, under fixed weights of its outputs, and that a second backward pass
    /// gives the same bits.
    /// </summary>
    /// <param name="function">Any composition of operations; called twice for every element of every input, each time with leaves.</param>
    /// <param name="inputs">float64 tensors; integers and bools are passed on unchecked.</param>
    /// <param name="step">Half the distance of the two points of a quotient.</param>
    /// <param name="tolerance">The largest difference allowed, relative to the largest gradient of the input or 1.</param>
    /// <exception cref="ArgumentException">An input is a floating-point tensor but not float64.</exception>
    /// <exception cref="InvalidOperationException">
    /// A gradient differs; the message names input, element and both values. Or no output depends on the inputs.
    /// </exception>
    public static void Run(Func<Tensor[], Tensor[]> function, Tensor[] inputs, double step = 1e-6, double tolerance = 1e-6)
    {
        using TensorScope scope = TensorScope.Begin();
        using GradientMode.Restore on = GradientMode.EnableGrad();
        CheckDTypes("gradcheck", inputs);
        Tensor[] leaves = [.. inputs.Select(i => i.DType.IsFloatingPoint() ? Autograd.Leaf(i.Detach().Clone()) : i)];
        Tensor[] checkedLeaves = [.. leaves.Where(l => l.RequiresGrad)];
        Tensor? total = Weighted(function(leaves));
        if (total is not { RequiresGrad: true })
        {
            throw new InvalidOperationException($"gradcheck: no output of the function {Autograd.NoPath}");
        }

        Tensor?[] gradients = Autograd.Grad([total], checkedLeaves, retainGraph: true, materializeGrads: true);
        Tensor?[] again = Autograd.Grad([total], checkedLeaves, materializeGrads: true);
        for (int i = 0, n = 0; i < leaves.Length; i++)
        {
            if (leaves[i].RequiresGrad)
            {
                (double[] first, double[] second) = (gradients[n]!.ToArray<double>(), again[n]!.ToArray<double>());
                n++;
                Compare(i, leaves[i].Shape, first, second, 0, "the second backward pass gives");
                double[] quotients = [.. first.Select((_, j) => Quotient(function, leaves, i, j, step))];
                double scale = first.Select(Math.Abs).DefaultIfEmpty(0).Aggregate(1.0, Math.Max);
                Compare(i, leaves[i].Shape, first, quotients, tolerance * scale, "the difference quotient is");
            }
        }
    }

    /// <exception cref="ArgumentException">A floating-point tensor is not float64.</exception>
    internal static void CheckDTypes(string name, Tensor[] tensors)
    {
        foreach (Tensor tensor in tensors)
        {
            if (tensor.DType.IsFloatingPoint() && tensor.DType != DType.Float64)
            {
                throw new ArgumentException($"{name}: {tensor.Describe()} is too coarse for difference quotients; use To(DType.Float64)");
            }
        }
    }

    private static void Compare(int input, Shape shape, double[] analytic, double[] numeric, double tolerance, string name)
    {
        for (int j = 0; j < analytic.Length; j++)
        {
            if (!(Math.Abs(numeric[j] - analytic[j]) <= tolerance) && !analytic[j].Equals(numeric[j]))
            {
                throw new InvalidOperationException(string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"gradcheck: input {input}, element {Index(shape, j)}: the gradient is {analytic[j]}, {name} {numeric[j]}"));
            }
        }
    }

    private static double Quotient(Func<Tensor[], Tensor[]> function, Tensor[] leaves, int input, int element, double step) =>
        (Value(function, leaves, input, element, step) - Value(function, leaves, input, element, -step)) / (2 * step);

    private static double Value(Func<Tensor[], Tensor[]> function, Tensor[] leaves, int input, int element, double shift)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor[] moved = [.. leaves];
        double[] values = leaves[input].ToArray<double>();
        values[element] += shift;
        moved[input] = Autograd.Leaf(Tensor.From(values, leaves[input].Shape, leaves[input].Device));
        return Weighted(function(moved))?.Item() ?? 0;
    }

    /// <summary>One number that every element of every output moves, each by a weight of its own.</summary>
    private static Tensor? Weighted(Tensor[] outputs)
    {
        Tensor? total = null;
        int count = 0;
        foreach (Tensor output in outputs.Where(o => o.DType.IsFloatingPoint()))
        {
            double[] weights = new double[output.Count];
            for (int i = 0; i < weights.Length; i++)
            {
                weights[i] = Math.Sin(++count);
            }

            Tensor part = (output * Tensor.From(weights, output.Shape, output.Device)).Sum();
            total = total is null ? part : total + part;
        }

        return total;
    }

    private static string Index(Shape shape, long place)
    {
        long[] index = new long[shape.Rank];
        for (int d = shape.Rank - 1; d >= 0; d--)
        {
            (place, index[d]) = Math.DivRem(place, shape.Sizes[d]);
        }

        return $"[{string.Join(", ", index)}]";
    }
}
