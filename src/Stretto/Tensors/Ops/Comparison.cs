using Stretto.Backends;

namespace Stretto;

/// <summary>Questions about elements, answered in bools, and operations on bits. Operands broadcast and promote; no gradient flows.</summary>
public sealed partial class Tensor
{
    /// <summary>Whether x = other.</summary>
    public Tensor Eq(Tensor other) => Pairwise("eq", BinaryOp.Equal, this, other);

    /// <summary>Whether x = other.</summary>
    public Tensor Eq(Number other) => MapScalar(BinaryOp.Equal, other);

    /// <summary>Whether x ≠ other.</summary>
    public Tensor Ne(Tensor other) => Pairwise("ne", BinaryOp.NotEqual, this, other);

    /// <summary>Whether x ≠ other.</summary>
    public Tensor Ne(Number other) => MapScalar(BinaryOp.NotEqual, other);

    /// <summary>Whether x &lt; other.</summary>
    public Tensor Lt(Tensor other) => Pairwise("lt", BinaryOp.Less, this, other);

    /// <summary>Whether x &lt; other.</summary>
    public Tensor Lt(Number other) => MapScalar(BinaryOp.Less, other);

    /// <summary>Whether x ≤ other.</summary>
    public Tensor Le(Tensor other) => Pairwise("le", BinaryOp.LessOrEqual, this, other);

    /// <summary>Whether x ≤ other.</summary>
    public Tensor Le(Number other) => MapScalar(BinaryOp.LessOrEqual, other);

    /// <summary>Whether x &gt; other.</summary>
    public Tensor Gt(Tensor other) => Pairwise("gt", BinaryOp.Greater, this, other);

    /// <summary>Whether x &gt; other.</summary>
    public Tensor Gt(Number other) => MapScalar(BinaryOp.Greater, other);

    /// <summary>Whether x ≥ other.</summary>
    public Tensor Ge(Tensor other) => Pairwise("ge", BinaryOp.GreaterOrEqual, this, other);

    /// <summary>Whether x ≥ other.</summary>
    public Tensor Ge(Number other) => MapScalar(BinaryOp.GreaterOrEqual, other);

    /// <summary>Whether neither is 0.</summary>
    public Tensor LogicalAnd(Tensor other) => Pairwise("logical_and", BinaryOp.LogicalAnd, this, other);

    /// <summary>Whether one of them is not 0.</summary>
    public Tensor LogicalOr(Tensor other) => Pairwise("logical_or", BinaryOp.LogicalOr, this, other);

    /// <summary>Whether exactly one of them is 0.</summary>
    public Tensor LogicalXor(Tensor other) => Pairwise("logical_xor", BinaryOp.LogicalXor, this, other);

    /// <summary>Whether x = 0.</summary>
    public Tensor LogicalNot() => Ask(UnaryOp.LogicalNot);

    /// <summary>Whether x is not a number.</summary>
    public Tensor IsNaN() => Ask(UnaryOp.IsNaN);

    /// <summary>Whether x is an infinity.</summary>
    public Tensor IsInf() => Ask(UnaryOp.IsInfinite);

    /// <summary>Whether x is neither an infinity nor NaN.</summary>
    public Tensor IsFinite() => Ask(UnaryOp.IsFinite);

    /// <summary>Whether the sign bit is set: also of −0.</summary>
    public Tensor SignBit() => Ask(UnaryOp.SignBit);

    /// <summary>Whether |x − other| ≤ atol + rtol · |other|; infinities are close to themselves, NaN where asked.</summary>
    /// <exception cref="ArgumentException">The dtypes differ, or a tolerance is negative.</exception>
    public Tensor IsClose(Tensor other, double rtol = 1e-5, double atol = 1e-8, bool equalNaN = false)
    {
        if (DType != other.DType || rtol < 0 || atol < 0)
        {
            throw new ArgumentException(
                $"isclose: {Describe()} and {other.Describe()} must have one dtype, and rtol {rtol} and atol {atol} must not be negative");
        }

        (Tensor a, Tensor b) = (Detach(), other.Detach());
        Tensor close = a.Eq(b);
        if (!DType.IsFloatingPoint())
        {
            (a, b) = (a.To(DType.Float64), b.To(DType.Float64));
        }

        Tensor difference = (a - b).Abs();
        close = close.LogicalOr(difference.IsFinite().LogicalAnd(difference.Le((b.Abs() * rtol) + atol)));
        return equalNaN ? close.LogicalOr(a.IsNaN().LogicalAnd(b.IsNaN())) : close;
    }

    /// <summary>The bits set in both.</summary>
    /// <exception cref="ArgumentException">A floating-point operand.</exception>
    public Tensor BitwiseAnd(Tensor other) => Bits("bitwise_and", BinaryOp.BitwiseAnd, other);

    /// <summary>The bits set in both.</summary>
    /// <exception cref="ArgumentException">A floating-point operand.</exception>
    public Tensor BitwiseAnd(Number other) => Bits("bitwise_and", BinaryOp.BitwiseAnd, other);

    /// <summary>The bits set in either.</summary>
    /// <exception cref="ArgumentException">A floating-point operand.</exception>
    public Tensor BitwiseOr(Tensor other) => Bits("bitwise_or", BinaryOp.BitwiseOr, other);

    /// <summary>The bits set in either.</summary>
    /// <exception cref="ArgumentException">A floating-point operand.</exception>
    public Tensor BitwiseOr(Number other) => Bits("bitwise_or", BinaryOp.BitwiseOr, other);

    /// <summary>The bits set in exactly one.</summary>
    /// <exception cref="ArgumentException">A floating-point operand.</exception>
    public Tensor BitwiseXor(Tensor other) => Bits("bitwise_xor", BinaryOp.BitwiseXor, other);

    /// <summary>The bits set in exactly one.</summary>
    /// <exception cref="ArgumentException">A floating-point operand.</exception>
    public Tensor BitwiseXor(Number other) => Bits("bitwise_xor", BinaryOp.BitwiseXor, other);

    /// <summary>All bits turned over; of bools, the other one.</summary>
    /// <exception cref="ArgumentException">Floating-point elements.</exception>
    public Tensor BitwiseNot() => DType == DType.Bool ? LogicalNot() : NotFloating("bitwise_not").Map(UnaryOp.BitwiseNot);

    private Tensor Bits(string name, BinaryOp op, Tensor other) =>
        Pairwise(name, op, NotFloating(name), other.NotFloating(name));

    private Tensor Bits(string name, BinaryOp op, Number other) => other.DType != DType.Float32
        ? NotFloating(name).MapScalar(op, other)
        : throw new ArgumentException($"{name}: {other} is no integer");

    private Tensor NotFloating(string name) => !DType.IsFloatingPoint()
        ? this
        : throw new ArgumentException($"{name}: {Describe()} has no bits to combine; only integers and bools have");

    private Tensor Ask(UnaryOp op)
    {
        Tensor result = Uninitialized(Shape, DType.Bool, Device);
        Backend.Unary(op, View, result.View);
        return result;
    }
}
