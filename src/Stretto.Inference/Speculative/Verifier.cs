namespace Stretto.Inference.Speculative;

/// <summary>
/// Decides which proposed tokens are kept, whoever proposed them. The token at each place is drawn from the model as if there were no
/// draft; where a proposed node carries that token the walk goes on below it for free. Since drafts carry no randomness, this is
/// speculative sampling (Leviathan et al., 2023) with a certain draft, and the text is exactly that of plain decoding.
/// </summary>
internal static class Verifier
{
    /// <param name="draft">The proposal.</param>
    /// <param name="draw">The token that follows node i (−1: the text), as drawn from the model; the depth is that of the new token.</param>
    /// <param name="ends">Whether a token ends the text.</param>
    /// <returns>The tokens to write, at least one, and the nodes that were accepted.</returns>
    public static (List<int> Tokens, List<int> Nodes) Walk(DraftTree draft, Func<int, int, int> draw, Func<int, bool> ends)
    {
        List<int> tokens = [];
        List<int> nodes = [];
        int node = -1;
        while (true)
        {
            int token = draw(node, tokens.Count);
            tokens.Add(token);
            int child = ends(token) ? -1 : Child(draft, node, token);
            if (child < 0)
            {
                return (tokens, nodes);
            }

            nodes.Add(child);
            node = child;
        }
    }

    private static int Child(DraftTree draft, int parent, int token)
    {
        for (int i = parent + 1; i < draft.Tokens.Count; i++)
        {
            if (draft.Parents[i] == parent && draft.Tokens[i] == token)
            {
                return i;
            }
        }

        return -1;
    }
}
