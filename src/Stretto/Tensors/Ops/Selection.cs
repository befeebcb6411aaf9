using Stretto.Backends;

namespace Stretto;

/// <summary>One element or another: where, maximum, clamp.</summary>
public sealed partial class Tensor
{
    /// <summary>a where the condition (bool) holds, otherwise b; all broadcast, a and b promote.</summary>
    /// <exception cref="ArgumentException">The condition is not bool, or shapes do not fit.</exception>
    public static Tensor Where(Tensor condition, Tensor a, Tensor b)
    {
        if (condition.DType != DType.Bool)
        {
            throw new ArgumentException($"where: the condition is {condition.Describe()}, not bool; compare it first");
        }

        Broadcasting.SameDevice("where", a, b);
        Broadcasting.SameDevice("where", condition, a);
        return Choose(condition, a, b);
    }

    /// <summary>a where the condition holds, otherwise a number.</summary>
    public static Tensor Where(Tensor condition, Tensor a, Number b) => Where(condition, a, a.Beside(b));

    /// <summary>A number where the condition holds, otherwise b.</summary>
    public static Tensor Where(Tensor condition, Number a, Tensor b) => Where(condition, b.Beside(a), b);

    /// <summary>The larger of the two; NaN where either is. Equal elements share the gradient.</summary>
    public Tensor Maximum(Tensor other) => Extreme("maximum", BinaryOp.Maximum, other);

    /// <summary>The smaller of the two; NaN where either is. Equal elements share the gradient.</summary>
    public Tensor Minimum(Tensor other) => Extreme("minimum", BinaryOp.Minimum, other);

    /// <summary>The larger of the two; a number wins over NaN.</summary>
    public Tensor Fmax(Tensor other) => Record(
        "fmax", Pairwise("fmax", BinaryOp.FMax, this, other), [this, other], [this, other],
        (f, g) => Chosen(f.Saved(0).Ge(f.Saved(1)).LogicalOr(f.Saved(1).IsNaN()), g, this, other));

    /// <summary>The smaller of the two; a number wins over NaN.</summary>
    public Tensor Fmin(Tensor other) => Record(
        "fmin", Pairwise("fmin", BinaryOp.FMin, this, other), [this, other], [this, other],
        (f, g) => Chosen(f.Saved(0).Le(f.Saved(1)).LogicalOr(f.Saved(1).IsNaN()), g, this, other));

    /// <summary>x, but not below min and not above max; NaN stays. The gradient is 0 where a bound is reached.</summary>
    /// <exception cref="ArgumentException">Neither bound is given.</exception>
    public Tensor Clamp(Number? min = null, Number? max = null)
    {
        if (min is null && max is null)
        {
            throw new ArgumentException("clamp: give min, max or both");
        }

        Tensor y = min is { } low ? MapScalar(BinaryOp.Maximum, low) : this;
        y = max is { } high ? y.MapScalar(BinaryOp.Minimum, high) : y;
        return Record("clamp", y, [this], [this], (f, g) =>
        {
            Tensor x = f.Saved(0);
            Tensor? inside = min is { } lower ? x.Gt(lower) : null;
            if (max is { } upper)
            {
                inside = inside is null ? x.Lt(upper) : inside.LogicalAnd(x.Lt(upper));
            }

            return [Where(inside!, g, 0).To(DType)];
        });
    }

    /// <summary>x, but not below min and not above max, which broadcast; equal elements share the gradient.</summary>
    /// <exception cref="ArgumentException">Neither bound is given.</exception>
    public Tensor Clamp(Tensor? min, Tensor? max)
    {
        if (min is null && max is null)
        {
            throw new ArgumentException("clamp: give min, max or both");
        }

        Tensor y = min is null ? this : Maximum(min);
        return max is null ? y : y.Minimum(max);
    }

    private Tensor Extreme(string name, BinaryOp op, Tensor other) => Record(
        name, Pairwise(name, op, this, other), [this, other], [this, other], (f, g) =>
        {
            (Tensor a, Tensor b) = (f.Saved(0), f.Saved(1));
            Tensor shared = Where(a.Eq(b), g / 2, g);
            (Tensor less, Tensor more) = op == BinaryOp.Maximum ? (a.Lt(b), a.Gt(b)) : (a.Gt(b), a.Lt(b));
            return
            [
                f.Needs(0) ? Where(less, 0, shared).SumTo(Shape, DType) : null,
                f.Needs(1) ? Where(more, 0, shared).SumTo(other.Shape, other.DType) : null,
            ];
        });

    private static Tensor?[] Chosen(Tensor first, Tensor g, Tensor a, Tensor b) =>
        [Where(first, g, 0).SumTo(a.Shape, a.DType), Where(first, 0, g).SumTo(b.Shape, b.DType)];
}
