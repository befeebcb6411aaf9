namespace Stretto.Backends;

/// <summary>Attention composed from ring 1, one head at a time with all scores in memory: the oracle of the tiled kernels.</summary>
internal abstract partial class Backend
{
    /// <summary>output [tokens, heads, value size]; lse [heads, tokens] receives the log-sum-exp of each row's scores, sinks included.</summary>
    public virtual void Attention(in AttentionInputs inputs, TensorView output, TensorView? lse)
    {
        for (int s = 0; s < inputs.Kv.Sequences; s++)
        {
            for (int head = 0; head < inputs.Heads; head++)
            {
                AttendHead(inputs, s, head, output, lse);
            }
        }
    }

    /// <summary>The gradients, from what the forward pass left.</summary>
    public virtual void AttentionBackward(
        in AttentionInputs inputs, TensorView output, TensorView lse, TensorView dOutput, in AttentionGradients gradients)
    {
        Fill(gradients.Queries, 0);
        Fill(gradients.Keys, 0);
        Fill(gradients.Values, 0);
        for (int s = 0; s < inputs.Kv.Sequences; s++)
        {
            for (int head = 0; head < inputs.Heads; head++)
            {
                AttendHeadBackward(inputs, s, head, output, lse, dOutput, gradients);
            }
        }
    }

    /// <summary>Writes new keys and values [tokens, heads, size] into pages; token t goes to slot slots[t] % page size of page slots[t] / page size.</summary>
    public virtual void AppendToPages(TensorView keys, TensorView values, TensorView keyPages, TensorView valuePages, ReadOnlySpan<long> slots)
    {
        for (int t = 0; t < slots.Length; t++)
        {
            (long page, long slot) = Math.DivRem(slots[t], KvView.PageSize);
            Copy(
                keys.With(keys.Layout.Slice(0, t, 1, 1).Remove(0)),
                keyPages.With(keyPages.Layout.Slice(0, page, 1, 1).Slice(3, slot, 1, 1).Remove(3).Remove(0)));
            Copy(
                values.With(values.Layout.Slice(0, t, 1, 1).Remove(0)),
                valuePages.With(valuePages.Layout.Slice(0, page, 1, 1).Slice(2, slot, 1, 1).Remove(2).Remove(0)));
        }
    }

    private void AttendHead(in AttentionInputs inputs, int s, int head, TensorView output, TensorView? lse)
    {
        int first = inputs.QueryOffsets[s];
        long rows = inputs.QueryOffsets[s + 1] - first;
        long keys = inputs.Kv.Length(s);
        DType dtype = inputs.Queries.DType;
        TensorView target = HeadRows(output, first, rows, head);
        if (rows == 0)
        {
            return;
        }

        using Temporary logSum = Temp(dtype, [rows, 1]);
        using Temporary sum = Temp(dtype, [rows, 1]);
        using Temporary scores = Temp(dtype, [rows, keys]);
        using Temporary values = Temp(dtype, [keys, inputs.Kv.ValueSize]);
        Scores(inputs, s, head, scores.View, null);
        GatherHead(inputs.Kv, s, head / inputs.Group, keys: false, values.View);
        LogSumExp(inputs, head, scores.View, logSum.View, sum.View);
        Probabilities(scores.View, logSum.View, scores.View);
        if (keys == 0)
        {
            Fill(target, 0);
        }
        else
        {
            using Temporary result = Temp(dtype, [rows, inputs.Kv.ValueSize]);
            MatMul(scores.View, values.View, result.View, accumulate: false);
            Copy(result.View, target);
        }

        if (lse is { } all)
        {
            Copy(logSum.View, all.With(all.Layout.Slice(0, head, 1, 1).Slice(1, first, rows, 1).Permute([1, 0])));
        }
    }

    private void AttendHeadBackward(
        in AttentionInputs inputs, int s, int head, TensorView output, TensorView lse, TensorView dOutput, in AttentionGradients gradients)
    {
        int first = inputs.QueryOffsets[s];
        long rows = inputs.QueryOffsets[s + 1] - first;
        long keys = inputs.Kv.Length(s);
        if (rows == 0)
        {
            return;
        }

        DType dtype = inputs.Queries.DType;
        int kvHead = head / inputs.Group;
        using Temporary p = Temp(dtype, [rows, keys]);
        using Temporary slope = Temp(dtype, [rows, keys]);
        using Temporary dScores = Temp(dtype, [rows, keys]);
        using Temporary dot = Temp(dtype, [rows, 1]);
        using Temporary values = Temp(dtype, [keys, inputs.Kv.ValueSize]);
        TensorView logSum = lse.With(lse.Layout.Slice(0, head, 1, 1).Slice(1, first, rows, 1).Permute([1, 0]));
        TensorView dOut = HeadRows(dOutput, first, rows, head);
        Scores(inputs, s, head, p.View, slope.View);
        Probabilities(p.View, logSum, p.View);
        GatherHead(inputs.Kv, s, kvHead, keys: false, values.View);
        // As a product, so that it rounds as dO · Vᵀ does: where a query sees one key the two cancel exactly.
        TensorView outRows = HeadRows(output, first, rows, head);
        MatMul(
            dOut.With(dOut.Layout.Insert(1, 1, 0)), outRows.With(outRows.Layout.Insert(2, 1, 0)),
            dot.View.With(dot.View.Layout.Insert(2, 1, 0)), accumulate: false);
        if (gradients.Sinks is { } sinks)
        {
            SinkGradient(inputs, head, logSum, dot.View, sinks);
        }

        if (keys == 0)
        {
            return;
        }

        int offset = KeyOffset(inputs, s);
        TensorView q = HeadRows(inputs.Queries, first, rows, head);
        TensorView k = HeadRows(inputs.Kv.Keys, offset, keys, kvHead);
        MatMul(dOut, Transposed(values.View), dScores.View, accumulate: false);
        Binary(BinaryOp.Subtract, dScores.View, Expand(dot.View, p.View.Shape), dScores.View);
        Binary(BinaryOp.Multiply, dScores.View, p.View, dScores.View);
        Binary(BinaryOp.Multiply, dScores.View, slope.View, dScores.View);
        MatMul(Transposed(p.View), dOut, HeadRows(gradients.Values, offset, keys, kvHead), accumulate: true);
        MatMul(dScores.View, k, HeadRows(gradients.Queries, first, rows, head), accumulate: true);
        MatMul(Transposed(dScores.View), q, HeadRows(gradients.Keys, offset, keys, kvHead), accumulate: true);
    }

    /// <summary>Scaled, capped and masked scores; slope, when wanted, is their derivative with respect to q · k.</summary>
    private void Scores(in AttentionInputs inputs, int s, int head, TensorView scores, TensorView? slope)
    {
        (long rows, long keys) = (scores.Size(0), scores.Size(1));
        AttentionOptions options = inputs.Options;
        using Temporary k = Temp(scores.DType, [keys, inputs.Kv.KeySize]);
        GatherHead(inputs.Kv, s, head / inputs.Group, keys: true, k.View);
        int first = inputs.QueryOffsets[s];
        MatMul(HeadRows(inputs.Queries, first, rows, head), Transposed(k.View), scores, accumulate: false);
        BinaryScalar(BinaryOp.Multiply, scores, options.Scale, scores);
        if (options.SoftCap != 0)
        {
            BinaryScalar(BinaryOp.Divide, scores, options.SoftCap, scores);
            Unary(UnaryOp.Tanh, scores, scores);
        }

        if (slope is { } d)
        {
            Fill(d, options.Scale);
            if (options.SoftCap != 0)
            {
                Unary(UnaryOp.Square, scores, d);
                BinaryScalar(BinaryOp.Multiply, d, -options.Scale, d);
                BinaryScalar(BinaryOp.Add, d, options.Scale, d);
            }
        }

        if (options.SoftCap != 0)
        {
            BinaryScalar(BinaryOp.Multiply, scores, options.SoftCap, scores);
        }

        for (long i = 0; i < rows; i++)
        {
            (long from, long to) = inputs.Visible(s, (int)i);
            Fill(scores.With(scores.Layout.Slice(0, i, 1, 1).Slice(1, 0, Math.Min(from, keys), 1)), double.NegativeInfinity);
            Fill(scores.With(scores.Layout.Slice(0, i, 1, 1).Slice(1, to, keys - to, 1)), double.NegativeInfinity);
            for (long j = from; j < to && inputs.Branches(s); j++)
            {
                if (inputs.Hides(s, (int)i, j))
                {
                    Fill(scores.With(scores.Layout.Slice(0, i, 1, 1).Slice(1, j, 1, 1)), double.NegativeInfinity);
                }
            }
        }

        if (inputs.Mask is { } mask)
        {
            using Temporary hidden = Temp(scores.DType, Shape.Scalar);
            Fill(hidden.View, double.NegativeInfinity);
            TensorView part = mask.With(mask.Layout.Slice(0, first, rows, 1).Slice(1, inputs.MaskColumn(s), keys, 1));
            Where(part, scores, Expand(hidden.View, scores.Shape), scores);
        }
    }

    private void LogSumExp(in AttentionInputs inputs, int head, TensorView scores, TensorView logSum, TensorView sum)
    {
        using Temporary largest = Temp(scores.DType, logSum.Shape);
        using Temporary shifted = Temp(scores.DType, scores.Shape);
        using Temporary sink = Temp(scores.DType, logSum.Shape);
        Fill(sink.View, double.NegativeInfinity);
        if (inputs.Sinks is { } sinks)
        {
            Copy(Expand(sinks.With(sinks.Layout.Slice(0, head, 1, 1)), logSum.Shape), sink.View);
        }

        using Temporary nothing = Temp(scores.DType, Shape.Scalar);
        Fill(nothing.View, double.NegativeInfinity);
        Fill(largest.View, double.NegativeInfinity);
        if (scores.Size(1) > 0)
        {
            Reduce(ReduceOp.Maximum, scores, largest.View);
        }

        using Temporary blind = Temp(DType.Bool, logSum.Shape);
        Binary(BinaryOp.Equal, largest.View, Expand(nothing.View, logSum.Shape), blind.View);
        Where(blind.View, largest.View, sink.View, sink.View);
        Binary(BinaryOp.Maximum, largest.View, sink.View, largest.View);
        // A row that sees nothing would shift by −∞ and give NaN; the lowest finite number serves as well.
        using Temporary floor = Temp(scores.DType, Shape.Scalar);
        Fill(floor.View, float.MinValue);
        Binary(BinaryOp.Maximum, largest.View, Expand(floor.View, logSum.Shape), largest.View);
        Binary(BinaryOp.Subtract, scores, Expand(largest.View, scores.Shape), shifted.View);
        Unary(UnaryOp.Exp, shifted.View, shifted.View);
        Reduce(ReduceOp.Sum, shifted.View, sum);
        Binary(BinaryOp.Subtract, sink.View, largest.View, sink.View);
        Unary(UnaryOp.Exp, sink.View, sink.View);
        Binary(BinaryOp.Add, sum, sink.View, sum);
        Unary(UnaryOp.Log, sum, logSum);
        Binary(BinaryOp.Add, logSum, largest.View, logSum);
    }

    /// <summary>p = e^(scores − lse), 0 in rows whose lse is −∞.</summary>
    private void Probabilities(TensorView scores, TensorView logSum, TensorView p)
    {
        using Temporary finite = Temp(scores.DType, [logSum.Size(0), 1]);
        using Temporary floor = Temp(scores.DType, Shape.Scalar);
        Fill(floor.View, float.MinValue);
        Binary(BinaryOp.Maximum, logSum, Expand(floor.View, finite.View.Shape), finite.View);
        Binary(BinaryOp.Subtract, scores, Expand(finite.View, scores.Shape), p);
        Unary(UnaryOp.Exp, p, p);
    }

    private void SinkGradient(in AttentionInputs inputs, int head, TensorView logSum, TensorView dot, TensorView dSinks)
    {
        using Temporary weight = Temp(dot.DType, dot.Shape);
        TensorView sink = inputs.Sinks!.Value;
        Binary(BinaryOp.Subtract, Expand(sink.With(sink.Layout.Slice(0, head, 1, 1)), dot.Shape), logSum, weight.View);
        Unary(UnaryOp.Exp, weight.View, weight.View);
        using Temporary nothing = Temp(dot.DType, Shape.Scalar);
        using Temporary blind = Temp(DType.Bool, dot.Shape);
        Fill(nothing.View, double.NegativeInfinity);
        Binary(BinaryOp.Equal, logSum, Expand(nothing.View, dot.Shape), blind.View);
        Where(blind.View, dot, weight.View, weight.View);
        Binary(BinaryOp.Multiply, weight.View, dot, weight.View);
        Unary(UnaryOp.Negate, weight.View, weight.View);
        AddReduced(weight.View, dSinks.With(dSinks.Layout.Slice(0, head, 1, 1)));
    }

    private void GatherHead(KvView kv, int sequence, int head, bool keys, TensorView rows)
    {
        for (long first = 0; first < rows.Size(0); first += KvView.PageSize)
        {
            long count = Math.Min(KvView.PageSize, rows.Size(0) - first);
            TensorView block = keys ? kv.KeyBlock(sequence, head, first, count) : kv.ValueBlock(sequence, head, first, count);
            Copy(block, rows.With(rows.Layout.Slice(0, first, count, 1)));
        }
    }

    private static int KeyOffset(in AttentionInputs inputs, int sequence)
    {
        int offset = 0;
        for (int s = 0; s < sequence; s++)
        {
            offset += inputs.Kv.Length(s);
        }

        return offset;
    }

    private static TensorView HeadRows(TensorView x, long first, long rows, int head) =>
        x.With(x.Layout.Slice(0, first, rows, 1).Slice(1, head, 1, 1).Remove(1));

    private static TensorView Transposed(TensorView x) => x.With(x.Layout.Permute([1, 0]));
}
