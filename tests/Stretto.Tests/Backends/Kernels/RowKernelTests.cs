using Stretto.Backends.Cpu;
using Xunit;

namespace Stretto.Tests.Backends.Kernels;

/// <summary>Runs every <see cref="RowCase"/>: values, gradients, memory, and the promise of batch invariance.</summary>
public sealed class RowKernelTests
{
    private static readonly (long Rows, long N)[] Shapes =
    [
        (1, 1), (3, 7), (5, 8), (2, 15), (33, 16), (4, 17), (3, 31), (70, 33), (2, 100), (3, 1000), (2, 4099),
    ];

    public static TheoryData<string> Names => [.. RowCases.All.Select(c => c.Name)];

    public static TheoryData<string> Differentiable =>
        [.. RowCases.All.Where(c => c.Backward != null).Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void ValuesMatchFloat64(string name)
    {
        RowCase c = Case(name);
        foreach ((long rows, long n) in Shapes)
        {
            using Run run = new(c, rows, n, backward: false);
            run.Execute(c.Forward, threads: 4);
            double[][] columnSums = [.. Enumerable.Range(0, c.ColumnOutputs).Select(_ => new double[n])];
            for (long row = 0; row < rows; row++)
            {
                double[][] expected = c.Meaning(run.InputRow(row), run.ColumnValues);
                for (int i = 0; i < c.Outputs; i++)
                {
                    Compare(
                        expected[i], run.Outputs[i].Row(row), c.Tolerance, $"{name} [{rows}, {n}] {i} row {row}");
                }

                for (int i = 0; i < c.ColumnOutputs; i++)
                {
                    AddTo(columnSums[i], expected[i]);
                }
            }

            for (int i = 0; i < c.ColumnOutputs; i++)
            {
                Compare(
                    columnSums[i], run.ColumnOutputs[i].Row(0), c.Tolerance * 4, $"{name} [{rows}, {n}] sums {i}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Differentiable))]
    public void GradientsMatchDifferencesInFloat64(string name)
    {
        RowCase c = Case(name);
        foreach ((long rows, long n) in Shapes)
        {
            if (n > 100)
            {
                continue;
            }

            using Run run = new(c, rows, n, backward: true);
            run.Execute(c.Backward!, threads: 4);
            double[][] columnSums = [.. Enumerable.Range(0, c.Columns).Select(_ => new double[n])];
            for (long row = 0; row < rows; row++)
            {
                double[][] all = run.InputRow(row);
                double[][] inputs = all[..c.Inputs];
                double Loss() => Weighted(c.Meaning(inputs, run.ColumnValues)[0], all[c.Inputs]);
                for (int i = 0; i < c.Inputs; i++)
                {
                    double[] expected = Differences(inputs[i], Loss);
                    Compare(expected, run.Outputs[i].Row(row), 1e-5, $"{name} [{rows}, {n}] gradient {i} row {row}");
                }

                for (int i = 0; i < c.Columns; i++)
                {
                    AddTo(columnSums[i], Differences(run.ColumnValues[i], Loss));
                }
            }

            for (int i = 0; i < c.Columns; i++)
            {
                Compare(columnSums[i], run.ColumnOutputs[i].Row(0), 1e-5, $"{name} [{rows}, {n}] column gradient {i}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ARowHasTheSameBitsAlone(string name)
    {
        RowCase c = Case(name);
        foreach (bool backward in c.Backward == null ? [false] : new[] { false, true })
        {
            RowKernel kernel = backward ? c.Backward! : c.Forward;
            foreach ((long rows, long n) in Shapes)
            {
                using Run batch = new(c, rows, n, backward);
                batch.Execute(kernel, threads: 4);
                for (long row = 0; row < rows; row += Math.Max(rows / 5, 1))
                {
                    using Run alone = new(c, batch, row);
                    alone.Execute(kernel, threads: 1);
                    for (int i = 0; i < batch.Outputs.Length; i++)
                    {
                        Assert.Equal(batch.Outputs[i].Row(row).ToArray(), alone.Outputs[i].Row(0).ToArray(), BitEqual);
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ThreadsDoNotChangeBits(string name)
    {
        RowCase c = Case(name);
        foreach (bool backward in c.Backward == null ? [false] : new[] { false, true })
        {
            RowKernel kernel = backward ? c.Backward! : c.Forward;
            using Run one = new(c, 333, 257, backward);
            using Run four = new(c, 333, 257, backward);
            one.Execute(kernel, threads: 1);
            four.Execute(kernel, threads: 4);
            foreach ((NativeRows a, NativeRows b) in one.Results.Zip(four.Results))
            {
                for (long row = 0; row < a.Rows; row++)
                {
                    Assert.Equal(a.Row(row).ToArray(), b.Row(row).ToArray(), BitEqual);
                }
            }
        }
    }

    private static RowCase Case(string name) => RowCases.All.Single(c => c.Name == name);

    private static bool BitEqual(float a, float b) =>
        BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b);

    private static void AddTo(double[] sums, double[] values)
    {
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] += values[i];
        }
    }

    private static double Weighted(double[] y, double[] dy) => y.Zip(dy, (a, b) => a * b).Sum();

    /// <summary>Central differences with one Richardson step.</summary>
    private static double[] Differences(double[] x, Func<double> f)
    {
        double[] result = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            double at = x[i];
            double Slope(double h)
            {
                x[i] = at + h;
                double up = f();
                x[i] = at - h;
                double down = f();
                x[i] = at;
                return (up - down) / (2 * h);
            }

            result[i] = ((4 * Slope(1e-4)) - Slope(2e-4)) / 3;
        }

        return result;
    }

    private static void Compare(double[] expected, ReadOnlySpan<float> actual, double tolerance, string what)
    {
        double scale = expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs(expected[i] - actual[i]);
            if (!(error <= tolerance * Math.Max(scale, 0.1)))
            {
                Assert.Fail($"{what}, column {i}: {actual[i]} instead of {expected[i]}");
            }
        }
    }

    /// <summary>One call of a kernel with its operands.</summary>
    private sealed class Run : IDisposable
    {
        private readonly RowCase _case;
        private readonly NativeRows[] _inputs;
        private readonly NativeRows[] _columns;

        public Run(RowCase c, long rows, long n, bool backward)
            : this(c, rows, n, backward, Make(c.Inputs + (backward ? 1 : 0), rows, n, c.Flat ? 0 : 3, 1),
                Make(c.Columns, 1, n, 0, 100))
        {
            foreach (NativeRows input in _inputs.Take(c.Inputs))
            {
                for (long row = 0; row < rows; row++)
                {
                    foreach (ref float value in input.Row(row))
                    {
                        value = c.Input(value);
                    }
                }
            }
        }

        public Run(RowCase c, Run batch, long row)
            : this(c, 1, batch.N, batch.Backward, [.. batch._inputs.Select(x => x.Clone(row, 1))],
                [.. batch._columns.Select(x => x.Clone(0, 1))])
        {
        }

        private Run(RowCase c, long rows, long n, bool backward, NativeRows[] inputs, NativeRows[] columns)
        {
            _case = c;
            Rows = rows;
            N = n;
            Backward = backward;
            _inputs = inputs;
            _columns = columns;
            long gap = c.Flat || c.Scalar ? 0 : 5;
            Outputs = Make(backward ? c.Inputs : c.Outputs, rows, c.Scalar ? 1 : n, gap, 0);
            ColumnOutputs = Make(backward ? c.Columns : c.ColumnOutputs, 1, n, 0, 0);
            ColumnValues = [.. columns.Select(x => x.RowAsDouble(0))];
        }

        public long Rows { get; }

        public long N { get; }

        public bool Backward { get; }

        public double[][] ColumnValues { get; }

        public NativeRows[] Outputs { get; }

        public NativeRows[] ColumnOutputs { get; }

        public IEnumerable<NativeRows> Results => Outputs.Concat(ColumnOutputs);

        public double[][] InputRow(long row) => [.. _inputs.Select(x => x.RowAsDouble(row))];

        public void Execute(RowKernel kernel, int threads)
        {
            kernel(new WorkerPool(threads), new Operands(Rows, N, _inputs, _columns, Outputs, ColumnOutputs));
            foreach (NativeRows rows in Results.Concat(_inputs).Concat(_columns))
            {
                rows.AssertGapsIntact();
            }
        }

        public void Dispose()
        {
            foreach (NativeRows rows in Results.Concat(_inputs).Concat(_columns))
            {
                rows.Dispose();
            }
        }

        private static NativeRows[] Make(int count, long rows, long n, long gap, ulong seed)
        {
            NativeRows[] made = new NativeRows[count];
            for (int i = 0; i < count; i++)
            {
                made[i] = new(rows, n, gap);
                for (long row = 0; row < rows; row++)
                {
                    Span<float> values = made[i].Row(row);
                    values.Clear();
                    if (seed != 0)
                    {
                        Noise.Fill(values, (seed * 1_000_003) + ((ulong)i * 10_007) + (ulong)row);
                    }
                }
            }

            return made;
        }
    }
}
