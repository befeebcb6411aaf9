using System.Numerics;

namespace Stretto.Models.Text;

/// <summary>Merges by their two ids: an open-addressing table, seeded so that no file can make it slow.</summary>
internal sealed class PairTable
{
    private readonly Entry[] _entries;
    private readonly int _mask;

    public PairTable(IReadOnlyList<(int Left, int Right, int Merged)> merges)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, merges.Count * 2));
        _mask = size - 1;
        _entries = new Entry[size];
        for (int rank = 0; rank < merges.Count; rank++)
        {
            (int left, int right, int merged) = merges[rank];
            int at = Find(left, right);
            _entries[at] = new Entry(left, right, rank + 1, merged);
        }
    }

    /// <summary>
    /// Rank of the merge of two ids (lower merges first) and the id it makes; <see cref="int.MaxValue"/> when there is
    /// none.
    /// </summary>
    public int Rank(int left, int right, out int merged)
    {
        ref readonly Entry entry = ref _entries[Find(left, right)];
        merged = entry.Merged;
        return entry.Rank == 0 ? int.MaxValue : entry.Rank - 1;
    }

    private int Find(int left, int right)
    {
        int at = HashCode.Combine(left, right) & _mask;
        while (_entries[at].Rank != 0 && (_entries[at].Left != left || _entries[at].Right != right))
        {
            at = (at + 1) & _mask;
        }

        return at;
    }

    private readonly record struct Entry(int Left, int Right, int Rank, int Merged);
}
