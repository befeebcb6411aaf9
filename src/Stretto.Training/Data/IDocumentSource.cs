namespace Stretto.Training.Data;

/// <summary>An endless list of tokenized documents: number i is always the same, so a position in the data is a number.</summary>
public interface IDocumentSource
{
    /// <summary>The tokens of a document, border tokens included.</summary>
    int[] Document(long index);
}

/// <summary>The stories of the grammar as tokens, each with an end token behind it.</summary>
/// <param name="seed">Which stream of stories.</param>
/// <param name="encode">Text to tokens.</param>
/// <param name="end">Ends a story.</param>
public sealed class TaleDocuments(ulong seed, Func<string, int[]> encode, int end) : IDocumentSource
{
    private readonly Tales.TaleGenerator _generator = new(seed);

    /// <inheritdoc/>
    public int[] Document(long index) => [end, .. encode(_generator.Generate(index).Text), end];
}

/// <summary>Documents from a list, over and over.</summary>
/// <param name="documents">At least one, tokenized.</param>
public sealed class ListDocuments(IReadOnlyList<int[]> documents) : IDocumentSource
{
    /// <inheritdoc/>
    public int[] Document(long index) => documents[(int)(index % documents.Count)];
}
