namespace Stretto.Backends.Cpu.Kernels;

/// <summary>The forward pass; a part is a tile.</summary>
internal readonly unsafe struct FlashAttentionForward<V>(
    AttentionInputs inputs, TensorView output, TensorView? lse, FlashAttentionTile[] tiles) : IParallelJob
    where V : unmanaged, ILanes<V>
{
    private const int Keys = FlashAttention.Keys;

    /// <summary>What rows have summed: their largest scores, the sums of e^(score − largest), and the sums of values so weighted.</summary>
    public readonly struct State(float* memory, long rows)
    {
        private readonly long _rows = rows;

        public readonly float* Largest = memory;
        public readonly float* Total = memory + FlashAttentionScratch.Size(rows);
        public readonly float* Sum = memory + (2 * FlashAttentionScratch.Size(rows));

        public static long Floats(long rows, long padded) => (2 * FlashAttentionScratch.Size(rows)) + (rows * padded);

        /// <summary>Of no keys.</summary>
        public void Clear(long padded)
        {
            new Span<float>(Largest, (int)_rows).Fill(float.NegativeInfinity);
            new Span<float>(Total, (int)_rows).Clear();
            new Span<float>(Sum, checked((int)(_rows * padded))).Clear();
        }
    }

    private long PaddedValue => FlashAttentionBlocks.Padded(inputs.Kv.ValueSize);

    public void Run(int part)
    {
        FlashAttentionTile tile = tiles[part];
        long rows = (long)tile.Count * inputs.Group;
        long floats = State.Floats(rows, PaddedValue);
        using FlashAttentionScratch scratch = new((2 * floats) + WorkFloats(tile));
        State state = new(scratch.Take(floats), rows);
        State next = new(scratch.Take(floats), rows);
        state.Clear(PaddedValue);
        Work work = Prepare(tile, scratch);
        (long first, long end) = tile.Range(inputs);
        for (long span = first / FlashAttention.Span * FlashAttention.Span; span < end; span += FlashAttention.Span)
        {
            if (span <= first)
            {
                Sum(tile, work, span, state);
            }
            else
            {
                next.Clear(PaddedValue);
                Sum(tile, work, span, next);
                Merge(rows, PaddedValue, state, next);
            }
        }

        Finish(tile, state);
    }

    /// <summary>Sums over the keys of one span, into a state of its own.</summary>
    public void RunSpan(FlashAttentionTile tile, long span, State state)
    {
        using FlashAttentionScratch scratch = new(WorkFloats(tile));
        Sum(tile, Prepare(tile, scratch), span, state);
    }

    /// <summary>Brings two sums to their common largest score and adds them; one without keys changes nothing.</summary>
    public static void Merge(long rows, long padded, State into, State from)
    {
        for (long r = 0; r < rows; r++)
        {
            float top = from.Largest[r];
            if (float.IsNegativeInfinity(top) && from.Total[r] == 0)
            {
                continue;
            }

            float now = Math.Max(into.Largest[r], top);
            float keep = Weight(into.Largest[r], now);
            float add = Weight(top, now);
            into.Total[r] = (into.Total[r] * keep) + (from.Total[r] * add);
            into.Largest[r] = now;
            float* a = into.Sum + (r * padded);
            float* b = from.Sum + (r * padded);
            for (long j = 0; j < padded; j += V.Count)
            {
                V.MultiplyAdd(V.Load(b + j), V.Create(add), V.Load(a + j) * V.Create(keep)).Store(a + j);
            }
        }
    }

    /// <summary>Divides by the denominator, sinks included, and writes output and log-sum-exp.</summary>
    public void Finish(FlashAttentionTile tile, State state)
    {
        int group = inputs.Group;
        long size = inputs.Kv.ValueSize;
        for (long r = 0; r < (long)tile.Count * group; r++)
        {
            int head = (tile.KvHead * group) + (int)(r % group);
            long token = inputs.QueryOffsets[tile.Sequence] + tile.First + (r / group);
            float largest = state.Largest[r];
            float total = state.Total[r];
            bool blind = float.IsNegativeInfinity(largest) && total == 0;
            float scale = 1;
            if (inputs.Sinks is { } sinks && !blind)
            {
                float sink = sinks.As<float>()[head * sinks.Stride(0)];
                float top = Math.Max(largest, sink);
                scale = Weight(largest, top);
                total = (total * scale) + Weight(sink, top);
                largest = top;
            }

            float factor = blind ? 0 : scale / total;
            float* from = state.Sum + (r * PaddedValue);
            float* to = output.As<float>() + (token * output.Stride(0)) + (head * output.Stride(1));
            for (long j = 0; j < size; j += V.Count)
            {
                // Adding 0 makes −0 the 0 that it is where an unseen key came later.
                V.MultiplyAdd(V.Load(from + j), V.Create(factor), V.Create(0f)).Store(to + j, size - j);
            }

            if (lse is { } all)
            {
                all.As<float>()[(head * all.Stride(0)) + (token * all.Stride(1))] =
                    blind ? float.NegativeInfinity : largest + MathF.Log(total);
            }
        }
    }

    private static float Weight(float score, float top) => float.IsNegativeInfinity(score) ? 0 : MathF.Exp(score - top);

    /// <summary>Scratch memory of a tile. Low and high are each row's visible keys.</summary>
    private struct Work
    {
        public float* Queries;
        public float* Scores;
        public float* KeyTile;
        public float* ValueTile;
        public int* Low;
        public int* High;
        public long MaskColumn;
    }

    private long WorkFloats(FlashAttentionTile tile)
    {
        long rows = (long)tile.Count * inputs.Group;
        long size = inputs.Kv.KeySize;
        return (2 * FlashAttentionScratch.Size(rows * size)) + (rows * Keys) + (Keys * size) + (Keys * PaddedValue)
            + (2 * FlashAttentionScratch.Size(tile.Count));
    }

    private Work Prepare(FlashAttentionTile tile, FlashAttentionScratch scratch)
    {
        int group = inputs.Group;
        long rows = (long)tile.Count * group;
        long size = inputs.Kv.KeySize;
        Work work = new()
        {
            Queries = scratch.Take(rows * size),
            Scores = scratch.Take(rows * Keys),
            KeyTile = scratch.Take(Keys * size),
            ValueTile = scratch.Take(Keys * PaddedValue),
            Low = (int*)scratch.Take(tile.Count),
            High = (int*)scratch.Take(tile.Count),
            MaskColumn = inputs.Mask is null ? 0 : inputs.MaskColumn(tile.Sequence),
        };
        float* gathered = scratch.Take(rows * size);
        TensorView q = inputs.Queries;
        long first = inputs.QueryOffsets[tile.Sequence] + tile.First;
        long place = inputs.FirstPlace(tile.Sequence) + tile.First;
        for (int i = 0; i < tile.Count; i++)
        {
            float* token = q.As<float>() + ((first + i) * q.Stride(0)) + ((long)tile.KvHead * group * q.Stride(1));
            FlashAttentionBlocks.CopyRows(
                token, q.Stride(1), 1, group, size, gathered + ((long)i * group * size), size, (float)inputs.Options.Scale);
            (long from, long to) = inputs.Options.Visible(place + i, inputs.Kv.Length(tile.Sequence));
            work.Low[i] = (int)Math.Min(from, int.MaxValue);
            work.High[i] = (int)to;
        }

        FlashAttentionBlocks.Pack<V>(gathered, size, rows, size, work.Queries);
        return work;
    }

    private void Sum(FlashAttentionTile tile, in Work work, long span, State state)
    {
        long rows = (long)tile.Count * inputs.Group;
        int step = FlashAttentionBlocks.Step<V>();
        (long first, long end) = tile.Range(inputs);
        end = Math.Min(end, span + FlashAttention.Span);
        for (long block = Math.Max(first, span); block < end; block += Keys)
        {
            int count = (int)Math.Min(Keys, inputs.Kv.Length(tile.Sequence) - block);
            KvSlots keySlots = inputs.Kv.KeySlots(tile.Sequence, tile.KvHead, block);
            float* keys = FlashAttentionBlocks.Across(keySlots, count, inputs.Kv.KeySize, work.KeyTile);
            for (long r = 0; r < rows; r += step)
            {
                (_, int high) = Seen(work, r, Math.Min(r + step, rows), block);
                FlashAttentionBlocks.Packed<V>(
                    (int)Math.Min(step, rows - r), work.Queries + (r * inputs.Kv.KeySize), Math.Min(step, rows - r), keys, Keys,
                    work.Scores + (r * Keys), Keys, inputs.Kv.KeySize, Wide(high), false);
            }

            bool partly = Soften(tile, work, block, count, state);
            KvSlots valueSlots = inputs.Kv.ValueSlots(tile.Sequence, tile.KvHead, block);
            float* values = FlashAttentionBlocks.Along(
                valueSlots, count, inputs.Kv.ValueSize, rows <= step, work.ValueTile, out long valueStep);
            bool careful = partly && !Finite(values, valueStep, count, PaddedValue);
            for (long r = 0; r < rows; r += step)
            {
                int together = (int)Math.Min(step, rows - r);
                (int low, int high) = Seen(work, r, r + together, block);
                if (careful)
                {
                    Carefully(work, r, together, block, count, values, valueStep, state);
                }
                else if (low < high)
                {
                    FlashAttentionBlocks.Block<V>(
                        together, work.Scores + (r * Keys) + low, values + (low * valueStep), valueStep,
                        state.Sum + (r * PaddedValue), PaddedValue, high - low, PaddedValue);
                }
            }
        }
    }

    /// <summary>Columns of a block that registers compute when <paramref name="high"/> of them are seen.</summary>
    private static int Wide(int high) => (high + (2 * V.Count) - 1) / (2 * V.Count) * (2 * V.Count);

    /// <summary>The columns of a block that some row of a few sees: ranges only move up with the rows.</summary>
    private (int Low, int High) Seen(in Work work, long from, long to, long block) => (
        (int)Math.Clamp(work.Low[from / inputs.Group] - block, 0, Keys),
        (int)Math.Clamp(work.High[(to - 1) / inputs.Group] - block, 0, Keys));

    /// <summary>Scores of a block become weights, and the states move to the new largest scores. Says whether a key is hidden from a row.</summary>
    private bool Soften(FlashAttentionTile tile, in Work work, long block, int count, State state)
    {
        int group = inputs.Group;
        int step = FlashAttentionBlocks.Step<V>();
        long rows = (long)tile.Count * group;
        float cap = (float)inputs.Options.SoftCap;
        bool partly = false;
        for (int i = 0; i < tile.Count; i++)
        {
            long row = (long)i * group;
            int low = (int)Math.Clamp(work.Low[i] - block, 0, Keys);
            int high = (int)Math.Clamp(work.High[i] - block, 0, count);
            partly |= low > 0 || high < count || inputs.Mask is not null;
            for (long r = row; cap != 0 && r < row + group; r++)
            {
                FlashAttentionSoftmax.Cap<V>(work.Scores + (r * Keys), cap);
            }

            if (inputs.Mask is { } mask && low < high)
            {
                byte* seen = mask.Data + ((inputs.QueryOffsets[tile.Sequence] + tile.First + i) * mask.Stride(0))
                    + ((work.MaskColumn + block) * mask.Stride(1));
                FlashAttentionBlocks.Hide(work.Scores + (row * Keys), group, seen, mask.Stride(1), high);
            }

            for (long r = row; r < row + group; r++)
            {
                (_, int together) = Seen(work, r / step * step, Math.Min((r / step * step) + step, rows), block);
                float* scores = work.Scores + (r * Keys);
                if (low >= high)
                {
                    new Span<float>(scores, Wide(together)).Clear();
                    continue;
                }

                if (low > 0 || high < Wide(together))
                {
                    FlashAttentionSoftmax.Cut<V>(scores, low, high, Wide(together));
                }

                FlashAttentionSoftmax.Row<V>(
                    scores, Wide(together), ref state.Largest[r], ref state.Total[r], state.Sum + (r * PaddedValue), PaddedValue);
            }
        }

        return partly;
    }

    /// <summary>Whether no value is infinite or NaN: only then 0 times a hidden value is nothing.</summary>
    private static bool Finite(float* values, long step, int count, long padded)
    {
        V bad = default;
        for (int k = 0; k < count; k++)
        {
            for (long j = 0; j < padded; j += V.Count)
            {
                bad = V.MultiplyAdd(V.Load(values + (k * step) + j), V.Create(0f), bad);
            }
        }

        return bad.Sum() == 0;
    }

    /// <summary>The product with the values where a hidden one is not finite: rows that do not see all keys skip those of weight 0.</summary>
    private void Carefully(
        in Work work, long from, int rows, long block, int count, float* values, long valueStep, State state)
    {
        for (long r = from; r < from + rows; r++)
        {
            float* weights = work.Scores + (r * Keys);
            int low = (int)Math.Clamp(work.Low[r / inputs.Group] - block, 0, Keys);
            int high = (int)Math.Clamp(work.High[r / inputs.Group] - block, 0, count);
            bool whole = low == 0 && high == count && inputs.Mask is null;
            for (int k = low; k < high; k++)
            {
                if (whole || weights[k] != 0)
                {
                    FlashAttentionBlocks.Block<V>(
                        1, weights + k, values + (k * valueStep), valueStep, state.Sum + (r * PaddedValue), PaddedValue, 1, PaddedValue);
                }
            }
        }
    }
}
