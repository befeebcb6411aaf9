namespace Stretto.Backends.Cpu.Kernels;

/// <summary>Writes rows of keys and values into pages, which the kernels read in place.</summary>
internal static unsafe class FlashAttentionPages
{
    private const int Slots = KvView.PageSize;

    /// <summary>
    /// The same inputs with their rows of keys and values copied into pages of scratch memory: many tiles read each
    /// block, and rows of all heads lie too far apart for the cache.
    /// </summary>
    public static AttentionInputs Copy(WorkerPool pool, in AttentionInputs inputs, out FlashAttentionScratch scratch)
    {
        KvView kv = inputs.Kv;
        int[][] pages = new int[kv.Sequences][];
        int[] lengths = new int[kv.Sequences];
        List<(int Sequence, int Block)> blocks = [];
        for (int s = 0; s < pages.Length; s++)
        {
            lengths[s] = kv.Length(s);
            pages[s] = new int[(lengths[s] + Slots - 1) / Slots];
            for (int i = 0; i < pages[s].Length; i++)
            {
                pages[s][i] = blocks.Count;
                blocks.Add((s, i));
            }
        }

        long keyFloats = FlashAttentionScratch.Size(blocks.Count * kv.Heads * kv.KeySize * Slots);
        long valueFloats = blocks.Count * kv.Heads * kv.ValueSize * Slots;
        scratch = new(keyFloats + valueFloats);
        TensorView keys = HeadByHead(scratch.Take(keyFloats), blocks.Count, kv.Heads, kv.KeySize, Slots);
        TensorView values = HeadByHead(scratch.Take(valueFloats), blocks.Count, kv.Heads, Slots, kv.ValueSize);
        KvView copy = new(keys, values, lengths, pages);
        CopyJob job = new(kv, copy, [.. blocks]);
        pool.For(blocks.Count, ref job);
        return new(inputs.Queries, copy, inputs.QueryOffsets, inputs.Options, inputs.Mask, inputs.Sinks);
    }

    /// <summary>[pages, heads, rows, columns] with all pages of a head side by side: a tile reads one head.</summary>
    private static TensorView HeadByHead(float* data, long pages, long heads, long rows, long columns) => new(
        data, DType.Float32,
        new Layout([pages, heads, rows, columns], [rows * columns, pages * rows * columns, columns, 1], 0));

    /// <summary>
    /// Token t of keys and values [tokens, heads, size] goes to slot slots[t] % 64 of page slots[t] / 64.
    /// </summary>
    public static void Append(
        WorkerPool pool, TensorView keys, TensorView values, TensorView keyPages, TensorView valuePages,
        ReadOnlySpan<long> slots)
    {
        fixed (long* places = slots)
        {
            AppendJob job = new(keys, values, keyPages, valuePages, places, slots.Length);
            int parts = (slots.Length + AppendJob.Tokens - 1) / AppendJob.Tokens;
            pool.For(parts, ref job);
        }
    }

    private readonly struct CopyJob(KvView from, KvView to, (int Sequence, int Block)[] blocks) : IParallelJob
    {
        public void Run(int part)
        {
            (int sequence, int block) = blocks[part];
            int first = block * Slots;
            int count = Math.Min(Slots, from.Length(sequence) - first);
            for (int head = 0; head < from.Heads; head++)
            {
                FlashAttentionBlocks.Across(
                    from.KeySlots(sequence, head, first), count, from.KeySize, to.KeySlots(sequence, head, first).Data);
                KvSlots v = from.ValueSlots(sequence, head, first);
                FlashAttentionBlocks.CopyRows(
                    v.Data, v.Slot, v.Element, count, from.ValueSize, to.ValueSlots(sequence, head, first).Data,
                    from.ValueSize, 1);
            }
        }
    }

    private readonly struct AppendJob(
        TensorView keys, TensorView values, TensorView keyPages, TensorView valuePages, long* slots, int count)
        : IParallelJob
    {
        /// <summary>Tokens of a part.</summary>
        public const int Tokens = 16;

        private readonly long* _slots = slots;

        public void Run(int part)
        {
            for (int t = part * Tokens; t < Math.Min(count, (part + 1) * Tokens); t++)
            {
                (long page, long slot) = Math.DivRem(_slots[t], Slots);
                for (int head = 0; head < keys.Size(1); head++)
                {
                    FlashAttentionBlocks.CopyElements(
                        keys.As<float>() + (t * keys.Stride(0)) + (head * keys.Stride(1)), keys.Stride(2),
                        keyPages.As<float>() + (page * keyPages.Stride(0)) + (head * keyPages.Stride(1))
                            + (slot * keyPages.Stride(3)),
                        keyPages.Stride(2), keys.Size(2));
                    FlashAttentionBlocks.CopyElements(
                        values.As<float>() + (t * values.Stride(0)) + (head * values.Stride(1)), values.Stride(2),
                        valuePages.As<float>() + (page * valuePages.Stride(0)) + (head * valuePages.Stride(1))
                            + (slot * valuePages.Stride(2)),
                        valuePages.Stride(3), values.Size(2));
                }
            }
        }
    }
}
