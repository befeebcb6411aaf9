namespace Stretto.Inference.Sampling;

/// <summary>
/// One step between logits and a token: changes logits, or takes tokens out by setting theirs to minus infinity. Each step works on
/// what the last one left.
/// </summary>
internal abstract class SamplingStep
{
    /// <param name="candidates">The tokens that are in, changed in place.</param>
    /// <param name="place">The text before the token.</param>
    public abstract void Apply(Candidates candidates, in TokenPlace place);
}

/// <summary>Where a token will stand.</summary>
/// <param name="tokens">The text before it, prompt included.</param>
/// <param name="promptLength">How many of these tokens are the prompt.</param>
/// <param name="draw">A random number in [0, 1) for steps that work by chance.</param>
internal readonly ref struct TokenPlace(ReadOnlySpan<int> tokens, int promptLength, double draw)
{
    public ReadOnlySpan<int> Tokens { get; } = tokens;

    public int PromptLength { get; } = promptLength;

    public double Draw { get; } = draw;

    public int Written => Tokens.Length - PromptLength;
}
