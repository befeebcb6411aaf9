using Stretto.Backends;

namespace Stretto;

/// <summary>The other functions of analysis; integers become float32.</summary>
public sealed partial class Tensor
{
    /// <summary>2ˣ.</summary>
    public Tensor Exp2()
    {
        Tensor y = FloatMap(UnaryOp.Exp2);
        return Record("exp2", y, [this], [y], (f, g) => [g * f.Saved(0) * Math.Log(2)]);
    }

    /// <summary>The logarithm to base 2.</summary>
    public Tensor Log2() => Record(
        "log2", FloatMap(UnaryOp.Log2), [this], [this], (f, g) => [g / (f.Saved(0) * Math.Log(2))]);

    /// <summary>The logarithm to base 10.</summary>
    public Tensor Log10() => Record(
        "log10", FloatMap(UnaryOp.Log10), [this], [this], (f, g) => [g / (f.Saved(0) * Math.Log(10))]);

    /// <summary>The tangent of radians.</summary>
    public Tensor Tan()
    {
        Tensor y = FloatMap(UnaryOp.Tan);
        return Record("tan", y, [this], [y], (f, g) => [g * (f.Saved(0).Square() + 1)]);
    }

    /// <summary>The angle in [−π/2, π/2] whose sine is x.</summary>
    public Tensor Asin() => Record(
        "asin", FloatMap(UnaryOp.Asin), [this], [this], (f, g) => [g * (1 - f.Saved(0).Square()).Rsqrt()]);

    /// <summary>The angle in [0, π] whose cosine is x.</summary>
    public Tensor Acos() => Record(
        "acos", FloatMap(UnaryOp.Acos), [this], [this], (f, g) => [-g * (1 - f.Saved(0).Square()).Rsqrt()]);

    /// <summary>The angle in (−π/2, π/2) whose tangent is x.</summary>
    public Tensor Atan() => Record(
        "atan", FloatMap(UnaryOp.Atan), [this], [this], (f, g) => [g / (f.Saved(0).Square() + 1)]);

    /// <summary>The angle in [−π, π] of the point (other, x).</summary>
    public Tensor Atan2(Tensor other) => Record(
        "atan2", Pairwise("atan2", BinaryOp.Atan2, this, other, FloatingOr32(Broadcasting.Promote(this, other))),
        [this, other], [this, other], (f, g) =>
        {
            Tensor scaled = g / (f.Saved(0).Square() + f.Saved(1).Square());
            return
            [
                f.Needs(0) ? (scaled * f.Saved(1)).SumTo(Shape, DType) : null,
                f.Needs(1) ? (-scaled * f.Saved(0)).SumTo(other.Shape, other.DType) : null,
            ];
        });

    /// <summary>The square root of x² + other², without overflow on the way.</summary>
    public Tensor Hypot(Tensor other)
    {
        Tensor y = Pairwise("hypot", BinaryOp.Hypot, this, other, FloatingOr32(Broadcasting.Promote(this, other)));
        return Record("hypot", y, [this, other], [this, other, y], (f, g) =>
        [
            f.Needs(0) ? (g * (f.Saved(0) / f.Saved(2))).SumTo(Shape, DType) : null,
            f.Needs(1) ? (g * (f.Saved(1) / f.Saved(2))).SumTo(other.Shape, other.DType) : null,
        ]);
    }

    /// <summary>The hyperbolic sine.</summary>
    public Tensor Sinh() => Record("sinh", FloatMap(UnaryOp.Sinh), [this], [this], (f, g) => [g * f.Saved(0).Cosh()]);

    /// <summary>The hyperbolic cosine.</summary>
    public Tensor Cosh() => Record("cosh", FloatMap(UnaryOp.Cosh), [this], [this], (f, g) => [g * f.Saved(0).Sinh()]);

    /// <summary>The inverse of the hyperbolic sine.</summary>
    public Tensor Asinh() => Record(
        "asinh", FloatMap(UnaryOp.Asinh), [this], [this], (f, g) => [g * (f.Saved(0).Square() + 1).Rsqrt()]);

    /// <summary>The inverse of the hyperbolic cosine.</summary>
    public Tensor Acosh() => Record(
        "acosh", FloatMap(UnaryOp.Acosh), [this], [this], (f, g) => [g * (f.Saved(0).Square() - 1).Rsqrt()]);

    /// <summary>The inverse of the hyperbolic tangent.</summary>
    public Tensor Atanh() => Record(
        "atanh", FloatMap(UnaryOp.Atanh), [this], [this], (f, g) => [g / (1 - f.Saved(0).Square())]);

    /// <summary>The part behind the point, with the sign of x.</summary>
    public Tensor Frac() => this - Trunc();

    /// <summary>Rounded to decimals behind the point, or before it where negative; halves to the even digit.</summary>
    public Tensor Round(int decimals)
    {
        if (decimals == 0 || !DType.IsFloatingPoint())
        {
            return Round();
        }

        double power = Math.Pow(10, Math.Abs(decimals));
        return decimals > 0 ? (this * power).Round() / power : (this / power).Round() * power;
    }
}
