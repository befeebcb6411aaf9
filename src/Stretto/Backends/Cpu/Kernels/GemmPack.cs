using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// Puts an operand of a matrix product into the order in which register tiles read it: groups of <c>width</c> lanes
/// (rows of A, columns
/// of B), each group holding its lanes side by side for k = 0, 1, ….
/// </summary>
internal static unsafe class GemmPack
{
    /// <summary>
    /// to [g · groupStride + k · width + i] = from [(g · width + i) · lane + k · step] for <paramref name="count"/>
    /// lanes and
    /// <paramref name="depth"/> values of k; the last group is filled up with zeros.
    /// </summary>
    [MethodImpl(Compilation.Final)]
    public static void Groups<T>(
        T* from, long lane, long step, long count, long depth, int width, T* to, long groupStride) where T : unmanaged
    {
        long whole = count / width;
        int rest = (int)(count - (whole * width));
        if (lane == 1)
        {
            bool sixes = OverlapRows(width, sizeof(T)) && step >= width;

            // Eight rows of the source at a time: their cache lines, which hold lanes of more than one group, stay
            // near, and a group
            // is written in stretches.
            for (long k = 0; k < depth; k += 8)
            {
                long end = Math.Min(k + 8, depth);
                for (long g = 0; g < whole; g++)
                {
                    long j = k;
                    for (; sixes && g + 1 < whole && j + 4 <= end; j += 4)
                    {
                        float* source = (float*)(from + (j * step) + (g * width));
                        Copy6(source, step, (float*)(to + (g * groupStride) + (j * width)));
                    }

                    for (; j < end; j++)
                    {
                        if (Sse.IsSupported)
                        {
                            Sse.Prefetch0(from + ((j + 8) * step) + (g * width));
                        }

                        Copy(from + (j * step) + (g * width), to + (g * groupStride) + (j * width), width);
                    }
                }

                for (long j = k; rest > 0 && j < end; j++)
                {
                    T* source = from + (j * step) + (whole * width);
                    T* target = to + (whole * groupStride) + (j * width);
                    for (int i = 0; i < width; i++)
                    {
                        target[i] = i < rest ? source[i] : default;
                    }
                }
            }

            return;
        }

        for (long g = 0; g < whole; g++)
        {
            T* source = from + (g * width * lane);
            T* target = to + (g * groupStride);
            bool overlap = step == 1 && g + 1 < whole && OverlapRows(width, sizeof(T));
            long done = overlap ? TransposeOverlapping((float*)source, lane, (float*)target, depth) : 0;
            Transpose(source + done, lane, step, target + (done * width), width, width, depth - done);
        }

        if (rest > 0)
        {
            T* target = to + (whole * groupStride);
            Transpose(from + (whole * width * lane), lane, step, target, width, rest, depth);
            for (long k = 0; k < depth; k++)
            {
                new Span<T>(target + (k * width) + rest, width - rest).Clear();
            }
        }
    }

    /// <summary>
    /// Whether groups of six lanes are moved eight at a time, two of them the next group's: those that a transpose
    /// writes too far are written again.
    /// </summary>
    private static bool OverlapRows(int width, int size) => width == 6 && size == sizeof(float) && Avx.IsSupported;

    /// <summary>Transposes all but the last depths of six rows; how many depths are done.</summary>
    [MethodImpl(Compilation.Final)]
    private static long TransposeOverlapping(float* from, long lane, float* to, long depth)
    {
        long k = 0;
        for (; k + 17 <= depth; k += 16)
        {
            Transpose8(from + k, lane, to + (k * 6), 6);
            Transpose8(from + k + 8, lane, to + ((k + 8) * 6), 6);
        }

        return k;
    }

    /// <summary>to [k · width + i] = from [i · lane + k · step].</summary>
    [MethodImpl(Compilation.Final)]
    public static void Transpose<T>(T* from, long lane, long step, T* to, long width, long count, long depth)
        where T : unmanaged
    {
        // 16 floats are a cache line: all of it is used while it is there.
        const long Line = 16;
        for (long k = 0; k < depth; k += Line)
        {
            long steps = Math.Min(Line, depth - k);
            long i = 0;
            if (sizeof(T) == sizeof(float) && step == 1)
            {
                float* source = (float*)(from + k);
                float* target = (float*)(to + (k * width));
                for (; Avx.IsSupported && steps == Line && i + 8 <= count; i += 8)
                {
                    Transpose8(source + (i * lane), lane, target + i, width);
                    Transpose8(source + (i * lane) + 8, lane, target + (8 * width) + i, width);
                }

                for (; steps == Line && i + 4 <= count; i += 4)
                {
                    for (long j = 0; j < Line; j += 4)
                    {
                        Transpose4(source + (i * lane) + j, lane, target + (j * width) + i, width);
                    }
                }

                for (; steps == Line && i + 2 <= count; i += 2)
                {
                    for (long j = 0; j < Line; j += 4)
                    {
                        Transpose2(source + (i * lane) + j, lane, target + (j * width) + i, width);
                    }
                }
            }

            for (; i < count; i++)
            {
                T* source = from + (i * lane) + (k * step);
                T* target = to + (k * width) + i;
                for (long j = 0; j < steps; j++)
                {
                    target[j * width] = source[j * step];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy<T>(T* from, T* to, int count) where T : unmanaged
    {
        int bytes = count * sizeof(T);
        byte* source = (byte*)from;
        byte* target = (byte*)to;
        switch (bytes)
        {
            case 128:
                Vector256.Load(source).Store(target);
                Vector256.Load(source + 32).Store(target + 32);
                Vector256.Load(source + 64).Store(target + 64);
                Vector256.Load(source + 96).Store(target + 96);
                return;
            case 64:
                Vector256.Load(source).Store(target);
                Vector256.Load(source + 32).Store(target + 32);
                return;
            case 48:
                Vector256.Load(source).Store(target);
                Vector128.Load(source + 32).Store(target + 32);
                return;
            case 24:
                Vector128.Load(source).Store(target);
                *(long*)(target + 16) = *(long*)(source + 16);
                return;
        }

        int i = 0;
        for (; i + 32 <= bytes; i += 32)
        {
            Vector256.Load(source + i).Store(target + i);
        }

        if (i + 16 <= bytes)
        {
            Vector128.Load(source + i).Store(target + i);
            i += 16;
        }

        if (i + 8 <= bytes)
        {
            *(long*)(target + i) = *(long*)(source + i);
            i += 8;
        }

        for (; i < bytes; i += 4)
        {
            *(int*)(target + i) = *(int*)(source + i);
        }
    }

    /// <summary>
    /// Six lanes of four rows as three whole registers. Reads up to six values before the second row and six behind
    /// the third.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy6(float* from, long step, float* to)
    {
        float* second = from + step;
        float* third = second + step;
        float* fourth = third + step;
        Avx.Blend(Vector256.Load(from), Vector256.Load(second - 6), 0b1100_0000).Store(to);
        Avx.Blend(Vector256.Load(second + 2), Vector256.Load(third - 4), 0b1111_0000).Store(to + 8);
        Avx.Blend(Vector256.Load(third + 4), Vector256.Load(fourth - 2), 0b1111_1100).Store(to + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose8(float* from, long row, float* to, long width)
    {
        Vector256<float> a0 = Halves(from, row);
        Vector256<float> a1 = Halves(from + row, row);
        Vector256<float> a2 = Halves(from + (2 * row), row);
        Vector256<float> a3 = Halves(from + (3 * row), row);
        Vector256<float> b0 = Halves(from + 4, row);
        Vector256<float> b1 = Halves(from + row + 4, row);
        Vector256<float> b2 = Halves(from + (2 * row) + 4, row);
        Vector256<float> b3 = Halves(from + (3 * row) + 4, row);
        Store4(a0, a1, a2, a3, to, width);
        Store4(b0, b1, b2, b3, to + (4 * width), width);
    }

    /// <summary>Four values of a row and of the row four further down.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Halves(float* from, long row) =>
        Vector256.Create(Vector128.Load(from), Vector128.Load(from + (4 * row)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store4(
        Vector256<float> r0, Vector256<float> r1, Vector256<float> r2, Vector256<float> r3, float* to, long width)
    {
        Vector256<double> t0 = Avx.UnpackLow(r0, r1).AsDouble();
        Vector256<double> t1 = Avx.UnpackLow(r2, r3).AsDouble();
        Vector256<double> t2 = Avx.UnpackHigh(r0, r1).AsDouble();
        Vector256<double> t3 = Avx.UnpackHigh(r2, r3).AsDouble();
        Avx.UnpackLow(t0, t1).AsSingle().Store(to);
        Avx.UnpackHigh(t0, t1).AsSingle().Store(to + width);
        Avx.UnpackLow(t2, t3).AsSingle().Store(to + (2 * width));
        Avx.UnpackHigh(t2, t3).AsSingle().Store(to + (3 * width));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose4(float* from, long row, float* to, long width)
    {
        Vector128<float> r0 = Vector128.Load(from);
        Vector128<float> r1 = Vector128.Load(from + row);
        Vector128<float> r2 = Vector128.Load(from + (2 * row));
        Vector128<float> r3 = Vector128.Load(from + (3 * row));
        if (Sse.IsSupported)
        {
            Vector128<float> t0 = Sse.UnpackLow(r0, r1);
            Vector128<float> t1 = Sse.UnpackLow(r2, r3);
            Vector128<float> t2 = Sse.UnpackHigh(r0, r1);
            Vector128<float> t3 = Sse.UnpackHigh(r2, r3);
            Sse.MoveLowToHigh(t0, t1).Store(to);
            Sse.MoveHighToLow(t1, t0).Store(to + width);
            Sse.MoveLowToHigh(t2, t3).Store(to + (2 * width));
            Sse.MoveHighToLow(t3, t2).Store(to + (3 * width));
            return;
        }

        Vector128.Create(r0[0], r1[0], r2[0], r3[0]).Store(to);
        Vector128.Create(r0[1], r1[1], r2[1], r3[1]).Store(to + width);
        Vector128.Create(r0[2], r1[2], r2[2], r3[2]).Store(to + (2 * width));
        Vector128.Create(r0[3], r1[3], r2[3], r3[3]).Store(to + (3 * width));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose2(float* from, long row, float* to, long width)
    {
        Vector128<int> r0 = Vector128.Load(from).AsInt32();
        Vector128<int> r1 = Vector128.Load(from + row).AsInt32();
        for (int i = 0; i < 4; i++)
        {
            *(long*)(to + (i * width)) = (uint)r0[i] | ((long)r1[i] << 32);
        }
    }
}
