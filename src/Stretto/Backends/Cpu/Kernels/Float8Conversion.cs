using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// The 8-bit floats of the OCP specification (2023) to and from float32: to the nearest, ties to even. e4m3fn has no
/// infinity and saturates at ±448, infinity included, as current PyTorch; e5m2 overflows to infinity. NaN stays NaN.
/// </summary>
internal static unsafe class Float8Conversion
{
    private static readonly float[] E4M3 = Decode(3);
    private static readonly float[] E5M2 = Decode(2);

    public static float E4M3ToSingle(byte code) => E4M3[code];

    public static float E5M2ToSingle(byte code) => E5M2[code];

    public static byte SingleToE4M3(float value) => Encode(value, 3);

    public static byte SingleToE5M2(float value) => Encode(value, 2);

    public static void E4M3ToSingle(WorkerPool pool, byte* x, float* y, long n) => Decode(pool, x, y, n, E4M3);

    public static void E5M2ToSingle(WorkerPool pool, byte* x, float* y, long n) => Decode(pool, x, y, n, E5M2);

    public static void SingleToE4M3(WorkerPool pool, float* x, byte* y, long n) =>
        RowJobs.Run(pool, (n + EncodeJob.Block - 1) / EncodeJob.Block, EncodeJob.Block * 8, new EncodeJob(x, y, n, 3));

    public static void SingleToE5M2(WorkerPool pool, float* x, byte* y, long n) =>
        RowJobs.Run(pool, (n + EncodeJob.Block - 1) / EncodeJob.Block, EncodeJob.Block * 8, new EncodeJob(x, y, n, 2));

    private static void Decode(WorkerPool pool, byte* x, float* y, long n, float[] table)
    {
        fixed (float* values = table)
        {
            RowJobs.Run(
                pool, (n + EncodeJob.Block - 1) / EncodeJob.Block, EncodeJob.Block * 2, new DecodeJob(x, y, n, values));
        }
    }

    /// <summary>The values of the 256 codes of a format with this many fraction bits.</summary>
    private static float[] Decode(int fraction)
    {
        float[] values = new float[256];
        int bias = (1 << (6 - fraction)) - 1;
        for (int code = 0; code < 128; code++)
        {
            int exponent = code >> fraction;
            int rest = code & ((1 << fraction) - 1);
            float value = exponent == 0
                ? MathF.ScaleB(rest, 1 - bias - fraction)
                : MathF.ScaleB(rest + (1 << fraction), exponent - bias - fraction);
            if (fraction == 2 && exponent == 31)
            {
                value = rest == 0 ? float.PositiveInfinity : float.NaN;
            }
            else if (fraction == 3 && code == 127)
            {
                value = float.NaN;
            }

            values[code] = value;
            values[code + 128] = -value;
        }

        return values;
    }

    private static byte Encode(float value, int fraction)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        uint sign = (bits >> 24) & 0x80;
        uint a = bits & 0x7FFFFFFF;
        if (a > 0x7F800000)
        {
            return (byte)(sign | 0x7F);
        }

        int bias = (1 << (6 - fraction)) - 1;
        uint code;
        if (a < (uint)(128 - bias) << 23)
        {
            // Subnormal: this addend's last bit is worth the smallest subnormal, so the addition rounds.
            uint addend = (uint)(127 + 23 + 1 - bias - fraction) << 23;
            float shifted = BitConverter.UInt32BitsToSingle(a) + BitConverter.UInt32BitsToSingle(addend);
            code = BitConverter.SingleToUInt32Bits(shifted) - addend;
        }
        else
        {
            int drop = 23 - fraction;
            uint odd = (a >> drop) & 1;
            code = (a - ((uint)(127 - bias) << 23) + (1u << (drop - 1)) - 1 + odd) >> drop;
        }

        uint largest = fraction == 3 ? 0x7Eu : 0x7Cu;
        return (byte)(sign | Math.Min(code, largest));
    }

    private readonly struct DecodeJob(byte* x, float* y, long n, float* table) : IRowJob
    {
        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            for (long i = from * EncodeJob.Block; i < Math.Min(to * EncodeJob.Block, n); i++)
            {
                y[i] = table[x[i]];
            }
        }
    }

    private readonly struct EncodeJob(float* x, byte* y, long n, int fraction) : IRowJob
    {
        public const long Block = 1024;

        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            for (long i = from * Block; i < Math.Min(to * Block, n); i++)
            {
                y[i] = Encode(x[i], fraction);
            }
        }
    }
}
