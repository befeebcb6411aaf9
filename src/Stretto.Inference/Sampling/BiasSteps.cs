namespace Stretto.Inference.Sampling;

/// <summary>Adds numbers to the logits of tokens.</summary>
internal sealed class LogitBiasStep : SamplingStep
{
    private readonly int[] _ids;
    private readonly float[] _biases;

    public LogitBiasStep(IReadOnlyDictionary<int, double> bias)
    {
        _ids = [.. bias.Keys];
        _biases = [.. bias.Values.Select(b => (float)b)];
    }

    public override void Apply(Candidates candidates, in TokenPlace place)
    {
        for (int i = 0; i < _ids.Length; i++)
        {
            candidates.Logits[_ids[i]] += _biases[i];
        }

        candidates.Compact();
    }
}

/// <summary>Adds a number to the logit of the last token of a sequence where the text ends with the tokens before it.</summary>
internal sealed class SequenceBiasStep(IReadOnlyList<(int[] Tokens, double Bias)> sequences) : SamplingStep
{
    public override void Apply(Candidates candidates, in TokenPlace place)
    {
        for (int i = 0; i < sequences.Count; i++)
        {
            (int[] tokens, double bias) = sequences[i];
            if (tokens.Length == 1 || (tokens.Length <= place.Tokens.Length && place.Tokens.EndsWith(tokens.AsSpan(0, tokens.Length - 1))))
            {
                candidates.Logits[tokens[^1]] += (float)bias;
            }
        }

        candidates.Compact();
    }
}

/// <summary>Takes tokens out while fewer than a number are written: end tokens, so that a text has a least length.</summary>
internal sealed class SuppressStep(IReadOnlyList<int> ids, int writtenBelow = int.MaxValue) : SamplingStep
{
    public override void Apply(Candidates candidates, in TokenPlace place)
    {
        if (place.Written >= writtenBelow)
        {
            return;
        }

        for (int i = 0; i < ids.Count; i++)
        {
            candidates.Logits[ids[i]] = float.NegativeInfinity;
        }

        candidates.Compact();
    }
}

/// <summary>Makes end tokens likelier, exponentially, from a number of written tokens on.</summary>
internal sealed class ExponentialDecayStep(int start, double factor, IReadOnlyList<int> ends) : SamplingStep
{
    public override void Apply(Candidates candidates, in TokenPlace place)
    {
        for (int i = 0; i < ends.Count && place.Written > start; i++)
        {
            float logit = candidates.Logits[ends[i]];
            double more = Math.Abs(logit) * (Math.Pow(factor, place.Written - start) - 1);
            candidates.Logits[ends[i]] = float.IsFinite(logit) ? (float)Math.Min(float.MaxValue, logit + more) : logit;
        }
    }
}
