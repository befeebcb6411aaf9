namespace Stretto.Backends;

/// <summary>Functions of one element.</summary>
internal enum UnaryOp
{
    Negate, Abs, Sign, Square, Sqrt, Rsqrt, Reciprocal, Exp, Exp2, Expm1, Log, Log2, Log10, Log1p,
    Sin, Cos, Tan, Asin, Acos, Atan, Sinh, Cosh, Tanh, Erf, Sigmoid,
    Floor, Ceiling, Round, Truncate, IsNaN, IsInfinite, IsFinite, SignBit, LogicalNot, BitwiseNot,
    Relu, Silu, Gelu, GeluTanh,
    Asinh, Acosh, Atanh,
}

/// <summary>Functions of two elements; from <see cref="Equal"/> on the result is a bool.</summary>
internal enum BinaryOp
{
    Add, Subtract, Multiply, Divide, FloorDivide, TruncateDivide, Remainder, Fmod, Power, Maximum, Minimum, Atan2,
    BitwiseAnd, BitwiseOr, BitwiseXor,
    /// <summary>The left value times the slope of the activation at the right value.</summary>
    ReluSlope, SiluSlope, GeluSlope, GeluTanhSlope,
    /// <summary>As maximum and minimum, but a NaN loses against a number.</summary>
    FMax, FMin,
    /// <summary>The square root of a² + b² without overflow on the way.</summary>
    Hypot,
    Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, LogicalAnd, LogicalOr, LogicalXor,
}

/// <summary>What a reduction keeps of many elements.</summary>
internal enum ReduceOp
{
    Sum, Product, Maximum, Minimum, Any, All,
    /// <summary>log(eᵃ + eᵇ), for running sums only.</summary>
    LogAddExp,
}

/// <summary>How scattered elements meet what is there.</summary>
internal enum ScatterOp
{
    Replace, Add, Multiply, Maximum, Minimum,
}
