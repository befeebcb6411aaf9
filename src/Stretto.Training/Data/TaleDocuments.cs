using Stretto.Training.Data.Tales;

namespace Stretto.Training.Data;

/// <summary>One side of the corpus of tales as tokens: an end token, the document, an end token.</summary>
/// <param name="seed">Which stream of stories.</param>
/// <param name="split">Which side of it.</param>
/// <param name="encode">Text to tokens; the second argument says whether special tokens in it are meant as such.</param>
/// <param name="end">The end token.</param>
public sealed class TaleDocuments(ulong seed, TaleSplit split, Func<string, bool, int[]> encode, int end) : IDocumentSource
{
    private readonly TaleGenerator _generator = new(seed);

    /// <inheritdoc/>
    public TokenDocument Document(long index)
    {
        List<int> tokens = [end];
        List<Segment> segments = [new Segment(1, false)];
        foreach (TextSegment part in _generator.Document(TaleGenerator.IndexOf(split, index)).Segments)
        {
            int[] ids = encode(part.Text, part.IsMarkup);
            tokens.AddRange(ids);
            segments.Add(new Segment(ids.Length, part.CountsForLoss));
        }

        tokens.Add(end);
        segments.Add(new Segment(1, true));
        return new TokenDocument([.. tokens], segments);
    }
}
