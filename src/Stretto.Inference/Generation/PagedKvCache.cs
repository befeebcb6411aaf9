using Stretto.Backends;
using Stretto.Nn;

namespace Stretto.Inference.Generation;

/// <summary>Keys and values in pages of 64 slots that sequences own through tables, so that memory follows what is really there.</summary>
internal sealed class PagedKvCache : KvCache, IDisposable
{
    private readonly CacheSpec _spec;
    private readonly Device _device;
    private readonly Tensor[] _keys;
    private readonly Tensor[] _values;
    private readonly Stack<int> _free = new();
    private int _pages;
    private CachedSequence[] _batch = [];
    private long[] _slots = [];
    private int[] _lengths = [];
    private int[][] _tables = [];

    public PagedKvCache(CacheSpec spec, Device device)
    {
        _spec = spec;
        _device = device;
        _keys = new Tensor[spec.Layers];
        _values = new Tensor[spec.Layers];
        Grow(4);
    }

    /// <summary>Makes room for new tokens of each sequence and says where <see cref="Append"/> will write them.</summary>
    public void Begin(IReadOnlyList<CachedSequence> sequences, IReadOnlyList<int> counts)
    {
        _batch = [.. sequences];
        List<long> slots = [];
        for (int s = 0; s < _batch.Length; s++)
        {
            CachedSequence sequence = _batch[s];
            while (sequence.Pages.Count * KvView.PageSize < sequence.Length + counts[s])
            {
                sequence.Pages.Add(Take());
            }

            for (int i = 0; i < counts[s]; i++)
            {
                (int page, int slot) = Math.DivRem(sequence.Length + i, KvView.PageSize);
                slots.Add(((long)sequence.Pages[page] * KvView.PageSize) + slot);
            }

            sequence.Length += counts[s];
        }

        _slots = [.. slots];
        _lengths = Array.ConvertAll(_batch, s => s.Length);
        _tables = Array.ConvertAll(_batch, s => s.Pages.ToArray());
    }

    /// <summary>Forgets what a sequence holds from a length on.</summary>
    public void Truncate(CachedSequence sequence, int length)
    {
        sequence.Length = length;
        int needed = (length + KvView.PageSize - 1) / KvView.PageSize;
        for (int i = sequence.Pages.Count - 1; i >= needed; i--)
        {
            _free.Push(sequence.Pages[i]);
            sequence.Pages.RemoveAt(i);
        }
    }

    public void Dispose()
    {
        foreach (Tensor tensor in _keys.Concat(_values))
        {
            tensor.Dispose();
        }
    }

    internal override KvView Append(int layer, Tensor keys, Tensor values)
    {
        keys.Backend.AppendToPages(keys.View, values.View, _keys[layer].View, _values[layer].View, _slots);
        return new KvView(_keys[layer].View, _values[layer].View, _lengths, _tables);
    }

    private int Take()
    {
        if (_free.Count == 0)
        {
            Grow(_pages * 2);
        }

        return _free.Pop();
    }

    private void Grow(int pages)
    {
        for (int layer = 0; layer < _spec.Layers; layer++)
        {
            _keys[layer] = Grown(_keys[layer], [pages, _spec.Heads, _spec.KeySize, KvView.PageSize]);
            _values[layer] = Grown(_values[layer], [pages, _spec.Heads, KvView.PageSize, _spec.ValueSize]);
        }

        for (int page = pages - 1; page >= _pages; page--)
        {
            _free.Push(page);
        }

        _pages = pages;
    }

    private Tensor Grown(Tensor? old, Shape shape)
    {
        Tensor grown = Tensor.Zeros(shape, device: _device).Pin();
        if (old is not null)
        {
            grown.Narrow(0, 0, old.Shape[0]).CopyFrom(old);
            old.Dispose();
        }

        return grown;
    }
}

/// <summary>A sequence's pages and how many tokens they hold.</summary>
internal sealed class CachedSequence
{
    public List<int> Pages { get; } = [];

    public int Length { get; set; }
}
