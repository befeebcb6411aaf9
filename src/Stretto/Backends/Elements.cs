using System.Runtime.CompilerServices;
using Stretto.Backends.Cpu.Kernels;

namespace Stretto.Backends;

/// <summary>One element of any dtype to and from the two scalar types, with the conversions of tensors: nearest even for floats, wrap-around for integers.</summary>
internal static unsafe class Elements
{
    public static double ReadDouble(byte* at, DType dtype) => dtype switch
    {
        DType.Float32 => *(float*)at,
        DType.Float64 => *(double*)at,
        DType.Float16 => (double)*(Half*)at,
        DType.BFloat16 => BitConverter.Int32BitsToSingle(*(ushort*)at << 16),
        DType.Float8E4M3 => Float8Conversion.E4M3ToSingle(*at),
        DType.Float8E5M2 => Float8Conversion.E5M2ToSingle(*at),
        _ => ReadInteger(at, dtype),
    };

    public static long ReadInteger(byte* at, DType dtype) => dtype switch
    {
        DType.Int64 => *(long*)at,
        DType.Int32 => *(int*)at,
        DType.Int16 => *(short*)at,
        DType.Int8 => *(sbyte*)at,
        DType.UInt8 or DType.Bool => *at,
        _ => Truncate(ReadDouble(at, dtype)),
    };

    public static void Write(byte* at, DType dtype, double value)
    {
        switch (dtype)
        {
            case DType.Float32: *(float*)at = (float)value; break;
            case DType.Float64: *(double*)at = value; break;
            case DType.Float16: *(Half*)at = (Half)value; break;
            case DType.BFloat16: *(ushort*)at = ToBFloat16((float)value); break;
            case DType.Float8E4M3: *at = Float8Conversion.SingleToE4M3((float)value); break;
            case DType.Float8E5M2: *at = Float8Conversion.SingleToE5M2((float)value); break;
            case DType.Bool: *at = value != 0 ? (byte)1 : (byte)0; break;
            default: Write(at, dtype, Truncate(value)); break;
        }
    }

    public static void Write(byte* at, DType dtype, long value)
    {
        switch (dtype)
        {
            case DType.Int64: *(long*)at = value; break;
            case DType.Int32: *(int*)at = unchecked((int)value); break;
            case DType.Int16: *(short*)at = unchecked((short)value); break;
            case DType.Int8: *(sbyte*)at = unchecked((sbyte)value); break;
            case DType.UInt8: *at = unchecked((byte)value); break;
            case DType.Bool: *at = value != 0 ? (byte)1 : (byte)0; break;
            case DType.Float32: *(float*)at = value; break;
            default: Write(at, dtype, (double)value); break;
        }
    }

    // NaN and what does not fit give the smallest integer, as x86 conversions do.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Truncate(double value) =>
        value is > -9.3e18 and < 9.2233720368547e18 ? (long)value : long.MinValue;

    private static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
