using Stretto.Inference.Generation;
using Stretto.Inference.Sampling;

namespace Stretto.Tests.Inference;

/// <summary>What the golden steps do not show: the whole sampler, its randomness, its memory, and stop texts.</summary>
public sealed class SamplerTests
{
    private static readonly float[] Logits = [.. Enumerable.Range(0, 500).Select(i => (float)Math.Sin(i * 12.9898) * 4)];

    [Fact]
    public void NoStepAllocates()
    {
        SamplingOptions options = new()
        {
            TopK = 100,
            TopP = 0.95,
            MinP = 0.01,
            TypicalP = 0.97,
            TopNSigma = 5,
            TopH = 0.99,
            Epsilon = 1e-4,
            Eta = 1e-4,
            XtcProbability = 0.5,
            RepetitionPenalty = 1.1,
            PresencePenalty = 0.2,
            FrequencyPenalty = 0.1,
            NoRepeatNgram = 4,
            DryMultiplier = 0.8,
            MinTokens = 100,
            LogitBias = new Dictionary<int, double> { [3] = 2 },
            Seed = 1,
        };
        Sampler sampler = new(options.Validate(), new Candidates(Logits.Length), [7]);
        int[] text = [.. Enumerable.Range(0, 300).Select(i => i * i % 50)];
        int sum = 0;
        for (int i = 20; i < 300; i++)
        {
            sum += sampler.Draw(Logits, text.AsSpan(0, i), 10);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 20; i < 300; i++)
        {
            sum += sampler.Draw(Logits, text.AsSpan(0, i), 10);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(sum > 0);
    }

    [Fact]
    public void DrawsFollowTheDistribution()
    {
        float[] logits = [0, 1, 2, float.NegativeInfinity, 0.5f];
        Sampler sampler = new(new() { Temperature = 1, Seed = 11 }, new Candidates(5), []);
        int[] text = new int[20_000];
        double[] counts = new double[5];
        for (int i = 0; i < text.Length; i++)
        {
            counts[sampler.Draw(logits, text.AsSpan(0, i), 0)]++;
        }

        double total = logits.Sum(x => Math.Exp(x));
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(Math.Exp(logits[i]) / total, counts[i] / text.Length, 0.015);
        }
    }

    [Fact]
    public void OptionsThatForbidEverythingLeaveTheModelsChoice()
    {
        float[] logits = [0, 3, 1];
        Sampler sampler = new(new() { NoRepeatNgram = 1, Seed = 1 }, new Candidates(3), []);
        Assert.Equal(1, sampler.Draw(logits, [0, 1, 2], 3));
        Assert.Throws<InvalidOperationException>(() => sampler.Draw([0, float.NaN, 1], [0], 1));
    }

    [Theory]
    [InlineData("abcd", "ab", "xabcdy", "x")]
    [InlineData("bc", "abcd", "zabcq", "za")]
    [InlineData("STOP", "!", "S.ST.STO.STO", "S.ST.STO.STO")]
    [InlineData("aab", "aaab", "caaaab", "ca")]
    public void NoPartOfAStopTextIsShown(string stop, string other, string text, string shown)
    {
        StopText stops = new([stop, other]);
        string result = "";
        foreach (char letter in text)
        {
            result += stops.Found ? "" : stops.Push(letter.ToString());
            Assert.StartsWith(result, shown, StringComparison.Ordinal);
        }

        Assert.Equal(shown, result + stops.Flush());
    }

    [Fact]
    public void LogProbabilitiesAreThoseOfSoftmax()
    {
        double normalizer = LogProbabilities.Normalizer(Logits);
        Assert.Equal(1, Logits.Sum(x => Math.Exp(x - normalizer)), 1e-9);
        TokenLogProbability[] top = LogProbabilities.Top(Logits, normalizer, 5);
        int[] expected = [.. Enumerable.Range(0, Logits.Length).OrderByDescending(i => Logits[i]).Take(5)];
        Assert.Equal(expected, top.Select(t => t.Token));
    }
}
