using CsCheck;
using Stretto.Backends;
using Stretto.Backends.Cpu.Kernels;
using Xunit;

namespace Stretto.Tests.Backends;

public sealed class FlashAttentionTests
{
    private static readonly int[] HeadSizes = [1, 7, 8, 15, 16, 24, 40, 64, 80, 96, 112, 128, 256];

    private static readonly Gen<int> Sizes = Gen.Int[0, HeadSizes.Length - 1].Select(i => HeadSizes[i]);

    private static readonly Gen<FlashAttentionProblem> Problems =
        from shape in Gen.Select(Gen.Int[1, 4], Gen.Int[1, 3], Sizes, Sizes)
        from lengths in Gen.Select(
            Gen.Frequency((1, Gen.Const(0)), (3, Gen.Int[1, 9]), (3, Gen.Int[10, 230])),
            Gen.Frequency((1, Gen.Const(0)), (2, Gen.Int[1, 9]), (3, Gen.Int[10, 230]))).Array[1, 3]
        from options in Gen.Select(Gen.Bool, Gen.Int[-1, 90], Gen.Int[-1, 90], Gen.Int[0, 3])
        from extra in Gen.Select(Gen.Bool, Rarely, Rarely, Gen.UInt)
        select Make(shape, lengths, options, extra);

    private static Gen<bool> Rarely => Gen.Frequency((3, Gen.Const(false)), (1, Gen.Const(true)));

    public static TheoryData<string> Paths => new(AvailablePaths.Select(path => path.ToString()));

    internal static IEnumerable<GemmPath> AvailablePaths =>
        Enum.GetValues<GemmPath>().Where(path => path <= Gemm.Widest);

    [Theory]
    [MemberData(nameof(Paths))]
    public void AgreesWithTheDefinitionInFloat64(string registers)
    {
        GemmPath path = Enum.Parse<GemmPath>(registers);
        Problems.Sample(problem => Check(problem, path), iter: 120, threads: 1);
    }

    [Fact]
    public void TheComposedVersionAgrees() => Problems.Sample(
        problem =>
        {
            if (problem.Queries * problem.Keys * problem.Heads * problem.Size > 1_000_000)
            {
                return;
            }

            foreach (Backend backend in new[] { Device.Reference.Backend, Device.Cpu.Backend })
            {
                (float[] output, float[] logSum, Dictionary<string, float[]> gradients) = problem.Composed(backend);
                Check(problem, output, logSum, gradients);
            }
        },
        iter: 60, threads: 1);

    [Theory]
    [MemberData(nameof(Paths))]
    public void LongSequencesAgree(string registers)
    {
        GemmPath path = Enum.Parse<GemmPath>(registers);
        AttentionOptions causal = new(0.3);
        Check(FlashAttentionProblem.Square(1100, 2, 1, 16, causal), path);
        Check(new FlashAttentionProblem(2, 1, 24, 40, [0, 3], [0, 2300], causal with { WindowLeft = 1500 }), path);
        Check(new FlashAttentionProblem(3, 3, 8, 16, [0, 300, 310], [0, 290, 1500], new(1, Causal: false)), path);
        Check(new FlashAttentionProblem(40, 1, 256, 256, [0, 7], [0, 70], causal), path);
    }

    [Fact]
    public void GradientsAreDifferenceQuotients()
    {
        FlashAttentionProblem problem = new(
            4, 2, 8, 5, [0, 3, 7], [0, 6, 9], new(0.4, Causal: true, WindowLeft: 4, SoftCap: 2))
        {
            Sinks = [0.3f, -0.5f, 1f, 0f],
        };
        Dictionary<string, float[]> gradients = problem.Backward(Gemm.Widest);
        foreach ((string name, float[] gradient) in gradients)
        {
            for (int i = 0; i < gradient.Length; i++)
            {
                const float Step = 1f / 256;
                double quotient = (Objective(name, i, Step) - Objective(name, i, -Step)) / (2 * Step);
                Assert.True(
                    Math.Abs(quotient - gradient[i]) < 2e-4, $"{name}[{i}]: {gradient[i]} instead of {quotient}");
            }
        }

        double Objective(string name, int i, float step)
        {
            float[] Moved(float[] values)
            {
                float[] copy = [.. values];
                copy[i] += step;
                return copy;
            }

            return new FlashAttentionTruth(name switch
            {
                "q" => problem with { Q = Moved(problem.Q) },
                "k" => problem with { K = Moved(problem.K) },
                "v" => problem with { V = Moved(problem.V) },
                _ => problem with { Sinks = Moved(problem.Sinks!) },
            }).Objective;
        }
    }

    [Theory]
    [InlineData(1e4f)]
    [InlineData(-1e4f)]
    public void LargeScoresStayFinite(float size)
    {
        FlashAttentionProblem problem = FlashAttentionProblem.Square(90, 1, 1, 1, new(1, Causal: true)) with
        {
            Q = [.. Enumerable.Repeat(size, 90)],
            K = [.. Enumerable.Range(0, 90).Select(j => 1 - (j % 3))],
        };
        (float[] output, float[] logSum) = problem.Forward(Gemm.Widest);
        Near(new FlashAttentionTruth(problem).Output, output, 1e-5, "output");
        Assert.All(logSum, value => Assert.True(float.IsFinite(value)));
        foreach ((string name, float[] gradient) in problem.Backward(Gemm.Widest))
        {
            Assert.All(gradient, value => Assert.True(float.IsFinite(value), name));
        }
    }

    internal static void Near(double[] expected, float[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < actual.Length; i++)
        {
            bool near = double.IsInfinity(expected[i])
                ? actual[i] == expected[i]
                : Math.Abs(expected[i] - actual[i]) <= tolerance;
            Assert.True(near, $"{what}[{i}] is {actual[i]} instead of {expected[i]}");
        }
    }

    /// <summary>Random trees of so many nodes, some with several roots.</summary>
    internal static TreeMask Tree(uint seed, IEnumerable<int> nodes)
    {
        Random random = new((int)seed);
        return new([.. nodes.Select(count => (int[])[.. Enumerable.Range(0, count).Select(i => random.Next(-1, i))])]);
    }

    private static void Check(FlashAttentionProblem problem, GemmPath path)
    {
        (float[] output, float[] logSum) = problem.Forward(path);
        Check(problem, output, logSum, problem.Backward(path));
    }

    private static void Check(
        FlashAttentionProblem problem, float[] output, float[] logSum, Dictionary<string, float[]> gradients)
    {
        FlashAttentionTruth truth = new(problem);
        Near(truth.Output, output, 1e-5 * Math.Max(1, Largest(truth.Output)), "output");
        Near(truth.LogSum, logSum, 2e-5 * Math.Max(1, Largest(truth.LogSum)), "lse");
        Near(truth.DQ, gradients["q"], 3e-5 * Math.Max(1, Largest(truth.DQ)), "dq");
        Near(truth.DK, gradients["k"], 3e-5 * Math.Max(1, Largest(truth.DK)), "dk");
        Near(truth.DV, gradients["v"], 3e-5 * Math.Max(1, Largest(truth.DV)), "dv");
        if (problem.Sinks is not null)
        {
            Near(truth.DSinks, gradients["sinks"], 3e-5 * Math.Max(1, Largest(truth.DSinks)), "dsinks");
        }
    }

    private static double Largest(double[] values) =>
        values.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();

    private static FlashAttentionProblem Make(
        (int KvHeads, int Group, int Size, int ValueSize) shape, (int Queries, int Keys)[] lengths,
        (bool Causal, int Left, int Right, int Cap) options, (bool Sinks, bool Mask, bool Tree, uint Seed) extra)
    {
        int[] queries = new int[lengths.Length + 1];
        int[] keys = new int[lengths.Length + 1];
        for (int s = 0; s < lengths.Length; s++)
        {
            queries[s + 1] = queries[s] + lengths[s].Queries;
            keys[s + 1] = keys[s] + (extra.Tree ? lengths[s].Queries + (lengths[s].Keys / 2) : lengths[s].Keys);
        }

        int heads = shape.KvHeads * shape.Group;
        AttentionOptions chosen = new(
            1.5 / Math.Sqrt(shape.Size), options.Causal || extra.Tree, options.Left > 45 ? -1 : options.Left,
            options.Right > 45 ? -1 : options.Right,
            options.Cap == 0 ? 0.7 : options.Cap == 1 ? 5 : 0,
            extra.Tree ? Tree(extra.Seed, lengths.Select(length => length.Queries)) : null);
        return new FlashAttentionProblem(heads, shape.KvHeads, shape.Size, shape.ValueSize, queries, keys, chosen)
        {
            Sinks = extra.Sinks ? FlashAttentionProblem.Numbers(extra.Seed, heads, 0.5f) : null,
            Mask = extra.Mask && !extra.Tree ? FlashAttentionProblem.Bits(extra.Seed + 1, queries[^1] * keys[^1], 0.3f) : null,
        };
    }
}
