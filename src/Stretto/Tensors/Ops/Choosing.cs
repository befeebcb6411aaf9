using Stretto.Backends;

namespace Stretto;

/// <summary>What the activations, norms and losses are composed of besides the public operations.</summary>
public sealed partial class Tensor
{
    /// <summary>Whether several steps must be taken in float32 and rounded once at the end.</summary>
    private bool IsShort => DType is DType.Float16 or DType.BFloat16;

    /// <summary>condition ? a : b, broadcast; no gradient of the operand that was not chosen, not even NaN.</summary>
    private static Tensor Choose(Tensor condition, Tensor a, Tensor b)
    {
        Shape shape = Broadcasting.Common("where", a, b, condition);
        DType dtype = Broadcasting.Promote(a, b);
        Tensor left = a.Converted(dtype);
        Tensor right = b.Converted(dtype);
        Tensor result = Uninitialized(shape, dtype, a.Device);
        TensorView Wide(Tensor t) => t.View.With(t.Layout.Expand(shape).At(0));
        result.Backend.Where(Wide(condition), Wide(left), Wide(right), result.View);
        return Record("where", result, [a, b], [condition], (f, g) =>
        [
            f.Needs(0) ? Choose(f.Saved(0), g, g.Constant(0)).SumTo(a.Shape, a.DType) : null,
            f.Needs(1) ? Choose(f.Saved(0), g.Constant(0), g).SumTo(b.Shape, b.DType) : null,
        ]);
    }

    private static Tensor Choose(Tensor condition, Tensor a, double b) => Choose(condition, a, a.Constant(b));

    private static Tensor Choose(Tensor condition, double a, Tensor b) => Choose(condition, b.Constant(a), b);

    /// <summary>A number as a tensor that takes on this tensor's dtype.</summary>
    private Tensor Constant(double value) => Full(Shape.Scalar, value, DType, Device);

    /// <summary>Compares with a number → bool.</summary>
    private Tensor Against(BinaryOp comparison, double number) => Pairwise("compare", comparison, this, Constant(number));

    /// <summary>x to a constant power.</summary>
    private Tensor RaisedTo(double power) => Record(
        "pow", AsFloating().MapScalar(BinaryOp.Power, power), [this], [this],
        (f, g) => [power == 0 ? g * 0 : g * f.Saved(0).RaisedTo(power - 1) * power]);

    /// <summary>x, or a number where x is below it; no gradient there.</summary>
    private Tensor AtLeast(double least) => Choose(Against(BinaryOp.Less, least), least, this);

    /// <summary>The p-norm over dimensions, kept with size 1; its slope at 0 is 0.</summary>
    private Tensor NormOver(double p, ReadOnlySpan<int> dims)
    {
        Tensor size = Abs();
        if (double.IsInfinity(p))
        {
            Tensor extreme = size.Detach().Reduced(p > 0 ? ReduceOp.Maximum : ReduceOp.Minimum, Dims(dims), true, DType);
            Tensor ties = Pairwise("norm", BinaryOp.Equal, size, extreme).Converted(DType);
            return (size * ties).Sum(dims, true) / ties.Sum(dims, true);
        }

        if (p == 0)
        {
            return Against(BinaryOp.NotEqual, 0).Converted(DType).Sum(dims, true);
        }

        if (p == 1)
        {
            return size.Sum(dims, true);
        }

        Tensor zeros = Against(BinaryOp.Equal, 0);
        Tensor powers = p == 2 ? Square() : Choose(zeros, p < 0 ? double.PositiveInfinity : 0, Choose(zeros, 1, size).RaisedTo(p));
        Tensor sum = powers.Sum(dims, true);
        Tensor none = sum.Against(BinaryOp.Equal, 0);
        Tensor safe = Choose(none, 1, sum);
        return Choose(none, 0, p == 2 ? safe.Sqrt() : safe.RaisedTo(1 / p));
    }

    /// <summary>log Σ eˣ over the last dimension, which stays with size 1.</summary>
    private Tensor LogSumOfRows()
    {
        Tensor largest = Detach().Reduced(ReduceOp.Maximum, [Rank - 1], true, DType);
        largest = Choose(Pairwise("logsumexp", BinaryOp.Equal, largest.Map(UnaryOp.Abs), Constant(double.PositiveInfinity)), 0, largest);
        Tensor y;
        using (GradientMode.NoGrad())
        {
            y = (this - largest).Exp().Sum([-1], true).Log() + largest;
        }

        return Record("logsumexp", y, [this], [this, y], (f, g) => [g * (f.Saved(0) - f.Saved(1)).Exp()]);
    }

    /// <summary>Element index[r, 0] of each row of [rows, n] → [rows, 1].</summary>
    private Tensor PickedFromRows(Tensor index)
    {
        Tensor result = Uninitialized(index.Shape, DType, Device);
        Backend.Gather(View, index.View, result.View, 1);
        return Record("gather", result, [this], [index], (f, g) => [g.PutIntoRows(f.Saved(0), Shape)]);
    }

    private Tensor PutIntoRows(Tensor index, Shape shape)
    {
        Tensor result = Zeros(shape, DType, Device);
        Backend.Scatter(ScatterOp.Add, index.View, View, result.View, 1);
        return Record("scatter", result, [this], [index], (f, g) => [g.PickedFromRows(f.Saved(0))]);
    }
}
