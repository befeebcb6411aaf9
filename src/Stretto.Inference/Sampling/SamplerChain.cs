namespace Stretto.Inference.Sampling;

/// <summary>The steps of a sampler, one after the other.</summary>
internal sealed class SamplerChain(IReadOnlyList<SamplingStep> steps)
{
    /// <summary>The steps that options ask for, in the one order.</summary>
    /// <param name="options">The options.</param>
    /// <param name="ends">Tokens that end a text.</param>
    public static SamplerChain Of(SamplingOptions options, IReadOnlyList<int> ends)
    {
        List<SamplingStep> steps = [];
        void Add(bool wanted, Func<SamplingStep> step)
        {
            if (wanted)
            {
                steps.Add(step());
            }
        }

        SamplingOptions o = options;
        Add(o.LogitBias.Count > 0, () => new LogitBiasStep(o.LogitBias));
        Add(o.RepetitionPenalty != 1, () => new RepetitionStep(o.RepetitionPenalty));
        Add(o.PresencePenalty != 0 || o.FrequencyPenalty != 0, () => new PresenceFrequencyStep(o.PresencePenalty, o.FrequencyPenalty));
        Add(o.NoRepeatNgram > 0, () => new NoRepeatStep(o.NoRepeatNgram));
        Add(o.DryMultiplier > 0, () => new DryStep(o.DryMultiplier, o.DryBase, o.DryAllowedLength, o.DryLastTokens, o.DryBreakers));
        Add(o.MinTokens > 0 && ends.Count > 0, () => new SuppressStep(ends, o.MinTokens));
        if (o.Temperature == 0)
        {
            return new SamplerChain(steps);
        }

        Add(o.Temperature != 1, () => new TemperatureStep(o.Temperature));
        bool truncate = o.MirostatTau == 0;
        Add(truncate && o.TopNSigma > 0, () => new TopNSigmaStep(o.TopNSigma));
        Add(truncate && o.TopH < 1, () => new TopHStep(o.TopH));
        Add(truncate && o.TopK > 0, () => new TopKStep(o.TopK));
        Add(truncate && o.TopP < 1, () => new TopPStep(o.TopP));
        Add(truncate && o.MinP > 0, () => new MinPStep(o.MinP));
        Add(truncate && o.TypicalP < 1, () => new TypicalStep(o.TypicalP));
        Add(truncate && o.Epsilon > 0, () => new EpsilonStep(o.Epsilon));
        Add(truncate && o.Eta > 0, () => new EtaStep(o.Eta));
        Add(truncate && o.XtcProbability > 0, () => new XtcStep(o.XtcThreshold, o.XtcProbability, ends));
        return new SamplerChain(steps);
    }

    public bool IsEmpty => steps.Count == 0;

    /// <summary>Whether a step works by chance.</summary>
    public bool Draws { get; } = steps.Any(s => s is XtcStep);

    public void Apply(Candidates candidates, in TokenPlace place)
    {
        for (int i = 0; i < steps.Count && candidates.Count > 0; i++)
        {
            steps[i].Apply(candidates, place);
        }
    }
}
