namespace Stretto;

/// <summary>
/// A plain number next to a tensor. It keeps whether it was a bool, an integer or a floating-point number, because that decides
/// the dtype of the result: an int32 tensor + 1 stays int32, + 1.5 becomes float32, and a float16 tensor stays float16 with any number.
/// </summary>
public readonly record struct Number
{
    private readonly double _floating;
    private readonly long _integer;

    private Number(DType dtype, double floating, long integer)
    {
        DType = dtype;
        _floating = floating;
        _integer = integer;
    }

    /// <summary>What the number counts as: bool, int64 or float32 (the default floating-point type).</summary>
    public DType DType { get; }

    /// <summary>The value as float64.</summary>
    public double ToDouble() => DType == DType.Float32 ? _floating : _integer;

    /// <summary>The value as a 64-bit integer, truncated.</summary>
    public long ToInt64() => DType == DType.Float32 ? Backends.Elements.Truncate(_floating) : _integer;

    /// <summary>A truth value.</summary>
    public static implicit operator Number(bool value) => new(DType.Bool, 0, value ? 1 : 0);

    /// <summary>An integer.</summary>
    public static implicit operator Number(int value) => new(DType.Int64, 0, value);

    /// <summary>An integer.</summary>
    public static implicit operator Number(long value) => new(DType.Int64, 0, value);

    /// <summary>A floating-point number.</summary>
    public static implicit operator Number(float value) => new(DType.Float32, value, 0);

    /// <summary>A floating-point number.</summary>
    public static implicit operator Number(double value) => new(DType.Float32, value, 0);

    /// <summary>The number with the other sign; a bool becomes an integer.</summary>
    public static Number operator -(Number number) =>
        number.DType == DType.Float32 ? new(DType.Float32, -number._floating, 0) : new(DType.Int64, 0, unchecked(-number._integer));

    /// <inheritdoc/>
    public override string ToString() => DType switch
    {
        DType.Bool => _integer != 0 ? "true" : "false",
        DType.Int64 => _integer.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => _floating.ToString("r", System.Globalization.CultureInfo.InvariantCulture),
    };
}
