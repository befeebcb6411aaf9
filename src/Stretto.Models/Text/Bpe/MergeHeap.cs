namespace Stretto.Models.Text;

/// <summary>Positions ordered by rank, then by position: a binary heap of 64-bit keys.</summary>
internal sealed class MergeHeap
{
    private const int Small = 256;
    private ulong[] _keys = new ulong[Small];
    private int _count;

    public void Clear() => _count = 0;

    /// <summary>Gives up memory that a long text needed.</summary>
    public void Trim() => _keys = new ulong[Small];

    public void Push(int rank, int position)
    {
        if (_count == _keys.Length)
        {
            Array.Resize(ref _keys, _count * 2);
        }

        ulong key = ((ulong)(uint)rank << 32) | (uint)position;
        int at = _count++;
        while (at > 0 && _keys[(at - 1) >> 1] > key)
        {
            _keys[at] = _keys[(at - 1) >> 1];
            at = (at - 1) >> 1;
        }

        _keys[at] = key;
    }

    public bool TryPop(out int rank, out int position)
    {
        if (_count == 0)
        {
            rank = position = -1;
            return false;
        }

        (rank, position) = ((int)(_keys[0] >> 32), (int)(uint)_keys[0]);
        ulong last = _keys[--_count];
        int at = 0;
        int child;
        while ((child = (2 * at) + 1) < _count)
        {
            child += child + 1 < _count && _keys[child + 1] < _keys[child] ? 1 : 0;
            if (_keys[child] >= last)
            {
                break;
            }

            _keys[at] = _keys[child];
            at = child;
        }

        _keys[at] = last;
        return true;
    }
}
