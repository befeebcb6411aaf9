using System.Numerics;
using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// float16 and bfloat16 to and from float32: to the nearest, ties to even, overflow to infinity, subnormals exact,
/// NaN kept quiet with its sign. All in integer or exact steps, so any vector width gives the same bits.
/// </summary>
internal static unsafe class HalfConversion
{
    private static readonly int Width = Vector<uint>.Count;

    public static void BFloat16ToSingle(WorkerPool pool, ushort* x, float* y, long n) =>
        Run<FromBFloat16, ushort, float>(pool, x, y, n);

    public static void SingleToBFloat16(WorkerPool pool, float* x, ushort* y, long n) =>
        Run<ToBFloat16, float, ushort>(pool, x, y, n);

    public static void Float16ToSingle(WorkerPool pool, ushort* x, float* y, long n) =>
        Run<FromFloat16, ushort, float>(pool, x, y, n);

    public static void SingleToFloat16(WorkerPool pool, float* x, ushort* y, long n) =>
        Run<ToFloat16, float, ushort>(pool, x, y, n);

    private interface IConversion
    {
        static abstract Vector<uint> Apply(Vector<uint> bits);
    }

    private static void Run<TConversion, TIn, TOut>(WorkerPool pool, TIn* x, TOut* y, long n)
        where TConversion : struct, IConversion where TIn : unmanaged where TOut : unmanaged =>
        RowJobs.Run(pool, (n + Job.Block - 1) / Job.Block, Job.Block * 2, new Job<TConversion, TIn, TOut>(x, y, n));

    private static class Job
    {
        public const long Block = 1024;
    }

    private readonly struct Job<TConversion, TIn, TOut>(TIn* x, TOut* y, long n) : IRowJob
        where TConversion : struct, IConversion where TIn : unmanaged where TOut : unmanaged
    {
        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            long i = from * Job.Block;
            long end = Math.Min(to * Job.Block, n);
            for (; i <= end - (2 * Width); i += 2 * Width)
            {
                Step(x + i, y + i);
            }

            if (i < end)
            {
                TIn* input = stackalloc TIn[2 * Width];
                TOut* output = stackalloc TOut[2 * Width];
                Unsafe.CopyBlock(input, x + i, (uint)((end - i) * sizeof(TIn)));
                Step(input, output);
                Unsafe.CopyBlock(y + i, output, (uint)((end - i) * sizeof(TOut)));
            }
        }

        /// <summary>Converts two registers' worth.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Step(TIn* input, TOut* output)
        {
            Vector<uint> low, high;
            if (typeof(TIn) == typeof(ushort))
            {
                Vector.Widen(Vector.Load((ushort*)input), out low, out high);
            }
            else
            {
                low = Vector.Load((uint*)input);
                high = Vector.Load((uint*)input + Width);
            }

            low = TConversion.Apply(low);
            high = TConversion.Apply(high);
            if (typeof(TOut) == typeof(ushort))
            {
                Vector.Narrow(low, high).Store((ushort*)output);
            }
            else
            {
                low.Store((uint*)output);
                high.Store((uint*)output + Width);
            }
        }
    }

    private readonly struct FromBFloat16 : IConversion
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<uint> Apply(Vector<uint> bits) => bits << 16;
    }

    private readonly struct ToBFloat16 : IConversion
    {
        /// <summary>Adding half a unit less one, plus the last kept bit, rounds half to even in the integer.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<uint> Apply(Vector<uint> bits)
        {
            Vector<uint> rounded = (bits + new Vector<uint>(0x7FFF) + ((bits >>> 16) & Vector<uint>.One)) >>> 16;
            Vector<uint> nan = (bits >>> 16) | new Vector<uint>(0x0040);
            Vector<uint> isNaN = Vector.GreaterThan(bits & new Vector<uint>(0x7FFFFFFF), new Vector<uint>(0x7F800000));
            return Vector.ConditionalSelect(isNaN, nan, rounded);
        }
    }

    private readonly struct FromFloat16 : IConversion
    {
        /// <summary>
        /// Exponent and fraction in float32's places are the value times 2^−112, subnormals included; the product
        /// is exact. The largest exponent is that of infinity and NaN.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<uint> Apply(Vector<uint> bits)
        {
            Vector<uint> shifted = (bits & new Vector<uint>(0x7FFF)) << 13;
            Vector<float> scaled = Vector.AsVectorSingle(shifted) * new Vector<float>(5.192296858534828e33f);
            Vector<uint> value = Vector.AsVectorUInt32(scaled);
            Vector<uint> special = Vector.GreaterThanOrEqual(shifted, new Vector<uint>(0x0F800000));
            value |= special & new Vector<uint>(0x7F800000);
            return value | ((bits & new Vector<uint>(0x8000)) << 16);
        }
    }

    private readonly struct ToFloat16 : IConversion
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<uint> Apply(Vector<uint> bits)
        {
            Vector<uint> a = bits & new Vector<uint>(0x7FFFFFFF);
            Vector<uint> odd = (a >>> 13) & Vector<uint>.One;
            // Rebias the exponent from 127 to 15 and round half to even in the integer.
            Vector<uint> normal = (a - new Vector<uint>((112u << 23) - 0xFFF) + odd) >>> 13;
            // Below 2^−14, adding 0.5 leaves the fraction in units of 2^−24, rounded by the addition itself.
            Vector<float> shifted = Vector.AsVectorSingle(a) + new Vector<float>(0.5f);
            Vector<uint> subnormal = Vector.AsVectorUInt32(shifted) - new Vector<uint>(126u << 23);
            Vector<uint> result = Vector.ConditionalSelect(
                Vector.LessThan(a, new Vector<uint>(113u << 23)), subnormal, normal);
            Vector<uint> isNaN = Vector.GreaterThan(a, new Vector<uint>(0x7F800000));
            Vector<uint> special = new Vector<uint>(0x7C00)
                | (isNaN & (new Vector<uint>(0x0200) | ((a >>> 13) & new Vector<uint>(0x3FF))));
            Vector<uint> large = Vector.GreaterThanOrEqual(a, new Vector<uint>(143u << 23));
            return Vector.ConditionalSelect(large, special, result) | ((bits >>> 16) & new Vector<uint>(0x8000));
        }
    }
}
