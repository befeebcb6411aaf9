namespace Stretto.Inference.Sampling;

/// <summary>
/// How a token is chosen from the model's distribution. What is set acts in this order: biases, penalties, temperature, top-n-sigma,
/// top-H, top-k, top-p, min-p, typical, epsilon, eta, XTC; then one random number picks among what is left.
/// </summary>
public sealed record SamplingOptions
{
    /// <summary>Divides the logits; 0 always takes the most likely token.</summary>
    public double Temperature { get; init; } = 0.8;

    /// <summary>Keeps only the k most likely tokens and what ties with the last; 0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Keeps the most likely tokens that together reach this probability. Holtzman et al., 2020.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Keeps tokens at least this share as likely as the most likely one. Nguyen et al., 2024.</summary>
    public double MinP { get; init; }

    /// <summary>Keeps the tokens of the most usual surprise that together reach this probability; 1 keeps all. Meister et al., 2022.</summary>
    public double TypicalP { get; init; } = 1;

    /// <summary>Keeps logits within this many standard deviations of the largest; 0 keeps all. Tang et al., 2024.</summary>
    public double TopNSigma { get; init; }

    /// <summary>Keeps the most likely tokens that hold this share of the entropy; 1 keeps all. Potraghloo et al., 2025.</summary>
    public double TopH { get; init; } = 1;

    /// <summary>Keeps tokens of at least this probability. Hewitt et al., 2022.</summary>
    public double Epsilon { get; init; }

    /// <summary>As <see cref="Epsilon"/>, lower where the entropy is high. Hewitt et al., 2022.</summary>
    public double Eta { get; init; }

    /// <summary>How often all tokens above <see cref="XtcThreshold"/> but the least likely of them are taken out (XTC).</summary>
    public double XtcProbability { get; init; }

    /// <summary>From which probability on XTC counts a token.</summary>
    public double XtcThreshold { get; init; } = 0.1;

    /// <summary>Divides the logits of all tokens of prompt and text; 1 changes nothing. Keskar et al., 2019.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Subtracted once from the logit of each token written so far.</summary>
    public double PresencePenalty { get; init; }

    /// <summary>Subtracted from the logit of each token as often as it was written so far.</summary>
    public double FrequencyPenalty { get; init; }

    /// <summary>Forbids runs of this many tokens that occurred before; 0 allows them.</summary>
    public int NoRepeatNgram { get; init; }

    /// <summary>Strength of DRY, which penalises going on with a repetition of prompt or text; 0 turns it off.</summary>
    public double DryMultiplier { get; init; }

    /// <summary>By what the penalty of DRY grows with each repeated token.</summary>
    public double DryBase { get; init; } = 1.75;

    /// <summary>Repetitions shorter than this are free.</summary>
    public int DryAllowedLength { get; init; } = 2;

    /// <summary>How many of the last tokens DRY looks at; 0 looks at all.</summary>
    public int DryLastTokens { get; init; }

    /// <summary>Tokens that end a repetition for DRY, such as line ends and quotation marks.</summary>
    public IReadOnlyList<int> DryBreakers { get; init; } = [];

    /// <summary>Added to the logits of tokens, −100 to 100; such a bias practically forbids or demands a token.</summary>
    public IReadOnlyDictionary<int, double> LogitBias { get; init; } = new Dictionary<int, double>();

    /// <summary>End tokens do not come before this many tokens are written.</summary>
    public int MinTokens { get; init; }

    /// <summary>The surprise in bits that mirostat 2 keeps up in place of the truncations; 0 turns it off. Basu et al., 2021.</summary>
    public double MirostatTau { get; init; }

    /// <summary>How fast mirostat corrects itself.</summary>
    public double MirostatEta { get; init; } = 0.1;

    /// <summary>Fixes the random numbers; null takes new ones for each request.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentException">A value is outside its range; the message names both.</exception>
    public SamplingOptions Validate()
    {
        Range("temperature", Temperature, 0, 100);
        Range("top_k", TopK, 0, int.MaxValue);
        Range("top_p", TopP, double.Epsilon, 1);
        Range("min_p", MinP, 0, 1);
        Range("typical_p", TypicalP, double.Epsilon, 1);
        Range("top_n_sigma", TopNSigma, 0, 1000);
        Range("top_h", TopH, double.Epsilon, 1);
        Range("epsilon", Epsilon, 0, 1);
        Range("eta", Eta, 0, 1);
        Range("xtc_probability", XtcProbability, 0, 1);
        Range("xtc_threshold", XtcThreshold, double.Epsilon, 1);
        Range("repetition_penalty", RepetitionPenalty, 0.01, 100);
        Range("presence_penalty", PresencePenalty, -100, 100);
        Range("frequency_penalty", FrequencyPenalty, -100, 100);
        Range("no_repeat_ngram", NoRepeatNgram, 0, int.MaxValue);
        Range("dry_multiplier", DryMultiplier, 0, 100);
        Range("dry_base", DryBase, 1, 100);
        Range("dry_allowed_length", DryAllowedLength, 1, int.MaxValue);
        Range("dry_last_tokens", DryLastTokens, 0, int.MaxValue);
        Range("min_tokens", MinTokens, 0, int.MaxValue);
        Range("mirostat_tau", MirostatTau, 0, 1000);
        Range("mirostat_eta", MirostatEta, double.Epsilon, 1);
        foreach ((int token, double bias) in LogitBias)
        {
            Range($"logit_bias of token {token}", bias, -100, 100);
        }

        return this;
    }

    /// <summary>Checks that the tokens that options name are in a vocabulary.</summary>
    internal void ValidateTokens(int vocabulary)
    {
        foreach (int token in LogitBias.Keys.Concat(DryBreakers))
        {
            if ((uint)token >= (uint)vocabulary)
            {
                throw new ArgumentException($"token {token} of logit_bias or the DRY breakers is outside the vocabulary of {vocabulary}");
            }
        }
    }

    private static void Range(string name, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"{name} {value} must lie between {(least == double.Epsilon ? "0 (exclusive)" : least)} and {most}"));
        }
    }
}
