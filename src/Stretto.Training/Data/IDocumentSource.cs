namespace Stretto.Training.Data;

/// <summary>An endless list of tokenized documents: number i is always the same, so a position in the data is a number.</summary>
public interface IDocumentSource
{
    /// <summary>A document, border tokens included.</summary>
    TokenDocument Document(long index);
}

/// <summary>Documents from a list, over and over.</summary>
/// <param name="documents">At least one.</param>
public sealed class ListDocuments(IReadOnlyList<TokenDocument> documents) : IDocumentSource
{
    /// <inheritdoc/>
    public TokenDocument Document(long index) => documents[(int)(index % documents.Count)];
}
