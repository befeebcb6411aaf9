using Stretto.Backends;

namespace Stretto;

/// <summary>Functions of single elements. Operands broadcast and promote as in PyTorch.</summary>
public sealed partial class Tensor
{
    /// <summary>a + b.</summary>
    public static Tensor operator +(Tensor a, Tensor b) => Record(
        "add", Pairwise("add", BinaryOp.Add, a, b), [a, b], [],
        (f, g) => [f.Needs(0) ? g.SumTo(a.Shape, a.DType) : null, f.Needs(1) ? g.SumTo(b.Shape, b.DType) : null]);

    /// <summary>a − b.</summary>
    public static Tensor operator -(Tensor a, Tensor b) => Record(
        "sub", Pairwise("sub", BinaryOp.Subtract, a.NotBool("sub"), b.NotBool("sub")), [a, b], [],
        (f, g) => [f.Needs(0) ? g.SumTo(a.Shape, a.DType) : null, f.Needs(1) ? (-g).SumTo(b.Shape, b.DType) : null]);

    /// <summary>a · b, element by element.</summary>
    public static Tensor operator *(Tensor a, Tensor b) => Record(
        "mul", Pairwise("mul", BinaryOp.Multiply, a, b), [a, b], [a, b],
        (f, g) =>
        [
            f.Needs(0) ? (g * f.Saved(1)).SumTo(a.Shape, a.DType) : null,
            f.Needs(1) ? (g * f.Saved(0)).SumTo(b.Shape, b.DType) : null,
        ]);

    /// <summary>a / b, element by element; integers divide to float32.</summary>
    public static Tensor operator /(Tensor a, Tensor b) => Record(
        "div", Pairwise("div", BinaryOp.Divide, a, b, FloatingOr32(Broadcasting.Promote(a, b))), [a, b], [a, b],
        (f, g) =>
        [
            f.Needs(0) ? (g / f.Saved(1)).SumTo(a.Shape, a.DType) : null,
            f.Needs(1) ? (-g * f.Saved(0) / f.Saved(1).Square()).SumTo(b.Shape, b.DType) : null,
        ]);

    /// <summary>−x.</summary>
    public static Tensor operator -(Tensor x) => Record(
        "neg", x.NotBool("neg").Map(UnaryOp.Negate), [x], [], (_, g) => [-g]);

    /// <summary>x + number.</summary>
    public static Tensor operator +(Tensor x, Number number) =>
        Record("add", x.MapScalar(BinaryOp.Add, number), [x], [], (_, g) => [g.To(x.DType)]);

    /// <summary>number + x.</summary>
    public static Tensor operator +(Number number, Tensor x) => x + number;

    /// <summary>x − number.</summary>
    /// <exception cref="ArgumentException">The tensor or the number is a bool.</exception>
    public static Tensor operator -(Tensor x, Number number) => Record(
        "sub", x.NotBool("sub").MapScalar(BinaryOp.Subtract, NotBool("sub", number)), [x], [], (_, g) => [g.To(x.DType)]);

    /// <summary>number − x.</summary>
    /// <exception cref="ArgumentException">The tensor or the number is a bool.</exception>
    public static Tensor operator -(Number number, Tensor x) => Record(
        "rsub", x.NotBool("rsub").MapScalar(BinaryOp.Subtract, NotBool("rsub", number), numberFirst: true), [x], [],
        (_, g) => [-g.To(x.DType)]);

    /// <summary>x · number.</summary>
    public static Tensor operator *(Tensor x, Number number) =>
        Record("mul", x.MapScalar(BinaryOp.Multiply, number), [x], [], (_, g) => [(g * number).To(x.DType)]);

    /// <summary>number · x.</summary>
    public static Tensor operator *(Number number, Tensor x) => x * number;

    /// <summary>x / number; integers divide to float32.</summary>
    public static Tensor operator /(Tensor x, Number number) =>
        Record("div", x.AsFloating().MapScalar(BinaryOp.Divide, number), [x], [], (_, g) => [g / number]);

    /// <summary>number / x; integers divide to float32.</summary>
    public static Tensor operator /(Number number, Tensor x) => Record(
        "div", x.AsFloating().MapScalar(BinaryOp.Divide, number, numberFirst: true), [x], [x],
        (f, g) => [-g * number / f.Saved(0).Square()]);

    /// <summary>x².</summary>
    public Tensor Square() => Record("square", Map(UnaryOp.Square), [this], [this], (f, g) => [g * f.Saved(0) * 2]);

    /// <summary>|x|; the slope at 0 is 0.</summary>
    public Tensor Abs() => Record("abs", NotBool("abs").Map(UnaryOp.Abs), [this], [this], (f, g) => [g * f.Saved(0).Sign()]);

    /// <summary>−1, 0 or 1.</summary>
    public Tensor Sign() => Record("sign", Map(UnaryOp.Sign), [this], [], (_, g) => [g * 0]);

    /// <summary>√x.</summary>
    public Tensor Sqrt()
    {
        Tensor y = FloatMap(UnaryOp.Sqrt);
        return Record("sqrt", y, [this], [y], (f, g) => [g / (f.Saved(0) * 2)]);
    }

    /// <summary>1 / √x.</summary>
    public Tensor Rsqrt()
    {
        Tensor y = FloatMap(UnaryOp.Rsqrt);
        return Record("rsqrt", y, [this], [y], (f, g) => [g * f.Saved(0) * f.Saved(0).Square() * -0.5]);
    }

    /// <summary>1 / x.</summary>
    public Tensor Reciprocal()
    {
        Tensor y = FloatMap(UnaryOp.Reciprocal);
        return Record("reciprocal", y, [this], [y], (f, g) => [-g * f.Saved(0).Square()]);
    }

    /// <summary>eˣ.</summary>
    public Tensor Exp()
    {
        Tensor y = FloatMap(UnaryOp.Exp);
        return Record("exp", y, [this], [y], (f, g) => [g * f.Saved(0)]);
    }

    /// <summary>eˣ − 1, exact near 0.</summary>
    public Tensor Expm1()
    {
        Tensor y = FloatMap(UnaryOp.Expm1);
        return Record("expm1", y, [this], [y], (f, g) => [g * (f.Saved(0) + 1)]);
    }

    /// <summary>The natural logarithm.</summary>
    public Tensor Log() => Record("log", FloatMap(UnaryOp.Log), [this], [this], (f, g) => [g / f.Saved(0)]);

    /// <summary>log(1 + x), exact near 0.</summary>
    public Tensor Log1p() => Record("log1p", FloatMap(UnaryOp.Log1p), [this], [this], (f, g) => [g / (f.Saved(0) + 1)]);

    /// <summary>The sine of radians.</summary>
    public Tensor Sin() => Record("sin", FloatMap(UnaryOp.Sin), [this], [this], (f, g) => [g * f.Saved(0).Cos()]);

    /// <summary>The cosine of radians.</summary>
    public Tensor Cos() => Record("cos", FloatMap(UnaryOp.Cos), [this], [this], (f, g) => [-g * f.Saved(0).Sin()]);

    /// <summary>The hyperbolic tangent.</summary>
    public Tensor Tanh()
    {
        Tensor y = FloatMap(UnaryOp.Tanh);
        return Record("tanh", y, [this], [y], (f, g) => [g * (1 - f.Saved(0).Square())]);
    }

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    public Tensor Sigmoid()
    {
        Tensor y = FloatMap(UnaryOp.Sigmoid);
        return Record("sigmoid", y, [this], [y], (f, g) => [g * f.Saved(0) * (1 - f.Saved(0))]);
    }

    /// <summary>The error function.</summary>
    public Tensor Erf() => Record(
        "erf", FloatMap(UnaryOp.Erf), [this], [this], (f, g) => [g * (-f.Saved(0).Square()).Exp() * (2 / Math.Sqrt(Math.PI))]);

    /// <summary>The largest integer not above x.</summary>
    public Tensor Floor() => Record("floor", NotBool("floor").Map(UnaryOp.Floor), [this], [], (_, g) => [g * 0]);

    /// <summary>The smallest integer not below x.</summary>
    public Tensor Ceil() => Record("ceil", NotBool("ceil").Map(UnaryOp.Ceiling), [this], [], (_, g) => [g * 0]);

    /// <summary>The nearest integer, halves to the even one.</summary>
    public Tensor Round() => Record("round", NotBool("round").Map(UnaryOp.Round), [this], [], (_, g) => [g * 0]);

    /// <summary>The integer part.</summary>
    public Tensor Trunc() => Record("trunc", NotBool("trunc").Map(UnaryOp.Truncate), [this], [], (_, g) => [g * 0]);

    /// <summary>max(x, 0).</summary>
    public Tensor Relu() => Record("relu", NotBool("relu").Map(UnaryOp.Relu), [this], [this], (f, g) => [g * f.Saved(0).Sign().Relu()]);

    /// <summary>x · sigmoid(x). Ramachandran et al., Searching for Activation Functions, 2017.</summary>
    public Tensor Silu() => Record("silu", FloatMap(UnaryOp.Silu), [this], [this], (f, g) =>
    {
        if (!GradientMode.Enabled)
        {
            return [Pairwise("silu", BinaryOp.SiluSlope, g, f.Saved(0))];
        }

        Tensor s = f.Saved(0).Sigmoid();
        return [g * s * (1 + (f.Saved(0) * (1 - s)))];
    });

    /// <summary>The elements in another dtype; this tensor itself when it has it already.</summary>
    public Tensor To(DType dtype)
    {
        if (dtype == DType)
        {
            return this;
        }

        Tensor result = Uninitialized(Shape, dtype, Device);
        Backend.Copy(View, result.View);
        return Record("to", result, [this], [], (_, g) => [g.To(DType)]);
    }

    internal static Tensor Pairwise(string name, BinaryOp op, Tensor a, Tensor b, DType? inDType = null)
    {
        Broadcasting.SameDevice(name, a, b);
        Shape shape = a.Shape == b.Shape ? a.Shape : Broadcasting.Common(name, a, b);
        DType dtype = inDType ?? Broadcasting.Promote(a, b);
        Tensor left = a.Converted(dtype);
        Tensor right = b.Converted(dtype);
        Tensor result = Uninitialized(shape, op >= BinaryOp.Equal ? DType.Bool : dtype, a.Device);
        result.Backend.Binary(
            op, left.View.With(left.Layout.Expand(shape).At(0)), right.View.With(right.Layout.Expand(shape).At(0)), result.View);
        return result;
    }

    internal Tensor Map(UnaryOp op)
    {
        Tensor result = Uninitialized(Shape, DType, Device);
        Backend.Unary(op, View, result.View);
        return result;
    }

    /// <summary>The elements in another dtype, outside the graph.</summary>
    internal Tensor Converted(DType dtype)
    {
        if (dtype == DType)
        {
            return this;
        }

        Tensor result = Uninitialized(Shape, dtype, Device);
        Backend.Copy(View, result.View);
        return result;
    }

    private Tensor FloatMap(UnaryOp op) => AsFloating().Map(op);

    private Tensor AsFloating() => DType.IsFloatingPoint() ? this : Converted(DType.Float32);

    private static DType FloatingOr32(DType dtype) => dtype.IsFloatingPoint() ? dtype : DType.Float32;

    /// <summary>op(x, number), or op(number, x), in the dtype that both promote to, outside the graph.</summary>
    internal Tensor MapScalar(BinaryOp op, Number number, bool numberFirst = false)
    {
        DType dtype = Broadcasting.Promote(DType, number);
        Tensor source = Converted(dtype);
        if (!numberFirst && dtype.IsFloatingPoint())
        {
            Tensor result = Uninitialized(Shape, op >= BinaryOp.Equal ? DType.Bool : dtype, Device);
            Backend.BinaryScalar(op, source.View, number.ToDouble(), result.View);
            return result;
        }

        Tensor scalar = Wrapped(number, dtype, Device);
        return numberFirst ? Pairwise("number", op, scalar, source) : Pairwise("number", op, source, scalar);
    }

    /// <summary>A number as a tensor without dimensions; 64-bit integers keep all their bits.</summary>
    internal static Tensor Wrapped(Number number, DType dtype, Device device) => dtype.IsFloatingPoint()
        ? Scalar(number.ToDouble(), dtype, device)
        : From([number.ToInt64()], Shape.Scalar, device).Converted(dtype);

    private Tensor NotBool(string name) => DType != DType.Bool
        ? this
        : throw new ArgumentException($"{name}: {Describe()} is a bool tensor; use logical operations, or To(DType.Int64) first");

    private static Number NotBool(string name, Number number) => number.DType != DType.Bool
        ? number
        : throw new ArgumentException($"{name}: a bool is no number to subtract with; use logical operations, or 0 and 1");

    /// <summary>A gradient reduced to the shape and dtype of the operand that it was broadcast from.</summary>
    internal Tensor SumTo(Shape shape, DType dtype)
    {
        Tensor result = this;
        if (shape != Shape)
        {
            int missing = Rank - shape.Rank;
            List<int> dims = [];
            for (int d = 0; d < Rank; d++)
            {
                if (d < missing || (shape.Sizes[d - missing] == 1 && Shape.Sizes[d] != 1))
                {
                    dims.Add(d);
                }
            }

            result = Sum([.. dims], keepDims: true).Reshape(shape);
        }

        return result.To(dtype);
    }
}
