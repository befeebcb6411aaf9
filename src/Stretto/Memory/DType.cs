namespace Stretto;

/// <summary>What the elements of a tensor are stored as. Arithmetic on a storage-only format happens in float32.</summary>
public enum DType : byte
{
    /// <summary>IEEE 754 binary32.</summary>
    Float32,
    /// <summary>IEEE 754 binary64.</summary>
    Float64,
    /// <summary>IEEE 754 binary16, a storage format.</summary>
    Float16,
    /// <summary>The upper half of a binary32 (8 exponent bits), a storage format.</summary>
    BFloat16,
    /// <summary>OCP 8-bit float, 4 exponent and 3 mantissa bits, no infinities: a storage format.</summary>
    Float8E4M3,
    /// <summary>OCP 8-bit float, 5 exponent and 2 mantissa bits: a storage format.</summary>
    Float8E5M2,
    /// <summary>Signed 8-bit integer.</summary>
    Int8,
    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8,
    /// <summary>Signed 16-bit integer: what uint8 with int8 promotes to.</summary>
    Int16,
    /// <summary>Signed 32-bit integer.</summary>
    Int32,
    /// <summary>Signed 64-bit integer.</summary>
    Int64,
    /// <summary>One byte, 0 or 1.</summary>
    Bool,
}

/// <summary>Facts about each <see cref="DType"/>.</summary>
public static class DTypes
{
    /// <summary>Bytes of one element.</summary>
    public static int Size(this DType dtype) => dtype switch
    {
        DType.Float64 or DType.Int64 => 8,
        DType.Float32 or DType.Int32 => 4,
        DType.Float16 or DType.BFloat16 or DType.Int16 => 2,
        _ => 1,
    };

    /// <summary>Bytes of <paramref name="count"/> elements.</summary>
    /// <exception cref="OverflowException">The size does not fit 63 bits.</exception>
    public static long ByteCount(this DType dtype, long count) => checked(count * dtype.Size());

    /// <summary>Whether the type is one of the floating-point formats.</summary>
    public static bool IsFloatingPoint(this DType dtype) => dtype <= DType.Float8E5M2;

    /// <summary>Whether the type is an integer format; <see cref="DType.Bool"/> is not.</summary>
    public static bool IsInteger(this DType dtype) => dtype is >= DType.Int8 and <= DType.Int64;

    /// <summary>PyTorch's name: <c>float32</c>, <c>bfloat16</c>, <c>int64</c>.</summary>
    public static string Name(this DType dtype) => dtype switch
    {
        DType.Float8E4M3 => "float8_e4m3fn",
        DType.Float8E5M2 => "float8_e5m2",
#pragma warning disable CA1308 // lower case is the field's spelling
        _ => dtype.ToString().ToLowerInvariant(),
#pragma warning restore CA1308
    };

    /// <summary>The type that <see cref="Name"/> gives this name to.</summary>
    /// <exception cref="ArgumentException">No type has this name.</exception>
    public static DType Parse(string name)
    {
        foreach (DType dtype in Enum.GetValues<DType>())
        {
            if (dtype.Name() == name)
            {
                return dtype;
            }
        }

        throw new ArgumentException(
            $"unknown dtype '{name}'; known: {string.Join(", ", Enum.GetValues<DType>().Select(d => d.Name()))}");
    }

    /// <summary>The type whose elements are <typeparamref name="T"/> in .NET.</summary>
    /// <exception cref="ArgumentException">No tensor holds this type.</exception>
    public static DType Of<T>() where T : unmanaged => default(T) switch
    {
        float => DType.Float32,
        double => DType.Float64,
        Half => DType.Float16,
        sbyte => DType.Int8,
        byte => DType.UInt8,
        short => DType.Int16,
        int => DType.Int32,
        long => DType.Int64,
        bool => DType.Bool,
        _ => throw new ArgumentException($"no tensor holds {typeof(T).Name}"),
    };
}
