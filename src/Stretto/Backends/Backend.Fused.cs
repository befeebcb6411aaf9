namespace Stretto.Backends;

/// <summary>
/// Ring 2: operations that a device may do in one pass. Each default is composed from ring 1 and is the oracle for the fused kernel.
/// Rows are the last dimension; all views but the stated ones have one shape.
/// </summary>
internal abstract partial class Backend
{
    /// <summary>y = x / √(mean x² + ε) · weight; inverse [rows, 1] receives 1/√….</summary>
    public virtual void RmsNorm(TensorView x, TensorView? weight, TensorView y, TensorView inverse, double epsilon)
    {
        using Temporary square = Temp(x.DType, x.Shape);
        Unary(UnaryOp.Square, x, square.View);
        Reduce(ReduceOp.Sum, square.View, inverse);
        BinaryScalar(BinaryOp.Divide, inverse, x.Size(-1), inverse);
        BinaryScalar(BinaryOp.Add, inverse, epsilon, inverse);
        Unary(UnaryOp.Rsqrt, inverse, inverse);
        Binary(BinaryOp.Multiply, x, Expand(inverse, x.Shape), y);
        if (weight is { } w)
        {
            Binary(BinaryOp.Multiply, y, Expand(w, x.Shape), y);
        }
    }

    /// <summary>dx = r (g − x r² mean(g x)) with g = dy · weight; adds Σ dy x r to dWeight [n].</summary>
    public virtual void RmsNormBackward(
        TensorView x, TensorView? weight, TensorView inverse, TensorView dy, TensorView dx, TensorView? dWeight)
    {
        using Temporary normed = Temp(x.DType, x.Shape);
        using Temporary product = Temp(x.DType, x.Shape);
        using Temporary mean = Temp(x.DType, inverse.Shape);
        Binary(BinaryOp.Multiply, x, Expand(inverse, x.Shape), normed.View);
        if (dWeight is { } into)
        {
            Binary(BinaryOp.Multiply, dy, normed.View, product.View);
            AddReduced(product.View, into);
        }

        if (weight is { } w)
        {
            Binary(BinaryOp.Multiply, dy, Expand(w, x.Shape), dx);
        }
        else
        {
            Copy(dy, dx);
        }

        Binary(BinaryOp.Multiply, dx, normed.View, product.View);
        Reduce(ReduceOp.Sum, product.View, mean.View);
        BinaryScalar(BinaryOp.Divide, mean.View, x.Size(-1), mean.View);
        Binary(BinaryOp.Multiply, normed.View, Expand(mean.View, x.Shape), product.View);
        Binary(BinaryOp.Subtract, dx, product.View, dx);
        Binary(BinaryOp.Multiply, dx, Expand(inverse, x.Shape), dx);
    }

    /// <summary>y = f(x · weight + bias) + residual; x [M, K], weight [K, N], bias [N], residual and y [M, N].</summary>
    public virtual void Linear(
        TensorView x, TensorView weight, TensorView? bias, UnaryOp? activation, TensorView? residual, TensorView y)
    {
        MatMul(x, weight, y, accumulate: false);
        if (bias is { } b)
        {
            Binary(BinaryOp.Add, y, Expand(b, y.Shape), y);
        }

        if (activation is { } f)
        {
            Unary(f, y, y);
        }

        if (residual is { } r)
        {
            Binary(BinaryOp.Add, y, r, y);
        }
    }

    /// <summary>y = silu(gate) · up.</summary>
    public virtual void SwiGlu(TensorView gate, TensorView up, TensorView y)
    {
        Unary(UnaryOp.Silu, gate, y);
        Binary(BinaryOp.Multiply, y, up, y);
    }

    /// <summary>dGate = dy · up · silu′(gate), dUp = dy · silu(gate).</summary>
    public virtual void SwiGluBackward(TensorView gate, TensorView up, TensorView dy, TensorView dGate, TensorView dUp)
    {
        Unary(UnaryOp.Silu, gate, dUp);
        Binary(BinaryOp.Multiply, dUp, dy, dUp);
        Binary(BinaryOp.Multiply, dy, up, dGate);
        Binary(BinaryOp.SiluSlope, dGate, gate, dGate);
    }

    /// <summary>Softmax, or its logarithm, of rows.</summary>
    public virtual void Softmax(TensorView x, TensorView y, bool logarithm)
    {
        Shape column = ColumnOf(x.Shape);
        using Temporary statistic = Temp(x.DType, column);
        using Temporary exponential = Temp(x.DType, x.Shape);
        Reduce(ReduceOp.Maximum, x, statistic.View);
        Binary(BinaryOp.Subtract, x, Expand(statistic.View, x.Shape), y);
        Unary(UnaryOp.Exp, y, exponential.View);
        Reduce(ReduceOp.Sum, exponential.View, statistic.View);
        if (logarithm)
        {
            Unary(UnaryOp.Log, statistic.View, statistic.View);
            Binary(BinaryOp.Subtract, y, Expand(statistic.View, x.Shape), y);
        }
        else
        {
            Binary(BinaryOp.Divide, exponential.View, Expand(statistic.View, x.Shape), y);
        }
    }

    /// <summary>dx = y (dy − Σ dy y), or dy − e^y Σ dy for the logarithm.</summary>
    public virtual void SoftmaxBackward(TensorView y, TensorView dy, TensorView dx, bool logarithm)
    {
        using Temporary sum = Temp(y.DType, ColumnOf(y.Shape));
        using Temporary product = Temp(y.DType, y.Shape);
        if (logarithm)
        {
            Reduce(ReduceOp.Sum, dy, sum.View);
            Unary(UnaryOp.Exp, y, product.View);
            Binary(BinaryOp.Multiply, product.View, Expand(sum.View, y.Shape), product.View);
            Binary(BinaryOp.Subtract, dy, product.View, dx);
            return;
        }

        Binary(BinaryOp.Multiply, y, dy, product.View);
        Reduce(ReduceOp.Sum, product.View, sum.View);
        Binary(BinaryOp.Subtract, dy, Expand(sum.View, y.Shape), dx);
        Binary(BinaryOp.Multiply, dx, y, dx);
    }

    /// <summary>Turns the heads of x [tokens, heads, size] by the angles in cos and sin [tokens, rotary / 2].</summary>
    public virtual void Rotary(TensorView x, TensorView cos, TensorView sin, TensorView y, bool interleaved, bool inverse)
    {
        long pairs = cos.Size(-1);
        Copy(x, y);
        TensorView first = Pairs(x, 0, pairs, interleaved);
        TensorView second = Pairs(x, 1, pairs, interleaved);
        Shape shape = first.Shape;
        TensorView c = Expand(cos.With(cos.Layout.Insert(1, 1, 0)), shape);
        TensorView s = Expand(sin.With(sin.Layout.Insert(1, 1, 0)), shape);
        using Temporary left = Temp(x.DType, shape);
        using Temporary right = Temp(x.DType, shape);
        Binary(BinaryOp.Multiply, first, c, left.View);
        Binary(BinaryOp.Multiply, second, s, right.View);
        Binary(inverse ? BinaryOp.Add : BinaryOp.Subtract, left.View, right.View, Pairs(y, 0, pairs, interleaved));
        Binary(BinaryOp.Multiply, second, c, left.View);
        Binary(BinaryOp.Multiply, first, s, right.View);
        Binary(inverse ? BinaryOp.Subtract : BinaryOp.Add, left.View, right.View, Pairs(y, 1, pairs, interleaved));
    }

    /// <summary>rows[t] = table[ids[t]] (int64 ids, checked).</summary>
    public virtual unsafe void Embedding(TensorView table, TensorView ids, TensorView rows)
    {
        for (long t = 0; t < ids.Count; t++)
        {
            long id = ids.As<long>()[t * ids.Stride(0)];
            if ((ulong)id >= (ulong)table.Size(0))
            {
                throw new ArgumentOutOfRangeException(
                    nameof(ids), $"embedding: index {id} at position {t} is outside a table of {table.Size(0)} rows");
            }
        }

        Gather(table, IdsByColumn(ids, table), rows, 0);
    }

    /// <summary>dTable[ids[t]] += dRows[t], in the order of t.</summary>
    public virtual void EmbeddingBackward(TensorView ids, TensorView dRows, TensorView dTable) =>
        Scatter(ScatterOp.Add, IdsByColumn(ids, dTable), dRows, dTable, 0);

    /// <summary>
    /// loss = Σ (lse − (1 − s) x[target] − s mean(x) + z lse²) over rows whose target counts, s the smoothing; lse [rows] is float64 and 0
    /// in the others.
    /// </summary>
    public virtual unsafe void CrossEntropy(
        TensorView logits, TensorView targets, TensorView loss, TensorView lse, CrossEntropyOptions options)
    {
        using Temporary logs = Temp(logits.DType, logits.Shape);
        using Temporary rows = Temp(DType.Float64, logits.Shape);
        using Temporary ids = Temp(DType.Int64, targets.Shape);
        Softmax(logits, logs.View, logarithm: true);
        Copy(logs.View, rows.View);
        Copy(targets, ids.View);
        double total = 0;
        long classes = logits.Size(1);
        double* log = rows.View.As<double>();
        for (long row = 0; row < logits.Size(0); row++, log += classes)
        {
            long target = ids.View.As<long>()[row];
            if (target != options.IgnoreIndex && (ulong)target >= (ulong)classes)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(targets), $"cross_entropy: target {target} in row {row} is not one of {classes} classes");
            }

            lse.As<double>()[row] = 0;
            if (target == options.IgnoreIndex)
            {
                continue;
            }

            TensorView logit = logits.With(logits.Layout.Slice(0, row, 1, 1).Slice(1, target, 1, 1));
            double logSum = Elements.ReadDouble(logit.Data, logit.DType) - log[target];
            lse.As<double>()[row] = logSum;
            total -= (1 - options.Smoothing) * log[target];
            for (long i = 0; options.Smoothing != 0 && i < classes; i++)
            {
                total -= options.Smoothing / classes * log[i];
            }

            total += options.ZLoss * logSum * logSum;
        }

        Fill(loss, total);
    }

    /// <summary>
    /// dLogits = factor · (softmax · (1 + 2 z lse) − (1 − s) · onehot − s / classes), 0 in rows that do not count; may be the logits
    /// themselves.
    /// </summary>
    public virtual unsafe void CrossEntropyBackward(
        TensorView logits, TensorView targets, TensorView lse, double factor, TensorView dLogits, CrossEntropyOptions options)
    {
        using Temporary column = Temp(logits.DType, [logits.Size(0), 1]);
        using Temporary ids = Temp(DType.Int64, targets.Shape);
        Copy(targets, ids.View);
        Copy(lse.With(lse.Layout.Insert(1, 1, 1)), column.View);
        Binary(BinaryOp.Subtract, logits, Expand(column.View, logits.Shape), dLogits);
        Unary(UnaryOp.Exp, dLogits, dLogits);
        for (long row = 0; row < logits.Size(0); row++)
        {
            long target = ids.View.As<long>()[row];
            TensorView line = dLogits.With(dLogits.Layout.Slice(0, row, 1, 1));
            if (target == options.IgnoreIndex)
            {
                Fill(line, 0);
                continue;
            }

            if (options.ZLoss != 0)
            {
                BinaryScalar(BinaryOp.Multiply, line, 1 + (2 * options.ZLoss * lse.As<double>()[row]), line);
            }

            if (options.Smoothing != 0)
            {
                BinaryScalar(BinaryOp.Subtract, line, options.Smoothing / logits.Size(1), line);
            }

            TensorView hit = line.With(line.Layout.Slice(1, target, 1, 1));
            BinaryScalar(BinaryOp.Subtract, hit, 1 - options.Smoothing, hit);
        }

        BinaryScalar(BinaryOp.Multiply, dLogits, factor, dLogits);
    }

    /// <summary>One AdamW step in place; first and second are the moments.</summary>
    public virtual void AdamW(TensorView parameter, TensorView gradient, TensorView first, TensorView second, in AdamWStep step)
    {
        using Temporary g = Temp(parameter.DType, parameter.Shape);
        using Temporary t = Temp(parameter.DType, parameter.Shape);
        BinaryScalar(BinaryOp.Multiply, parameter, 1 - (step.LearningRate * step.WeightDecay), parameter);
        BinaryScalar(BinaryOp.Multiply, gradient, step.GradientScale, g.View);
        BinaryScalar(BinaryOp.Multiply, first, step.Beta1, first);
        BinaryScalar(BinaryOp.Multiply, g.View, 1 - step.Beta1, t.View);
        Binary(BinaryOp.Add, first, t.View, first);
        BinaryScalar(BinaryOp.Multiply, second, step.Beta2, second);
        Unary(UnaryOp.Square, g.View, g.View);
        BinaryScalar(BinaryOp.Multiply, g.View, 1 - step.Beta2, g.View);
        Binary(BinaryOp.Add, second, g.View, second);
        Unary(UnaryOp.Sqrt, second, g.View);
        BinaryScalar(BinaryOp.Divide, g.View, Math.Sqrt(step.BiasCorrection2), g.View);
        BinaryScalar(BinaryOp.Add, g.View, step.Epsilon, g.View);
        Binary(BinaryOp.Divide, first, g.View, t.View);
        BinaryScalar(BinaryOp.Multiply, t.View, step.LearningRate / step.BiasCorrection1, t.View);
        Binary(BinaryOp.Subtract, parameter, t.View, parameter);
    }

    /// <summary>Σ x², in float64.</summary>
    public virtual unsafe double SumOfSquares(TensorView x)
    {
        using Temporary wide = Temp(DType.Float64, x.Shape);
        using Temporary total = Temp(DType.Float64, Shape.Ones(x.Rank));
        Copy(x, wide.View);
        Unary(UnaryOp.Square, wide.View, wide.View);
        Reduce(ReduceOp.Sum, wide.View, total.View);
        return *total.View.As<double>();
    }

    /// <summary>destination = op(x, number).</summary>
    public virtual void BinaryScalar(BinaryOp op, TensorView x, double number, TensorView destination)
    {
        using Temporary scalar = Temp(x.DType, Shape.Scalar);
        Fill(scalar.View, number);
        Binary(op, x, Expand(scalar.View, x.Shape), destination);
    }

    /// <summary>into += Σ of source over the dimensions that into lacks or has once.</summary>
    protected void AddReduced(TensorView source, TensorView into)
    {
        TensorView wide = into.With(into.Layout);
        while (wide.Rank < source.Rank)
        {
            wide = wide.With(wide.Layout.Insert(0, 1, 0));
        }

        using Temporary sum = Temp(source.DType, wide.Shape);
        Reduce(ReduceOp.Sum, source, sum.View);
        Binary(BinaryOp.Add, wide, sum.View, wide);
    }

    protected static TensorView Expand(TensorView view, Shape shape) => view.With(view.Layout.Expand(shape));

    private static Shape ColumnOf(Shape shape)
    {
        long[] sizes = shape.ToArray();
        sizes[^1] = 1;
        return Shape.Create(sizes);
    }

    private static TensorView IdsByColumn(TensorView ids, TensorView table) =>
        Expand(ids.With(ids.Layout.Insert(1, 1, 0)), [ids.Size(0), table.Size(1)]);

    private static TensorView Pairs(TensorView x, int half, long pairs, bool interleaved) => x.With(interleaved
        ? x.Layout.Slice(2, half, pairs, 2)
        : x.Layout.Slice(2, half * pairs, pairs, 1));
}

/// <summary>
/// The numbers of one AdamW step. Bias corrections are 1 − βᵗ, or 1 for none; the gradient scale multiplies the gradient
/// first, to clip it or to undo a loss scale.
/// </summary>
internal readonly record struct AdamWStep(
    double LearningRate, double Beta1, double Beta2, double Epsilon, double WeightDecay,
    double BiasCorrection1, double BiasCorrection2, double GradientScale = 1);
