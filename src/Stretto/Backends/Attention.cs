namespace Stretto.Backends;

/// <summary>
/// Which keys a query sees and how scores are made. Windows count keys before and after the query's own place; −1 is unbounded.
/// A tree, over the queries and as many last keys of each sequence, makes it causal along its branches.
/// </summary>
internal readonly record struct AttentionOptions(
    double Scale, bool Causal = true, int WindowLeft = -1, int WindowRight = -1, double SoftCap = 0, TreeMask? Tree = null)
{
    /// <summary>The first and the last key (exclusive) that a query at a place of its sequence sees.</summary>
    public (long First, long End) Visible(long place, long keys)
    {
        long end = Causal ? Math.Min(keys, place + 1) : keys;
        end = WindowRight >= 0 ? Math.Min(end, place + WindowRight + 1) : end;
        return (WindowLeft >= 0 ? Math.Max(0, place - WindowLeft) : 0, Math.Max(end, 0));
    }
}

/// <summary>
/// What attention reads of a layer: keys and values of several sequences, either as rows [tokens, heads, size] cut by offsets, or as
/// pages of <see cref="PageSize"/> slots found through a table. Pages hold keys as [page, head, size, slot], so that neighbouring
/// keys are neighbours in memory, and values as [page, head, slot, size].
/// </summary>
internal readonly unsafe struct KvView
{
    public const int PageSize = 64;

    private readonly int[] _offsets;
    private readonly int[][]? _pages;

    /// <summary>Rows: sequence s owns rows offsets[s] to offsets[s + 1] − 1.</summary>
    public KvView(TensorView keys, TensorView values, int[] offsets)
    {
        Keys = keys;
        Values = values;
        _offsets = offsets;
    }

    /// <summary>Pages: sequence s holds lengths[s] keys in pages[s][0], pages[s][1], ….</summary>
    public KvView(TensorView keys, TensorView values, int[] lengths, int[][] pages)
    {
        Keys = keys;
        Values = values;
        _offsets = lengths;
        _pages = pages;
    }

    public TensorView Keys { get; }

    public TensorView Values { get; }

    public bool IsPaged => _pages is not null;

    public int Sequences => IsPaged ? _offsets.Length : _offsets.Length - 1;

    public int Heads => (int)Keys.Size(1);

    public long KeySize => Keys.Size(2);

    public long ValueSize => Values.Size(IsPaged ? 3 : 2);

    public int Length(int sequence) => IsPaged ? _offsets[sequence] : _offsets[sequence + 1] - _offsets[sequence];

    /// <summary>The row of a sequence's first key among the rows of all sequences, one after the other.</summary>
    public long FirstRow(int sequence)
    {
        long row = 0;
        for (int s = 0; IsPaged && s < sequence; s++)
        {
            row += _offsets[s];
        }

        return IsPaged ? row : _offsets[sequence];
    }

    /// <summary>Keys of one head from slot <paramref name="first"/> (a multiple of the page size) on, at most a page: [count, size].</summary>
    public TensorView KeyBlock(int sequence, int head, long first, long count) => Block(Keys, sequence, head, first, count, 3, 2);

    /// <summary>Values of the same slots: [count, size].</summary>
    public TensorView ValueBlock(int sequence, int head, long first, long count) => Block(Values, sequence, head, first, count, 2, 3);

    /// <summary>The keys from a slot to the end of its page as float32 memory, without a view: for kernels.</summary>
    public KvSlots KeySlots(int sequence, int head, long first) => Slots(Keys, sequence, head, first, 3, 2);

    /// <summary>The same values as float32 memory.</summary>
    public KvSlots ValueSlots(int sequence, int head, long first) => Slots(Values, sequence, head, first, 2, 3);

    private KvSlots Slots(TensorView from, int sequence, int head, long first, int slotDim, int sizeDim)
    {
        float* data = from.As<float>() + (head * from.Stride(1));
        return _pages is null
            ? new(data + ((_offsets[sequence] + first) * from.Stride(0)), from.Stride(0), from.Stride(2))
            : new(
                data + (_pages[sequence][first / PageSize] * from.Stride(0)) + (first % PageSize * from.Stride(slotDim)),
                from.Stride(slotDim), from.Stride(sizeDim));
    }

    private TensorView Block(TensorView from, int sequence, int head, long first, long count, int slotDim, int sizeDim)
    {
        if (_pages is null)
        {
            Layout rows = from.Layout.Slice(0, _offsets[sequence] + first, count, 1).Slice(1, head, 1, 1).Remove(1);
            return from.With(rows);
        }

        int page = _pages[sequence][first / PageSize];
        Layout slots = from.Layout.Slice(0, page, 1, 1).Slice(1, head, 1, 1);
        return from.With(slots.Permute([0, 1, slotDim, sizeDim]).Remove(0).Remove(0).Slice(0, 0, count, 1));
    }
}

/// <summary>Float32 slots of a head's keys or values: element j of slot i is at i · Slot + j · Element.</summary>
internal readonly unsafe struct KvSlots(float* data, long slot, long element)
{
    public readonly float* Data = data;
    public readonly long Slot = slot;
    public readonly long Element = element;
}

/// <summary>One attention: queries [tokens, heads, size] of several sequences against their keys and values.</summary>
/// <remarks>
/// Query i of a sequence with q queries and k keys stands at place i + k − q. Query head h reads key head h / (heads / key heads).
/// A query that sees nothing gives 0 and a log-sum-exp of −∞.
/// </remarks>
internal readonly struct AttentionInputs(
    TensorView queries, KvView kv, int[] queryOffsets, AttentionOptions options, TensorView? mask = null, TensorView? sinks = null)
{
    public TensorView Queries { get; } = queries;

    public KvView Kv { get; } = kv;

    /// <summary>Sequence s owns queries offsets[s] to offsets[s + 1] − 1.</summary>
    public int[] QueryOffsets { get; } = queryOffsets;

    public AttentionOptions Options { get; } = options;

    /// <summary>Bool [tokens, keys of all sequences in order], true where a key may be seen, on top of the options.</summary>
    public TensorView? Mask { get; } = mask;

    /// <summary>[heads]: e^sink joins each denominator.</summary>
    public TensorView? Sinks { get; } = sinks;

    public int Heads => (int)Queries.Size(1);

    /// <summary>Query heads that share a key head.</summary>
    public int Group => Heads / Kv.Heads;

    /// <summary>The place in its sequence of the first query of a sequence.</summary>
    public long FirstPlace(int sequence) =>
        Kv.Length(sequence) - (QueryOffsets[sequence + 1] - QueryOffsets[sequence]);

    /// <summary>Whether the queries of a sequence are a tree with more than one branch.</summary>
    public bool Branches(int sequence) => Options.Tree?.Branches(sequence) == true;

    /// <summary>How many keys of a sequence came before its queries' own; of use where those are a tree.</summary>
    public int History(int sequence) => checked((int)FirstPlace(sequence));

    /// <summary>The place of a query in its sequence: in a tree, behind its ancestors.</summary>
    public long Place(int sequence, int query) =>
        FirstPlace(sequence) + (Branches(sequence) ? Options.Tree!.Depth(sequence, query) : query);

    /// <summary>The first and the last key (exclusive) that a query sees; <see cref="Hides"/> says which between them it does not.</summary>
    public (long First, long End) Visible(int sequence, int query)
    {
        (long first, long end) = Options.Visible(Place(sequence, query), Kv.Length(sequence));
        return Branches(sequence) ? (Math.Min(first, History(sequence)), History(sequence) + query + 1) : (first, end);
    }

    /// <summary>The first and the last key (exclusive) that any of some neighbouring queries sees.</summary>
    public (long First, long End) Visible(int sequence, int from, int to)
    {
        long first = Branches(sequence)
            ? Math.Min(Options.Visible(History(sequence), Kv.Length(sequence)).First, History(sequence))
            : Visible(sequence, from).First;
        return (first, Visible(sequence, to - 1).End);
    }

    /// <summary>Whether a tree hides a key from a query that else would see it.</summary>
    public bool Hides(int sequence, int query, long key) => Branches(sequence) && key >= History(sequence)
        && !Options.Tree!.Sees(sequence, query, (int)key - History(sequence), Options.WindowLeft);

    /// <summary>The first column of the mask that belongs to a sequence.</summary>
    public long MaskColumn(int sequence) => Kv.FirstRow(sequence) - Kv.FirstRow(0);
}

/// <summary>Where the gradients of an attention go; all are overwritten but the sinks', which are added to.</summary>
internal readonly record struct AttentionGradients(TensorView Queries, TensorView Keys, TensorView Values, TensorView? Sinks);
