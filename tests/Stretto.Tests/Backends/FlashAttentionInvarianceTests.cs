using Stretto.Backends;
using Stretto.Backends.Cpu.Kernels;
using Xunit;

namespace Stretto.Tests.Backends;

/// <summary>
/// A query's result has the same bits whatever is computed with it, however the keys lie, and on any number of threads.
/// </summary>
public sealed class FlashAttentionInvarianceTests
{
    private static readonly (string Name, FlashAttentionProblem Problem)[] Cases =
    [
        ("plain", FlashAttentionProblem.Square(333, 4, 2, 24, new(0.3))),
        ("one head", FlashAttentionProblem.Square(130, 1, 1, 64, new(0.2))),
        ("spans", FlashAttentionProblem.Square(2100, 3, 1, 8, new(0.5))),
        ("window", FlashAttentionProblem.Square(1300, 2, 2, 16, new(0.3, true, 70))),
        ("everything", FlashAttentionProblem.Square(300, 6, 2, 40, new(0.4, true, 99, -1, 3)) with
        {
            Sinks = [0.1f, 1f, -1f, 0f, 2f, -3f],
        }),
        ("masked", FlashAttentionProblem.Square(150, 2, 1, 16, new(0.3)) with
        {
            Mask = FlashAttentionProblem.Bits(9, 150 * 150, 0.5f),
        }),
        ("tiny values", FlashAttentionProblem.Square(200, 1, 1, 16, new(9)) with
        {
            V = [.. FlashAttentionProblem.Numbers(5, 200 * 16, 0).Select(v => v * 1e-39f)],
        }),
    ];

    public static TheoryData<string, string> All
    {
        get
        {
            TheoryData<string, string> data = [];
            foreach ((string name, _) in Cases)
            {
                foreach (GemmPath path in FlashAttentionTests.AvailablePaths)
                {
                    data.Add(name, path.ToString());
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void ChunksEqualTheWholeAndPagesEqualRows(string name, string registers)
    {
        (FlashAttentionProblem problem, GemmPath path) = Find(name, registers);
        (float[] whole, float[] logSum) = problem.Forward(path);
        (float[] fromPages, float[] logSumFromPages) = problem.Forward(path, paged: true);
        Same(whole, fromPages, "from pages");
        Same(logSum, logSumFromPages, "lse from pages");
        int row = problem.Heads * problem.ValueSize;
        int from = 0;
        foreach (int step in Steps(problem.Queries))
        {
            int to = Math.Min(problem.Queries, from + step);
            FlashAttentionProblem part = problem.Part(0, from, to, to);
            (float[] chunk, _) = part.Forward(path, threads: 1 + (step % 3), paged: step % 2 == 0);
            Same(whole[(from * row)..(to * row)], chunk, $"queries {from} to {to - 1}");
            from = to;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void ThreadsDoNotMatter(string name, string registers)
    {
        (FlashAttentionProblem problem, GemmPath path) = Find(name, registers);
        FlashAttentionProblem decode = problem.Part(0, problem.Queries - 1, problem.Queries, problem.Keys);
        Same(decode.Forward(path).Output, decode.Forward(path, 8).Output, "one query");
        Same(problem.Forward(path).Output, problem.Forward(path, 8).Output, "output");
        Dictionary<string, float[]> one = problem.Backward(path);
        foreach ((string which, float[] gradient) in problem.Backward(path, 4))
        {
            Same(one[which], gradient, $"gradient of {which}");
        }
    }

    [Theory]
    [MemberData(nameof(FlashAttentionTests.Paths), MemberType = typeof(FlashAttentionTests))]
    public void CompanyDoesNotMatter(string registers)
    {
        GemmPath path = Enum.Parse<GemmPath>(registers);
        AttentionOptions[] choices = [new(0.3), new(0.3, false, 20, 7), new(0.3, true, -1, -1, 2)];
        foreach (AttentionOptions options in choices)
        {
            FlashAttentionProblem batch = new(
                4, 2, 24, 40, [0, 5, 5, 6, 160, 163], [0, 5, 9, 1500, 1654, 1900], options);
            (float[] all, _) = batch.Forward(path, threads: 2, paged: true);
            int row = batch.Heads * batch.ValueSize;
            for (int s = 0; s < batch.Sequences; s++)
            {
                int first = batch.QueryOffsets[s];
                int count = batch.QueryOffsets[s + 1] - first;
                int keys = batch.KeyOffsets[s + 1] - batch.KeyOffsets[s];
                (float[] alone, _) = batch.Part(s, 0, count, keys).Forward(path);
                Same(all[(first * row)..((first + count) * row)], alone, $"sequence {s}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(FlashAttentionTests.Paths), MemberType = typeof(FlashAttentionTests))]
    public void ANodeOfATreeHasTheBitsOfItsBranchDecoded(string registers)
    {
        GemmPath path = Enum.Parse<GemmPath>(registers);
        TreeMask draft = new([[-1, 0, 1, 1, 0, 4, 5, 3, -1, 8], [], [-1, 0, 1], .. Tree(70)]);
        AttentionOptions[] choices = [new(0.3, Tree: draft), new(0.3, true, 3, Tree: draft), new(0.3, true, 100, -1, 2, draft)];
        foreach (AttentionOptions options in choices)
        {
            FlashAttentionProblem batch = new(
                6, 2, 24, 40, [0, 10, 10, 13, 83], [0, 1100, 1130, 1190, 1400], options)
            {
                Sinks = [0.1f, 1f, -1f, 0f, 2f, -3f],
            };
            int row = batch.Heads * batch.ValueSize;
            (float[] one, float[] logSum) = batch.Forward(path);
            (float[] many, _) = batch.Forward(path, threads: 8, paged: true);
            Same(one, many, "from pages on eight threads");
            for (int i = 0; i < batch.Queries; i++)
            {
                int s = Enumerable.Range(0, batch.Sequences).Last(s => batch.QueryOffsets[s] <= i);
                (float[] alone, float[] sum) = batch.Branch(s, i - batch.QueryOffsets[s]).Forward(path, 1 + (i % 3), i % 2 == 0);
                Same(alone, one[(i * row)..((i + 1) * row)], $"token {i}");
                Same(sum, [.. Enumerable.Range(0, batch.Heads).Select(h => logSum[(h * batch.Queries) + i])], $"lse of {i}");
            }
        }

        static int[][] Tree(int nodes) => [[.. Enumerable.Range(0, nodes).Select(i => i % 7 == 6 ? i / 2 : i - 1)]];
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void WhatIsNotSeenDoesNotLeak(float poison)
    {
        foreach (GemmPath path in FlashAttentionTests.AvailablePaths)
        {
            FlashAttentionProblem problem = new(4, 2, 24, 40, [0, 100, 130, 200], [0, 100, 130, 200], new(0.3));
            (float[] clean, _) = problem.Forward(path);
            FlashAttentionProblem poisoned = problem with
            {
                Q = Spoil(problem.Q, problem.Heads * problem.Size),
                K = Spoil(problem.K, problem.KvHeads * problem.Size),
                V = Spoil(problem.V, problem.KvHeads * problem.ValueSize),
                DOut = Spoil(problem.DOut, problem.Heads * problem.ValueSize),
            };
            int row = problem.Heads * problem.ValueSize;
            foreach (bool paged in new[] { false, true })
            {
                (float[] output, _) = poisoned.Forward(path, paged: paged);

                // Tokens 40 and later of the first sequence, and all of the second, are poisoned.
                Same(clean[..(40 * row)], output[..(40 * row)], "earlier tokens");
                Same(clean[(130 * row)..], output[(130 * row)..], "other sequences");
            }

            Dictionary<string, float[]> expected = problem.Backward(path);
            foreach ((string name, float[] gradient) in poisoned.Backward(path))
            {
                int from = gradient.Length / 200 * 130;
                Same(expected[name][from..], gradient[from..], $"gradient of {name}");
            }
        }

        float[] Spoil(float[] values, int row)
        {
            float[] copy = [.. values];
            copy.AsSpan(40 * row, 90 * row).Fill(poison);
            return copy;
        }
    }

    private static int[] Steps(int length) =>
        length > 1000 ? [700, 1, 3, 330, 64, length] : [1, 2, 61, 1, 17, 5, length];

    private static (FlashAttentionProblem Problem, GemmPath Path) Find(string name, string registers) =>
        (Cases.Single(c => c.Name == name).Problem, Enum.Parse<GemmPath>(registers));

    private static void Same(float[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < actual.Length; i++)
        {
            Assert.True(
                BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i]),
                $"{what}: [{i}] is {actual[i]:r} instead of {expected[i]:r}");
        }
    }
}
