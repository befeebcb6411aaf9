namespace Stretto;

/// <summary>Matrix products.</summary>
public sealed partial class Tensor
{
    /// <summary>
    /// a [..., M, K] · b [..., K, N] → [..., M, N]. Leading dimensions broadcast; a one-dimensional operand is a row (left) or a
    /// column (right) and loses its dimension in the result.
    /// </summary>
    /// <exception cref="ArgumentException">Inner sizes, dtypes or devices differ, or an operand is a single number.</exception>
    public static Tensor MatMul(Tensor a, Tensor b)
    {
        Broadcasting.SameDevice("matmul", a, b);
        if (a.Rank == 0 || b.Rank == 0 || a.DType != b.DType || a.Shape[-1] != b.Shape[b.Rank == 1 ? 0 : -2])
        {
            throw new ArgumentException(
                $"matmul: {a.Describe()} and {b.Describe()} do not multiply; the last size of the first must be the last but one of the second, dtypes equal");
        }

        if (a.Rank == 1)
        {
            return MatMul(a.Unsqueeze(0), b).Squeeze(b.Rank == 1 ? 0 : -2);
        }

        if (b.Rank == 1)
        {
            return MatMul(a, b.Unsqueeze(1)).Squeeze(-1);
        }

        if (b.Rank == 2 && a.Rank > 2)
        {
            // One tall product instead of many small ones.
            Shape rows = [.. a.Shape.Sizes[..^1], b.Shape[1]];
            return MatMul(a.Reshape(Shape.Create(a.Shape.Sizes[..^1]).Count, a.Shape[-1]), b).Reshape(rows);
        }

        Shape batch = Broadcasting.Common("matmul", a.BatchOf(), b.BatchOf());
        Tensor left = a.Expand([.. batch.Sizes, a.Shape[-2], a.Shape[-1]]);
        Tensor right = b.Expand([.. batch.Sizes, b.Shape[-2], b.Shape[-1]]);
        Tensor result = Uninitialized([.. batch.Sizes, a.Shape[-2], b.Shape[-1]], a.DType, a.Device);
        result.Backend.MatMul(left.View, right.View, result.View, accumulate: false);
        return Record("matmul", result, [left, right], [left, right], (f, g) =>
        [
            f.Needs(0) ? MatMul(g, f.Saved(1).Transpose(-1, -2)) : null,
            f.Needs(1) ? MatMul(f.Saved(0).Transpose(-1, -2), g) : null,
        ]);
    }

    /// <summary>
    /// x [..., K] · weightᵀ [N, K] (+ bias [N]) (+ residual [..., N]) → [..., N]; with a weight [K] and a bias [] → [...].
    /// </summary>
    /// <exception cref="ArgumentException">Sizes, dtypes or devices do not fit.</exception>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null, Tensor? residual = null)
    {
        if (x.Rank == 0 || weight.Rank is not (1 or 2) || x.Shape[-1] != weight.Shape[-1])
        {
            throw new ArgumentException($"linear: input {x.Describe()} does not fit weight {weight.Describe()}; the last sizes must be equal");
        }

        if (x.IsShort && bias is not null)
        {
            return Linear(x.To(DType.Float32), weight.To(DType.Float32), bias.To(DType.Float32), residual?.To(DType.Float32)).To(x.DType);
        }

        Shape lines = Shape.Create(x.Shape.Sizes[..^1]);
        Shape result = weight.Rank == 2 ? [.. lines.Sizes, weight.Shape[0]] : lines;
        bool fits = weight.Rank == 2 && x.DType == weight.DType && x.DType is DType.Float32 or DType.Float64
            && (bias is null || (bias.DType == x.DType && bias.Rank == 1 && bias.Count == weight.Shape[0]))
            && (residual is null || (residual.DType == x.DType && residual.Shape == result));
        if (fits)
        {
            Tensor y = LinearRows(
                x.Reshape(lines.Count, x.Shape[-1]), weight, bias, residual?.Reshape(lines.Count, weight.Shape[0]));
            return x.Rank == 2 ? y : y.Reshape(result);
        }

        Tensor sum = MatMul(x, weight.Rank == 1 ? weight : weight.Transpose(0, 1));
        sum = bias is null ? sum : sum + bias;
        return residual is null ? sum : sum + residual;
    }

    private static Tensor LinearRows(Tensor x, Tensor weight, Tensor? bias, Tensor? residual)
    {
        Broadcasting.SameDevice("linear", x, weight);
        Tensor y = Uninitialized([x.Shape[0], weight.Shape[0]], x.DType, x.Device);
        y.Backend.Linear(x.View, weight.Transpose(0, 1).View, bias?.View, null, residual?.View, y.View);
        bool biased = bias is not null;
        Tensor[] inputs = (bias, residual) switch
        {
            (null, null) => [x, weight],
            (null, { } r) => [x, weight, r],
            ({ } b, null) => [x, weight, b],
            ({ } b, { } r) => [x, weight, b, r],
        };
        int count = inputs.Length;
        return Record("linear", y, inputs, [x, weight], (f, g) =>
        {
            Tensor?[] gradients = new Tensor?[count];
            gradients[0] = f.Needs(0) ? MatMul(g, f.Saved(1)) : null;
            gradients[1] = f.Needs(1) ? MatMul(g.Transpose(0, 1), f.Saved(0)) : null;
            for (int i = 2; i < count; i++)
            {
                gradients[i] = !f.Needs(i) ? null : i == 2 && biased ? g.Sum([0]) : g;
            }

            return gradients;
        });
    }

    /// <summary>A view whose shape is the leading dimensions.</summary>
    internal Tensor BatchOf() => WithLayout(new Layout(Shape.Create(Shape.Sizes[..^2]), Layout.Strides[..^2].ToArray(), 0));
}
