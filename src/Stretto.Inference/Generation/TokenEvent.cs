using Stretto.Inference.Sampling;

namespace Stretto.Inference.Generation;

/// <summary>Why generation ended.</summary>
public enum FinishReason
{
    /// <summary>An end token or a stop text.</summary>
    Stop,

    /// <summary>The token limit or the end of the context.</summary>
    Length,

    /// <summary>The caller cancelled.</summary>
    Cancelled,
}

/// <summary>One step of the stream: a token with the text that became certain with it, and at the end why and how fast.</summary>
/// <param name="Token">The token, or null in the last event.</param>
/// <param name="Text">Text that is certain now, often a word, sometimes nothing.</param>
/// <param name="Finish">Set in the last event of a text.</param>
/// <param name="Statistics">Set in the last event of a text.</param>
public readonly record struct TokenEvent(int? Token, string Text, FinishReason? Finish = null, GenerationStatistics? Statistics = null)
{
    /// <summary>Which text of several, from 0; with beams the best is 0.</summary>
    public int Sample { get; init; }

    /// <summary>Natural logarithm of the token's probability, where the request asks for it.</summary>
    public double? LogProbability { get; init; }

    /// <summary>The likeliest tokens at this place, best first, where the request asks for them.</summary>
    public IReadOnlyList<TokenLogProbability>? Likeliest { get; init; }
}

/// <summary>Counts and times of one generation.</summary>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="CompletionTokens">Tokens generated.</param>
/// <param name="TimeToFirstToken">From the request to the first token.</param>
/// <param name="PrefillTime">Spent on the prompt.</param>
/// <param name="DecodeTime">Spent on the tokens after the first.</param>
/// <param name="Passes">Passes of the model after the prompt.</param>
/// <param name="Drawn">Tokens that these passes gave, an end token included.</param>
/// <param name="Drafted">Tokens proposed by the drafter.</param>
/// <param name="Accepted">Proposed tokens that were kept.</param>
public sealed record GenerationStatistics(
    int PromptTokens, int CompletionTokens, TimeSpan TimeToFirstToken, TimeSpan PrefillTime, TimeSpan DecodeTime,
    int Passes, int Drawn, int Drafted, int Accepted)
{
    /// <summary>Tokens of the prompt whose keys and values an earlier request had left.</summary>
    public int CachedTokens { get; init; }

    /// <summary>The score of a text found by beam search.</summary>
    public double? BeamScore { get; init; }

    /// <summary>Computed prompt tokens a second.</summary>
    public double PrefillTokensPerSecond => (PromptTokens - CachedTokens) / Math.Max(PrefillTime.TotalSeconds, 1e-9);

    /// <summary>Tokens a second after the first.</summary>
    public double DecodeTokensPerSecond => Math.Max(0, CompletionTokens - 1) / Math.Max(DecodeTime.TotalSeconds, 1e-9);

    /// <summary>Tokens that a pass gave on average.</summary>
    public double TokensPerPass => Passes == 0 ? 0 : Drawn / (double)Passes;
}
