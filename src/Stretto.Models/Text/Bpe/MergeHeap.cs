namespace Stretto.Models.Text;

/// <summary>Positions ordered by rank, then by position: a binary heap of 64-bit keys.</summary>
internal sealed class MergeHeap
{
    private const int Small = 256;
    private ulong[] keys = new ulong[Small];
    private int count;

    public void Clear() => count = 0;

    /// <summary>Gives up memory that a long text needed.</summary>
    public void Trim() => keys = new ulong[Small];

    public void Push(int rank, int position)
    {
        if (count == keys.Length)
        {
            Array.Resize(ref keys, count * 2);
        }

        ulong key = ((ulong)(uint)rank << 32) | (uint)position;
        int at = count++;
        while (at > 0 && keys[(at - 1) >> 1] > key)
        {
            keys[at] = keys[(at - 1) >> 1];
            at = (at - 1) >> 1;
        }

        keys[at] = key;
    }

    public bool TryPop(out int rank, out int position)
    {
        if (count == 0)
        {
            rank = position = -1;
            return false;
        }

        (rank, position) = ((int)(keys[0] >> 32), (int)(uint)keys[0]);
        ulong last = keys[--count];
        int at = 0;
        int child;
        while ((child = (2 * at) + 1) < count)
        {
            child += child + 1 < count && keys[child + 1] < keys[child] ? 1 : 0;
            if (keys[child] >= last)
            {
                break;
            }

            keys[at] = keys[child];
            at = child;
        }

        keys[at] = last;
        return true;
    }
}
