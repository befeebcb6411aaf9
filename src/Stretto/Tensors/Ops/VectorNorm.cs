using Stretto.Backends;

namespace Stretto;

/// <summary>Norms of vectors.</summary>
public sealed partial class Tensor
{
    /// <summary>
    /// (Σ |x|ᵖ)^(1/p) over dimensions; order ∞ and −∞ are the largest and smallest magnitude, 0 counts what is not
    /// zero.
    /// The gradient of the zero vector is 0; equal extremes share it.
    /// </summary>
    public Tensor VectorNorm(double order = 2, ReadOnlySpan<int> dims = default, bool keepDims = false)
    {
        if (!DType.IsFloatingPoint())
        {
            throw new InvalidOperationException($"vector_norm: {Describe()} holds no floating-point numbers; use To(DType.Float32) first");
        }

        int[] over = Dims(dims);
        if (double.IsInfinity(order) || order < 0)
        {
            CheckNotEmpty("vector_norm", over);
        }

        Tensor magnitudes = Map(UnaryOp.Abs);
        Tensor y = order switch
        {
            0 => magnitudes.Converted(DType.Bool).Converted(DType).Reduced(ReduceOp.Sum, over, keepDims, DType),
            1 => magnitudes.Reduced(ReduceOp.Sum, over, keepDims, DType),
            2 => magnitudes.Map(UnaryOp.Square).Reduced(ReduceOp.Sum, over, keepDims, DType).Map(UnaryOp.Sqrt),
            double.PositiveInfinity => magnitudes.Reduced(ReduceOp.Maximum, over, keepDims, DType),
            double.NegativeInfinity => magnitudes.Reduced(ReduceOp.Minimum, over, keepDims, DType),
            _ => magnitudes.MapScalar(BinaryOp.Power, order).Reduced(ReduceOp.Sum, over, keepDims, DType).MapScalar(BinaryOp.Power, 1 / order),
        };
        return Record("vector_norm", y, [this], [this, y], (f, g) =>
            [NormGradient(f.Saved(0), WithDims(f.Saved(1), over, keepDims), WithDims(g, over, keepDims), order, over)]);
    }

    private static Tensor NormGradient(Tensor x, Tensor norm, Tensor g, double p, int[] over)
    {
        if (p is 0 or 1)
        {
            return p == 0 ? g * Zeros(x.Shape, x.DType, x.Device) : g * x.Sign();
        }

        if (double.IsInfinity(p))
        {
            Tensor hits = Pairwise("vector_norm", BinaryOp.Equal, x.Map(UnaryOp.Abs), norm).Converted(x.DType);
            return g * x.Sign() * (hits / hits.Sum(over, keepDims: true));
        }

        if (p < 1)
        {
            return x.Sign() * x.Abs().ToPower(p - 1).MaskedFill(x.Is(0), 0) * g * norm.ToPower(1 - p);
        }

        Tensor scale = (g / (p == 2 ? norm : norm.ToPower(p - 1))).MaskedFill(norm.Is(0), 0);
        return p == 2 ? x * scale : p < 2 ? x.Sign() * x.Abs().ToPower(p - 1) * scale : x * x.Abs().ToPower(p - 2) * scale;
    }

    private Tensor ToPower(double p) =>
        Record("pow", MapScalar(BinaryOp.Power, p), [this], [this], (f, g) => [g * f.Saved(0).ToPower(p - 1) * p]);
}
