namespace Stretto.Inference.Speculative;

/// <summary>
/// Guesses how a text goes on. A drafter belongs to one sequence. Whatever it proposes, the text stays the same: only its speed depends
/// on the guess.
/// </summary>
public interface IDrafter
{
    /// <summary>Tokens that may follow.</summary>
    /// <param name="tokens">The text so far, prompt included.</param>
    /// <param name="most">The most nodes that will be verified.</param>
    DraftTree Propose(ReadOnlySpan<int> tokens, int most);

    /// <summary>Tells how many proposed tokens were kept, after each proposal that was verified.</summary>
    void Learn(int proposed, int accepted);
}

/// <summary>Proposed tokens as a tree: node i follows node Parents[i], or the text itself where that is −1. A chain is a tree without branches.</summary>
/// <param name="Tokens">One token a node; parents come before their children.</param>
/// <param name="Parents">The parent of each node.</param>
public sealed record DraftTree(IReadOnlyList<int> Tokens, IReadOnlyList<int> Parents)
{
    /// <summary>No proposal.</summary>
    public static DraftTree Empty { get; } = new([], []);

    /// <summary>One token after the other.</summary>
    public static DraftTree Chain(IReadOnlyList<int> tokens) => new(tokens, [.. Enumerable.Range(-1, tokens.Count)]);

    /// <summary>Whether every node follows the one before it.</summary>
    public bool IsChain
    {
        get
        {
            for (int i = 0; i < Parents.Count; i++)
            {
                if (Parents[i] != i - 1)
                {
                    return false;
                }
            }

            return true;
        }
    }
}
