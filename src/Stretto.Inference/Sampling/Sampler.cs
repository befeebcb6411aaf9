using System.Numerics.Tensors;

namespace Stretto.Inference.Sampling;

/// <summary>
/// Draws tokens from logits. The random numbers for the i-th token of a text depend on the seed and on i alone, so the text does not
/// depend on how many tokens a pass gave.
/// </summary>
internal sealed class Sampler
{
    // XTC draws from a stream of its own, so that turning it on changes no other number.
    private const ulong XtcStream = 0x9E3779B97F4A7C15;

    private readonly SamplerChain _chain;
    private readonly Candidates _candidates;
    private readonly Mirostat? _mirostat;
    private readonly bool _greedy;
    private readonly ulong _seed;

    /// <param name="options">Checked options.</param>
    /// <param name="candidates">Working memory, shared by the samplers of one thread.</param>
    /// <param name="ends">Tokens that end a text.</param>
    /// <param name="sample">Which of several samples of one request.</param>
    public Sampler(SamplingOptions options, Candidates candidates, IReadOnlyList<int> ends, int sample = 0)
    {
        _chain = SamplerChain.Of(options, ends);
        _candidates = candidates;
        _greedy = options.Temperature == 0;
        _mirostat = options.MirostatTau > 0 && !_greedy ? new Mirostat(options.MirostatTau, options.MirostatEta) : null;
        _seed = (options.Seed ?? (ulong)Random64()) + ((ulong)sample * 0xD1B54A32D192ED03);
    }

    /// <summary>The token after a text, from the logits at its place.</summary>
    /// <param name="logits">One for each token.</param>
    /// <param name="text">The text before, prompt included.</param>
    /// <param name="promptLength">How much of it is the prompt.</param>
    /// <exception cref="InvalidOperationException">A logit is not a number.</exception>
    public int Draw(ReadOnlySpan<float> logits, ReadOnlySpan<int> text, int promptLength)
    {
        int best = TensorPrimitives.IndexOfMax(logits);
        if (!float.IsFinite(logits[best]))
        {
            throw new InvalidOperationException("the model's output is not a number; check its weights");
        }

        if (_greedy && _chain.IsEmpty)
        {
            return best;
        }

        ulong index = (ulong)(text.Length - promptLength);
        _candidates.Load(logits);
        _chain.Apply(_candidates, new TokenPlace(text, promptLength, _chain.Draws ? Generator.At(_seed ^ XtcStream, index) : 0));
        if (_candidates.Count == 0)
        {
            // The options forbid every token: the model's choice stands.
            return best;
        }

        return _greedy ? _candidates.Best()
            : _mirostat?.Pick(_candidates, Generator.At(_seed, index))
            ?? _candidates.Ids[Pick(_candidates.Normalize(), Generator.At(_seed, index))];
    }

    /// <summary>The inverse transform: the first place where the running sum exceeds the draw.</summary>
    /// <param name="weights">Weights, not negative, not all zero.</param>
    /// <param name="draw">A number in [0, 1).</param>
    public static int Pick(ReadOnlySpan<float> weights, double draw)
    {
        double total = 0;
        foreach (float w in weights)
        {
            total += w;
        }

        double sum = 0;
        int last = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            sum += weights[i];
            last = weights[i] > 0 ? i : last;
            if (sum > draw * total)
            {
                return i;
            }
        }

        return last;
    }

    private static long Random64()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        System.Security.Cryptography.RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToInt64(bytes);
    }
}
