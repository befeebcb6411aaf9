namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// Attention by tiles of queries and blocks of keys with an online softmax, so that no row of scores ever exists whole.
/// Dao, FlashAttention-2, 2023.
/// </summary>
/// <remarks>
/// Blocks of 64 keys start at multiples of 64 from the first key of a sequence, scores add up in the order of the
/// head's elements, sums over keys in the order of the keys, spans of 1024 keys are summed on their own and then merged
/// in order, and a key that is not seen changes no bit. So a query has the same result alone, in a chunk or in a whole
/// prompt, from rows or pages, on one thread or many.
/// </remarks>
internal static unsafe class FlashAttention
{
    /// <summary>Keys of a block.</summary>
    public const int Keys = KvView.PageSize;

    /// <summary>Keys that are summed by themselves, so that threads can share the keys of one query.</summary>
    public const int Span = 16 * Keys;

    /// <summary>
    /// Rows (queries times heads of a group) that a tile aims at: enough to pay for turning a block of keys.
    /// </summary>
    public const int Rows = 192;

    /// <summary>Output rows and, where wanted, lse; all float32, head elements contiguous.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="inputs">Queries, keys, values and options.</param>
    /// <param name="output">[tokens, heads, value size].</param>
    /// <param name="lse">[heads, tokens].</param>
    /// <param name="path">The registers to use.</param>
    public static void Forward(
        WorkerPool pool, in AttentionInputs inputs, TensorView output, TensorView? lse, GemmPath? path = null)
    {
        switch (path ?? Gemm.Widest)
        {
            case GemmPath.Avx512: Forward<Lanes512>(pool, inputs, output, lse); break;
            case GemmPath.Avx2: Forward<Lanes256>(pool, inputs, output, lse); break;
            default: Forward<Lanes128>(pool, inputs, output, lse); break;
        }
    }

    private static void Forward<V>(WorkerPool pool, in AttentionInputs inputs, TensorView output, TensorView? lse)
        where V : unmanaged, ILanes<V>
    {
        int each = FlashAttentionTile.QueriesEach(inputs, pool.Threads);
        int count = FlashAttentionTile.CountTiles(inputs, each);
        using FlashAttentionScratch scratch = new(FlashAttentionScratch.Floats<FlashAttentionTile>(count));
        FlashAttentionTile* tiles = scratch.Take<FlashAttentionTile>(count);
        FlashAttentionTile.Fill(inputs, each, new(tiles, count));
        if (count == 1 && pool.Threads == 1)
        {
            new FlashAttentionForward<V>(inputs, output, lse, tiles).Run(0);
            return;
        }

        long spans = 0;
        for (int t = 0; t < count; t++)
        {
            spans += tiles[t].Spans(inputs);
        }

        if (count < 2 * pool.Threads && spans > count)
        {
            FlashAttentionSplit<V>.Run(pool, inputs, output, lse, new(tiles, count), spans);
            return;
        }

        if (!inputs.Kv.IsPaged && count >= 2 * inputs.Kv.Sequences * inputs.Kv.Heads)
        {
            AttentionInputs pages = FlashAttentionPages.Copy(pool, inputs, out FlashAttentionScratch copy);
            using (copy)
            {
                FlashAttentionForward<V> inPages = new(pages, output, lse, tiles);
                pool.For(count, ref inPages);
            }

            return;
        }

        FlashAttentionForward<V> job = new(inputs, output, lse, tiles);
        pool.For(count, ref job);
    }
}
