using Stretto.Backends;

namespace Stretto;

/// <summary>How a division rounds its quotient.</summary>
public enum RoundingMode
{
    /// <summary>Not at all.</summary>
    None,
    /// <summary>Towards zero.</summary>
    Trunc,
    /// <summary>Towards minus infinity.</summary>
    Floor,
}

/// <summary>Arithmetic with more than its operator: scaled sums, rounded quotients, remainders, powers.</summary>
public sealed partial class Tensor
{
    /// <summary>x + alpha · other.</summary>
    /// <exception cref="ArgumentException">A floating-point alpha with integer tensors.</exception>
    public Tensor Add(Tensor other, Number? alpha = null) =>
        alpha is { } factor ? this + (other * Factor("add", factor, other)) : this + other;

    /// <summary>x + alpha · other.</summary>
    public Tensor Add(Number other, Number? alpha = null) => this + Times(other, alpha);

    /// <summary>x − alpha · other.</summary>
    /// <exception cref="ArgumentException">A bool tensor, or a floating-point alpha with integer tensors.</exception>
    public Tensor Sub(Tensor other, Number? alpha = null) =>
        alpha is { } factor ? this - (other.NotBool("sub") * Factor("sub", factor, other)) : this - other;

    /// <summary>x − alpha · other.</summary>
    /// <exception cref="ArgumentException">A bool tensor or number.</exception>
    public Tensor Sub(Number other, Number? alpha = null) => this - Times(other, alpha);

    /// <summary>other − alpha · x.</summary>
    /// <exception cref="ArgumentException">A bool tensor, or a floating-point alpha with integer tensors.</exception>
    public Tensor Rsub(Tensor other, Number? alpha = null) => other.Sub(this, alpha);

    /// <summary>other − alpha · x.</summary>
    /// <exception cref="ArgumentException">A bool tensor or number, or a floating-point alpha with an integer tensor.</exception>
    public Tensor Rsub(Number other, Number? alpha = null) =>
        other - (alpha is { } factor ? NotBool("rsub") * Factor("rsub", factor, this) : this);

    /// <summary>x · other.</summary>
    public Tensor Mul(Tensor other) => this * other;

    /// <summary>x · other.</summary>
    public Tensor Mul(Number other) => this * other;

    /// <summary>x / other, rounded as asked; a rounded quotient of integers is an integer, and has gradient 0.</summary>
    /// <exception cref="ArgumentException">Two bool tensors with a rounding mode.</exception>
    /// <exception cref="DivideByZeroException">Integers are divided by 0 with a rounding mode.</exception>
    public Tensor Div(Tensor other, RoundingMode rounding = RoundingMode.None) => rounding == RoundingMode.None
        ? this / other
        : Record("div", Pairwise("div", Rounded(rounding), this, other, Numeric("div", Broadcasting.Promote(this, other))),
            [this, other], [], (f, g) => [f.Needs(0) ? ZerosLike(this) : null, f.Needs(1) ? ZerosLike(other) : null]);

    /// <summary>x / other, rounded as asked; a rounded quotient of integers is an integer, and has gradient 0.</summary>
    /// <exception cref="ArgumentException">A bool tensor and number with a rounding mode.</exception>
    /// <exception cref="DivideByZeroException">Integers are divided by 0 with a rounding mode.</exception>
    public Tensor Div(Number other, RoundingMode rounding = RoundingMode.None)
    {
        if (rounding == RoundingMode.None)
        {
            return this / other;
        }

        Numeric("div", Broadcasting.Promote(DType, other));
        return Record("div", MapScalar(Rounded(rounding), other), [this], [], (_, _) => [ZerosLike(this)]);
    }

    /// <summary>The largest integer not above x / other.</summary>
    public Tensor FloorDivide(Tensor other) => Div(other, RoundingMode.Floor);

    /// <summary>The largest integer not above x / other.</summary>
    public Tensor FloorDivide(Number other) => Div(other, RoundingMode.Floor);

    /// <summary>x − other · floor(x / other): has the sign of the divisor.</summary>
    /// <exception cref="ArgumentException">Two bool tensors.</exception>
    /// <exception cref="DivideByZeroException">Integers are divided by 0.</exception>
    public Tensor Remainder(Tensor other) => Modulo("remainder", BinaryOp.Remainder, RoundingMode.Floor, this, other);

    /// <summary>x − other · floor(x / other): has the sign of the divisor.</summary>
    public Tensor Remainder(Number other) => Modulo("remainder", BinaryOp.Remainder, other);

    /// <summary>The remainder of a number by each element: has the sign of the divisor.</summary>
    public static Tensor Remainder(Number x, Tensor other) => Modulo(
        "remainder", BinaryOp.Remainder, RoundingMode.Floor, other.Beside(x), other);

    /// <summary>x − other · trunc(x / other): has the sign of the dividend.</summary>
    /// <exception cref="ArgumentException">Two bool tensors.</exception>
    /// <exception cref="DivideByZeroException">Integers are divided by 0.</exception>
    public Tensor Fmod(Tensor other) => Modulo("fmod", BinaryOp.Fmod, RoundingMode.Trunc, this, other);

    /// <summary>x − other · trunc(x / other): has the sign of the dividend.</summary>
    public Tensor Fmod(Number other) => Modulo("fmod", BinaryOp.Fmod, other);

    /// <summary>x to the power of exponent.</summary>
    /// <exception cref="ArgumentException">Two bool tensors, or an integer to a negative power.</exception>
    public Tensor Pow(Tensor exponent)
    {
        DType dtype = Numeric("pow", Broadcasting.Promote(this, exponent));
        Tensor y = Pairwise("pow", BinaryOp.Power, this, exponent, dtype);
        return Record("pow", y, [this, exponent], [this, exponent, y], (f, g) =>
        {
            (Tensor x, Tensor e) = (f.Saved(0), f.Saved(1));
            return
            [
                f.Needs(0) ? Where(e.Eq(0), 0, g * e * x.Pow(e - 1)).SumTo(Shape, DType) : null,
                f.Needs(1)
                    ? Where(x.Eq(0).LogicalAnd(e.Ge(0)), 0, g * f.Saved(2) * x.Log()).SumTo(exponent.Shape, exponent.DType)
                    : null,
            ];
        });
    }

    /// <summary>x to the power of exponent.</summary>
    /// <exception cref="ArgumentException">An integer to a negative power.</exception>
    public Tensor Pow(Number exponent)
    {
        double e = exponent.ToDouble();
        Tensor y = e == 2 && DType != DType.Bool && DType.IsFloatingPoint() ? Map(UnaryOp.Square) : MapScalar(BinaryOp.Power, exponent);
        return Record(
            "pow", y, [this], [this],
            (f, g) => [e == 0 ? ZerosLike(this) : e == 1 ? g.To(DType) : (g * f.Saved(0).Pow(e - 1) * e).To(DType)]);
    }

    /// <summary>A number to the power of a tensor.</summary>
    public static Tensor Pow(Number x, Tensor exponent)
    {
        Tensor y = exponent.MapScalar(BinaryOp.Power, x, numberFirst: true);
        double number = x.ToDouble();
        return Record("pow", y, [exponent], [exponent, y], (f, g) => number == 0
            ? [Where(f.Saved(0).Ge(0), 0, g * f.Saved(1) * Math.Log(number))]
            : [g * f.Saved(1) * Math.Log(number)]);
    }

    /// <summary>x + weight · (end − x), exactly x at weight 0 and end at weight 1.</summary>
    public Tensor Lerp(Tensor end, Tensor weight)
    {
        Tensor y = Where(
            weight.Detach().Abs().Lt(0.5), Detach() + (weight.Detach() * (end.Detach() - Detach())),
            end.Detach() - ((end.Detach() - Detach()) * (1 - weight.Detach())));
        return Record("lerp", y, [this, end, weight], [this, end, weight], (f, g) =>
        [
            f.Needs(0) ? (g * (1 - f.Saved(2))).SumTo(Shape, DType) : null,
            f.Needs(1) ? (g * f.Saved(2)).SumTo(end.Shape, end.DType) : null,
            f.Needs(2) ? (g * (f.Saved(1) - f.Saved(0))).SumTo(weight.Shape, weight.DType) : null,
        ]);
    }

    /// <summary>x + weight · (end − x).</summary>
    public Tensor Lerp(Tensor end, double weight) =>
        Math.Abs(weight) < 0.5 ? this + ((end - this) * weight) : end - ((end - this) * (1 - weight));

    /// <summary>x + value · tensor1 · tensor2.</summary>
    public Tensor Addcmul(Tensor tensor1, Tensor tensor2, Number? value = null) => Add(tensor1 * tensor2, value);

    /// <summary>x + value · tensor1 / tensor2.</summary>
    public Tensor Addcdiv(Tensor tensor1, Tensor tensor2, Number? value = null) => Add(tensor1 / tensor2, value);

    private static BinaryOp Rounded(RoundingMode rounding) =>
        rounding == RoundingMode.Floor ? BinaryOp.FloorDivide : BinaryOp.TruncateDivide;

    private static Tensor Modulo(string name, BinaryOp op, RoundingMode rounding, Tensor a, Tensor b) => Record(
        name, Pairwise(name, op, a, b, Numeric(name, Broadcasting.Promote(a, b))), [a, b], [a, b],
        (f, g) =>
        [
            f.Needs(0) ? g.SumTo(a.Shape, a.DType) : null,
            f.Needs(1) ? (-g * f.Saved(0).Div(f.Saved(1), rounding)).SumTo(b.Shape, b.DType) : null,
        ]);

    private Tensor Modulo(string name, BinaryOp op, Number other)
    {
        Numeric(name, Broadcasting.Promote(DType, other));
        return Record(name, MapScalar(op, other), [this], [], (_, g) => [g.To(DType)]);
    }

    private static DType Numeric(string name, DType dtype) => dtype != DType.Bool
        ? dtype
        : throw new ArgumentException($"{name}: two bools have none; convert one with To(DType.Int64) first");

    private static Number Factor(string name, Number alpha, Tensor of) =>
        alpha.DType != DType.Float32 || of.DType.IsFloatingPoint()
            ? alpha
            : throw new ArgumentException($"{name}: alpha {alpha} is no integer, but {of.Describe()} holds integers");

    private static Number Times(Number number, Number? alpha) => alpha is not { } factor
        ? number
        : number.DType == DType.Float32 || factor.DType == DType.Float32
            ? number.ToDouble() * factor.ToDouble()
            : unchecked(number.ToInt64() * factor.ToInt64());

    private Tensor Beside(Number number) => Wrapped(number, Broadcasting.Promote(DType, number), Device);

    private static Tensor ZerosLike(Tensor x) => Zeros(x.Shape, x.DType, x.Device);
}
