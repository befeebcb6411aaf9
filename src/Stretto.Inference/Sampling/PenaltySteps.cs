namespace Stretto.Inference.Sampling;

/// <summary>Makes every token of the text less likely, once: logit / r, or · r where it is negative (Keskar et al., CTRL, 2019).</summary>
internal sealed class RepetitionStep(double r) : SamplingStep
{
    public override void Apply(Candidates candidates, in TokenPlace place)
    {
        Span<float> logits = candidates.Logits;
        Span<int> seen = candidates.Counts;
        foreach (int token in place.Tokens)
        {
            if (seen[token]++ == 0)
            {
                logits[token] = (float)(logits[token] < 0 ? logits[token] * r : logits[token] / r);
            }
        }

        PresenceFrequencyStep.Clear(seen, place.Tokens);
    }
}

/// <summary>Subtracts, from the logits of tokens written so far, one number once and another as often as they occur.</summary>
internal sealed class PresenceFrequencyStep(double presence, double frequency) : SamplingStep
{
    public override void Apply(Candidates candidates, in TokenPlace place)
    {
        ReadOnlySpan<int> written = place.Tokens[place.PromptLength..];
        Span<float> logits = candidates.Logits;
        Span<int> counts = candidates.Counts;
        foreach (int token in written)
        {
            counts[token]++;
        }

        foreach (int token in written)
        {
            if (counts[token] > 0)
            {
                logits[token] = (float)(logits[token] - (counts[token] * frequency) - presence);
                counts[token] = 0;
            }
        }
    }

    public static void Clear(Span<int> counts, ReadOnlySpan<int> tokens)
    {
        foreach (int token in tokens)
        {
            counts[token] = 0;
        }
    }
}

/// <summary>Forbids tokens that would complete a run of n tokens that the text has already.</summary>
internal sealed class NoRepeatStep(int n) : SamplingStep
{
    public override void Apply(Candidates candidates, in TokenPlace place)
    {
        ReadOnlySpan<int> tokens = place.Tokens;
        if (tokens.Length < n)
        {
            return;
        }

        ReadOnlySpan<int> suffix = tokens[(tokens.Length - n + 1)..];
        for (int i = 0; i + n <= tokens.Length; i++)
        {
            if (tokens.Slice(i, n - 1).SequenceEqual(suffix))
            {
                candidates.Logits[tokens[i + n - 1]] = float.NegativeInfinity;
            }
        }

        candidates.Compact();
    }
}

/// <summary>
/// "Don't repeat yourself": where the end of the text, n tokens long, also stands right before an earlier t, t loses
/// multiplier · base^(n − allowed) (p-e-w, 2024). Breakers are in no repetition.
/// </summary>
internal sealed class DryStep(double multiplier, double @base, int allowed, int last, IReadOnlyList<int> breakers) : SamplingStep
{
    // Far beyond any logit, far below infinity.
    private const double Most = 1e30;

    public override void Apply(Candidates candidates, in TokenPlace place)
    {
        ReadOnlySpan<int> text = last > 0 && last < place.Tokens.Length ? place.Tokens[^last..] : place.Tokens;
        int size = text.Length;
        int suffix = 0;
        while (suffix < size && !IsBreaker(text[size - 1 - suffix]))
        {
            suffix++;
        }

        if (suffix < allowed || size < 2)
        {
            return;
        }

        // The Z function of the text read backwards: z[j] tokens before place size − j equal those at the end.
        Span<int> z = candidates.Scratch(size);
        Span<int> longest = candidates.Counts;
        z[0] = 0;
        int left = 0;
        int right = 0;
        for (int j = 1; j < size; j++)
        {
            int length = j < right ? Math.Min(right - j, z[j - left]) : 0;
            while (j + length < size && text[size - 1 - length] == text[size - 1 - j - length])
            {
                length++;
            }

            z[j] = length;
            if (j + length > right)
            {
                (left, right) = (j, j + length);
            }

            int t = text[size - j];
            longest[t] = IsBreaker(t) ? 0 : Math.Max(longest[t], Math.Min(length, suffix));
        }

        foreach (int t in text)
        {
            if (longest[t] >= Math.Max(allowed, 1))
            {
                candidates.Logits[t] -= (float)Math.Min(Most, multiplier * Math.Pow(@base, longest[t] - allowed));
            }

            longest[t] = 0;
        }
    }

    private bool IsBreaker(int token)
    {
        for (int i = 0; i < breakers.Count; i++)
        {
            if (breakers[i] == token)
            {
                return true;
            }
        }

        return false;
    }
}
