namespace Stretto.Backends;

/// <summary>What the element functions mean, in float64 and in 64-bit integers: the reference, and the CPU's path for rare cases.</summary>
internal static class ScalarMath
{
    public static double Unary(UnaryOp op, double x) => op switch
    {
        UnaryOp.Negate => -x,
        UnaryOp.Abs => Math.Abs(x),
        UnaryOp.Sign => double.IsNaN(x) ? 0 : Math.Sign(x),
        UnaryOp.Square => x * x,
        UnaryOp.Sqrt => Math.Sqrt(x),
        UnaryOp.Rsqrt => 1 / Math.Sqrt(x),
        UnaryOp.Reciprocal => 1 / x,
        UnaryOp.Exp => Math.Exp(x),
        UnaryOp.Exp2 => double.Exp2(x),
        UnaryOp.Expm1 => Expm1(x),
        UnaryOp.Log => Math.Log(x),
        UnaryOp.Log2 => Math.Log2(x),
        UnaryOp.Log10 => Math.Log10(x),
        UnaryOp.Log1p => Log1p(x),
        UnaryOp.Sin => Math.Sin(x),
        UnaryOp.Cos => Math.Cos(x),
        UnaryOp.Tan => Math.Tan(x),
        UnaryOp.Asin => Math.Asin(x),
        UnaryOp.Acos => Math.Acos(x),
        UnaryOp.Atan => Math.Atan(x),
        UnaryOp.Sinh => Math.Sinh(x),
        UnaryOp.Cosh => Math.Cosh(x),
        UnaryOp.Tanh => Math.Tanh(x),
        UnaryOp.Erf => Erf(x),
        UnaryOp.Sigmoid => Sigmoid(x),
        UnaryOp.Floor => Math.Floor(x),
        UnaryOp.Ceiling => Math.Ceiling(x),
        UnaryOp.Round => Math.Round(x, MidpointRounding.ToEven),
        UnaryOp.Truncate => Math.Truncate(x),
        UnaryOp.IsNaN => Bit(double.IsNaN(x)),
        UnaryOp.IsInfinite => Bit(double.IsInfinity(x)),
        UnaryOp.IsFinite => Bit(double.IsFinite(x)),
        UnaryOp.SignBit => Bit(double.IsNegative(x)),
        UnaryOp.LogicalNot => Bit(x == 0),
        UnaryOp.Relu => double.IsNaN(x) ? x : Math.Max(x, 0),
        UnaryOp.Silu => x * Sigmoid(x),
        UnaryOp.Gelu => x * 0.5 * Erfc(-x / Math.Sqrt(2)),
        UnaryOp.GeluTanh => x * Sigmoid(2 * GeluInner(x)),
        UnaryOp.Asinh => Math.Asinh(x),
        UnaryOp.Acosh => Math.Acosh(x),
        UnaryOp.Atanh => Math.Atanh(x),
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "not a function of floating-point numbers"),
    };

    public static long Unary(UnaryOp op, long x) => op switch
    {
        UnaryOp.Negate => unchecked(-x),
        UnaryOp.Abs => x < 0 ? unchecked(-x) : x,
        UnaryOp.Sign => Math.Sign(x),
        UnaryOp.Square => unchecked(x * x),
        UnaryOp.Floor or UnaryOp.Ceiling or UnaryOp.Round or UnaryOp.Truncate => x,
        UnaryOp.IsNaN or UnaryOp.IsInfinite => 0,
        UnaryOp.IsFinite => 1,
        UnaryOp.SignBit => x < 0 ? 1 : 0,
        UnaryOp.LogicalNot => x == 0 ? 1 : 0,
        UnaryOp.BitwiseNot => ~x,
        UnaryOp.Relu => Math.Max(x, 0),
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "not a function of integers"),
    };

    public static double Binary(BinaryOp op, double a, double b) => op switch
    {
        BinaryOp.Add => a + b,
        BinaryOp.Subtract => a - b,
        BinaryOp.Multiply => a * b,
        BinaryOp.Divide => a / b,
        BinaryOp.FloorDivide => FloorDivide(a, b),
        BinaryOp.TruncateDivide => Math.Truncate(a / b),
        BinaryOp.Remainder => Remainder(a, b),
        BinaryOp.Fmod => a % b,
        BinaryOp.Power => Math.Pow(a, b),
        BinaryOp.Maximum => Math.Max(a, b),
        BinaryOp.Minimum => Math.Min(a, b),
        BinaryOp.Atan2 => Math.Atan2(a, b),
        BinaryOp.ReluSlope => b > 0 ? a : double.IsNaN(b) ? b : 0,
        BinaryOp.SiluSlope => a * Sigmoid(b) * (1 + (b * Sigmoid(-b))),
        BinaryOp.GeluSlope => a * ((0.5 * Erfc(-b / Math.Sqrt(2))) + (b * Math.Exp(-0.5 * b * b) / Math.Sqrt(2 * Math.PI))),
        BinaryOp.GeluTanhSlope => a * GeluTanhSlope(b),
        BinaryOp.FMax => double.IsNaN(a) ? b : double.IsNaN(b) ? a : Math.Max(a, b),
        BinaryOp.FMin => double.IsNaN(a) ? b : double.IsNaN(b) ? a : Math.Min(a, b),
        BinaryOp.Hypot => double.Hypot(a, b),
        BinaryOp.Equal => Bit(a == b),
        BinaryOp.NotEqual => Bit(a != b),
        BinaryOp.Less => Bit(a < b),
        BinaryOp.LessOrEqual => Bit(a <= b),
        BinaryOp.Greater => Bit(a > b),
        BinaryOp.GreaterOrEqual => Bit(a >= b),
        BinaryOp.LogicalAnd => Bit(a != 0 && b != 0),
        BinaryOp.LogicalOr => Bit(a != 0 || b != 0),
        BinaryOp.LogicalXor => Bit((a != 0) != (b != 0)),
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "not a function of floating-point numbers"),
    };

    public static long Binary(BinaryOp op, long a, long b) => op switch
    {
        BinaryOp.Add => unchecked(a + b),
        BinaryOp.Subtract => unchecked(a - b),
        BinaryOp.Multiply => unchecked(a * b),
        BinaryOp.FloorDivide => FloorDivide(a, b),
        BinaryOp.TruncateDivide => Divide(a, b),
        BinaryOp.Remainder => unchecked(a - (FloorDivide(a, b) * b)),
        BinaryOp.Fmod => unchecked(a - (Divide(a, b) * b)),
        BinaryOp.Power => Power(a, b),
        BinaryOp.Maximum or BinaryOp.FMax => Math.Max(a, b),
        BinaryOp.Minimum or BinaryOp.FMin => Math.Min(a, b),
        BinaryOp.BitwiseAnd => a & b,
        BinaryOp.BitwiseOr => a | b,
        BinaryOp.BitwiseXor => a ^ b,
        BinaryOp.Equal => a == b ? 1 : 0,
        BinaryOp.NotEqual => a != b ? 1 : 0,
        BinaryOp.Less => a < b ? 1 : 0,
        BinaryOp.LessOrEqual => a <= b ? 1 : 0,
        BinaryOp.Greater => a > b ? 1 : 0,
        BinaryOp.GreaterOrEqual => a >= b ? 1 : 0,
        BinaryOp.LogicalAnd => a != 0 && b != 0 ? 1 : 0,
        BinaryOp.LogicalOr => a != 0 || b != 0 ? 1 : 0,
        BinaryOp.LogicalXor => (a != 0) != (b != 0) ? 1 : 0,
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "not a function of integers"),
    };

    public static double Sigmoid(double x)
    {
        double e = Math.Exp(-Math.Abs(x));
        return x >= 0 ? 1 / (1 + e) : double.IsNaN(x) ? x : e / (1 + e);
    }

    // W. Kahan: the rounding error of 1 + x cancels in the quotient.
    private static double Log1p(double x)
    {
        double u = 1 + x;
        return u == 1 || double.IsPositiveInfinity(u) ? x : Math.Log(u) * x / (u - 1);
    }

    private static double Expm1(double x)
    {
        if (Math.Abs(x) < 1e-5)
        {
            return x + (x * x / 2) + (x * x * x / 6);
        }

        double u = Math.Exp(x);
        return Math.Abs(x) > 0.5 ? u - 1 : Math.Tanh(x / 2) * (u + 1);
    }

    private static double Erf(double x)
    {
        double square = x * x;
        if (Math.Abs(x) > 2)
        {
            return x < 0 ? Erfc(-x) - 1 : 1 - Erfc(x);
        }

        // Abramowitz & Stegun 7.1.6: all terms are positive, so nothing cancels.
        double term = x;
        double sum = x;
        for (int n = 1; n < 60; n++)
        {
            term *= 2 * square / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-square) * sum;
    }

    private static double Erfc(double x)
    {
        if (x < 2)
        {
            return 1 - Erf(x);
        }

        // Abramowitz & Stegun 7.1.14: the continued fraction, from its far end.
        double fraction = x;
        for (int n = 120; n >= 1; n--)
        {
            fraction = x + (n / 2.0 / fraction);
        }

        return double.IsPositiveInfinity(x) ? 0 : Math.Exp(-x * x) / (fraction * Math.Sqrt(Math.PI));
    }

    /// <summary>The standard normal distribution function, with all digits in the lower tail.</summary>
    public static double NormalDistribution(double x) => 0.5 * Erfc(-x / Math.Sqrt(2));

    /// <summary>The inverse of <see cref="NormalDistribution"/>: algorithm AS 241 (Wichura, 1988), 16 digits.</summary>
    public static double NormalQuantile(double p)
    {
        double q = p - 0.5;
        if (Math.Abs(q) <= 0.425)
        {
            double r = 0.180625 - (q * q);
            return q * Polynomial(r, 3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
                    45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727)
                / Polynomial(r, 1, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077,
                    21213.794301586595867, 39307.895800092710610, 28729.085735721942674, 5226.4952788528545610);
        }

        double tail = Math.Sqrt(-Math.Log(q < 0 ? p : 1 - p));
        double z = tail <= 5
            ? Polynomial(tail - 1.6, 1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
                    1.27045825245236838258, 0.241780725177450611770, 0.0227238449892691845833, 7.74545014278341407640e-4)
                / Polynomial(tail - 1.6, 1, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550,
                    0.148103976427480074590, 0.0151986665636164571966, 5.47593808499534494600e-4, 1.05075007164441684324e-9)
            : double.IsInfinity(tail) ? tail
            : Polynomial(tail - 5, 6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 0.296560571828504891230,
                    0.0265321895265761230930, 0.00124266094738807843860, 2.71155556874348757815e-5, 2.01033439929228813265e-7)
                / Polynomial(tail - 5, 1, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525,
                    7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15);
        return q < 0 ? -z : z;
    }

    private static double Polynomial(double x, params ReadOnlySpan<double> coefficients)
    {
        double sum = 0;
        for (int i = coefficients.Length - 1; i >= 0; i--)
        {
            sum = (sum * x) + coefficients[i];
        }

        return sum;
    }

    private static double GeluInner(double x) => Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x));

    private static double GeluTanhSlope(double x)
    {
        double t = Math.Tanh(GeluInner(x));
        double slope = Math.Sqrt(2 / Math.PI) * (1 + (3 * 0.044715 * x * x));
        return (0.5 * (1 + t)) + (0.5 * x * (1 - (t * t)) * slope);
    }

    private static double Remainder(double a, double b)
    {
        double r = a % b;
        return r != 0 && (r < 0) != (b < 0) ? r + b : r;
    }

    private static double FloorDivide(double a, double b)
    {
        if (b == 0)
        {
            return a / b;
        }

        double quotient = (a - Remainder(a, b)) / b;
        double floor = Math.Floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static long Divide(long a, long b) => b switch
    {
        0 => throw new DivideByZeroException("an integer tensor was divided by zero; divide as floating point instead"),
        -1 => unchecked(-a),
        _ => a / b,
    };

    private static long FloorDivide(long a, long b)
    {
        long quotient = Divide(a, b);
        return unchecked(quotient * b) != a && (a < 0) != (b < 0) ? quotient - 1 : quotient;
    }

    private static long Power(long a, long b)
    {
        if (b < 0)
        {
            throw new ArgumentException("an integer to a negative power is no integer; convert to floating point first");
        }

        long result = 1;
        for (; b > 0; b >>= 1)
        {
            result = (b & 1) == 1 ? unchecked(result * a) : result;
            a = unchecked(a * a);
        }

        return result;
    }

    private static double Bit(bool value) => value ? 1 : 0;

    /// <summary>log(eᵃ + eᵇ) without overflow.</summary>
    public static double LogAddExp(double a, double b)
    {
        double high = Math.Max(a, b);
        return double.IsInfinity(high) || double.IsNaN(high) ? high : high + Log1p(Math.Exp(Math.Min(a, b) - high));
    }
}
