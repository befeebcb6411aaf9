using Stretto.Backends.Cpu;
using Stretto.Backends.Cpu.Kernels;
using Xunit;

namespace Stretto.Tests.Backends.Kernels;

/// <summary>Storage formats against .NET's own and against the nearest code by search.</summary>
public sealed unsafe class ConversionTests
{
    private static readonly WorkerPool Pool = new(4);

    [Fact]
    public void EveryFloat16Widens()
    {
        float[] y = FromHalf(AllCodes(), HalfConversion.Float16ToSingle);
        for (int code = 0; code < y.Length; code++)
        {
            AssertBits((float)BitConverter.UInt16BitsToHalf((ushort)code), y[code], $"{code:X4}");
        }
    }

    [Fact]
    public void EveryBFloat16Widens()
    {
        float[] y = FromHalf(AllCodes(), HalfConversion.BFloat16ToSingle);
        for (int code = 0; code < y.Length; code++)
        {
            AssertBits(BitConverter.UInt32BitsToSingle((uint)code << 16), y[code], $"{code:X4}");
        }
    }

    [Fact]
    public void Float16RoundsToNearestEven()
    {
        float[] x = Inputs(Array.ConvertAll(AllCodes(), code => (float)BitConverter.UInt16BitsToHalf(code)));
        ushort[] y = ToHalf(x, HalfConversion.SingleToFloat16);
        for (int i = 0; i < x.Length; i++)
        {
            AssertCode(BitConverter.HalfToUInt16Bits((Half)x[i]), y[i], x[i], (y[i] & 0x7FFF) > 0x7C00);
        }
    }

    [Fact]
    public void BFloat16RoundsToNearestEven()
    {
        float[] x = Inputs(Array.ConvertAll(AllCodes(), code => BitConverter.UInt32BitsToSingle((uint)code << 16)));
        ushort[] y = ToHalf(x, HalfConversion.SingleToBFloat16);
        for (int i = 0; i < x.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(x[i]);
            uint kept = bits >> 16, rest = bits & 0xFFFF;
            uint expected = kept + (rest > 0x8000 || (rest == 0x8000 && (kept & 1) == 1) ? 1u : 0u);
            AssertCode((ushort)expected, y[i], x[i], (y[i] & 0x7FFF) > 0x7F80);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Float8RoundsToNearestEven(bool e5m2)
    {
        byte[] codes = [.. Enumerable.Range(0, 256).Select(code => (byte)code)];
        float[] values = new float[256];
        fixed (byte* from = codes)
        fixed (float* to = values)
        {
            if (e5m2)
            {
                Float8Conversion.E5M2ToSingle(Pool, from, to, 256);
            }
            else
            {
                Float8Conversion.E4M3ToSingle(Pool, from, to, 256);
            }
        }

        Assert.Equal(e5m2 ? 57344 : 448, values.Where(float.IsFinite).Max());
        Assert.Equal(e5m2 ? 6 : 2, values.Count(float.IsNaN));
        float[] x = Inputs(values);
        byte[] y = new byte[x.Length];
        fixed (float* from = x)
        fixed (byte* to = y)
        {
            if (e5m2)
            {
                Float8Conversion.SingleToE5M2(Pool, from, to, x.Length);
            }
            else
            {
                Float8Conversion.SingleToE4M3(Pool, from, to, x.Length);
            }
        }

        for (int i = 0; i < x.Length; i++)
        {
            AssertCode(Nearest(values, x[i], e5m2), y[i], x[i], float.IsNaN(values[y[i]]));
        }
    }

    /// <summary>
    /// The code whose value is nearest, the even one of two; beyond the largest value, infinity if there is one.
    /// </summary>
    private static byte Nearest(float[] values, float x, bool hasInfinity)
    {
        int sign = float.IsNegative(x) ? 128 : 0;
        double a = Math.Abs((double)x);
        if (hasInfinity && a >= 61440)
        {
            return (byte)(sign | 0x7C);
        }

        int best = 0;
        for (int code = 1; code < 128 && float.IsFinite(values[code]); code++)
        {
            double better = Math.Abs(values[best] - Math.Min(a, 1e9)) - Math.Abs(values[code] - Math.Min(a, 1e9));
            best = better > 0 || (better == 0 && code % 2 == 0) ? code : best;
        }

        return (byte)(sign | best);
    }

    private static ushort[] AllCodes() => [.. Enumerable.Range(0, 65536).Select(code => (ushort)code)];

    /// <summary>All values, the midpoints to the next code, a bit to either side of them, specials and noise.</summary>
    private static float[] Inputs(float[] values)
    {
        List<float> x = [0, -0f, float.NaN, -float.NaN, float.PositiveInfinity, float.NegativeInfinity,
            float.MaxValue, float.Epsilon, 65519.996f, 65520, 65536, 464, 464.00003f, 61440, 61439.996f];
        for (int i = 0; i < values.Length; i++)
        {
            x.Add(values[i]);
            float middle = (float)(((double)values[i] + values[(i + 1) % values.Length]) / 2);
            if (float.IsFinite(middle))
            {
                x.AddRange([middle, MathF.BitIncrement(middle), MathF.BitDecrement(middle)]);
            }
        }

        for (int i = 0; i < 5000; i++)
        {
            x.Add(BitConverter.UInt32BitsToSingle(Noise.Bits(9, i)));
        }

        return [.. x];
    }

    private delegate void Widen(WorkerPool pool, ushort* x, float* y, long n);

    private delegate void Narrow(WorkerPool pool, float* x, ushort* y, long n);

    private static float[] FromHalf(ushort[] x, Widen kernel)
    {
        float[] y = new float[x.Length];
        fixed (ushort* from = x)
        fixed (float* to = y)
        {
            kernel(Pool, from, to, x.Length);
        }

        return y;
    }

    private static ushort[] ToHalf(float[] x, Narrow kernel)
    {
        ushort[] y = new ushort[x.Length];
        fixed (float* from = x)
        fixed (ushort* to = y)
        {
            kernel(Pool, from, to, x.Length);
        }

        return y;
    }

    private static void AssertBits(float expected, float actual, string what) => Assert.True(
        float.IsNaN(expected)
            ? float.IsNaN(actual)
            : BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual),
        $"{what}: {actual:R} instead of {expected:R}");

    private static void AssertCode(int expected, int actual, float x, bool isNaN) => Assert.True(
        float.IsNaN(x) ? isNaN : expected == actual, $"{x:R}: code {actual:X} instead of {expected:X}");
}
