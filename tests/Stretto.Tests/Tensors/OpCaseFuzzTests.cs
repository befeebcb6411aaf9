namespace Stretto.Tests.Tensors;

/// <summary>
/// Every row of <see cref="OpCases"/> on random values, sizes and memory layouts: the CPU gives what the reference gives, or the same error.
/// </summary>
public sealed class OpCaseFuzzTests
{
    private const int Trials = 8;

    public static TheoryData<OpCase> Cases() => [.. OpCases.All];

    [Theory]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = true)]
    public void CpuAgreesWithReference(OpCase op)
    {
        for (int trial = 0; trial < Trials; trial++)
        {
            Generator random = new(op.Name.Aggregate(17UL, (hash, c) => unchecked((hash * 31) + c)) + (ulong)trial);
            Input[] inputs = Inputs(op, random, keepSizes: trial < 2);
            if (inputs.Sum(i => i.Shape.Count) > 20_000)
            {
                continue;
            }

            DType dtype = trial % 2 == 1 && op.Smooth ? DType.Float32 : DType.Float64;
            string what = $"{op.Name}, trial {trial}, {dtype.Name()}, {string.Join(" ", inputs.Select(i => $"{i.Shape} {i.How}"))}";
            Outcome expected = Run(op, inputs, Device.Reference, dtype, what);
            Outcome actual = Run(op, inputs, Device.Cpu, dtype, what);
            Assert.True(expected.Error == actual.Error, $"{what}: {actual.Error ?? "a result"} instead of {expected.Error ?? "a result"}");
            Assert.True(expected.Shape == actual.Shape, $"{what}: {actual.Shape} instead of {expected.Shape}");
            for (int i = 0; i < expected.Results.Length; i++)
            {
                Near(expected.Results[i], actual.Results[i], dtype == DType.Float64 ? 1e-9 : 1e-3, $"{what}, result {i}");
            }
        }
    }

    private enum Layout
    {
        Dense, Permuted, Stepped, Repeated,
    }

    private sealed record Input(Shape Shape, double[] Values, Layout How);

    private sealed record Outcome(string? Error, Shape Shape, double[][] Results);

    private static Input[] Inputs(OpCase op, Generator random, bool keepSizes)
    {
        // One new size for each old one, so that sizes that must be equal stay so.
        Dictionary<long, long> sizes = op.Shapes.SelectMany(s => s).Distinct()
            .ToDictionary(s => s, s => keepSizes || s == 1 ? s : random.NextInt(10));
        return [.. op.Shapes.Select(shape =>
        {
            Shape other = Shape.Create([.. shape.Select(s => sizes[s])]);
            double[] values = [.. Enumerable.Range(0, (int)other.Count).Select(_ => op.Low + ((op.High - op.Low) * random.NextDouble()))];
            return new Input(other, values, (Layout)random.NextInt(4));
        })];
    }

    private static Outcome Run(OpCase op, Input[] inputs, Device device, DType dtype, string what)
    {
        using TensorScope scope = TensorScope.Begin();
        try
        {
            Tensor[] leaves = [.. inputs.Select(i => Tensor.From(i.Values, i.Shape, device).To(dtype).Detach())];
            foreach (Tensor leaf in leaves)
            {
                leaf.RequiresGrad = true;
            }

            Tensor y = op.Call([.. leaves.Select((leaf, i) => Laid(leaf, inputs[i].How))]);
            Tensor weights = Tensor.From([.. Enumerable.Range(0, (int)y.Count).Select(i => Math.Sin(1 + i))], y.Shape, device).To(y.DType);
            (y * weights).Sum().Backward();
            return new(null, y.Shape, [y.ToArray<double>(), .. leaves.Select(l => l.Grad?.ToArray<double>() ?? new double[l.Count])]);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return new(e.GetType().Name, Shape.Scalar, []);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{what} on {device}: an error that names nothing: {e.GetType().Name}: {e.Message}", e);
        }
    }

    private static Tensor Laid(Tensor x, Layout how) => how switch
    {
        Layout.Permuted when x.Rank > 1 => x.Permute([.. Enumerable.Range(1, x.Rank - 1), 0]).Clone()
            .Permute([x.Rank - 1, .. Enumerable.Range(0, x.Rank - 1)]),
        Layout.Stepped when x.Rank > 0 => Tensor.Stack([x, x * 0, x * 0], -1).Flatten(-2).Slice(-1, 0, null, 3),
        Layout.Repeated when x.Rank > 0 && x.Shape[0] > 1 => x.Narrow(0, 0, 1).Expand(x.Shape),
        _ => x,
    };

    private static void Near(double[] expected, double[] actual, double relative, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = expected.Where(double.IsFinite).Select(Math.Abs).Append(1).Max();
        for (int i = 0; i < expected.Length; i++)
        {
            bool same = expected[i].Equals(actual[i]) || Math.Abs(expected[i] - actual[i]) <= relative * scale;
            Assert.True(same, $"{what}[{i}]: {actual[i]:r} instead of {expected[i]:r}");
        }
    }
}
