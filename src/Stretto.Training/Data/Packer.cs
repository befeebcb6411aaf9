namespace Stretto.Training.Data;

/// <summary>
/// Fills micro-batches with documents in order up to a budget of tokens, without padding: a document that does not fit is cut, and its
/// rest begins the next micro-batch as a document of its own. A piece keeps what counts for the loss.
/// </summary>
/// <param name="source">Where documents come from.</param>
/// <param name="budget">Tokens of a micro-batch.</param>
/// <param name="longest">Tokens of a document; longer ones are cut into several.</param>
public sealed class Packer(IDocumentSource source, int budget, int longest)
{
    /// <summary>The next document and how many of its tokens are used.</summary>
    public DataPosition Position { get; set; }

    /// <summary>The next micro-batch.</summary>
    public IReadOnlyList<TokenDocument> Next()
    {
        List<TokenDocument> documents = [];
        int room = budget;
        while (room > 1)
        {
            TokenDocument document = source.Document(Position.Document);
            int left = document.Tokens.Length - Position.Offset;
            int take = Math.Min(Math.Min(left, longest), room);
            if (take > 1)
            {
                documents.Add(take == document.Tokens.Length ? document : document.Slice(Position.Offset, take));
                room -= take;
            }

            // The last token of a piece is the first of the next, so that no target is lost at a cut.
            Position = take >= left ? new DataPosition(Position.Document + 1, 0) : Position with { Offset = Position.Offset + take - 1 };
        }

        return documents;
    }
}

/// <summary>A place in the data.</summary>
/// <param name="Document">Number of the document.</param>
/// <param name="Offset">Tokens of it that were used.</param>
public readonly record struct DataPosition(long Document, int Offset);
