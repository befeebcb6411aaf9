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

    /// <summary>How many texts to write from the prompt, at most 128; with beam search, how many of the best to return.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>Searches for the likeliest text in place of sampling one.</summary>
    public BeamOptions? Beams { get; init; }

    /// <summary>
    /// Null: none. Else events carry the log-probability of their token and of this many likeliest tokens, at most 100, under the
    /// model's own distribution: before temperature, penalties and truncation.
    /// </summary>
    public int? LogProbabilities { get; init; }

    /// <summary>Whether end tokens of the model end generation.</summary>
    public bool StopAtEnd { get; init; } = true;

    /// <summary>Whether several tokens may come out of one pass; the result is the same either way.</summary>
    public bool Speculate { get; init; } = true;

    /// <summary>Whether its keys and values serve later requests.</summary>
    internal bool Share { get; init; } = true;

    /// <summary>Checks ranges that do not depend on a model.</summary>
    /// <exception cref="ArgumentException">A value is outside its range; the message names both.</exception>
    public GenerationRequest Validate()
    {
        Sampling.Validate();
        Require(MaxTokens >= 1, $"max_tokens {MaxTokens} must be at least 1");
        Require(Samples is >= 1 and <= 128, $"n {Samples} must lie between 1 and 128");
        Require(LogProbabilities is null or (>= 0 and <= 100), $"logprobs {LogProbabilities} must lie between 0 and 100");
        Require(Stop.Count <= 128 && Stop.All(s => s.Length > 0), "stop texts must not be empty, and at most 128");
        Require(Beams is null or { Width: >= 1 }, $"beams {Beams?.Width} must be at least 1");
        Require(
            Beams is null || Samples <= Beams.Width, $"n {Samples} must not be greater than beams {Beams?.Width}: a search finds no more texts");
        Require(Beams is null || LogProbabilities is null, "logprobs are not given with beams; leave one out");
        return this;
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new ArgumentException(message);
        }
    }
}
