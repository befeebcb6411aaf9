namespace Stretto.Training.Data;

/// <summary>A stretch of a document whose tokens all count for the loss, or all do not.</summary>
/// <param name="Length">Tokens.</param>
/// <param name="CountsForLoss">Whether they are to be predicted.</param>
public readonly record struct Segment(int Length, bool CountsForLoss);

/// <summary>
/// A tokenized document and which of its tokens are to be predicted. The first token of a document is never predicted, for nothing
/// stands before it.
/// </summary>
public sealed class TokenDocument
{
    /// <summary>A document of which every token counts.</summary>
    /// <param name="tokens">Its tokens; not copied.</param>
    public TokenDocument(int[] tokens)
        : this(tokens, [new Segment(tokens.Length, true)])
    {
    }

    /// <summary>A document in segments.</summary>
    /// <param name="tokens">Its tokens; not copied.</param>
    /// <param name="segments">One after the other, together as long as the tokens.</param>
    /// <exception cref="ArgumentException">The lengths do not add up, or one is negative.</exception>
    public TokenDocument(int[] tokens, IReadOnlyList<Segment> segments)
    {
        if (segments.Any(s => s.Length < 0) || segments.Sum(s => (long)s.Length) != tokens.Length)
        {
            throw new ArgumentException(
                $"segments of {string.Join(" + ", segments.Select(s => s.Length))} tokens do not make a document of {tokens.Length}");
        }

        Tokens = tokens;
        Segments = segments;
        Targets = CountTargets();
    }

    /// <summary>Token ids.</summary>
    public int[] Tokens { get; }

    /// <summary>Which of them count, in order.</summary>
    public IReadOnlyList<Segment> Segments { get; }

    /// <summary>How many tokens are predicted: those that count, without the first.</summary>
    public int Targets { get; }

    /// <summary>A part as a document of its own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not inside.</exception>
    public TokenDocument Slice(int start, int length)
    {
        int[] tokens = Tokens.AsSpan(start, length).ToArray();
        List<Segment> parts = [];
        int at = 0;
        foreach (Segment segment in Segments)
        {
            int shared = Math.Min(at + segment.Length, start + length) - Math.Max(at, start);
            if (shared > 0)
            {
                parts.Add(segment with { Length = shared });
            }

            at += segment.Length;
        }

        return new TokenDocument(tokens, parts);
    }

    /// <summary>Writes the target of each token, the next one or <paramref name="ignored"/>.</summary>
    /// <param name="targets">As long as the document.</param>
    /// <param name="ignored">The target of a token whose successor does not count, and of the last.</param>
    public void WriteTargets(Span<long> targets, long ignored)
    {
        targets.Fill(ignored);
        int at = 0;
        foreach (Segment segment in Segments)
        {
            for (int i = Math.Max(at, 1); segment.CountsForLoss && i < at + segment.Length; i++)
            {
                targets[i - 1] = Tokens[i];
            }

            at += segment.Length;
        }
    }

    private int CountTargets()
    {
        int count = 0;
        int at = 0;
        foreach (Segment segment in Segments)
        {
            count += segment.CountsForLoss ? segment.Length - (at == 0 && segment.Length > 0 ? 1 : 0) : 0;
            at += segment.Length;
        }

        return count;
    }
}
