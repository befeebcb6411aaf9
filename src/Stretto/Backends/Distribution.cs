namespace Stretto.Backends;

/// <summary>Shapes of random numbers.</summary>
internal enum RandomKind
{
    /// <summary>Low + (high − low) · u.</summary>
    Uniform,
    /// <summary>Mean + deviation · z.</summary>
    Normal,
    /// <summary>Normal numbers between low and high, by the inverse of the distribution function.</summary>
    TruncatedNormal,
    /// <summary>−log(1 − u) / rate.</summary>
    Exponential,
    /// <summary>Whole numbers from low to high − 1.</summary>
    Integer,
}

/// <summary>A kind of random number with its parameters: number <c>counter</c> of stream <c>seed</c> is a pure function of both.</summary>
internal readonly struct Distribution
{
    private readonly double _a;
    private readonly double _b;
    private readonly double _low;
    private readonly double _high;
    private readonly double _start;
    private readonly double _span;
    private readonly bool _mirrored;
    private readonly long _least;
    private readonly ulong _range;

    private Distribution(RandomKind kind, double a, double b, double low = double.NegativeInfinity, double high = double.PositiveInfinity)
    {
        Kind = kind;
        _a = a;
        _b = b;
        _low = low;
        _high = high;
        if (kind == RandomKind.TruncatedNormal)
        {
            // Numbers are drawn in the lower tail, where the distribution function has all its digits, and mirrored back.
            (double from, double to) = ((low - a) / b, (high - a) / b);
            _mirrored = from > 0;
            (from, to) = _mirrored ? (-to, -from) : (from, to);
            _start = ScalarMath.NormalDistribution(from);
            _span = ScalarMath.NormalDistribution(to) - _start;
        }
    }

    private Distribution(long least, ulong range)
    {
        Kind = RandomKind.Integer;
        _least = least;
        _range = range;
    }

    public RandomKind Kind { get; }

    public static Distribution Uniform(double low, double high) => new(RandomKind.Uniform, low, high - low, low, high);

    public static Distribution Normal(double mean, double deviation) => new(RandomKind.Normal, mean, deviation);

    public static Distribution TruncatedNormal(double mean, double deviation, double low, double high) =>
        new(RandomKind.TruncatedNormal, mean, deviation, low, high);

    public static Distribution Exponential(double rate) => new(RandomKind.Exponential, rate, 0);

    public static Distribution Integers(long low, long high) => new(low, unchecked((ulong)high - (ulong)low));

    /// <summary>Writes one number in the dtype of the destination; uniform numbers stay below their upper end after rounding too.</summary>
    public unsafe void Write(byte* at, DType dtype, ulong seed, ulong counter)
    {
        if (Kind == RandomKind.Integer)
        {
            Elements.Write(at, dtype, Integer(seed, counter));
            return;
        }

        Elements.Write(at, dtype, Number(dtype, seed, counter));
        if (Kind == RandomKind.Uniform && Elements.ReadDouble(at, dtype) >= _high)
        {
            Elements.Write(at, dtype, _low);
        }
    }

    private double Number(DType dtype, ulong seed, ulong counter) => Kind switch
    {
        RandomKind.Uniform => _a + (_b * Philox.Uniform(seed, counter, Digits(dtype))),
        RandomKind.Normal => _a + (_b * Philox.Normal(seed, counter)),
        RandomKind.Exponential => -Math.Log(1 - Philox.Uniform(seed, counter, 53)) / _a,
        _ => Truncated(Philox.Uniform(seed, counter, 53)),
    };

    private double Truncated(double u)
    {
        double z = ScalarMath.NormalQuantile(_start + (u * _span));
        return Math.Clamp(_a + (_b * (_mirrored ? -z : z)), _low, _high);
    }

    // The upper half of bits · range: even to 2⁻⁶⁴, without rejection, so that a number never needs a second counter.
    private long Integer(ulong seed, ulong counter)
    {
        (uint x0, uint x1, uint x2, uint x3) = Philox.Bits(seed, counter);
        UInt128 upper = (UInt128)(((ulong)x0 << 32) | x1) * _range;
        ulong lower = Math.BigMul(((ulong)x2 << 32) | x3, _range, out _);
        return unchecked(_least + (long)(ulong)((upper + lower) >> 64));
    }

    // As many random bits as the significand holds: more would round up to 1.
    private static int Digits(DType dtype) => dtype switch
    {
        DType.Float64 => 53,
        DType.Float16 => 11,
        DType.BFloat16 => 8,
        DType.Float8E4M3 => 4,
        DType.Float8E5M2 => 3,
        _ => 24,
    };
}
