namespace Stretto;

/// <summary>Variance and deviation, in two passes.</summary>
public sealed partial class Tensor
{
    /// <summary>
    /// Σ (x − mean)² / (n − correction) over dimensions; correction 1 is the unbiased estimate, 0 the
    /// population's.
    /// </summary>
    public Tensor Var(ReadOnlySpan<int> dims = default, double correction = 1, bool keepDims = false)
    {
        (Tensor y, int[] over, double divisor) = VarianceOf("var", dims, correction, keepDims);
        return Record("var", y, [this], [this], (f, g) => [VarianceGradient(f.Saved(0), WithDims(g, over, keepDims), over, divisor)]);
    }

    /// <summary>The root of <see cref="Var"/>; the gradient where it is 0 is 0.</summary>
    public Tensor Std(ReadOnlySpan<int> dims = default, double correction = 1, bool keepDims = false)
    {
        (Tensor variance, int[] over, double divisor) = VarianceOf("std", dims, correction, keepDims);
        Tensor y = variance.Map(Backends.UnaryOp.Sqrt);
        return Record("std", y, [this], [this, y], (f, g) =>
        {
            Tensor inner = (g / (f.Saved(1) * 2)).MaskedFill(f.Saved(1).Is(0), 0);
            return [VarianceGradient(f.Saved(0), WithDims(inner, over, keepDims), over, divisor)];
        });
    }

    /// <summary><see cref="Var"/> and <see cref="Mean(ReadOnlySpan{int}, bool)"/> of the same dimensions.</summary>
    public (Tensor Variance, Tensor Mean) VarMean(ReadOnlySpan<int> dims = default, double correction = 1, bool keepDims = false) =>
        (Var(dims, correction, keepDims), Mean(dims, keepDims));

    /// <summary><see cref="Std"/> and <see cref="Mean(ReadOnlySpan{int}, bool)"/> of the same dimensions.</summary>
    public (Tensor Deviation, Tensor Mean) StdMean(ReadOnlySpan<int> dims = default, double correction = 1, bool keepDims = false) =>
        (Std(dims, correction, keepDims), Mean(dims, keepDims));

    private (Tensor Variance, int[] Over, double Divisor) VarianceOf(string name, ReadOnlySpan<int> dims, double correction, bool keepDims)
    {
        if (!DType.IsFloatingPoint())
        {
            throw new InvalidOperationException($"{name}: {Describe()} holds no floating-point numbers; use To(DType.Float32) first");
        }

        int[] over = Dims(dims);
        double divisor = Math.Max(0, over.Aggregate(1L, (n, d) => n * Shape[d]) - correction);
        Tensor source = Detach();
        Tensor centred = Pairwise(name, Backends.BinaryOp.Subtract, source, source.Mean(over, keepDims: true));
        Tensor y = centred.Map(Backends.UnaryOp.Square).Reduced(Backends.ReduceOp.Sum, over, keepDims, DType)
            .MapScalar(Backends.BinaryOp.Divide, divisor);
        return (y, over, divisor);
    }

    private static Tensor VarianceGradient(Tensor x, Tensor g, int[] over, double divisor) =>
        (g * 2) * ((x - x.Mean(over, keepDims: true)) / divisor);
}
