using System.Runtime.Intrinsics;
using Tile = Stretto.Backends.Cpu.Kernels.FlashAttention.Tile;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// The gradients of <see cref="FlashAttention"/>: probabilities are computed again from the saved log-sum-exp, block by block.
/// With P = e^(score − lse) and D = Σ dO · O per row: dV += Pᵀ dO, dS = P (dO Vᵀ − D), dQ += dS K, dK += dSᵀ Q.
/// </summary>
/// <remarks>One part is one sequence and one key head, so nothing is shared between threads and the order of additions is fixed.</remarks>
internal static unsafe class FlashAttentionBackward
{
    private const int Keys = FlashAttention.Keys;

    public static void Run(
        WorkerPool pool, in AttentionInputs inputs, TensorView output, TensorView lse, TensorView dOutput, in AttentionGradients gradients)
    {
        Job job = new(inputs, output, lse, dOutput, gradients, FlashAttention.Tile.All(inputs));
        pool.For(inputs.Kv.Sequences * inputs.Kv.Heads, ref job);
    }

    private readonly struct Job(
        AttentionInputs inputs, TensorView output, TensorView lse, TensorView dOutput, AttentionGradients gradients, Tile[] tiles)
        : IParallelJob
    {
        public void Run(int part)
        {
            if (Vector512.IsHardwareAccelerated)
            {
                Run<Lanes512>(part / inputs.Kv.Heads, part % inputs.Kv.Heads);
            }
            else if (Vector256.IsHardwareAccelerated)
            {
                Run<Lanes256>(part / inputs.Kv.Heads, part % inputs.Kv.Heads);
            }
            else
            {
                Run<Lanes128>(part / inputs.Kv.Heads, part % inputs.Kv.Heads);
            }
        }

        private void Run<V>(int sequence, int kvHead) where V : unmanaged, ILanes<V>
        {
            long size = inputs.Kv.KeySize;
            long valueSize = inputs.Kv.ValueSize;
            long padded = FlashAttention.Padded<V>(size);
            long valuePadded = FlashAttention.Padded<V>(valueSize);
            long most = (long)inputs.Group * Math.Max(1, FlashAttention.Rows / inputs.Group);
            Buffers buffers = new(most, size, padded, valueSize, valuePadded);
            using FlashAttention.Scratch scratch = new(buffers.Floats);
            buffers.Take(scratch);
            long keys = inputs.Kv.Length(sequence);
            for (long block = 0; block < keys; block += Keys)
            {
                int count = (int)Math.Min(Keys, keys - block);
                TensorView k = inputs.Kv.KeyBlock(sequence, kvHead, block, count);
                TensorView v = inputs.Kv.ValueBlock(sequence, kvHead, block, count);
                _ = FlashAttention.KeyTile(k, buffers.KeysAcross, count);
                _ = FlashAttention.KeyTile(v, buffers.ValuesAcross, count);
                Copy(k, buffers.KeyRows, padded, count);
                new Span<float>(buffers.DKeys, (int)(Keys * padded)).Clear();
                new Span<float>(buffers.DValues, (int)(Keys * valuePadded)).Clear();
                foreach (Tile tile in tiles)
                {
                    (long first, long end) = FlashAttention.Range(inputs, tile);
                    if (tile.Sequence == sequence && tile.KvHead == kvHead && first <= block && block < end)
                    {
                        Step<V>(tile, block, count, buffers, padded, valuePadded);
                    }
                }

                Store(buffers.DKeys, padded, HeadBlock(gradients.Keys, sequence, kvHead, block, count));
                Store(buffers.DValues, valuePadded, HeadBlock(gradients.Values, sequence, kvHead, block, count));
            }

            if (gradients.Sinks is { } dSinks)
            {
                SinkGradients(sequence, kvHead, dSinks);
            }
        }

        private void Step<V>(Tile tile, long block, int count, in Buffers b, long padded, long valuePadded) where V : unmanaged, ILanes<V>
        {
            long rows = (long)tile.Count * inputs.Group;
            long size = inputs.Kv.KeySize;
            long valueSize = inputs.Kv.ValueSize;
            FlashAttention.GatherRows(inputs.Queries, inputs, tile, b.Q, size, padded);
            FlashAttention.GatherRows(dOutput, inputs, tile, b.DOut, valueSize, valuePadded);
            GemmBlock.Pack<V>(rows, size, b.Q, padded, 1, b.Packed);
            GemmBlock.Run<V>(rows, Keys, size, b.Packed, b.Q, padded, 1, b.KeysAcross, Keys, b.P, Keys, false);
            FlashAttention.Score<V>(inputs, tile, b.P, block, count);
            GemmBlock.Pack<V>(rows, valueSize, b.DOut, valuePadded, 1, b.Packed);
            GemmBlock.Run<V>(rows, Keys, valueSize, b.Packed, b.DOut, valuePadded, 1, b.ValuesAcross, Keys, b.DScores, Keys, false);
            for (long row = 0; row < rows; row++)
            {
                Slopes<V>(tile, row, b.P + (row * Keys), b.DScores + (row * Keys), b.DOut + (row * valuePadded), valueSize);
            }

            GemmBlock.Pack<V>(count, rows, b.P, 1, Keys, b.Packed);
            GemmBlock.Run<V>(count, valuePadded, rows, b.Packed, b.P, 1, Keys, b.DOut, valuePadded, b.DValues, valuePadded, true);
            GemmBlock.Pack<V>(count, rows, b.DScores, 1, Keys, b.Packed);
            GemmBlock.Run<V>(count, padded, rows, b.Packed, b.DScores, 1, Keys, b.Q, padded, b.DKeys, padded, true);
            GemmBlock.Pack<V>(rows, count, b.DScores, Keys, 1, b.Packed);
            GemmBlock.Run<V>(rows, padded, count, b.Packed, b.DScores, Keys, 1, b.KeyRows, padded, b.DQ, padded, false);
            AddQueries<V>(tile, b.DQ, padded, size);
        }

        /// <summary>Scores become probabilities, and dO · V becomes the gradient of q · k.</summary>
        private void Slopes<V>(Tile tile, long row, float* p, float* d, float* dOut, long valueSize) where V : unmanaged, ILanes<V>
        {
            int head = (tile.KvHead * inputs.Group) + (int)(row % inputs.Group);
            long token = inputs.QueryOffsets[tile.Sequence] + tile.First + (row / inputs.Group);
            float logSum = lse.As<float>()[(head * lse.Stride(0)) + (token * lse.Stride(1))];
            float dot = Dot<V>(dOut, output.As<float>() + (token * output.Stride(0)) + (head * output.Stride(1)), valueSize);
            V scale = V.Create((float)inputs.Options.Scale);
            V shift = V.Create(float.IsNegativeInfinity(logSum) ? float.MaxValue : logSum);
            float cap = (float)inputs.Options.SoftCap;
            for (int j = 0; j < Keys; j += V.Count)
            {
                V score = V.Load(p + j);
                V probability = FastMath.Exp(score - shift);
                V slope = scale;
                if (cap != 0)
                {
                    // Where a key is not seen the score is −∞ and the probability 0; keep the slope finite.
                    V t = V.Select(V.Equals(score, score - score + score), V.Max(score, V.Create(-cap)) / V.Create(cap), V.Create(-1f));
                    slope = scale * (V.Create(1f) - (t * t));
                }

                (probability * (V.Load(d + j) - V.Create(dot)) * slope).Store(d + j);
                probability.Store(p + j);
            }
        }

        private void AddQueries<V>(Tile tile, float* dQ, long padded, long size) where V : unmanaged, ILanes<V>
        {
            int group = inputs.Group;
            TensorView into = gradients.Queries;
            for (int i = 0; i < tile.Count; i++)
            {
                for (int g = 0; g < group; g++, dQ += padded)
                {
                    float* target = into.As<float>() + ((inputs.QueryOffsets[tile.Sequence] + tile.First + i) * into.Stride(0))
                        + (((tile.KvHead * group) + g) * into.Stride(1));
                    for (long j = 0; j < size; j++)
                    {
                        target[j] += dQ[j];
                    }
                }
            }
        }

        private void SinkGradients(int sequence, int kvHead, TensorView dSinks)
        {
            TensorView sinks = inputs.Sinks!.Value;
            long valueSize = inputs.Kv.ValueSize;
            for (int g = 0; g < inputs.Group; g++)
            {
                int head = (kvHead * inputs.Group) + g;
                float sink = sinks.As<float>()[head * sinks.Stride(0)];
                double total = 0;
                for (long token = inputs.QueryOffsets[sequence]; token < inputs.QueryOffsets[sequence + 1]; token++)
                {
                    float logSum = lse.As<float>()[(head * lse.Stride(0)) + (token * lse.Stride(1))];
                    float* o = output.As<float>() + (token * output.Stride(0)) + (head * output.Stride(1));
                    float* d = dOutput.As<float>() + (token * dOutput.Stride(0)) + (head * dOutput.Stride(1));
                    double dot = 0;
                    for (long j = 0; j < valueSize; j++)
                    {
                        dot += (double)o[j] * d[j];
                    }

                    total -= Math.Exp(sink - logSum) * dot;
                }

                // Sequences share a head's sink; its additions are few, so they may take turns.
                lock (tiles)
                {
                    dSinks.As<float>()[head * dSinks.Stride(0)] += (float)total;
                }
            }
        }

        private TensorView HeadBlock(TensorView rows, int sequence, int head, long first, long count)
        {
            long offset = first;
            for (int s = 0; s < sequence; s++)
            {
                offset += inputs.Kv.Length(s);
            }

            return rows.With(rows.Layout.Slice(0, offset, count, 1).Slice(1, head, 1, 1).Remove(1));
        }

        private static float Dot<V>(float* a, float* b, long n) where V : unmanaged, ILanes<V>
        {
            V sum = default;
            for (long j = 0; j < n; j += V.Count)
            {
                long count = Math.Min(V.Count, n - j);
                sum = V.MultiplyAdd(V.Load(a + j, count), V.Load(b + j, count), sum);
            }

            return sum.Sum();
        }

        private static void Copy(TensorView rows, float* to, long padded, int count)
        {
            int size = (int)rows.Size(1);
            for (int j = 0; j < count; j++)
            {
                new Span<float>(rows.As<float>() + (j * rows.Stride(0)), size).CopyTo(new Span<float>(to + (j * padded), size));
                new Span<float>(to + (j * padded) + size, (int)padded - size).Clear();
            }
        }

        private static void Store(float* from, long padded, TensorView rows)
        {
            int size = (int)rows.Size(1);
            for (int j = 0; j < rows.Size(0); j++)
            {
                new Span<float>(from + (j * padded), size).CopyTo(new Span<float>(rows.As<float>() + (j * rows.Stride(0)), size));
            }
        }
    }

    /// <summary>The pieces of scratch memory of one part.</summary>
    private struct Buffers(long rows, long size, long padded, long valueSize, long valuePadded)
    {
        public float* Q, DOut, P, DScores, Packed, KeysAcross, ValuesAcross, KeyRows, DKeys, DValues, DQ;

        private readonly long _packed = Math.Max(rows, Keys) * Math.Max(Math.Max(size, valueSize), Math.Max(rows, Keys));

        public readonly long Floats => (rows * ((2 * padded) + valuePadded + (2 * Keys))) + _packed
            + (Keys * (size + valueSize + (2 * padded) + valuePadded));

        public void Take(FlashAttention.Scratch scratch)
        {
            Q = scratch.Take(rows * padded);
            DOut = scratch.Take(rows * valuePadded);
            P = scratch.Take(rows * Keys);
            DScores = scratch.Take(rows * Keys);
            Packed = scratch.Take(_packed);
            KeysAcross = scratch.Take(size * Keys);
            ValuesAcross = scratch.Take(valueSize * Keys);
            KeyRows = scratch.Take(Keys * padded);
            DKeys = scratch.Take(Keys * padded);
            DValues = scratch.Take(Keys * valuePadded);
            DQ = scratch.Take(rows * padded);
        }
    }
}
