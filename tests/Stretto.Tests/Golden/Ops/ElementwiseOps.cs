namespace Stretto.Tests.Golden;

/// <summary>Elementwise, comparison and logical operations by PyTorch's names.</summary>
internal static class ElementwiseOps
{
    public static Dictionary<string, Func<GoldenCase, Tensor[]>> Table { get; } = new()
    {
        ["add"] = c => Two(c, (a, b) => a.Add(b, c.Plain("alpha")), (a, b) => a.Add(b, c.Plain("alpha"))),
        ["sub"] = c => Two(c, (a, b) => a.Sub(b, c.Plain("alpha")), (a, b) => a.Sub(b, c.Plain("alpha"))),
        ["rsub"] = c => Two(c, (a, b) => a.Rsub(b, c.Plain("alpha")), (a, b) => a.Rsub(b, c.Plain("alpha"))),
        ["mul"] = c => Two(c, (a, b) => a * b, (a, b) => a * b),
        ["div"] = Divide,
        ["true_divide"] = Divide,
        ["divide"] = Divide,
        ["floor_divide"] = c => Two(c, (a, b) => a.FloorDivide(b), (a, b) => a.FloorDivide(b)),
        ["remainder"] = c => c.Has("input")
            ? Two(c, (a, b) => a.Remainder(b), (a, b) => a.Remainder(b))
            : [Tensor.Remainder(c.Plain("input")!.Value, c.In("other"))],
        ["fmod"] = c => Two(c, (a, b) => a.Fmod(b), (a, b) => a.Fmod(b)),
        ["pow"] = Power,
        ["maximum"] = c => [c.In("input").Maximum(c.In("other"))],
        ["minimum"] = c => [c.In("input").Minimum(c.In("other"))],
        ["fmax"] = c => [c.In("input").Fmax(c.In("other"))],
        ["fmin"] = c => [c.In("input").Fmin(c.In("other"))],
        ["atan2"] = c => [c.In("input").Atan2(c.In("other"))],
        ["hypot"] = c => [c.In("input").Hypot(c.In("other"))],
        ["lerp"] = c => c.Has("weight")
            ? [c.In("input").Lerp(c.In("end"), c.In("weight"))]
            : [c.In("input").Lerp(c.In("end"), c.Number("weight", 0))],
        ["addcmul"] = c => [c.In("input").Addcmul(c.In("tensor1"), c.In("tensor2"), c.Plain("value"))],
        ["addcdiv"] = c => [c.In("input").Addcdiv(c.In("tensor1"), c.In("tensor2"), c.Plain("value"))],
        ["where"] = Where,
        ["clamp"] = Clamp,
        ["clip"] = Clamp,
        ["clamp_min"] = Clamp,
        ["clamp_max"] = Clamp,
        ["neg"] = c => [-c.In("input")],
        ["abs"] = c => [c.In("input").Abs()],
        ["square"] = c => [c.In("input").Square()],
        ["exp"] = c => [c.In("input").Exp()],
        ["exp2"] = c => [c.In("input").Exp2()],
        ["expm1"] = c => [c.In("input").Expm1()],
        ["log"] = c => [c.In("input").Log()],
        ["log2"] = c => [c.In("input").Log2()],
        ["log10"] = c => [c.In("input").Log10()],
        ["log1p"] = c => [c.In("input").Log1p()],
        ["sqrt"] = c => [c.In("input").Sqrt()],
        ["rsqrt"] = c => [c.In("input").Rsqrt()],
        ["reciprocal"] = c => [c.In("input").Reciprocal()],
        ["sin"] = c => [c.In("input").Sin()],
        ["cos"] = c => [c.In("input").Cos()],
        ["tan"] = c => [c.In("input").Tan()],
        ["asin"] = c => [c.In("input").Asin()],
        ["acos"] = c => [c.In("input").Acos()],
        ["atan"] = c => [c.In("input").Atan()],
        ["sinh"] = c => [c.In("input").Sinh()],
        ["cosh"] = c => [c.In("input").Cosh()],
        ["tanh"] = c => [c.In("input").Tanh()],
        ["asinh"] = c => [c.In("input").Asinh()],
        ["acosh"] = c => [c.In("input").Acosh()],
        ["atanh"] = c => [c.In("input").Atanh()],
        ["sigmoid"] = c => [c.In("input").Sigmoid()],
        ["erf"] = c => [c.In("input").Erf()],
        ["floor"] = c => [c.In("input").Floor()],
        ["ceil"] = c => [c.In("input").Ceil()],
        ["round"] = c => [c.In("input").Round(c.Int("decimals", 0))],
        ["trunc"] = c => [c.In("input").Trunc()],
        ["frac"] = c => [c.In("input").Frac()],
        ["sign"] = c => [c.In("input").Sign()],
        ["relu"] = c => [c.In("input").Relu()],
        ["isnan"] = c => [c.In("input").IsNaN()],
        ["isinf"] = c => [c.In("input").IsInf()],
        ["isfinite"] = c => [c.In("input").IsFinite()],
        ["signbit"] = c => [c.In("input").SignBit()],
        ["isclose"] = c =>
            [c.In("input").IsClose(c.In("other"), c.Number("rtol", 1e-5), c.Number("atol", 1e-8), c.Flag("equal_nan"))],
        ["eq"] = c => Two(c, (a, b) => a.Eq(b), (a, b) => a.Eq(b)),
        ["ne"] = c => Two(c, (a, b) => a.Ne(b), (a, b) => a.Ne(b)),
        ["lt"] = c => Two(c, (a, b) => a.Lt(b), (a, b) => a.Lt(b)),
        ["le"] = c => Two(c, (a, b) => a.Le(b), (a, b) => a.Le(b)),
        ["gt"] = c => Two(c, (a, b) => a.Gt(b), (a, b) => a.Gt(b)),
        ["ge"] = c => Two(c, (a, b) => a.Ge(b), (a, b) => a.Ge(b)),
        ["logical_and"] = c => [c.In("input").LogicalAnd(c.In("other"))],
        ["logical_or"] = c => [c.In("input").LogicalOr(c.In("other"))],
        ["logical_xor"] = c => [c.In("input").LogicalXor(c.In("other"))],
        ["logical_not"] = c => [c.In("input").LogicalNot()],
        ["bitwise_and"] = c => Two(c, (a, b) => a.BitwiseAnd(b), (a, b) => a.BitwiseAnd(b)),
        ["bitwise_or"] = c => Two(c, (a, b) => a.BitwiseOr(b), (a, b) => a.BitwiseOr(b)),
        ["bitwise_xor"] = c => Two(c, (a, b) => a.BitwiseXor(b), (a, b) => a.BitwiseXor(b)),
        ["bitwise_not"] = c => [c.In("input").BitwiseNot()],
        ["Tensor.to"] = c => [c.In("self").To(DTypes.Parse(c.Text("dtype")!))],
    };

    private static Tensor[] Two(GoldenCase c, Func<Tensor, Tensor, Tensor> tensors, Func<Tensor, Number, Tensor> number) =>
        [c.Has("other") ? tensors(c.In("input"), c.In("other")) : number(c.In("input"), c.Plain("other")!.Value)];

    private static Tensor[] Divide(GoldenCase c)
    {
        RoundingMode rounding = c.Arg("rounding_mode") is null
            ? RoundingMode.None
            : c.Choice("rounding_mode", ("trunc", RoundingMode.Trunc), ("floor", RoundingMode.Floor));
        return Two(c, (a, b) => a.Div(b, rounding), (a, b) => a.Div(b, rounding));
    }

    private static Tensor[] Power(GoldenCase c) => c switch
    {
        _ when c.Has("input") && c.Has("exponent") => [c.In("input").Pow(c.In("exponent"))],
        _ when c.Has("input") => [c.In("input").Pow(c.Plain("exponent")!.Value)],
        _ => [Tensor.Pow((c.Plain("input") ?? c.Plain("self"))!.Value, c.In("exponent"))],
    };

    private static Tensor[] Where(GoldenCase c)
    {
        Tensor condition = c.In("condition");
        return c switch
        {
            _ when c.Has("input") && c.Has("other") => [Tensor.Where(condition, c.In("input"), c.In("other"))],
            _ when c.Has("input") => [Tensor.Where(condition, c.In("input"), c.Plain("other")!.Value)],
            _ => [Tensor.Where(condition, (c.Plain("input") ?? c.Plain("self"))!.Value, c.In("other"))],
        };
    }

    private static Tensor[] Clamp(GoldenCase c) => c.Has("min") || c.Has("max")
        ? [c.In("input").Clamp(c.Maybe("min"), c.Maybe("max"))]
        : [c.In("input").Clamp(c.Plain("min"), c.Plain("max"))];
}
