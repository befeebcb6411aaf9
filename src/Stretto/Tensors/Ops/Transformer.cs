using Stretto.Backends;

namespace Stretto;

/// <summary>The fused operations of a transformer. Their gradients are fused too, and composed where they are differentiated again.</summary>
public sealed partial class Tensor
{
    /// <summary>x / √(mean x² + ε) · weight over the last dimension. Zhang and Sennrich, 2019.</summary>
    /// <param name="weight">[n] of the last dimension, or null for 1.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    public Tensor RmsNorm(Tensor? weight, double epsilon)
    {
        if (Rank == 0 || (weight is not null && (weight.Rank != 1 || weight.Count != Shape[-1])))
        {
            throw new ArgumentException($"rms_norm: weight {weight?.Describe()} does not fit {Describe()}");
        }

        if (IsShort)
        {
            return To(DType.Float32).RmsNorm(weight?.To(DType.Float32), epsilon).To(DType);
        }

        Tensor x = Contiguous();
        Tensor y = Uninitialized(Shape, DType, Device);
        Tensor inverse = Uninitialized(ReducedShape([Rank - 1]), DType, Device);
        Backend.RmsNorm(x.View, weight?.View, y.View, inverse.View, epsilon);
        ReadOnlySpan<Tensor> inputs = weight is null ? [x] : [x, weight];
        return Record("rms_norm", y, inputs, weight is null ? [x, inverse] : [x, inverse, weight], (f, g) =>
        {
            Tensor? w = weight is null ? null : f.Saved(2);
            if (GradientMode.Enabled)
            {
                return RmsNormComposedGradient(f.Saved(0), w, g, epsilon);
            }

            Tensor dx = Uninitialized(Shape, DType, Device);
            Tensor? dWeight = w is null ? null : Zeros(w.Shape, DType, Device);
            Backend.RmsNormBackward(f.Saved(0).View, w?.View, f.Saved(1).View, g.Contiguous().View, dx.View, dWeight?.View);
            return weight is null ? [dx] : [dx, dWeight];
        });
    }

    /// <summary>silu(gate) · up. Shazeer, GLU Variants Improve Transformer, 2020.</summary>
    public static Tensor SwiGlu(Tensor gate, Tensor up)
    {
        if (gate.Shape != up.Shape || gate.DType != up.DType || gate.Rank == 0)
        {
            throw new ArgumentException($"swiglu: gate {gate.Describe()} and up {up.Describe()} must have one shape and dtype");
        }

        Tensor y = Uninitialized(gate.Shape, gate.DType, gate.Device);
        y.Backend.SwiGlu(gate.AsRows(), up.AsRows(), y.AsRows());
        return Record("swiglu", y, [gate, up], [gate, up], (f, g) =>
        {
            if (GradientMode.Enabled)
            {
                Tensor s = f.Saved(0).Sigmoid();
                Tensor slope = s * (1 + (f.Saved(0) * (1 - s)));
                return [g * f.Saved(1) * slope, g * f.Saved(0) * s];
            }

            Tensor dGate = Uninitialized(gate.Shape, gate.DType, gate.Device);
            Tensor dUp = Uninitialized(gate.Shape, gate.DType, gate.Device);
            g.Backend.SwiGluBackward(f.Saved(0).AsRows(), f.Saved(1).AsRows(), g.Contiguous().AsRows(), dGate.AsRows(), dUp.AsRows());
            return [dGate, dUp];
        });
    }

    /// <summary>
    /// Turns pairs of each head's first 2 · R values by angles. Su et al., RoFormer, 2021.
    /// </summary>
    /// <param name="cos">[tokens, R].</param>
    /// <param name="sin">[tokens, R].</param>
    /// <param name="interleaved">Pairs are (2i, 2i + 1) instead of (i, i + R).</param>
    /// <param name="inverse">Turn back.</param>
    /// <remarks>This tensor is [tokens, heads, size].</remarks>
    public Tensor Rotary(Tensor cos, Tensor sin, bool interleaved = false, bool inverse = false)
    {
        if (Rank != 3 || cos.Rank != 2 || cos.Shape != sin.Shape || cos.Shape[0] != Shape[0] || 2 * cos.Shape[1] > Shape[2])
        {
            throw new ArgumentException($"rotary: angles {cos.Describe()} do not fit {Describe()}, which must be [tokens, heads, size]");
        }

        Tensor y = Uninitialized(Shape, DType, Device);
        Backend.Rotary(View, cos.View, sin.View, y.View, interleaved, inverse);
        return Record("rotary", y, [this], [cos, sin], (f, g) => [g.Rotary(f.Saved(0), f.Saved(1), interleaved, !inverse)]);
    }

    /// <summary>Rows of a table [rows, n] by integer ids [*] → [*, n].</summary>
    /// <param name="table">[rows, n].</param>
    /// <param name="ids">Integers of any shape.</param>
    /// <param name="padding">A row that is looked up normally and takes no gradient; negative numbers count from the end.</param>
    /// <param name="scaleByFrequency">Divide each row's gradient by how often its id occurs here.</param>
    public static Tensor Embedding(Tensor table, Tensor ids, long? padding = null, bool scaleByFrequency = false)
    {
        if (table.Rank != 2 || !ids.DType.IsInteger() || padding >= table.Shape[0] || padding < -table.Shape[0])
        {
            throw new ArgumentException(
                $"embedding: table {table.Describe()} must be [rows, n], ids {ids.Describe()} integers, and padding {padding} a row");
        }

        Tensor flat = ids.Reshape(ids.Count).Converted(DType.Int64);
        Tensor rows = table.IndexSelect(flat);
        if (padding is { } row && rows.RequiresGrad)
        {
            rows = Either(flat.Is(row < 0 ? row + table.Shape[0] : row).Unsqueeze(1), rows.Detach(), rows);
        }

        if (scaleByFrequency && rows.RequiresGrad)
        {
            Tensor share = flat.Bincount().Gather(0, flat).Converted(rows.DType).Unsqueeze(1);
            rows = Record("embedding", rows.Detach(), [rows], [share], (f, g) => [g / f.Saved(0)]);
        }

        return ids.Rank == 1 ? rows : rows.Reshape(Shape.Create([.. ids.Shape.Sizes, table.Shape[1]]));
    }

    /// <summary>
    /// Each element 0 with probability <paramref name="p"/>, the others divided by 1 − p; outside training this tensor itself.
    /// Srivastava et al., Dropout, 2014.
    /// </summary>
    public Tensor Dropout(double p, Generator random, bool training = true)
    {
        if (p is < 0 or > 1 or double.NaN)
        {
            throw new ArgumentOutOfRangeException(nameof(p), $"dropout: probability {p} is outside 0..1");
        }

        if (!training || p == 0)
        {
            return this;
        }

        Tensor drawn = random.Uniform(Empty(Shape, DType.Float32, Device));
        Tensor dropped = Pairwise("dropout", BinaryOp.Less, drawn, Scalar(p, DType.Float32, Device));
        Tensor kept = MaskedFill(dropped, 0);
        return p == 1 ? kept : kept / (1 - p);
    }

    /// <summary>eˣ / Σ eˣ over a dimension.</summary>
    public Tensor Softmax(int dim) => SoftmaxOf(dim, false);

    /// <summary>The logarithm of <see cref="Softmax"/>, without its overflow.</summary>
    public Tensor LogSoftmax(int dim) => SoftmaxOf(dim, true);

    private Tensor SoftmaxOf(int dim, bool logarithm)
    {
        if (IsShort)
        {
            return To(DType.Float32).SoftmaxOf(dim, logarithm).To(DType);
        }

        if (Rank == 0 || Shape.Dim(dim) != Rank - 1)
        {
            return Rank == 0 ? Unsqueeze(0).SoftmaxOf(0, logarithm).Reshape(Shape.Scalar)
                : Transpose(dim, -1).SoftmaxOf(-1, logarithm).Transpose(dim, -1);
        }

        Tensor x = Contiguous();
        Tensor y = Uninitialized(Shape, DType, Device);
        Backend.Softmax(x.View, y.View, logarithm);
        return Record(logarithm ? "log_softmax" : "softmax", y, [x], [y], (f, g) =>
        {
            if (GradientMode.Enabled)
            {
                return [logarithm
                    ? g - (f.Saved(0).Exp() * g.Sum([-1], keepDims: true))
                    : f.Saved(0) * (g - (g * f.Saved(0)).Sum([-1], keepDims: true))];
            }

            Tensor dx = Uninitialized(Shape, DType, Device);
            Backend.SoftmaxBackward(f.Saved(0).View, g.Contiguous().View, dx.View, logarithm);
            return [dx];
        });
    }

    private static Tensor?[] RmsNormComposedGradient(Tensor x, Tensor? weight, Tensor g, double epsilon)
    {
        Tensor inverse = (x.Square().Mean([-1], keepDims: true) + epsilon).Rsqrt();
        Tensor normed = x * inverse;
        Tensor scaled = weight is null ? g : g * weight;
        Tensor dx = inverse * (scaled - (normed * (scaled * normed).Mean([-1], keepDims: true)));
        return weight is null ? [dx] : [dx, (g * normed).SumTo(weight.Shape, weight.DType)];
    }

    /// <summary>[rows, last size], as a view where one row stride describes it.</summary>
    private TensorView AsRows()
    {
        Shape rows = [Shape[-1] == 0 ? 0 : Count / Shape[-1], Shape[-1]];
        return Layout.Reshape(rows) is { } layout ? View.With(layout.At(0)) : Contiguous().View.With(Layout.Contiguous(rows));
    }
}
