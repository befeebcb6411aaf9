using Stretto.Backends;

namespace Stretto;

/// <summary>
/// Writing over a tensor, directly or through views of it. Gradients follow: those of the old values, and of what was written. A leaf that
/// requires gradients can be written only inside <see cref="GradientMode.NoGrad"/>.
/// </summary>
public sealed partial class Tensor
{
    /// <summary>Overwrites the elements with those of another tensor, broadcast and converted.</summary>
    /// <returns>This tensor.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public Tensor CopyFrom(Tensor source)
    {
        Tensor values = Operand("copy_", source);
        BeforeWrite("copy_");
        Backend.Copy(values.View.With(values.Layout.Expand(Shape).At(0)), View);
        RecordInPlace("copy_", [source], [], (f, g) => [null, f.Needs(1) ? g.SumTo(source.Shape, source.DType) : null]);
        return this;
    }

    /// <summary>Adds another tensor, broadcast and converted, in place.</summary>
    /// <returns>This tensor.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or floating-point numbers would go into integers.</exception>
    public Tensor AddInPlace(Tensor other)
    {
        Write("add_", BinaryOp.Add, other);
        RecordInPlace("add_", [other], [], (f, g) => [g, f.Needs(1) ? g.SumTo(other.Shape, other.DType) : null]);
        return this;
    }

    /// <summary>Subtracts another tensor, broadcast and converted, in place.</summary>
    /// <returns>This tensor.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or floating-point numbers would go into integers.</exception>
    public Tensor SubInPlace(Tensor other)
    {
        NotBool("sub_");
        Write("sub_", BinaryOp.Subtract, other.NotBool("sub_"));
        RecordInPlace("sub_", [other], [], (f, g) => [g, f.Needs(1) ? (-g).SumTo(other.Shape, other.DType) : null]);
        return this;
    }

    /// <summary>Multiplies by another tensor, broadcast and converted, in place.</summary>
    /// <returns>This tensor.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or floating-point numbers would go into integers.</exception>
    public Tensor MulInPlace(Tensor other)
    {
        (Tensor before, Tensor factor) = Kept(other);
        Write("mul_", BinaryOp.Multiply, factor);
        RecordInPlace("mul_", [other], [before, factor], (f, g) =>
        [
            f.Needs(0) ? (g * f.Saved(1)).To(DType) : null,
            f.Needs(1) ? (g * f.Saved(0)).SumTo(other.Shape, other.DType) : null,
        ]);
        return this;
    }

    /// <summary>Divides by another tensor, broadcast and converted, in place.</summary>
    /// <returns>This tensor.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or this tensor holds integers.</exception>
    public Tensor DivInPlace(Tensor other)
    {
        if (!DType.IsFloatingPoint())
        {
            throw new ArgumentException($"div_: the quotients do not fit into {Describe()}; use /");
        }

        (Tensor before, Tensor divisor) = Kept(other);
        Write("div_", BinaryOp.Divide, divisor);
        RecordInPlace("div_", [other], [before, divisor], (f, g) =>
        [
            f.Needs(0) ? (g / f.Saved(1)).To(DType) : null,
            f.Needs(1) ? (-g * f.Saved(0) / f.Saved(1).Square()).SumTo(other.Shape, other.DType) : null,
        ]);
        return this;
    }

    /// <summary>Multiplies by a number in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor ScaleInPlace(double factor)
    {
        BeforeWrite("mul_");
        Backend.BinaryScalar(BinaryOp.Multiply, View, factor, View);
        RecordInPlace("mul_", [], [], (_, g) => [g * factor]);
        return this;
    }

    /// <summary>Sets every element in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor FillInPlace(double value)
    {
        BeforeWrite("fill_");
        Backend.Fill(View, value);
        RecordInPlace("fill_", [], [], (_, _) => [null]);
        return this;
    }

    /// <summary>Sets every element below 0 to 0 in place.</summary>
    /// <returns>This tensor.</returns>
    public Tensor ReluInPlace()
    {
        NotBool("relu_");
        BeforeWrite("relu_");
        Backend.Unary(UnaryOp.Relu, View, View);
        RecordInPlace("relu_", [], [this], (f, g) => [g * f.Saved(0).Sign()]);
        return this;
    }

    private void Write(string name, BinaryOp op, Tensor other)
    {
        if (Broadcasting.Promote(this, other) is var dtype && dtype.IsFloatingPoint() && !DType.IsFloatingPoint())
        {
            throw new ArgumentException($"{name}: {other.Describe()} does not go into {Describe()} in place; convert one of them with To(dtype)");
        }

        Tensor values = Operand(name, other).Converted(DType);
        BeforeWrite(name);
        Backend.Binary(op, View, values.View.With(values.Layout.Expand(Shape).At(0)), View);
    }

    /// <summary>What is read must not change while it is written: an operand that looks into this memory elsewhere is copied.</summary>
    private Tensor Operand(string name, Tensor other)
    {
        Broadcasting.SameDevice(name, this, other);
        if (Broadcasting.Common(name, this, other) != Shape)
        {
            throw new ArgumentException($"{name}: {other.Describe()} does not fit into {Describe()}");
        }

        return other.SharesStorageWith(this) && other != this ? other.Detach().Clone() : other;
    }

    /// <summary>What the gradient of a product needs: this tensor before the write, where asked for, and the operand unharmed.</summary>
    private (Tensor Before, Tensor Other) Kept(Tensor other)
    {
        bool recorded = Wanted(this, [_base ?? this, other]);
        return (recorded && other.RequiresGrad ? Clone() : other, recorded && other.SharesStorageWith(this) ? other.Clone() : other);
    }
}
