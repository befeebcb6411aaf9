namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// The forward pass where tiles are too few for the threads, as in decoding: the spans of a tile's keys are summed in
/// parallel and then merged in their order, which gives the bits of <see cref="FlashAttentionForward{V}"/>.
/// </summary>
/// <remarks>Dao et al., Flash-Decoding for long-context inference, 2023; here the pieces have a fixed size.</remarks>
internal static unsafe class FlashAttentionSplit<V> where V : unmanaged, ILanes<V>
{
    public static void Run(
        WorkerPool pool, in AttentionInputs inputs, TensorView output, TensorView? lse, Span<FlashAttentionTile> tiles,
        long spans)
    {
        long padded = FlashAttentionBlocks.Padded(inputs.Kv.ValueSize);
        long floats = 0;
        foreach (FlashAttentionTile tile in tiles)
        {
            floats += tile.Spans(inputs) * FlashAttentionState<V>.Floats((long)tile.Count * inputs.Group, padded);
        }

        using FlashAttentionScratch scratch = new(FlashAttentionScratch.Floats<Piece>(spans) + floats);
        Piece* pieces = scratch.Take<Piece>(spans);
        float* memory = scratch.Take(floats);
        int next = 0;
        foreach (FlashAttentionTile tile in tiles)
        {
            (long first, _) = tile.Range(inputs);
            long each = FlashAttentionState<V>.Floats((long)tile.Count * inputs.Group, padded);
            for (long i = 0; i < tile.Spans(inputs); i++, memory += each)
            {
                pieces[next++] = new Piece(tile, ((first / FlashAttention.Span) + i) * FlashAttention.Span, memory);
            }
        }

        SumJob sums = new(new(inputs, output, lse, null), pieces, inputs.Group, padded);
        pool.For(next, ref sums);
        sums.MergeAndFinish(next);
    }

    /// <summary>A span of keys of a tile, and where its sums are.</summary>
    private readonly struct Piece(FlashAttentionTile tile, long span, float* memory)
    {
        public readonly FlashAttentionTile Tile = tile;
        public readonly long Span = span;
        public readonly float* Memory = memory;
    }

    private readonly struct SumJob(FlashAttentionForward<V> forward, Piece* pieces, int group, long padded) : IParallelJob
    {
        private readonly Piece* _pieces = pieces;

        public void Run(int part)
        {
            FlashAttentionState<V> state = State(part);
            state.Clear();
            forward.RunSpan(_pieces[part].Tile, _pieces[part].Span, state);
        }

        public void MergeAndFinish(int count)
        {
            int first = 0;
            for (int i = 1; i <= count; i++)
            {
                if (i < count && _pieces[i].Tile == _pieces[first].Tile)
                {
                    State(first).Merge(State(i));
                }
                else
                {
                    forward.Finish(_pieces[first].Tile, State(first));
                    first = i;
                }
            }
        }

        private FlashAttentionState<V> State(int piece) =>
            new(_pieces[piece].Memory, (long)_pieces[piece].Tile.Count * group, padded);
    }
}
