using Stretto.Backends;

namespace Stretto;

/// <summary>The gradient of attention in tensor operations, for where it is differentiated again; all scores exist at once.</summary>
public sealed partial class Tensor
{
    /// <summary>Gradients of q [Tq, H, D], k [Tk, K, D], v [Tk, K, Dv] and sinks [H] under g [Tq, H, Dv].</summary>
    private static Tensor?[] AttentionComposedGradient(
        Tensor q, Tensor k, Tensor v, Tensor? sinks, Tensor seen, Tensor g, AttentionOptions options)
    {
        long heads = q.Shape[1];
        Tensor queries = q.Transpose(0, 1);
        Tensor keys = Shared(k, heads);
        Tensor values = Shared(v, heads);
        Tensor gradient = g.Transpose(0, 1);
        Tensor scores = MatMul(queries, keys.Transpose(1, 2)) * options.Scale;
        Tensor? capped = options.SoftCap > 0 ? (scores / options.SoftCap).Tanh() : null;
        scores = capped is null ? scores : capped * options.SoftCap;

        // A constant added to a row changes nothing, so its maximum takes no gradient.
        Tensor? sink = sinks?.Reshape(heads, 1, 1);
        Tensor largest = Choose(seen, scores.Detach(), double.NegativeInfinity).Reduced(ReduceOp.Maximum, [2], true, q.DType);
        if (sink is not null)
        {
            largest = Pairwise("attention", BinaryOp.Maximum, largest, sink);
        }

        largest = Choose(largest.Against(BinaryOp.Equal, double.NegativeInfinity), 0, largest);
        Tensor weights = Choose(seen, Choose(seen, scores - largest, 0).Exp(), 0);
        Tensor sum = weights.Sum([2], true);
        Tensor? sinkWeight = sink is null ? null : (sink - largest).Exp();
        sum = sinkWeight is null ? sum : sum + sinkWeight;
        sum = Choose(sum.Against(BinaryOp.Equal, 0), 1, sum);
        Tensor shares = weights / sum;

        Tensor dShares = MatMul(gradient, values.Transpose(1, 2));
        Tensor dot = (dShares * shares).Sum([2], true);
        Tensor dScores = shares * (dShares - dot);
        dScores = (capped is null ? dScores : dScores * (1 - capped.Square())) * options.Scale;
        Tensor dq = MatMul(dScores, keys).Transpose(0, 1);
        Tensor dk = Gathered(MatMul(dScores.Transpose(1, 2), queries), k);
        Tensor dv = Gathered(MatMul(shares.Transpose(1, 2), gradient), v);
        return sinks is null ? [dq, dk, dv] : [dq, dk, dv, -(sinkWeight! / sum * dot).Sum([1, 2])];
    }

    /// <summary>Rows [T, K, D] of the keys of each query head: [H, T, D].</summary>
    private static Tensor Shared(Tensor rows, long heads)
    {
        (long tokens, long shared, long size) = (rows.Shape[0], rows.Shape[1], rows.Shape[2]);
        return rows.Transpose(0, 1).Unsqueeze(1).Expand([shared, heads / shared, tokens, size]).Reshape(heads, tokens, size);
    }

    private static Tensor Gathered(Tensor perHead, Tensor rows)
    {
        (long tokens, long shared, long size) = (rows.Shape[0], rows.Shape[1], rows.Shape[2]);
        return perHead.Reshape(shared, perHead.Shape[0] / shared, tokens, size).Sum([1]).Transpose(0, 1);
    }

    /// <summary>Whether query i sees key j: bool [Tq, Tk].</summary>
    private static Tensor Visible(in AttentionInputs inputs, int[] keyOffsets, Tensor? mask, Device device)
    {
        int[] queryOffsets = inputs.QueryOffsets;
        long width = keyOffsets[^1];
        bool[] seen = new bool[checked((int)(queryOffsets[^1] * width))];
        for (int s = 0; s + 1 < queryOffsets.Length; s++)
        {
            for (int i = 0; i < queryOffsets[s + 1] - queryOffsets[s]; i++)
            {
                (long first, long end) = inputs.Visible(s, i);
                for (long j = first; j < end; j++)
                {
                    seen[((queryOffsets[s] + i) * width) + keyOffsets[s] + j] = !inputs.Hides(s, i, j);
                }
            }
        }

        Tensor result = From(seen, [queryOffsets[^1], width], device);
        return mask is null ? result : Pairwise("attention", BinaryOp.LogicalAnd, result, mask);
    }
}
