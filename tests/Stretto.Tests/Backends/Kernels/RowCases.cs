using Stretto.Backends;
using Stretto.Backends.Cpu.Kernels;

namespace Stretto.Tests.Backends.Kernels;

/// <summary>Every row kernel beside its meaning.</summary>
internal static unsafe class RowCases
{
    private const float Epsilon = 1e-5f;

    public static IEnumerable<RowCase> All =>
        Norms().Concat(Softmaxes()).Concat(Gates()).Concat(Flat()).Concat(Reductions());

    private static List<RowCase> Norms()
    {
        List<RowCase> cases = [];
        foreach (bool addOne in new[] { false, true })
        {
            cases.Add(new($"rms_norm{(addOne ? " 1 + weight" : "")}", 1, 1,
                (x, c) => [RmsNormOf(x[0], c[0], addOne ? 1 : 0)],
                (pool, o) => RmsNorm.Forward(
                    pool, o.In(0), o.InStride, o.Column(0), o.Out(0), o.OutStride, null, o.Rows, o.N, Epsilon, addOne))
            {
                Backward = (pool, o) => WithBuffers(o.Rows, o.Rows * o.N, (inverse, y) =>
                {
                    RmsNorm.Forward(
                        pool, o.In(0), o.InStride, o.Column(0), y, o.N, inverse, o.Rows, o.N, Epsilon, addOne);
                    RmsNorm.Backward(
                        pool, o.In(0), o.InStride, o.Column(0), o.In(1), o.InStride, inverse, o.Out(0), o.OutStride,
                        o.ColumnOut(0), o.Rows, o.N, addOne);
                }),
            });
        }

        cases.Add(new("rms_norm without weight", 1, 0,
            (x, c) => [RmsNormOf(x[0], null, 0)],
            (pool, o) => RmsNorm.Forward(
                pool, o.In(0), o.InStride, null, o.Out(0), o.OutStride, null, o.Rows, o.N, Epsilon, false))
        {
            Backward = (pool, o) => WithBuffers(o.Rows, o.Rows * o.N, (inverse, y) =>
            {
                RmsNorm.Forward(pool, o.In(0), o.InStride, null, y, o.N, inverse, o.Rows, o.N, Epsilon, false);
                RmsNorm.Backward(
                    pool, o.In(0), o.InStride, null, o.In(1), o.InStride, inverse, o.Out(0), o.OutStride, null,
                    o.Rows, o.N, false);
            }),
        });
        cases.Add(new("add, rms_norm", 2, 1,
            (x, c) =>
            [
                RmsNormOf(Zip(x[0], x[1], (a, b) => (float)a + (float)b), c[0], 0),
                Zip(x[0], x[1], (a, b) => a + b),
            ],
            (pool, o) => RmsNorm.AddForward(
                pool, o.In(0), o.InStride, o.In(1), o.InStride, o.Out(1), o.OutStride, o.Column(0), o.Out(0),
                o.OutStride, null, o.Rows, o.N, Epsilon, false))
        { Outputs = 2 });
        cases.Add(new("layer_norm", 1, 2,
            (x, c) => [LayerNormOf(x[0], c[0], c[1])],
            (pool, o) => LayerNorm.Forward(
                pool, o.In(0), o.InStride, o.Column(0), o.Column(1), o.Out(0), o.OutStride, null, null, o.Rows, o.N,
                0.1f))
        {
            Tolerance = 5e-6,
            Backward = (pool, o) => WithBuffers(2 * o.Rows, o.Rows * o.N, (saved, y) =>
            {
                LayerNorm.Forward(
                    pool, o.In(0), o.InStride, o.Column(0), o.Column(1), y, o.N, saved, saved + o.Rows, o.Rows, o.N,
                    0.1f);
                LayerNorm.Backward(
                    pool, o.In(0), o.InStride, o.Column(0), o.In(1), o.InStride, saved, saved + o.Rows, o.Out(0),
                    o.OutStride, o.ColumnOut(0), o.ColumnOut(1), o.Rows, o.N);
            }),
        });
        return cases;
    }

    private static List<RowCase> Softmaxes()
    {
        List<RowCase> cases = [];
        cases.Add(new("softmax", 1, 0,
            (x, c) => [SoftmaxOf(x[0])],
            (pool, o) => Softmax.Forward(pool, o.In(0), o.InStride, o.Out(0), o.OutStride, o.Rows, o.N))
        {
            Input = v => 4 * v,
            Backward = (pool, o) => WithBuffers(o.Rows * o.N, 1, (y, _) =>
            {
                Softmax.Forward(pool, o.In(0), o.InStride, y, o.N, o.Rows, o.N);
                Softmax.Backward(
                    pool, y, o.N, o.In(1), o.InStride, o.Out(0), o.OutStride, o.Rows, o.N);
            }),
        });
        cases.Add(new("log_softmax", 1, 0,
            (x, c) => [Array.ConvertAll(SoftmaxOf(x[0]), Math.Log)],
            (pool, o) => Softmax.LogForward(pool, o.In(0), o.InStride, o.Out(0), o.OutStride, o.Rows, o.N))
        {
            Input = v => 4 * v,
            Backward = (pool, o) => WithBuffers(o.Rows * o.N, 1, (y, _) =>
            {
                Softmax.LogForward(pool, o.In(0), o.InStride, y, o.N, o.Rows, o.N);
                Softmax.LogBackward(
                    pool, y, o.N, o.In(1), o.InStride, o.Out(0), o.OutStride, o.Rows, o.N);
            }),
        });
        cases.Add(new("logsumexp", 1, 0,
            (x, c) => [[x[0].Max() + Math.Log(x[0].Sum(v => Math.Exp(v - x[0].Max())))]],
            (pool, o) => Softmax.LogSumExp(pool, o.In(0), o.InStride, o.Out(0), o.Rows, o.N))
        { Scalar = true });
        return cases;
    }

    private static List<RowCase> Gates()
    {
        List<RowCase> cases = [];
        cases.Add(Gate<Silu>("swiglu", SiluOf));
        cases.Add(Gate<GeluTanh>("geglu_tanh", GeluTanhOf));
        cases.Add(Activation<Silu>("silu", SiluOf));
        cases.Add(Activation<Gelu>("gelu", v => v * (1 + SpecialFunctions.Erf(v / Math.Sqrt(2))) / 2));
        cases.Add(Activation<GeluTanh>("gelu_tanh", GeluTanhOf));
        cases.Add(Activation<QuickGelu>("quick_gelu", v => v / (1 + Math.Exp(-1.702 * v))));
        return cases;
    }

    private static RowCase Gate<T>(string name, Func<double, double> f) where T : struct, IActivation => new(name, 2, 0,
        (x, c) => [Zip(x[0], x[1], (gate, up) => f(gate) * up)],
        (pool, o) => GatedUnit.Forward<T>(
            pool, o.In(0), o.InStride, o.In(1), o.InStride, o.Out(0), o.OutStride, o.Rows, o.N))
    {
        Input = v => 3 * v,
        Backward = (pool, o) => GatedUnit.Backward<T>(
            pool, o.In(0), o.InStride, o.In(1), o.InStride, o.In(2), o.InStride, o.Out(0), o.OutStride, o.Out(1),
            o.OutStride, o.Rows, o.N),
    };

    private static RowCase Activation<T>(string name, Func<double, double> f) where T : struct, IActivation => new(
        name, 1, 0,
        (x, c) => [Array.ConvertAll(x[0], v => f(v))],
        (pool, o) => Activations.Forward<T>(pool, o.In(0), o.Out(0), o.Rows * o.N))
    {
        Flat = true,
        Input = v => 3 * v,
        Backward = (pool, o) => Activations.Backward<T>(pool, o.In(0), o.In(1), o.Out(0), o.Rows * o.N),
    };

    private static List<RowCase> Flat()
    {
        List<RowCase> cases = [];
        cases.Add(new("add", 2, 0, (x, c) => [Zip(x[0], x[1], (a, b) => a + b)],
            (pool, o) => Elementwise.Add(pool, o.In(0), o.In(1), o.Out(0), o.Rows * o.N))
        { Flat = true });
        cases.Add(new("multiply", 2, 0, (x, c) => [Zip(x[0], x[1], (a, b) => a * b)],
            (pool, o) => Elementwise.Multiply(pool, o.In(0), o.In(1), o.Out(0), o.Rows * o.N))
        { Flat = true });
        cases.Add(new("axpy", 2, 0, (x, c) => [Zip(x[0], x[1], (a, b) => b - (0.75 * a))],
            (pool, o) =>
            {
                Copy(o.In(1), o.Out(0), o.Rows * o.N);
                Elementwise.Axpy(pool, -0.75f, o.In(0), o.Out(0), o.Rows * o.N);
            })
        { Flat = true });
        cases.Add(new("fill, scale", 1, 0, (x, c) => [Array.ConvertAll(x[0], _ => 3.75)],
            (pool, o) =>
            {
                Elementwise.Fill(pool, o.Out(0), 2.5f, o.Rows * o.N);
                Elementwise.Scale(pool, o.Out(0), 1.5f, o.Rows * o.N);
            })
        { Flat = true });
        AdamWStep step = new(1e-2f, 0.9f, 0.99f, 1e-8f, 0.1f, 0.271f, 0.029701f, 0.5f);
        cases.Add(new("adamw", 4, 0, (x, c) => AdamWOf(x, step),
            (pool, o) =>
            {
                Copy(o.In(0), o.Out(0), o.Rows * o.N);
                Copy(o.In(2), o.Out(1), o.Rows * o.N);
                Elementwise.Multiply(pool, o.In(3), o.In(3), o.Out(2), o.Rows * o.N);
                AdamW.Step(pool, o.Out(0), o.In(1), o.Out(1), o.Out(2), o.Rows * o.N, step);
            })
        { Flat = true, Outputs = 3 });
        return cases;
    }

    private static List<RowCase> Reductions()
    {
        List<RowCase> cases = [];
        cases.Add(Reduction(RowReduction.Sum, x => x.Sum()));
        cases.Add(Reduction(RowReduction.Mean, x => x.Average()));
        cases.Add(Reduction(RowReduction.SumOfSquares, x => x.Sum(v => v * v)));
        cases.Add(Reduction(RowReduction.Max, x => x.Max()));
        cases.Add(Reduction(RowReduction.Min, x => x.Min()));
        cases.Add(new("column sums", 1, 0, (x, c) => [x[0]],
            (pool, o) => ColumnSums.Add(pool, o.In(0), o.InStride, o.Rows, o.N, o.ColumnOut(0)))
        {
            Outputs = 0,
            ColumnOutputs = 1,
        });
        return cases;
    }

    private static RowCase Reduction(RowReduction kind, Func<double[], double> f) => new($"reduce {kind}", 1, 0,
        (x, c) => [[f(x[0])]],
        (pool, o) => Reduce.Rows(pool, kind, o.In(0), o.InStride, o.Out(0), o.Rows, o.N))
    {
        Scalar = true,
        Tolerance = 5e-6,
    };

    private static double SiluOf(double v) => v / (1 + Math.Exp(-v));

    private static double GeluTanhOf(double v) =>
        v / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (v + (0.044715 * v * v * v))));

    private static double[] RmsNormOf(double[] x, double[]? weight, double one)
    {
        double r = 1 / Math.Sqrt((x.Sum(v => v * v) / x.Length) + Epsilon);
        return x.Select((v, i) => v * r * (weight == null ? 1 : one + weight[i])).ToArray();
    }

    private static double[] LayerNormOf(double[] x, double[] weight, double[] bias)
    {
        double mean = x.Average();
        double r = 1 / Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + 0.1f);
        return x.Select((v, i) => ((v - mean) * r * weight[i]) + bias[i]).ToArray();
    }

    private static double[] SoftmaxOf(double[] x)
    {
        double max = x.Max();
        double sum = x.Sum(v => Math.Exp(v - max));
        return Array.ConvertAll(x, v => Math.Exp(v - max) / sum);
    }

    private static double[][] AdamWOf(double[][] x, AdamWStep s)
    {
        double[][] result = [new double[x[0].Length], new double[x[0].Length], new double[x[0].Length]];
        for (int i = 0; i < x[0].Length; i++)
        {
            double g = x[1][i] * s.GradientScale;
            double m = (s.Beta1 * x[2][i]) + ((1 - s.Beta1) * g);
            double v = (s.Beta2 * x[3][i] * x[3][i]) + ((1 - s.Beta2) * g * g);
            double p = x[0][i] * (1 - (s.LearningRate * s.WeightDecay));
            double denominator = Math.Sqrt(v / s.BiasCorrection2) + s.Epsilon;
            result[0][i] = p - (s.LearningRate * (m / s.BiasCorrection1) / denominator);
            result[1][i] = m;
            result[2][i] = v;
        }

        return result;
    }

    private static double[] Zip(double[] a, double[] b, Func<double, double, double> f) => a.Zip(b, f).ToArray();

    private static void Copy(float* from, float* to, long n) => new Span<float>(from, (int)n).CopyTo(new(to, (int)n));

    private delegate void BufferUser(float* first, float* second);

    private static void WithBuffers(long first, long second, BufferUser use)
    {
        fixed (float* a = new float[first], b = new float[second])
        {
            use(a, b);
        }
    }
}
