namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// The forward pass where tiles are too few for the threads, as in decoding: the spans of a tile's keys are summed in
/// parallel and then merged in their order, which gives the bits of <see cref="FlashAttentionForward{V}"/>.
/// </summary>
/// <remarks>Dao et al., Flash-Decoding for long-context inference, 2023; here the pieces have a fixed size.</remarks>
internal static unsafe class FlashAttentionSplit<V> where V : unmanaged, ILanes<V>
{
    public static void Run(
        WorkerPool pool, in AttentionInputs inputs, TensorView output, TensorView? lse, FlashAttentionTile[] tiles,
        long spans)
    {
        long padded = FlashAttentionBlocks.Padded(inputs.Kv.ValueSize);
        Piece[] pieces = new Piece[spans];
        long floats = 0;
        int next = 0;
        for (int t = 0; t < tiles.Length; t++)
        {
            (long first, _) = tiles[t].Range(inputs);
            long rows = (long)tiles[t].Count * inputs.Group;
            for (long i = 0; i < tiles[t].Spans(inputs); i++)
            {
                pieces[next++] = new Piece(t, ((first / FlashAttention.Span) + i) * FlashAttention.Span, floats);
                floats += FlashAttentionState<V>.Floats(rows, padded);
            }
        }

        using FlashAttentionScratch scratch = new(floats);
        SumJob sums = new(new(inputs, output, lse, tiles), tiles, pieces, scratch.Take(floats), inputs.Group, padded);
        pool.For(pieces.Length, ref sums);
        sums.MergeAndFinish();
    }

    /// <summary>A span of keys of a tile, and where its sums are.</summary>
    private readonly record struct Piece(int Tile, long Span, long Offset);

    private readonly struct SumJob(
        FlashAttentionForward<V> forward, FlashAttentionTile[] tiles, Piece[] pieces, float* memory, int group,
        long padded) : IParallelJob
    {
        private readonly float* _memory = memory;

        public void Run(int part)
        {
            Piece piece = pieces[part];
            FlashAttentionTile tile = tiles[piece.Tile];
            FlashAttentionState<V> state = new(_memory + piece.Offset, (long)tile.Count * group, padded);
            state.Clear();
            forward.RunSpan(tile, piece.Span, state);
        }

        public void MergeAndFinish()
        {
            int first = 0;
            for (int i = 1; i <= pieces.Length; i++)
            {
                FlashAttentionTile tile = tiles[pieces[first].Tile];
                long rows = (long)tile.Count * group;
                FlashAttentionState<V> state = new(_memory + pieces[first].Offset, rows, padded);
                if (i < pieces.Length && pieces[i].Tile == pieces[first].Tile)
                {
                    state.Merge(new(_memory + pieces[i].Offset, rows, padded));
                }
                else
                {
                    forward.Finish(tile, state);
                    first = i;
                }
            }
        }
    }
}
