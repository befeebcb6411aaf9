using System.Runtime.Intrinsics;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// Attention by tiles of queries and blocks of keys with an online softmax, so that no row of scores ever exists whole.
/// Dao, FlashAttention-2, 2023.
/// </summary>
/// <remarks>
/// Blocks of keys start at multiples of 64 from the first key of a sequence, scores add up in the order of the head's elements, and a
/// key that is not seen changes no bit. So a query has the same result alone, in a chunk or in a whole prompt, from rows or pages.
/// </remarks>
internal static unsafe class FlashAttention
{
    /// <summary>Keys of a block.</summary>
    public const int Keys = KvView.PageSize;

    /// <summary>Rows (queries times heads of a group) that a tile aims at.</summary>
    public const int Rows = 96;

    /// <summary>Output rows and, where wanted, lse; all float32, head elements contiguous.</summary>
    public static void Forward(WorkerPool pool, in AttentionInputs inputs, TensorView output, TensorView? lse)
    {
        ForwardJob job = new(inputs, output, lse, Tile.All(inputs));
        if (job.Tiles.Length == 1)
        {
            job.Run(0);
        }
        else
        {
            pool.For(job.Tiles.Length, ref job);
        }
    }

    /// <summary>Some queries of a sequence and all heads that share one key head.</summary>
    public readonly record struct Tile(int Sequence, int KvHead, int First, int Count)
    {
        public static Tile[] All(in AttentionInputs inputs)
        {
            List<Tile> tiles = [];
            int each = Math.Max(1, Rows / inputs.Group);
            for (int s = 0; s < inputs.Kv.Sequences; s++)
            {
                int queries = inputs.QueryOffsets[s + 1] - inputs.QueryOffsets[s];
                for (int head = 0; head < inputs.Kv.Heads; head++)
                {
                    for (int first = 0; first < queries; first += each)
                    {
                        tiles.Add(new Tile(s, head, first, Math.Min(each, queries - first)));
                    }
                }
            }

            // The last queries of a causal prompt see most keys: their tiles go first.
            tiles.Reverse();
            return [.. tiles];
        }
    }

    public static long Padded<V>(long size) where V : unmanaged, ILanes<V> =>
        (size + (2 * V.Count) - 1) / (2 * V.Count) * (2 * V.Count);

    /// <summary>Copies the rows of a tile, token by token and head by head, into [rows, padded size].</summary>
    public static void GatherRows(TensorView from, in AttentionInputs inputs, Tile tile, float* to, long size, long padded)
    {
        int group = inputs.Group;
        for (int i = 0; i < tile.Count; i++)
        {
            float* token = from.As<float>() + ((inputs.QueryOffsets[tile.Sequence] + tile.First + i) * from.Stride(0));
            for (int g = 0; g < group; g++, to += padded)
            {
                float* row = token + (((tile.KvHead * group) + g) * from.Stride(1));
                new Span<float>(row, (int)size).CopyTo(new Span<float>(to, (int)size));
                new Span<float>(to + size, (int)(padded - size)).Clear();
            }
        }
    }

    /// <summary>Turns q · k into scores: scale, cap, and −∞ where a key is not seen.</summary>
    public static void Score<V>(in AttentionInputs inputs, Tile tile, float* scores, long block, int count)
        where V : unmanaged, ILanes<V>
    {
        AttentionOptions options = inputs.Options;
        long keys = inputs.Kv.Length(tile.Sequence);
        int group = inputs.Group;
        float cap = (float)options.SoftCap;
        float scale = (float)options.Scale;
        for (int i = 0; i < tile.Count; i++)
        {
            (long from, long to) = options.Visible(inputs.FirstPlace(tile.Sequence) + tile.First + i, keys);
            int low = (int)Math.Clamp(from - block, 0, Keys);
            int high = (int)Math.Clamp(to - block, low, count);
            for (int g = 0; g < group; g++)
            {
                float* row = scores + (((long)i * group) + g) * Keys;
                for (int j = 0; j < Keys; j += V.Count)
                {
                    V x = V.Load(row + j) * V.Create(scale);
                    (cap == 0 ? x : FastMath.Tanh(x / V.Create(cap)) * V.Create(cap)).Store(row + j);
                }

                new Span<float>(row, low).Fill(float.NegativeInfinity);
                new Span<float>(row + high, Keys - high).Fill(float.NegativeInfinity);
            }

            if (inputs.Mask is { } mask)
            {
                byte* seen = mask.Data + ((inputs.QueryOffsets[tile.Sequence] + tile.First + i) * mask.Stride(0))
                    + ((inputs.MaskColumn(tile.Sequence) + block) * mask.Stride(1));
                for (int j = 0; j < count; j++)
                {
                    for (int g = 0; seen[j * mask.Stride(1)] == 0 && g < group; g++)
                    {
                        scores[((((long)i * group) + g) * Keys) + j] = float.NegativeInfinity;
                    }
                }
            }
        }
    }

    /// <summary>The range of keys that any query of the tile sees, its start rounded down to a block.</summary>
    public static (long First, long End) Range(in AttentionInputs inputs, Tile tile)
    {
        long keys = inputs.Kv.Length(tile.Sequence);
        long place = inputs.FirstPlace(tile.Sequence) + tile.First;
        (long first, _) = inputs.Options.Visible(place, keys);
        (_, long end) = inputs.Options.Visible(place + tile.Count - 1, keys);
        return (first / Keys * Keys, end);
    }

    private readonly struct ForwardJob(AttentionInputs inputs, TensorView output, TensorView? lse, Tile[] tiles) : IParallelJob
    {
        public Tile[] Tiles => tiles;

        public void Run(int part)
        {
            if (Vector512.IsHardwareAccelerated)
            {
                Run<Lanes512>(tiles[part]);
            }
            else if (Vector256.IsHardwareAccelerated)
            {
                Run<Lanes256>(tiles[part]);
            }
            else
            {
                Run<Lanes128>(tiles[part]);
            }
        }

        private void Run<V>(Tile tile) where V : unmanaged, ILanes<V>
        {
            long rows = (long)tile.Count * inputs.Group;
            long size = inputs.Kv.KeySize;
            long valueSize = inputs.Kv.ValueSize;
            long valuePadded = Padded<V>(valueSize);
            using Scratch scratch = new((2 * rows * size) + (size * Keys) + (2 * rows * Keys) + (Keys * valuePadded) + (rows * valuePadded) + (2 * rows));
            float* q = scratch.Take(rows * size);
            float* qPacked = scratch.Take(rows * size);
            float* keyTile = scratch.Take(size * Keys);
            float* scores = scratch.Take(rows * Keys);
            float* packed = scratch.Take(rows * Keys);
            float* valueTile = scratch.Take(Keys * valuePadded);
            float* sum = scratch.Take(rows * valuePadded);
            float* largest = scratch.Take(rows);
            float* denominator = scratch.Take(rows);
            GatherRows(inputs.Queries, inputs, tile, q, size, size);
            GemmBlock.Pack<V>(rows, size, q, size, 1, qPacked);
            new Span<float>(sum, (int)(rows * valuePadded)).Clear();
            new Span<float>(largest, (int)rows).Fill(float.NegativeInfinity);
            new Span<float>(denominator, (int)rows).Clear();
            (long first, long end) = Range(inputs, tile);
            for (long block = first; block < end; block += Keys)
            {
                int count = (int)Math.Min(Keys, inputs.Kv.Length(tile.Sequence) - block);
                TensorView k = inputs.Kv.KeyBlock(tile.Sequence, tile.KvHead, block, count);
                TensorView v = inputs.Kv.ValueBlock(tile.Sequence, tile.KvHead, block, count);
                float* keys = KeyTile(k, keyTile, count);
                GemmBlock.Run<V>(rows, Keys, size, qPacked, q, size, 1, keys, Keys, scores, Keys, false);
                Score<V>(inputs, tile, scores, block, count);
                for (long row = 0; row < rows; row++)
                {
                    Soften<V>(scores + (row * Keys), ref largest[row], ref denominator[row], sum + (row * valuePadded), valuePadded);
                }

                float* values = ValueTile(v, valueTile, valuePadded, count, out long step);
                GemmBlock.Pack<V>(rows, count, scores, Keys, 1, packed);
                GemmBlock.Run<V>(rows, valuePadded, count, packed, scores, Keys, 1, values, step, sum, valuePadded, true);
            }

            Finish<V>(tile, rows, valueSize, valuePadded, sum, largest, denominator);
        }

        private void Finish<V>(Tile tile, long rows, long valueSize, long valuePadded, float* sum, float* largest, float* denominator)
            where V : unmanaged, ILanes<V>
        {
            int group = inputs.Group;
            for (long row = 0; row < rows; row++)
            {
                int head = (tile.KvHead * group) + (int)(row % group);
                long token = inputs.QueryOffsets[tile.Sequence] + tile.First + (row / group);
                float scale = 1;
                if (inputs.Sinks is { } sinks)
                {
                    float sink = sinks.As<float>()[head * sinks.Stride(0)];
                    float top = Math.Max(largest[row], sink);
                    scale = float.IsNegativeInfinity(largest[row]) ? 0 : MathF.Exp(largest[row] - top);
                    denominator[row] = (denominator[row] * scale) + MathF.Exp(sink - top);
                    largest[row] = top;
                }

                float* target = output.As<float>() + (token * output.Stride(0)) + (head * output.Stride(1));
                float factor = denominator[row] == 0 ? 0 : scale / denominator[row];
                float* from = sum + (row * valuePadded);
                long j = 0;
                for (; j + V.Count <= valueSize; j += V.Count)
                {
                    (V.Load(from + j) * V.Create(factor)).Store(target + j);
                }

                for (; j < valueSize; j++)
                {
                    target[j] = from[j] * factor;
                }

                if (lse is { } all)
                {
                    all.As<float>()[(head * all.Stride(0)) + (token * all.Stride(1))] =
                        denominator[row] == 0 ? float.NegativeInfinity : largest[row] + MathF.Log(denominator[row]);
                }
            }
        }

        /// <summary>One row, one block: scores become e^(score − largest), and what was summed before is brought to the new largest.</summary>
        private static void Soften<V>(float* row, ref float largest, ref float denominator, float* sum, long size)
            where V : unmanaged, ILanes<V>
        {
            V top = V.Load(row);
            for (int j = V.Count; j < Keys; j += V.Count)
            {
                top = V.Max(top, V.Load(row + j));
            }

            float now = Math.Max(largest, top.MaxLane());
            if (float.IsNegativeInfinity(now))
            {
                new Span<float>(row, Keys).Clear();
                return;
            }

            V total = default;
            for (int j = 0; j < Keys; j += V.Count)
            {
                V p = FastMath.Exp(V.Load(row + j) - V.Create(now));
                p.Store(row + j);
                total += p;
            }

            if (now != largest)
            {
                float factor = MathF.Exp(largest - now);
                denominator *= factor;
                for (long j = 0; j < size; j += V.Count)
                {
                    (V.Load(sum + j) * V.Create(factor)).Store(sum + j);
                }

                largest = now;
            }

            denominator += total.Sum();
        }
    }

    /// <summary>Keys as [size, 64], from pages in place, from rows by way of the scratch tile.</summary>
    public static float* KeyTile(TensorView keys, float* tile, int count)
    {
        if (keys.Stride(0) == 1 && keys.Stride(1) == Keys)
        {
            return keys.As<float>();
        }

        if (count < Keys)
        {
            new Span<float>(tile, (int)(keys.Size(1) * Keys)).Clear();
        }

        Gemm.Transpose(keys.As<float>(), keys.Stride(0), keys.Stride(1), tile, Keys, count, keys.Size(1));
        return tile;
    }

    /// <summary>Values as rows of a padded size, in place where they are so.</summary>
    public static float* ValueTile(TensorView values, float* tile, long padded, int count, out long step)
    {
        long size = values.Size(1);
        if (size == padded)
        {
            step = values.Stride(0);
            return values.As<float>();
        }

        for (int j = 0; j < count; j++)
        {
            new Span<float>(values.As<float>() + (j * values.Stride(0)), (int)size).CopyTo(new Span<float>(tile + (j * padded), (int)size));
            new Span<float>(tile + (j * padded) + size, (int)(padded - size)).Clear();
        }

        step = padded;
        return tile;
    }

    /// <summary>Memory of one tile, taken piece by piece.</summary>
    public sealed class Scratch(long floats) : IDisposable
    {
        private readonly Storage _storage = new((floats + 256) * sizeof(float), scoped: true);
        private long _used;

        public float* Take(long count)
        {
            float* piece = (float*)_storage.Pointer + _used;
            _used += (count + 15) / 16 * 16;
            return piece;
        }

        public void Dispose() => _storage.Release();
    }
}
