namespace Stretto.Tests.Tensors;

/// <summary>
/// Runs every row of <see cref="OpCases"/>: the CPU against the reference in float32 and float64, contiguous and strided, values and
/// gradients; and the reference's gradients against difference quotients.
/// </summary>
public sealed class OpCaseTests
{
    public static TheoryData<OpCase> Cases() => [.. OpCases.All];

    [Theory]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = true)]
    public void CpuAgreesWithReference(OpCase op)
    {
        using TensorScope scope = TensorScope.Begin();
        double[][] truth = Run(op, Device.Reference, DType.Float64, strided: false);
        foreach (DType dtype in new[] { DType.Float32, DType.Float64 })
        {
            foreach (bool strided in new[] { false, true })
            {
                foreach (Device device in new[] { Device.Cpu, Device.Reference })
                {
                    double[][] results = Run(op, device, dtype, strided);
                    for (int i = 0; i < truth.Length; i++)
                    {
                        Near(truth[i], results[i], dtype == DType.Float64 ? 1e-10 : 2e-5, $"{op.Name} {dtype} {device} strided {strided}, result {i}");
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = true)]
    public void GradientsAreThoseOfTheFunction(OpCase op)
    {
        if (!op.Smooth)
        {
            return;
        }

        using TensorScope scope = TensorScope.Begin();
        double[][] analytic = Run(op, Device.Reference, DType.Float64, strided: false);
        double[][] inputs = Inputs(op);
        for (int i = 0; i < inputs.Length; i++)
        {
            double[] numeric = Quotients(inputs[i], () => Weighted(op, inputs));
            bool constant = op.Name.StartsWith("rotary", StringComparison.Ordinal) && i > 0;
            Near(constant ? analytic[i + 1] : numeric, analytic[i + 1], 1e-6, $"{op.Name}, gradient {i}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = true)]
    public void RecordedGradientsAreThoseOfTheFusedPass(OpCase op)
    {
        using TensorScope scope = TensorScope.Begin();
        double[][] fused = Run(op, Device.Reference, DType.Float64, strided: false);
        double[][] recorded = Run(op, Device.Reference, DType.Float64, strided: false, createGraph: true);
        for (int i = 0; i < fused.Length; i++)
        {
            Near(fused[i], recorded[i], 1e-10, $"{op.Name}, result {i}");
        }
    }

    public static TheoryData<OpCase> TwiceCases() => [.. OpCases.All.Where(c => c.Twice)];

    [Theory]
    [MemberData(nameof(TwiceCases), DisableDiscoveryEnumeration = true)]
    public void GradientsOfGradientsAreThoseOfTheGradient(OpCase op)
    {
        double[][] inputs = Inputs(op);
        (_, double[][] analytic) = Penalty(op, inputs);
        for (int i = 0; i < inputs.Length; i++)
        {
            double[] numeric = Quotients(inputs[i], () => Penalty(op, inputs).Value);
            Near(numeric, analytic[i], 1e-5, $"{op.Name}, second gradient {i}");
        }
    }

    /// <summary>The difference quotient of a value by each of the numbers, which it reads.</summary>
    private static double[] Quotients(double[] numbers, Func<double> value)
    {
        const double step = 1e-5;
        double[] quotients = new double[numbers.Length];
        for (int j = 0; j < numbers.Length; j++)
        {
            double at = numbers[j];
            numbers[j] = at + step;
            double up = value();
            numbers[j] = at - step;
            quotients[j] = (up - value()) / (2 * step);
            numbers[j] = at;
        }

        return quotients;
    }

    /// <summary>The weighted squares of all gradients, and their gradients.</summary>
    private static (double Value, double[][] Gradients) Penalty(OpCase op, double[][] values)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor[] leaves = [.. values.Select((x, i) => Tensor.From(x, op.Shapes[i], Device.Reference))];
        foreach (Tensor leaf in leaves)
        {
            leaf.RequiresGrad = true;
        }

        Tensor y = op.Call(leaves);
        Tensor?[] first = Autograd.Grad([(y * Weights(y)).Sum()], leaves, createGraph: true, allowUnused: true);
        Tensor sum = first.Aggregate(Tensor.Scalar(0, DType.Float64, Device.Reference), (s, g) => s + (g!.Square() * (Weights(g) + 2)).Sum());
        return (sum.Item(), sum.RequiresGrad
            ? [.. Autograd.Grad([sum], leaves, allowUnused: true).Select((g, i) => g?.ToArray<double>() ?? new double[values[i].Length])]
            : [.. values.Select(v => new double[v.Length])]);
    }

    private static double Weighted(OpCase op, double[][] inputs)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor y = op.Call([.. inputs.Select((x, i) => Tensor.From(x, op.Shapes[i], Device.Reference))]);
        return (y * Weights(y)).Sum().Item();
    }

    /// <summary>The output, then the gradient of each input under fixed weights of the outputs.</summary>
    private static double[][] Run(OpCase op, Device device, DType dtype, bool strided, bool createGraph = false)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor[] leaves = [.. Inputs(op).Select((x, i) => Tensor.From(x, op.Shapes[i], device).To(dtype).Detach())];
        Tensor[] inputs = new Tensor[leaves.Length];
        for (int i = 0; i < leaves.Length; i++)
        {
            leaves[i].RequiresGrad = true;
            inputs[i] = strided ? Strided(leaves[i]) : leaves[i];
        }

        Tensor y = op.Call(inputs);
        (y * Weights(y)).Sum().Backward(createGraph: createGraph);
        return [y.ToArray<double>(), .. leaves.Select(l => l.Grad?.ToArray<double>() ?? new double[l.Count])];
    }

    /// <summary>The same values with the first two dimensions exchanged in memory, or every second element of a longer row.</summary>
    private static Tensor Strided(Tensor x) => x.Rank >= 2
        ? x.Transpose(0, 1).Clone().Transpose(0, 1)
        : Tensor.Cat([x.Unsqueeze(-1), x.Unsqueeze(-1)], -1).Narrow(-1, 0, 1).Squeeze(-1);

    private static Tensor Weights(Tensor y) => Tensor.From(
        [.. Enumerable.Range(0, (int)y.Count).Select(i => Math.Sin(1 + i))], y.Shape, y.Device).To(y.DType);

    private static double[][] Inputs(OpCase op)
    {
        Generator random = new(7);
        return [.. op.Shapes.Select(s => Enumerable.Range(0, (int)s.Count).Select(_ => op.Low + ((op.High - op.Low) * random.NextDouble())).ToArray())];
    }

    private static void Near(double[] expected, double[] actual, double relative, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = Math.Max(1, expected.Max(Math.Abs));
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= relative * scale, $"{what}[{i}]: {actual[i]} instead of {expected[i]}");
        }
    }
}
