namespace Stretto.Inference.Speculative;

/// <summary>
/// Decides which proposed tokens are kept, whoever proposed them. The token at each place is drawn from the model as if there were no
/// draft; where a proposed node carries that token the walk goes on below it for free. Since drafts carry no randomness, this is
/// speculative sampling (Leviathan et al., 2023) with a certain draft, and the text is exactly that of plain decoding.
/// </summary>
internal static class Verifier
{
    /// <param name="draft">The proposal.</param>
    /// <param name="write">Draws the token that follows node i (−1: the text) from the model, writes it, and tells whether more may follow.</param>
    /// <param name="accepted">Filled with the nodes that were accepted; one token more than these was written.</param>
    public static void Walk(DraftTree draft, WriteToken write, List<int> accepted)
    {
        accepted.Clear();
        int node = -1;
        while (write(node, out int token) && Child(draft, node, token) is >= 0 and int child)
        {
            accepted.Add(child);
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

/// <summary>Writes the token after a node of a draft.</summary>
internal delegate bool WriteToken(int node, out int token);
