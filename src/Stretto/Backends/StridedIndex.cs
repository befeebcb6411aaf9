namespace Stretto.Backends;

/// <summary>Walks all indices of a shape in row-major order while keeping one element offset for each of up to four layouts.</summary>
internal unsafe ref struct StridedIndex
{
    private const int MaxRank = 32;

    private readonly ReadOnlySpan<long> _sizes;
    private readonly ReadOnlySpan<long> _a;
    private readonly ReadOnlySpan<long> _b;
    private readonly ReadOnlySpan<long> _c;
    private readonly ReadOnlySpan<long> _d;
    private fixed long _index[MaxRank];

    public StridedIndex(Shape shape, ReadOnlySpan<long> a, ReadOnlySpan<long> b = default, ReadOnlySpan<long> c = default, ReadOnlySpan<long> d = default)
    {
        if (shape.Rank > MaxRank)
        {
            throw new ArgumentException($"a tensor of rank {shape.Rank} has more than {MaxRank} dimensions");
        }

        _sizes = shape.Sizes;
        _a = a;
        _b = b;
        _c = c;
        _d = d;
    }

    public long A { get; private set; }

    public long B { get; private set; }

    public long C { get; private set; }

    public long D { get; private set; }

    public readonly long this[int dim] => _index[dim];

    /// <summary>Steps to the next index; false when the last one has been left.</summary>
    public bool Next()
    {
        for (int d = _sizes.Length - 1; d >= 0; d--)
        {
            long back = 0;
            bool carry = ++_index[d] == _sizes[d];
            if (carry)
            {
                _index[d] = 0;
                back = _sizes[d];
            }

            A += Move(_a, d, back);
            B += Move(_b, d, back);
            C += Move(_c, d, back);
            D += Move(_d, d, back);
            if (!carry)
            {
                return true;
            }
        }

        return false;
    }

    private static long Move(ReadOnlySpan<long> strides, int d, long back) =>
        strides.IsEmpty ? 0 : strides[d] * (back == 0 ? 1 : 1 - back);
}
