using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>The forward pass; a part is a tile.</summary>
internal readonly unsafe struct FlashAttentionForward<V>(
    AttentionInputs inputs, TensorView output, TensorView? lse, FlashAttentionTile* tiles) : IParallelJob
    where V : unmanaged, ILanes<V>
{
    private const int Keys = FlashAttention.Keys;

    private readonly FlashAttentionTile* _tiles = tiles;
    private readonly int _group = inputs.Group;
    private readonly long _size = inputs.Kv.KeySize;
    private readonly long _valueSize = inputs.Kv.ValueSize;
    private readonly long _padded = FlashAttentionBlocks.Padded(inputs.Kv.ValueSize);

    [MethodImpl(Compilation.Final)]
    public void Run(int part)
    {
        FlashAttentionTile tile = _tiles[part];
        long rows = (long)tile.Count * _group;
        long floats = FlashAttentionState<V>.Floats(rows, _padded);
        using FlashAttentionScratch scratch = new((2 * floats) + WorkFloats(tile));
        FlashAttentionState<V> state = new(scratch.Take(floats), rows, _padded);
        FlashAttentionState<V> next = new(scratch.Take(floats), rows, _padded);
        state.Clear();
        Work work = Prepare(tile, scratch);
        (long first, long end) = tile.Range(inputs);
        for (long span = first / FlashAttention.Span * FlashAttention.Span; span < end; span += FlashAttention.Span)
        {
            if (span <= first)
            {
                Sum(work, span, state);
            }
            else
            {
                next.Clear();
                Sum(work, span, next);
                state.Merge(next);
            }
        }

        Finish(tile, state);
    }

    /// <summary>Sums over the keys of one span, into a state of its own.</summary>
    [MethodImpl(Compilation.Final)]
    public void RunSpan(FlashAttentionTile tile, long span, FlashAttentionState<V> state)
    {
        using FlashAttentionScratch scratch = new(WorkFloats(tile));
        Sum(Prepare(tile, scratch), span, state);
    }

    /// <summary>Divides by the denominator, sinks included, and writes output and log-sum-exp.</summary>
    [MethodImpl(Compilation.Final)]
    public void Finish(FlashAttentionTile tile, FlashAttentionState<V> state)
    {
        const double Log2E = FlashAttentionSoftmax.Log2E;
        for (long r = 0; r < (long)tile.Count * _group; r++)
        {
            int head = (tile.KvHead * _group) + (int)(r % _group);
            long token = inputs.QueryOffsets[tile.Sequence] + tile.First + (r / _group);
            float largest = state.Largest[r];
            float total = V.Load(state.Total + (r * V.Count)).Sum();
            bool blind = state.IsBlind(r);
            float scale = 1;
            if (inputs.Sinks is { } sinks && !blind)
            {
                float sink = (float)(sinks.As<float>()[head * sinks.Stride(0)] * Log2E);
                float top = Math.Max(largest, sink);
                scale = FlashAttentionSoftmax.Weight<V>(largest, top).MaxLane();
                total = (total * scale) + FlashAttentionSoftmax.Weight<V>(sink, top).MaxLane();
                largest = top;
            }

            V factor = V.Create(blind ? 0 : scale / total);
            float* from = state.Sum + (r * _padded);
            float* to = output.As<float>() + (token * output.Stride(0)) + (head * output.Stride(1));
            for (long j = 0; j < _valueSize; j += V.Count)
            {
                // Adding 0 makes −0 the 0 that it is where an unseen key came later.
                V.MultiplyAdd(V.Load(from + j), factor, V.Create(0f)).Store(to + j, _valueSize - j);
            }

            if (lse is { } all)
            {
                all.As<float>()[(head * all.Stride(0)) + (token * all.Stride(1))] =
                    blind ? float.NegativeInfinity : (float)((largest / Log2E) + Math.Log(total));
            }
        }
    }

    /// <summary>
    /// A tile and its scratch memory. Low and high are each row's visible keys, start the smallest low of a row and those
    /// behind it. A branch holds the tokens from the root of a tree to one query.
    /// </summary>
    private struct Work
    {
        public FlashAttentionTile Tile;
        public int Rows;
        public float* Queries;
        public float* Gathered;
        public float* Scores;
        public float* KeyTile;
        public float* ValueTile;
        public int* Low;
        public int* High;
        public int* Start;
        public int* Branch;
        public byte* Mask;
        public long MaskRow;
        public long MaskColumn;
    }

    private long WorkFloats(FlashAttentionTile tile)
    {
        long rows = (long)tile.Count * _group;
        long branch = inputs.Branches(tile.Sequence) ? inputs.Options.Tree!.Count(tile.Sequence) : 0;
        return (2 * FlashAttentionScratch.Size(rows * _size)) + (rows * Keys) + (Keys * _size)
            + (Keys * _padded) + (3 * FlashAttentionScratch.Size(rows)) + FlashAttentionScratch.Size(branch);
    }

    [MethodImpl(Compilation.Final)]
    private Work Prepare(FlashAttentionTile tile, FlashAttentionScratch scratch)
    {
        long rows = (long)tile.Count * _group;
        Work work = new()
        {
            Tile = tile,
            Rows = (int)rows,
            Queries = scratch.Take(rows * _size),
            Gathered = scratch.Take(rows * _size),
            Scores = scratch.Take(rows * Keys),
            KeyTile = scratch.Take(Keys * _size),
            ValueTile = scratch.Take(Keys * _padded),
            Low = scratch.Take<int>(rows),
            High = scratch.Take<int>(rows),
            Start = scratch.Take<int>(rows),
        };
        TensorView q = inputs.Queries;
        bool branches = inputs.Branches(tile.Sequence);
        long first = inputs.QueryOffsets[tile.Sequence] + tile.First;
        float factor = FlashAttentionSoftmax.QueryFactor(inputs.Options);
        for (int i = 0; i < tile.Count; i++)
        {
            float* token = q.As<float>() + ((first + i) * q.Stride(0)) + ((long)tile.KvHead * _group * q.Stride(1));
            FlashAttentionBlocks.CopyRows(
                token, q.Stride(1), 1, _group, _size, work.Gathered + ((long)i * _group * _size), _size, factor);
            long place = inputs.Place(tile.Sequence, tile.First + i);
            (long from, long to) = inputs.Options.Visible(place, branches ? place + 1 : inputs.Kv.Length(tile.Sequence));
            new Span<int>(work.Low + (i * _group), _group).Fill((int)Math.Min(from, int.MaxValue));
            new Span<int>(work.High + (i * _group), _group).Fill((int)to);
        }

        FlashAttentionBlocks.Starts(work.Low, work.Start, work.Rows);
        if (branches)
        {
            work.Branch = scratch.Take<int>(inputs.Options.Tree!.Count(tile.Sequence));
        }

        if (inputs.Mask is { } mask)
        {
            work.Mask = mask.Data + (first * mask.Stride(0)) + (inputs.MaskColumn(tile.Sequence) * mask.Stride(1));
            work.MaskRow = mask.Stride(0);
            work.MaskColumn = mask.Stride(1);
        }

        FlashAttentionBlocks.Pack<V>(work.Gathered, _size, rows, _size, work.Queries);
        return work;
    }

    [MethodImpl(Compilation.Final)]
    private void Sum(in Work work, long span, FlashAttentionState<V> state)
    {
        FlashAttentionTile tile = work.Tile;
        KvView kv = inputs.Kv;
        int length = kv.Length(tile.Sequence);
        (long first, long end) = tile.Range(inputs);
        end = Math.Min(end, span + FlashAttention.Span);
        bool branches = inputs.Branches(tile.Sequence);
        long together = branches ? Math.Min(end, inputs.History(tile.Sequence) / Keys * Keys) : end;
        int block = (int)Math.Max(first, span);
        bool few = work.Rows <= FlashAttentionBlocks.Step<V>();
        for (; block < together; block += Keys)
        {
            int count = Math.Min(Keys, length - block);
            KvSlots keys = kv.KeySlots(tile.Sequence, tile.KvHead, block);
            KvSlots values = kv.ValueSlots(tile.Sequence, tile.KvHead, block);
            Meet(work, new(0, work.Rows, work.Queries), block, count, keys, values, few, state);
        }

        for (int i = 0; branches && i < tile.Count; i++)
        {
            if (block < Math.Min(end, work.High[i * _group]))
            {
                SumBranch(work, i, block, (int)Math.Min(end, work.High[i * _group]), state);
            }
        }
    }

    /// <summary>
    /// The keys of a tree that one query sees, gathered to the places that they have when the branch is decoded token by
    /// token: so the result has the bits of that.
    /// </summary>
    private void SumBranch(in Work work, int query, int block, int end, FlashAttentionState<V> state)
    {
        FlashAttentionTile tile = work.Tile;
        TreeMask tree = inputs.Options.Tree!;
        int history = inputs.History(tile.Sequence);
        int token = tile.First + query;
        for (int depth = tree.Depth(tile.Sequence, token); depth >= 0; depth--)
        {
            work.Branch[depth] = token;
            token = tree.Parent(tile.Sequence, token);
        }

        // No block that the tile's rows read together comes after the first branch: their packed form is of no more use.
        Rows rows = new(query * _group, _group, work.Queries);
        FlashAttentionBlocks.Pack<V>(work.Gathered + (rows.First * _size), _size, _group, _size, rows.Packed);
        for (; block < end; block += Keys)
        {
            int count = Math.Min(Keys, end - block);
            for (int j = 0; j < count; j++)
            {
                int place = block + j;
                int slot = place < history ? place : history + work.Branch[place - history];
                KvSlots key = inputs.Kv.KeySlots(tile.Sequence, tile.KvHead, slot);
                KvSlots value = inputs.Kv.ValueSlots(tile.Sequence, tile.KvHead, slot);
                FlashAttentionBlocks.CopyElements(key.Data, key.Element, work.KeyTile + j, Keys, _size);
                FlashAttentionBlocks.CopyRows(
                    value.Data, 0, value.Element, 1, _valueSize, work.ValueTile + (j * _padded), _padded, 1);
            }

            Meet(
                work, rows, block, count, new(work.KeyTile, 1, Keys), new(work.ValueTile, _padded, 1), true, state);
        }
    }

    /// <summary>Some rows of a tile, packed as register tiles read them.</summary>
    private readonly struct Rows(int first, int count, float* packed)
    {
        public readonly int First = first;
        public readonly int End = first + count;
        public readonly float* Packed = packed;
    }

    /// <summary>Adds a block of keys to the sums of some rows.</summary>
    [MethodImpl(Compilation.Final)]
    private void Meet(
        in Work work, Rows rows, int block, int count, KvSlots keySlots, KvSlots valueSlots, bool few,
        FlashAttentionState<V> state)
    {
        int step = FlashAttentionBlocks.Step<V>();
        float* keys = FlashAttentionBlocks.Across(keySlots, count, _size, work.KeyTile);
        bool partly = false;
        for (int r = rows.First; r < rows.End; r += step)
        {
            int together = Math.Min(step, rows.End - r);
            int wide = Wide(Math.Clamp(work.High[r + together - 1] - block, 0, Keys));
            FlashAttentionBlocks.Packed<V>(
                together, rows.Packed + ((r - rows.First) * _size), together, keys, Keys, work.Scores + (r * Keys), Keys,
                _size, wide, false);
            partly |= Soften(work, r, r + together, block, count, wide, state);
        }

        float* values = FlashAttentionBlocks.Along(valueSlots, count, _valueSize, few, work.ValueTile, out long valueStep);
        if (partly && !Finite(values, valueStep, count))
        {
            Carefully(work, rows, block, count, values, valueStep, state);
            return;
        }

        for (int r = rows.First; r < rows.End; r += step)
        {
            int together = Math.Min(step, rows.End - r);
            int low = Math.Clamp(work.Start[r] - block, 0, Keys);
            int high = Math.Clamp(work.High[r + together - 1] - block, 0, count);
            if (low < high)
            {
                FlashAttentionBlocks.Block<V>(
                    together, work.Scores + (r * Keys) + low, values + (low * valueStep), valueStep,
                    state.Sum + (r * _padded), _padded, high - low, _padded);
            }
        }
    }

    /// <summary>Columns of a block that registers compute when <paramref name="high"/> of them are seen.</summary>
    private static int Wide(int high) => (high + (2 * V.Count) - 1) & -(2 * V.Count);

    /// <summary>
    /// Scores of some rows become weights, and their states move to the new largest scores. Says whether a key is hidden
    /// from a row.
    /// </summary>
    [MethodImpl(Compilation.Final)]
    private bool Soften(in Work work, int from, int to, int block, int count, int wide, FlashAttentionState<V> state)
    {
        float cap = (float)inputs.Options.SoftCap;
        bool partly = false;
        for (int r = from; r < to; r++)
        {
            float* scores = work.Scores + (r * Keys);
            int low = Math.Clamp(work.Low[r] - block, 0, Keys);
            int high = Math.Clamp(work.High[r] - block, 0, count);
            partly |= low > 0 || high < count || work.Mask != null;
            if (low >= high)
            {
                new Span<float>(scores, wide).Clear();
                continue;
            }

            if (cap != 0)
            {
                FlashAttentionSoftmax.Cap<V>(scores, cap);
            }

            if (work.Mask != null)
            {
                byte* seen = work.Mask + (r / _group * work.MaskRow) + (block * work.MaskColumn);
                FlashAttentionBlocks.Hide(scores, seen, work.MaskColumn, high);
            }

            if (low > 0 || high < wide)
            {
                FlashAttentionSoftmax.Cut<V>(scores, low, high, wide);
            }

            FlashAttentionSoftmax.Row<V>(
                scores, wide, state.Largest + r, state.Total + (r * V.Count), state.Sum + (r * _padded), _padded);
        }

        return partly;
    }

    /// <summary>Whether no value is infinite or NaN: only then 0 times a hidden value is nothing.</summary>
    [MethodImpl(Compilation.Final)]
    private bool Finite(float* values, long step, int count)
    {
        V bad = default;
        for (int k = 0; k < count; k++)
        {
            for (long j = 0; j < _padded; j += V.Count)
            {
                bad = V.MultiplyAdd(V.Load(values + (k * step) + j), V.Create(0f), bad);
            }
        }

        return bad.Sum() == 0;
    }

    /// <summary>
    /// The product with the values where a hidden one is not finite: rows that do not see all keys skip those of weight
    /// 0.
    /// </summary>
    private void Carefully(
        in Work work, Rows rows, int block, int count, float* values, long valueStep, FlashAttentionState<V> state)
    {
        for (int r = rows.First; r < rows.End; r++)
        {
            float* weights = work.Scores + (r * Keys);
            int low = Math.Clamp(work.Low[r] - block, 0, Keys);
            int high = Math.Clamp(work.High[r] - block, 0, count);
            bool whole = low == 0 && high == count && work.Mask == null;
            for (int k = low; k < high; k++)
            {
                if (whole || weights[k] != 0)
                {
                    FlashAttentionBlocks.Block<V>(
                        1, weights + k, values + (k * valueStep), valueStep, state.Sum + (r * _padded), _padded, 1,
                        _padded);
                }
            }
        }
    }
}
