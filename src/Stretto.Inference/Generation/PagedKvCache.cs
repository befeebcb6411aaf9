using Stretto.Backends;
using Stretto.Nn;

namespace Stretto.Inference.Generation;

/// <summary>
/// Keys and values in pages of 64 slots that sequences own through tables (Kwon et al., PagedAttention, 2023). A page may serve several
/// sequences: it is counted, shared only when full or forked, and copied before one of them writes to it.
/// </summary>
internal sealed class PagedKvCache : KvCache, IDisposable
{
    private const int FirstPages = 4;

    private readonly CacheSpec _spec;
    private readonly Device _device;
    private readonly Tensor[] _keys;
    private readonly Tensor[] _values;
    private readonly PrefixCache _prefixes = new();
    private readonly Stack<int> _free = new();
    private int[] _users = [];
    private int _pages;
    private long[] _slots = [];
    private int[] _lengths = [];
    private int[][] _tables = [];

    /// <param name="spec">What the model keeps of a token.</param>
    /// <param name="device">Where.</param>
    /// <param name="mostPages">How far the cache may grow.</param>
    public PagedKvCache(CacheSpec spec, Device device, int mostPages = int.MaxValue / KvView.PageSize)
    {
        _spec = spec;
        _device = device;
        MostPages = mostPages;
        _keys = new Tensor[spec.Layers];
        _values = new Tensor[spec.Layers];
        Grow(Math.Min(FirstPages, mostPages));
    }

    public int MostPages { get; }

    /// <summary>Pages that no sequence uses, or that could still be made.</summary>
    public int Available => MostPages - _pages + _free.Count + _prefixes.Idle;

    /// <summary>Pages that no sequence uses but whose content a later one may.</summary>
    public int Idle => _prefixes.Idle;

    public static int PagesFor(int tokens) => (tokens + KvView.PageSize - 1) / KvView.PageSize;

    /// <summary>Takes pages for more tokens of a sequence, and makes its last page its own.</summary>
    /// <returns>False where memory does not suffice; what was taken stays with the sequence.</returns>
    public bool TryReserve(CachedSequence sequence, int count)
    {
        int last = sequence.Length / KvView.PageSize;
        if (last < sequence.Pages.Count && _users[sequence.Pages[last]] > 1)
        {
            if (Take() is not { } own)
            {
                return false;
            }

            CopyPage(sequence.Pages[last], own);
            Leave(sequence.Pages[last]);
            sequence.Pages[last] = own;
        }

        while (sequence.Pages.Count < PagesFor(sequence.Length + count))
        {
            if (Take() is not { } page)
            {
                return false;
            }

            sequence.Pages.Add(page);
        }

        return true;
    }

    /// <summary>Counts new tokens of each sequence in and says where <see cref="Append"/> will write them.</summary>
    /// <exception cref="InvalidOperationException">Memory does not suffice.</exception>
    public void Begin(IReadOnlyList<CachedSequence> sequences, IReadOnlyList<int> counts)
    {
        List<long> slots = [];
        _lengths = new int[sequences.Count];
        _tables = new int[sequences.Count][];
        for (int s = 0; s < sequences.Count; s++)
        {
            CachedSequence sequence = sequences[s];
            if (!TryReserve(sequence, counts[s]))
            {
                throw new InvalidOperationException($"the cache is full with {MostPages} pages; raise its budget");
            }

            for (int i = 0; i < counts[s]; i++)
            {
                (int page, int slot) = Math.DivRem(sequence.Length + i, KvView.PageSize);
                slots.Add(((long)sequence.Pages[page] * KvView.PageSize) + slot);
            }

            sequence.Length += counts[s];
            _lengths[s] = sequence.Length;
            _tables[s] = [.. sequence.Pages];
        }

        _slots = [.. slots];
    }

    /// <summary>Forgets what a sequence holds from a length on: all, or what was not published.</summary>
    public void Truncate(CachedSequence sequence, int length)
    {
        if (length > 0 && length < sequence.Known * KvView.PageSize)
        {
            throw new InvalidOperationException($"{sequence.Known} pages are published; length {length} would let them be overwritten");
        }

        sequence.Length = length;
        int needed = PagesFor(length);
        for (int i = sequence.Pages.Count - 1; i >= needed; i--)
        {
            Leave(sequence.Pages[i]);
            sequence.Pages.RemoveAt(i);
        }

        if (length == 0)
        {
            (sequence.Known, sequence.Tip) = (0, null);
        }
    }

    /// <summary>Another sequence with the same content.</summary>
    public CachedSequence Fork(CachedSequence sequence)
    {
        CachedSequence fork = new() { Length = sequence.Length, Known = sequence.Known, Tip = sequence.Tip };
        foreach (int page in sequence.Pages)
        {
            _users[page]++;
            fork.Pages.Add(page);
        }

        return fork;
    }

    /// <summary>Gives a sequence the pages that others made of what comes next in its text.</summary>
    /// <returns>How many tokens they hold.</returns>
    public int Match(CachedSequence sequence, ReadOnlySpan<int> text)
    {
        int before = sequence.Length;
        while (sequence.Length == sequence.Known * KvView.PageSize
            && sequence.Pages.Count == sequence.Known
            && text.Length >= sequence.Length + KvView.PageSize
            && _prefixes.Find(sequence.Tip, text.Slice(sequence.Length, KvView.PageSize)) is { } node)
        {
            Enter(node.Page);
            sequence.Pages.Add(node.Page);
            sequence.Length += KvView.PageSize;
            (sequence.Known, sequence.Tip) = (sequence.Known + 1, node);
        }

        return sequence.Length - before;
    }

    /// <summary>Makes the full pages of a sequence known to later ones.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="text">Its tokens.</param>
    public void Publish(CachedSequence sequence, ReadOnlySpan<int> text)
    {
        for (int full = Math.Min(sequence.Length, text.Length) / KvView.PageSize; sequence.Known >= 0 && sequence.Known < full;)
        {
            int at = sequence.Known;
            ReadOnlySpan<int> tokens = text.Slice(at * KvView.PageSize, KvView.PageSize);
            PrefixNode? node = _prefixes.Find(sequence.Tip, tokens);
            if (node is not null && node.Page != sequence.Pages[at])
            {
                // The same content twice: kernels give the same bits in any company, so one copy serves both.
                Enter(node.Page);
                Leave(sequence.Pages[at]);
                sequence.Pages[at] = node.Page;
            }

            node ??= _prefixes.Add(sequence.Tip, tokens, sequence.Pages[at]);
            (sequence.Known, sequence.Tip) = node is null ? (-1, null) : (at + 1, node);
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

    private void Enter(int page)
    {
        if (_users[page]++ == 0)
        {
            _prefixes.Use(page);
        }
    }

    private void Leave(int page)
    {
        if (--_users[page] == 0 && !_prefixes.Leave(page))
        {
            _free.Push(page);
        }
    }

    private int? Take()
    {
        if (_free.Count == 0 && _pages < MostPages)
        {
            Grow((int)Math.Min(_pages * 2L, MostPages));
        }

        if (_free.Count == 0 && _prefixes.Idle == 0)
        {
            return null;
        }

        int page = _free.Count > 0 ? _free.Pop() : _prefixes.Evict();
        _users[page] = 1;
        return page;
    }

    private void CopyPage(int from, int to)
    {
        using TensorScope scope = TensorScope.Begin();
        foreach (Tensor tensor in _keys.Concat(_values))
        {
            tensor.Narrow(0, to, 1).CopyFrom(tensor.Narrow(0, from, 1));
        }
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

        Array.Resize(ref _users, pages);
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

    /// <summary>How many pages, from the first, the prefix cache knows; −1 where it could not take one.</summary>
    public int Known { get; set; }

    /// <summary>The last of them.</summary>
    public PrefixNode? Tip { get; set; }
}
