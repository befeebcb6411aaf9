namespace Stretto.Inference.Sampling;

/// <summary>Locally typical sampling: keeps the tokens whose surprise is nearest to the entropy (Meister et al., 2022).</summary>
internal sealed class TypicalStep(double mass, int atLeast = 1) : SamplingStep
{
    private float[] _distance = [];

    public override void Apply(Candidates candidates, in TokenPlace place)
    {
        ReadOnlySpan<float> p = candidates.Normalize();
        double entropy = candidates.Entropy();
        if (_distance.Length < p.Length)
        {
            _distance = new float[candidates.Logits.Length];
        }

        Span<float> distance = _distance.AsSpan(0, p.Length);
        for (int i = 0; i < p.Length; i++)
        {
            distance[i] = p[i] > 0 ? (float)Math.Abs(-Math.Log(p[i]) - entropy) : float.PositiveInfinity;
        }

        ReadOnlySpan<ulong> order = candidates.Sort(distance);
        double sum = 0;
        int last = 0;
        while (last < order.Length - 1 && (sum += p[Candidates.Place(order[last])]) < mass)
        {
            last++;
        }

        float limit = distance[Candidates.Place(order[last])];
        Span<float> logits = candidates.Logits;
        ReadOnlySpan<int> ids = candidates.Ids;
        for (int i = Math.Max(atLeast, last + 1); i < order.Length; i++)
        {
            int at = Candidates.Place(order[i]);
            logits[ids[at]] = distance[at] > limit ? float.NegativeInfinity : logits[ids[at]];
        }

        candidates.Compact();
    }
}

/// <summary>
/// Top-H: the likeliest tokens, in falling order, while their part of the entropy stays within h of the whole (Potraghloo et al., 2025).
/// </summary>
internal sealed class TopHStep(double h) : SamplingStep
{
    private const int Considered = 100;

    public override void Apply(Candidates candidates, in TokenPlace place)
    {
        ReadOnlySpan<float> p = candidates.Normalize();
        ReadOnlySpan<ulong> order = candidates.SortFalling(p);
        int considered = Math.Min(Considered, order.Length);
        double mass = 0;
        for (int i = 0; i < considered; i++)
        {
            mass += p[Candidates.Place(order[i])];
        }

        double entropy = 0;
        for (int i = 0; i < considered; i++)
        {
            entropy += Part(p[Candidates.Place(order[i])] / mass);
        }

        int kept = 0;
        double sum = 0;
        while (kept < considered && ((sum += Part(p[Candidates.Place(order[kept])] / mass)) <= h * entropy || kept == 0))
        {
            kept++;
        }

        Span<float> logits = candidates.Logits;
        ReadOnlySpan<int> ids = candidates.Ids;
        for (int i = kept; i < order.Length; i++)
        {
            logits[ids[Candidates.Place(order[i])]] = float.NegativeInfinity;
        }

        candidates.Compact();
    }

    private static double Part(double p) => p > 0 ? -p * Math.Log(p) : 0;
}

/// <summary>
/// Exclude top choices: by chance, takes out all tokens above a threshold but the least likely of them (p-e-w, 2024).
/// </summary>
internal sealed class XtcStep(double threshold, double probability, IReadOnlyList<int> keepAlways) : SamplingStep
{
    public override void Apply(Candidates candidates, in TokenPlace place)
    {
        if (place.Draw >= probability)
        {
            return;
        }

        ReadOnlySpan<float> p = candidates.Normalize();
        ReadOnlySpan<int> ids = candidates.Ids;
        int least = -1;
        int count = 0;
        for (int i = 0; i < p.Length; i++)
        {
            if (p[i] >= threshold)
            {
                count++;
                least = least < 0 || p[i] <= p[least] ? i : least;
                for (int k = 0; k < keepAlways.Count; k++)
                {
                    if (keepAlways[k] == ids[i])
                    {
                        return;
                    }
                }
            }
        }

        if (count < 2)
        {
            return;
        }

        Span<float> logits = candidates.Logits;
        for (int i = 0; i < p.Length; i++)
        {
            logits[ids[i]] = p[i] >= threshold && i != least ? float.NegativeInfinity : logits[ids[i]];
        }

        candidates.Compact();
    }
}
