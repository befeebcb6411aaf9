using Stretto.Inference.Sampling;

namespace Stretto.Inference.Generation;

/// <summary>What to generate from, how, and when to stop.</summary>
public sealed record GenerationRequest
{
    /// <summary>The prompt, at least one token.</summary>
    public required IReadOnlyList<int> Prompt { get; init; }

    /// <summary>Most tokens to generate; the context ends generation in any case.</summary>
    public int MaxTokens { get; init; } = int.MaxValue;

    /// <summary>How tokens are chosen.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>Texts that end generation; they are not returned, nor is a part of one. Needs a tokenizer.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Whether end tokens of the model end generation.</summary>
    public bool StopAtEnd { get; init; } = true;

    /// <summary>Whether several tokens may come out of one pass; the result is the same either way.</summary>
    public bool Speculate { get; init; } = true;
}

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
/// <param name="Finish">Set in the last event.</param>
/// <param name="Statistics">Set in the last event.</param>
public readonly record struct TokenEvent(int? Token, string Text, FinishReason? Finish = null, GenerationStatistics? Statistics = null);

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
    /// <summary>Prompt tokens a second.</summary>
    public double PrefillTokensPerSecond => PromptTokens / Math.Max(PrefillTime.TotalSeconds, 1e-9);

    /// <summary>Tokens a second after the first.</summary>
    public double DecodeTokensPerSecond => Math.Max(0, CompletionTokens - 1) / Math.Max(DecodeTime.TotalSeconds, 1e-9);

    /// <summary>Tokens that a pass gave on average.</summary>
    public double TokensPerPass => Passes == 0 ? 0 : Drawn / (double)Passes;
}
