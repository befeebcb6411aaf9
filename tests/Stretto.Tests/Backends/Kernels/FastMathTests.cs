using Stretto.Backends.Cpu.Kernels;
using Xunit;

namespace Stretto.Tests.Backends.Kernels;

/// <summary>Elementary functions on each register width, whether the machine has it or not.</summary>
public sealed unsafe class FastMathTests
{
    private interface IFunction
    {
        static abstract V Lanes<V>(V x) where V : unmanaged, ILanes<V>;

        static abstract double Exact(double x);
    }

    [Fact]
    public void Exp()
    {
        OnAllWidths<ExpFunction>(-104, 89, 2);
        Special<ExpFunction>((float.NegativeInfinity, 0), (float.PositiveInfinity, float.PositiveInfinity),
            (200, float.PositiveInfinity), (-200, 0), (0, 1));
    }

    [Fact]
    public void Log()
    {
        OnAllWidths<LogFunction>(1e-3f, 5000, 2);
        OnAllWidths<LogFunction>(1e-44f, 1e-37f, 2);
        Special<LogFunction>((0, float.NegativeInfinity), (-0f, float.NegativeInfinity), (-1, float.NaN), (1, 0),
            (float.PositiveInfinity, float.PositiveInfinity), (float.NegativeInfinity, float.NaN));
    }

    [Fact]
    public void Sigmoid()
    {
        OnAllWidths<SigmoidFunction>(-86, 40, 4);
        Special<SigmoidFunction>((float.NegativeInfinity, 0), (float.PositiveInfinity, 1), (0, 0.5f));
    }

    [Fact]
    public void Tanh()
    {
        OnAllWidths<TanhFunction>(-12, 12, 3);
        OnAllWidths<TanhFunction>(-1e-3f, 1e-3f, 2);
        Special<TanhFunction>((float.NegativeInfinity, -1), (float.PositiveInfinity, 1), (0, 0));
    }

    [Fact]
    public void Erf()
    {
        OnAllWidths<ErfFunction>(-5, 5, 4);
        OnAllWidths<ErfFunction>(-1e-3f, 1e-3f, 2);
        Special<ErfFunction>((float.NegativeInfinity, -1), (float.PositiveInfinity, 1), (0, 0));
    }

    [Fact]
    public void NormalDistribution()
    {
        OnAllWidths<NormalFunction>(-3, 8, 12);
        // The exponent's own rounding grows with x².
        OnAllWidths<NormalFunction>(-12, -3, 200);
    }

    private static void OnAllWidths<F>(float from, float to, double ulps) where F : IFunction
    {
        const int Count = 4001;
        float[] x = new float[Count];
        for (int i = 0; i < Count; i++)
        {
            x[i] = from + ((to - from) * i / (Count - 1));
        }

        foreach (float[] y in new[] { Evaluate<F, Lanes512>(x), Evaluate<F, Lanes256>(x), Evaluate<F, Lanes128>(x) })
        {
            for (int i = 0; i < Count; i++)
            {
                double exact = F.Exact(x[i]);
                double unit = Math.Max(Math.Abs(exact) * Math.Pow(2, -23), float.Epsilon);
                Assert.True(
                    Math.Abs(y[i] - exact) <= ulps * unit || (float.IsInfinity(y[i]) && exact > float.MaxValue),
                    $"{typeof(F).Name}({x[i]:R}) = {y[i]:R}, not {exact:R}: {Math.Abs(y[i] - exact) / unit:F1} units");
            }
        }
    }

    private static void Special<F>(params (float X, float Y)[] cases) where F : IFunction
    {
        foreach ((float x, float expected) in cases.Append((float.NaN, float.NaN)))
        {
            Assert.Equal(expected, Evaluate<F, Lanes512>([x])[0]);
            Assert.Equal(expected, Evaluate<F, Lanes256>([x])[0]);
            Assert.Equal(expected, Evaluate<F, Lanes128>([x])[0]);
        }
    }

    private static float[] Evaluate<F, V>(float[] x) where F : IFunction where V : unmanaged, ILanes<V>
    {
        float[] y = new float[x.Length];
        fixed (float* from = x, to = y)
        {
            for (long i = 0; i < x.Length; i += V.Count)
            {
                long count = Math.Min(V.Count, x.Length - i);
                F.Lanes(V.Load(from + i, count)).Store(to + i, count);
            }
        }

        return y;
    }

    private readonly struct ExpFunction : IFunction
    {
        public static V Lanes<V>(V x) where V : unmanaged, ILanes<V> => FastMath.Exp(x);

        public static double Exact(double x) => Math.Exp(x);
    }

    private readonly struct LogFunction : IFunction
    {
        public static V Lanes<V>(V x) where V : unmanaged, ILanes<V> => FastMath.Log(x);

        public static double Exact(double x) => Math.Log(x);
    }

    private readonly struct SigmoidFunction : IFunction
    {
        public static V Lanes<V>(V x) where V : unmanaged, ILanes<V> => FastMath.Sigmoid(x);

        public static double Exact(double x) => 1 / (1 + Math.Exp(-x));
    }

    private readonly struct TanhFunction : IFunction
    {
        public static V Lanes<V>(V x) where V : unmanaged, ILanes<V> => FastMath.Tanh(x);

        public static double Exact(double x) => Math.Tanh(x);
    }

    private readonly struct ErfFunction : IFunction
    {
        public static V Lanes<V>(V x) where V : unmanaged, ILanes<V> => FastMath.Erf(x);

        public static double Exact(double x) => SpecialFunctions.Erf(x);
    }

    private readonly struct NormalFunction : IFunction
    {
        public static V Lanes<V>(V x) where V : unmanaged, ILanes<V> => FastMath.NormalDistribution(x);

        public static double Exact(double x)
        {
            double a = x / Math.Sqrt(2);
            return a < -2 ? SpecialFunctions.ErfComplement(-a) / 2 : (1 + SpecialFunctions.Erf(a)) / 2;
        }
    }
}
