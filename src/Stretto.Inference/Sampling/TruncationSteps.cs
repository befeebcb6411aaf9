namespace Stretto.Inference.Sampling;

/// <summary>Divides the logits by t.</summary>
internal sealed class TemperatureStep(double t) : SamplingStep
{
    public override void Apply(Candidates candidates, in TokenPlace place)
    {
        Span<float> logits = candidates.Logits;
        foreach (int id in candidates.Ids)
        {
            logits[id] = (float)(logits[id] / t);
        }
    }
}

/// <summary>A step that takes out tokens below a limit on their probability, but never one of the likeliest few.</summary>
internal abstract class ThresholdStep(int atLeast) : SamplingStep
{
    public sealed override void Apply(Candidates candidates, in TokenPlace place)
    {
        ReadOnlySpan<int> ids = candidates.Ids;
        double limit = Limit(candidates, candidates.Normalize());
        Span<float> logits = candidates.Logits;
        ReadOnlySpan<float> p = candidates.Probabilities;
        float kept = float.PositiveInfinity;
        int below = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            below += p[i] < limit ? 1 : 0;
            kept = p[i] < limit ? kept : Math.Min(kept, logits[ids[i]]);
        }

        if (ids.Length - below < atLeast)
        {
            kept = candidates.Largest(Math.Min(atLeast, ids.Length));
        }

        TopKStep.KeepFrom(candidates, kept);
    }

    /// <summary>The least probability that stays.</summary>
    protected abstract double Limit(Candidates candidates, ReadOnlySpan<float> p);
}

/// <summary>Keeps the k likeliest tokens and what ties with the last of them.</summary>
internal sealed class TopKStep(int k, int atLeast = 1) : SamplingStep
{
    public override void Apply(Candidates candidates, in TokenPlace place)
    {
        int most = Math.Max(k, atLeast);
        if (most < candidates.Count)
        {
            KeepFrom(candidates, candidates.Largest(most));
        }
    }

    /// <summary>Takes out what is less likely than a logit.</summary>
    public static void KeepFrom(Candidates candidates, float least)
    {
        Span<float> logits = candidates.Logits;
        foreach (int id in candidates.Ids)
        {
            logits[id] = logits[id] < least ? float.NegativeInfinity : logits[id];
        }

        candidates.Compact();
    }
}

/// <summary>
/// Nucleus sampling: takes tokens out from the least likely on while they hold at most 1 − p together (Holtzman et al., 2020).
/// </summary>
internal sealed class TopPStep(double p, int atLeast = 1) : SamplingStep
{
    public override void Apply(Candidates candidates, in TokenPlace place)
    {
        ReadOnlySpan<float> probabilities = candidates.Normalize();
        int count = probabilities.Length;
        // Tokens under an equal share of the tail are all in it: only the others need an order. Half a share leaves room for rounding.
        float least = atLeast == 1 ? (float)(0.5 * (1 - p) / count) : 0;
        ReadOnlySpan<ulong> rising = candidates.Sort(probabilities, least);
        double tail = 0;
        foreach (float x in probabilities)
        {
            tail += x < least ? x : 0;
        }

        int outs = 0;
        while (outs < rising.Length - atLeast && (tail += probabilities[Candidates.Place(rising[outs])]) <= 1 - p)
        {
            outs++;
        }

        Span<float> logits = candidates.Logits;
        ReadOnlySpan<int> ids = candidates.Ids;
        for (int i = 0; i < outs; i++)
        {
            logits[ids[Candidates.Place(rising[i])]] = float.NegativeInfinity;
        }

        for (int i = 0; i < count; i++)
        {
            if (probabilities[i] < least)
            {
                logits[ids[i]] = float.NegativeInfinity;
            }
        }

        candidates.Compact();
    }
}

/// <summary>Keeps tokens at least p times as likely as the likeliest (Nguyen et al., 2024).</summary>
internal sealed class MinPStep(double p, int atLeast = 1) : ThresholdStep(atLeast)
{
    protected override double Limit(Candidates candidates, ReadOnlySpan<float> probabilities) =>
        p * System.Numerics.Tensors.TensorPrimitives.Max(probabilities);
}

/// <summary>Keeps tokens of at least this probability (Hewitt et al., 2022).</summary>
internal sealed class EpsilonStep(double epsilon, int atLeast = 1) : ThresholdStep(atLeast)
{
    protected override double Limit(Candidates candidates, ReadOnlySpan<float> p) => epsilon;
}

/// <summary>The same with a limit that sinks as the entropy rises (Hewitt et al., 2022).</summary>
internal sealed class EtaStep(double epsilon, int atLeast = 1) : ThresholdStep(atLeast)
{
    protected override double Limit(Candidates candidates, ReadOnlySpan<float> p) =>
        Math.Min(epsilon, Math.Sqrt(epsilon) * Math.Exp(-candidates.Entropy()));
}

/// <summary>Keeps logits within n standard deviations of the largest (Tang et al., 2024).</summary>
internal sealed class TopNSigmaStep(double n) : SamplingStep
{
    public override void Apply(Candidates candidates, in TokenPlace place)
    {
        Span<float> logits = candidates.Logits;
        double sum = 0;
        double top = double.NegativeInfinity;
        foreach (int id in candidates.Ids)
        {
            sum += logits[id];
            top = Math.Max(top, logits[id]);
        }

        double mean = sum / candidates.Count;
        double squares = 0;
        foreach (int id in candidates.Ids)
        {
            squares += (logits[id] - mean) * (logits[id] - mean);
        }

        TopKStep.KeepFrom(candidates, (float)(top - (n * Math.Sqrt(squares / candidates.Count))));
    }
}
