namespace Stretto;

/// <summary>
/// Operators besides those of arithmetic. == and != compare handles, as of any class; use <see cref="Eq(Tensor)"/> and
/// <see cref="Ne(Tensor)"/> for elements.
/// </summary>
public sealed partial class Tensor
{
    /// <summary>x itself.</summary>
    public static Tensor operator +(Tensor x) => x;

    /// <summary>The remainder of a / b, with the sign of b.</summary>
    public static Tensor operator %(Tensor a, Tensor b) => a.Remainder(b);

    /// <summary>The remainder of x / number, with the sign of the number.</summary>
    public static Tensor operator %(Tensor x, Number number) => x.Remainder(number);

    /// <summary>The remainder of number / x, with the sign of x.</summary>
    public static Tensor operator %(Number number, Tensor x) => Remainder(number, x);

    /// <summary>Whether a &lt; b, element by element.</summary>
    public static Tensor operator <(Tensor a, Tensor b) => a.Lt(b);

    /// <summary>Whether a &gt; b, element by element.</summary>
    public static Tensor operator >(Tensor a, Tensor b) => a.Gt(b);

    /// <summary>Whether a ≤ b, element by element.</summary>
    public static Tensor operator <=(Tensor a, Tensor b) => a.Le(b);

    /// <summary>Whether a ≥ b, element by element.</summary>
    public static Tensor operator >=(Tensor a, Tensor b) => a.Ge(b);

    /// <summary>Whether x &lt; number, element by element.</summary>
    public static Tensor operator <(Tensor x, Number number) => x.Lt(number);

    /// <summary>Whether x &gt; number, element by element.</summary>
    public static Tensor operator >(Tensor x, Number number) => x.Gt(number);

    /// <summary>Whether x ≤ number, element by element.</summary>
    public static Tensor operator <=(Tensor x, Number number) => x.Le(number);

    /// <summary>Whether x ≥ number, element by element.</summary>
    public static Tensor operator >=(Tensor x, Number number) => x.Ge(number);

    /// <summary>Whether number &lt; x, element by element.</summary>
    public static Tensor operator <(Number number, Tensor x) => x.Gt(number);

    /// <summary>Whether number &gt; x, element by element.</summary>
    public static Tensor operator >(Number number, Tensor x) => x.Lt(number);

    /// <summary>Whether number ≤ x, element by element.</summary>
    public static Tensor operator <=(Number number, Tensor x) => x.Ge(number);

    /// <summary>Whether number ≥ x, element by element.</summary>
    public static Tensor operator >=(Number number, Tensor x) => x.Le(number);

    /// <summary>The bits set in both; of bools, whether both are true.</summary>
    /// <exception cref="ArgumentException">A floating-point operand.</exception>
    public static Tensor operator &(Tensor a, Tensor b) => a.BitwiseAnd(b);

    /// <summary>The bits set in either; of bools, whether one is true.</summary>
    /// <exception cref="ArgumentException">A floating-point operand.</exception>
    public static Tensor operator |(Tensor a, Tensor b) => a.BitwiseOr(b);

    /// <summary>The bits set in exactly one; of bools, whether they differ.</summary>
    /// <exception cref="ArgumentException">A floating-point operand.</exception>
    public static Tensor operator ^(Tensor a, Tensor b) => a.BitwiseXor(b);

    /// <summary>All bits turned over; of bools, the other one.</summary>
    /// <exception cref="ArgumentException">Floating-point elements.</exception>
    public static Tensor operator ~(Tensor x) => x.BitwiseNot();
}
