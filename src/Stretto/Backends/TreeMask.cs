namespace Stretto.Backends;

/// <summary>
/// Whom each new token of a batch follows, where the new tokens of a sequence are a tree (a draft to verify) and not a
/// line. A token sees what the sequence held before, its ancestors and itself, and stands one place behind its parent.
/// Miao et al., SpecInfer, 2023; Cai et al., Medusa, 2024.
/// </summary>
internal sealed class TreeMask
{
    private readonly int[] _offsets;
    private readonly int[] _parents;
    private readonly int[] _depths;
    private readonly bool[] _branches;

    /// <param name="parents">
    /// For each sequence, the parent of each of its new tokens, an earlier one of them, or −1 for what came before.
    /// </param>
    /// <exception cref="ArgumentException">A parent is not an earlier token.</exception>
    public TreeMask(IReadOnlyList<IReadOnlyList<int>> parents)
    {
        _offsets = new int[parents.Count + 1];
        _branches = new bool[parents.Count];
        for (int s = 0; s < parents.Count; s++)
        {
            _offsets[s + 1] = checked(_offsets[s] + parents[s].Count);
        }

        _parents = new int[_offsets[^1]];
        _depths = new int[_offsets[^1]];
        for (int s = 0; s < parents.Count; s++)
        {
            for (int i = 0; i < parents[s].Count; i++)
            {
                int parent = parents[s][i];
                if (parent < -1 || parent >= i)
                {
                    throw new ArgumentException(
                        $"attention: token {i} of a tree cannot follow {parent}; a parent is an earlier token, or −1");
                }

                _parents[_offsets[s] + i] = parent;
                _depths[_offsets[s] + i] = parent < 0 ? 0 : _depths[_offsets[s] + parent] + 1;
                _branches[s] |= parent != i - 1;
            }
        }
    }

    public int Sequences => _branches.Length;

    /// <summary>Whether the new tokens of a sequence are more than one line.</summary>
    public bool Branches(int sequence) => _branches[sequence];

    public int Count(int sequence) => _offsets[sequence + 1] - _offsets[sequence];

    public int Parent(int sequence, int token) => _parents[_offsets[sequence] + token];

    /// <summary>Ancestors of a token among the new ones.</summary>
    public int Depth(int sequence, int token) => _depths[_offsets[sequence] + token];

    /// <summary>Whether a token sees another new one, at most <paramref name="window"/> generations back unless −1.</summary>
    public bool Sees(int sequence, int token, int other, int window)
    {
        int generations = Depth(sequence, token) - Depth(sequence, other);
        if (generations < 0 || (window >= 0 && generations > window))
        {
            return false;
        }

        while (token > other)
        {
            token = Parent(sequence, token);
        }

        return token == other;
    }
}
