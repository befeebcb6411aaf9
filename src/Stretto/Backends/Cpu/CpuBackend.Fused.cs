using Stretto.Backends.Cpu.Kernels;

namespace Stretto.Backends.Cpu;

/// <summary>Ring 2 in one pass over memory, for contiguous float32; other operands take the composed default.</summary>
internal sealed unsafe partial class CpuBackend
{
    public override void RmsNorm(TensorView x, TensorView? weight, TensorView y, TensorView inverse, double epsilon)
    {
        if (!Fusable(x, y) || (weight is { } w && !Fusable(w)))
        {
            base.RmsNorm(x, weight, y, inverse, epsilon);
            return;
        }

        long n = x.Size(-1);
        Kernels.RmsNorm.Forward(
            _pool, x.As<float>(), n, Pointer(weight), y.As<float>(), n, inverse.As<float>(), Lines(x), n, (float)epsilon, false);
    }

    public override void RmsNormBackward(
        TensorView x, TensorView? weight, TensorView inverse, TensorView dy, TensorView dx, TensorView? dWeight)
    {
        if (!Fusable(x, dy, dx) || (weight is { } w && !Fusable(w)))
        {
            base.RmsNormBackward(x, weight, inverse, dy, dx, dWeight);
            return;
        }

        long n = x.Size(-1);
        Kernels.RmsNorm.Backward(
            _pool, x.As<float>(), n, Pointer(weight), dy.As<float>(), n, inverse.As<float>(), dx.As<float>(), n,
            Pointer(dWeight), Lines(x), n, false);
    }

    public override void SwiGlu(TensorView gate, TensorView up, TensorView y)
    {
        if (!Rowwise(gate, up, y))
        {
            base.SwiGlu(gate, up, y);
            return;
        }

        GatedUnit.Forward<Silu>(
            _pool, gate.As<float>(), RowStride(gate), up.As<float>(), RowStride(up), y.As<float>(), RowStride(y),
            Lines(gate), gate.Size(-1));
    }

    public override void SwiGluBackward(TensorView gate, TensorView up, TensorView dy, TensorView dGate, TensorView dUp)
    {
        if (!Rowwise(gate, up, dy, dGate, dUp))
        {
            base.SwiGluBackward(gate, up, dy, dGate, dUp);
            return;
        }

        GatedUnit.Backward<Silu>(
            _pool, gate.As<float>(), RowStride(gate), up.As<float>(), RowStride(up), dy.As<float>(), RowStride(dy),
            dGate.As<float>(), RowStride(dGate), dUp.As<float>(), RowStride(dUp), Lines(gate), gate.Size(-1));
    }

    public override void Softmax(TensorView x, TensorView y, bool logarithm)
    {
        if (!Fusable(x, y))
        {
            base.Softmax(x, y, logarithm);
            return;
        }

        long n = x.Size(-1);
        if (logarithm)
        {
            Kernels.Softmax.LogForward(_pool, x.As<float>(), n, y.As<float>(), n, Lines(x), n);
        }
        else
        {
            Kernels.Softmax.Forward(_pool, x.As<float>(), n, y.As<float>(), n, Lines(x), n);
        }
    }

    public override void SoftmaxBackward(TensorView y, TensorView dy, TensorView dx, bool logarithm)
    {
        if (!Fusable(y, dy, dx))
        {
            base.SoftmaxBackward(y, dy, dx, logarithm);
            return;
        }

        long n = y.Size(-1);
        if (logarithm)
        {
            Kernels.Softmax.LogBackward(_pool, y.As<float>(), n, dy.As<float>(), n, dx.As<float>(), n, Lines(y), n);
        }
        else
        {
            Kernels.Softmax.Backward(_pool, y.As<float>(), n, dy.As<float>(), n, dx.As<float>(), n, Lines(y), n);
        }
    }

    public override void Rotary(TensorView x, TensorView cos, TensorView sin, TensorView y, bool interleaved, bool inverse)
    {
        if (x.DType != DType.Float32 || x.Stride(-1) != 1 || y.Stride(-1) != 1 || !Fusable(cos, sin))
        {
            base.Rotary(x, cos, sin, y, interleaved, inverse);
            return;
        }

        RotaryTable table = new(cos.As<float>(), sin.As<float>(), cos.Size(0), cos.Size(1), null);
        Kernels.Rotary.Apply(
            _pool, new HeadLayout(x.Size(0), x.Size(1), x.Size(2)), x.As<float>(), x.Stride(0), x.Stride(1),
            y.As<float>(), y.Stride(0), y.Stride(1), table, 2 * cos.Size(1), interleaved, inverse);
    }

    public override void Embedding(TensorView table, TensorView ids, TensorView rows)
    {
        if (!table.IsContiguous || !ids.IsContiguous || !rows.IsContiguous || ids.DType != DType.Int64)
        {
            base.Embedding(table, ids, rows);
            return;
        }

        Kernels.Embedding.Gather(
            _pool, table.Data, table.Size(0), table.DType.ByteCount(table.Size(1)), ids.As<long>(), ids.Count, rows.Data);
    }

    public override void EmbeddingBackward(TensorView ids, TensorView dRows, TensorView dTable)
    {
        if (!Fusable(dRows, dTable) || !ids.IsContiguous || ids.DType != DType.Int64)
        {
            base.EmbeddingBackward(ids, dRows, dTable);
            return;
        }

        long n = dTable.Size(1);
        Kernels.Embedding.ScatterAdd(_pool, dRows.As<float>(), n, ids.As<long>(), ids.Count, dTable.As<float>(), dTable.Size(0), n);
    }

    public override void CrossEntropy(TensorView logits, TensorView targets, TensorView loss, TensorView lse, CrossEntropyOptions options)
    {
        if (!Fusable(logits) || !targets.IsContiguous || targets.DType != DType.Int64)
        {
            base.CrossEntropy(logits, targets, loss, lse, options);
            return;
        }

        long rows = logits.Size(0);
        using Temporary losses = Temp(DType.Float32, [rows]);
        Kernels.CrossEntropy.Forward(
            _pool, logits.As<float>(), logits.Size(1), targets.As<long>(), losses.View.As<float>(), lse.As<double>(),
            rows, logits.Size(1), options);
        *loss.As<float>() = (float)Kernels.Reduce.Sum(_pool, losses.View.As<float>(), rows);
    }

    public override void CrossEntropyBackward(
        TensorView logits, TensorView targets, TensorView lse, double factor, TensorView dLogits, CrossEntropyOptions options)
    {
        if (!Fusable(logits, dLogits) || !targets.IsContiguous || targets.DType != DType.Int64)
        {
            base.CrossEntropyBackward(logits, targets, lse, factor, dLogits, options);
            return;
        }

        Kernels.CrossEntropy.Backward(
            _pool, logits.As<float>(), logits.Size(1), targets.As<long>(), lse.As<double>(), null, (float)factor,
            dLogits.As<float>(), dLogits.Size(1), logits.Size(0), logits.Size(1), options);
    }

    public override void AdamW(TensorView parameter, TensorView gradient, TensorView first, TensorView second, in AdamWStep step)
    {
        if (!Fusable(parameter, gradient, first, second))
        {
            base.AdamW(parameter, gradient, first, second, step);
            return;
        }

        Kernels.AdamW.Step(
            _pool, parameter.As<float>(), gradient.As<float>(), first.As<float>(), second.As<float>(), parameter.Count, step);
    }

    public override double SumOfSquares(TensorView x) => Fusable(x)
        ? Kernels.Reduce.SumOfSquares(_pool, x.As<float>(), x.Count)
        : base.SumOfSquares(x);

    public override void BinaryScalar(BinaryOp op, TensorView x, double number, TensorView destination)
    {
        if (Fusable(x, destination) && op is BinaryOp.Add or BinaryOp.Subtract or BinaryOp.Multiply or BinaryOp.Divide)
        {
            BinaryKernels.RunScalar(_pool, op, x.As<float>(), (float)number, destination.As<float>(), x.Count);
        }
        else
        {
            base.BinaryScalar(op, x, number, destination);
        }
    }

    public override void Attention(in AttentionInputs inputs, TensorView output, TensorView? lse)
    {
        // The kernel moves the keys of a tree to their places, where a mask's columns would be others.
        if (HeadsContiguous(inputs.Queries, output) && inputs.Kv.Keys.DType == DType.Float32
            && (inputs.Mask is null || inputs.Options.Tree is null) && (inputs.Kv.IsPaged || HeadsContiguous(inputs.Kv.Keys, inputs.Kv.Values)))
        {
            FlashAttention.Forward(_pool, inputs, output, lse);
        }
        else
        {
            base.Attention(inputs, output, lse);
        }
    }

    public override void AttentionBackward(
        in AttentionInputs inputs, TensorView output, TensorView lse, TensorView dOutput, in AttentionGradients gradients)
    {
        if (inputs.Kv.IsPaged || !HeadsContiguous(inputs.Queries, output, dOutput, inputs.Kv.Keys, inputs.Kv.Values)
            || !HeadsContiguous(gradients.Queries, gradients.Keys, gradients.Values))
        {
            base.AttentionBackward(inputs, output, lse, dOutput, gradients);
            return;
        }

        Fill(gradients.Queries, 0);
        FlashAttentionBackward.Run(_pool, inputs, output, lse, dOutput, gradients);
    }

    public override void AppendToPages(
        TensorView keys, TensorView values, TensorView keyPages, TensorView valuePages, ReadOnlySpan<long> slots)
    {
        if (keys.DType == DType.Float32 && values.DType == DType.Float32
            && keyPages.DType == DType.Float32 && valuePages.DType == DType.Float32)
        {
            FlashAttentionPages.Append(_pool, keys, values, keyPages, valuePages, slots);
        }
        else
        {
            base.AppendToPages(keys, values, keyPages, valuePages, slots);
        }
    }

    /// <summary>Whether each is float32 [tokens, heads, size] with the elements of a head one after the other.</summary>
    private static bool HeadsContiguous(params ReadOnlySpan<TensorView> views)
    {
        foreach (TensorView view in views)
        {
            if (view.DType != DType.Float32 || (view.Stride(2) != 1 && view.Size(2) != 1))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Fusable(params ReadOnlySpan<TensorView> views)
    {
        foreach (TensorView view in views)
        {
            if (view.DType != DType.Float32 || !view.IsContiguous || view.Rank == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether each is float32 rows of contiguous elements with one stride from row to row.</summary>
    private static bool Rowwise(params ReadOnlySpan<TensorView> views)
    {
        foreach (TensorView view in views)
        {
            if (view.DType != DType.Float32 || view.Rank != 2 || (view.Stride(1) != 1 && view.Size(1) != 1))
            {
                return false;
            }
        }

        return true;
    }

    private static long Lines(TensorView view) => view.Count / Math.Max(view.Size(-1), 1);

    private static long RowStride(TensorView view) => view.Stride(0);

    private static float* Pointer(TensorView? view) => view is { } v ? v.As<float>() : null;
}
