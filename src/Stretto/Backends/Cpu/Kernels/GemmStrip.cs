using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// The register tile that does most of the work on AVX2, 6 rows by 16 columns of float32, for a run of panels of B
/// side by side. The result has the same bits as that of <see cref="GemmTile"/>.
/// </summary>
/// <remarks>
/// The packed rows of A stay in the nearest cache while the panels pass by, and a run writes whole stretches of six
/// rows of C, so it touches six pages, not one for every row. Four steps of k a turn; the next tile of C is fetched
/// while this one is computed.
/// </remarks>
internal static unsafe class GemmStrip
{
    public const int Rows = 6;

    /// <summary>
    /// <paramref name="panels"/> ≥ 1 tiles whose panels of B are <paramref name="bStride"/> apart and whose columns of
    /// C follow one another.
    /// </summary>
    [MethodImpl(Compilation.Final)]
    public static void Multiply(
        float* rows, float* b, long bStride, float* c, long cRow, long depth, bool accumulate, long panels)
    {
        do
        {
            Vector256<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
            Vector256<float> c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
            float* row = c;
            if (accumulate)
            {
                c00 = Vector256.Load(row);
                c01 = Vector256.Load(row + 8);
                row += cRow;
                c10 = Vector256.Load(row);
                c11 = Vector256.Load(row + 8);
                row += cRow;
                c20 = Vector256.Load(row);
                c21 = Vector256.Load(row + 8);
                row += cRow;
                c30 = Vector256.Load(row);
                c31 = Vector256.Load(row + 8);
                row += cRow;
                c40 = Vector256.Load(row);
                c41 = Vector256.Load(row + 8);
                row += cRow;
                c50 = Vector256.Load(row);
                c51 = Vector256.Load(row + 8);
            }

            row = c + 16;
            for (int i = 0; Sse.IsSupported && i < Rows; i++, row += cRow)
            {
                Sse.Prefetch0(row);
            }

            float* a = rows;
            float* p = b;
            long k = depth;
            for (; k >= 4; k -= 4)
            {
                Vector256<float> b0 = Vector256.Load(p);
                Vector256<float> b1 = Vector256.Load(p + 8);
                Vector256<float> x = Vector256.Create(a[0]);
                c00 = Vector256.FusedMultiplyAdd(x, b0, c00);
                c01 = Vector256.FusedMultiplyAdd(x, b1, c01);
                x = Vector256.Create(a[1]);
                c10 = Vector256.FusedMultiplyAdd(x, b0, c10);
                c11 = Vector256.FusedMultiplyAdd(x, b1, c11);
                x = Vector256.Create(a[2]);
                c20 = Vector256.FusedMultiplyAdd(x, b0, c20);
                c21 = Vector256.FusedMultiplyAdd(x, b1, c21);
                x = Vector256.Create(a[3]);
                c30 = Vector256.FusedMultiplyAdd(x, b0, c30);
                c31 = Vector256.FusedMultiplyAdd(x, b1, c31);
                x = Vector256.Create(a[4]);
                c40 = Vector256.FusedMultiplyAdd(x, b0, c40);
                c41 = Vector256.FusedMultiplyAdd(x, b1, c41);
                x = Vector256.Create(a[5]);
                c50 = Vector256.FusedMultiplyAdd(x, b0, c50);
                c51 = Vector256.FusedMultiplyAdd(x, b1, c51);

                b0 = Vector256.Load(p + 16);
                b1 = Vector256.Load(p + 24);
                x = Vector256.Create(a[6]);
                c00 = Vector256.FusedMultiplyAdd(x, b0, c00);
                c01 = Vector256.FusedMultiplyAdd(x, b1, c01);
                x = Vector256.Create(a[7]);
                c10 = Vector256.FusedMultiplyAdd(x, b0, c10);
                c11 = Vector256.FusedMultiplyAdd(x, b1, c11);
                x = Vector256.Create(a[8]);
                c20 = Vector256.FusedMultiplyAdd(x, b0, c20);
                c21 = Vector256.FusedMultiplyAdd(x, b1, c21);
                x = Vector256.Create(a[9]);
                c30 = Vector256.FusedMultiplyAdd(x, b0, c30);
                c31 = Vector256.FusedMultiplyAdd(x, b1, c31);
                x = Vector256.Create(a[10]);
                c40 = Vector256.FusedMultiplyAdd(x, b0, c40);
                c41 = Vector256.FusedMultiplyAdd(x, b1, c41);
                x = Vector256.Create(a[11]);
                c50 = Vector256.FusedMultiplyAdd(x, b0, c50);
                c51 = Vector256.FusedMultiplyAdd(x, b1, c51);

                b0 = Vector256.Load(p + 32);
                b1 = Vector256.Load(p + 40);
                x = Vector256.Create(a[12]);
                c00 = Vector256.FusedMultiplyAdd(x, b0, c00);
                c01 = Vector256.FusedMultiplyAdd(x, b1, c01);
                x = Vector256.Create(a[13]);
                c10 = Vector256.FusedMultiplyAdd(x, b0, c10);
                c11 = Vector256.FusedMultiplyAdd(x, b1, c11);
                x = Vector256.Create(a[14]);
                c20 = Vector256.FusedMultiplyAdd(x, b0, c20);
                c21 = Vector256.FusedMultiplyAdd(x, b1, c21);
                x = Vector256.Create(a[15]);
                c30 = Vector256.FusedMultiplyAdd(x, b0, c30);
                c31 = Vector256.FusedMultiplyAdd(x, b1, c31);
                x = Vector256.Create(a[16]);
                c40 = Vector256.FusedMultiplyAdd(x, b0, c40);
                c41 = Vector256.FusedMultiplyAdd(x, b1, c41);
                x = Vector256.Create(a[17]);
                c50 = Vector256.FusedMultiplyAdd(x, b0, c50);
                c51 = Vector256.FusedMultiplyAdd(x, b1, c51);

                b0 = Vector256.Load(p + 48);
                b1 = Vector256.Load(p + 56);
                x = Vector256.Create(a[18]);
                c00 = Vector256.FusedMultiplyAdd(x, b0, c00);
                c01 = Vector256.FusedMultiplyAdd(x, b1, c01);
                x = Vector256.Create(a[19]);
                c10 = Vector256.FusedMultiplyAdd(x, b0, c10);
                c11 = Vector256.FusedMultiplyAdd(x, b1, c11);
                x = Vector256.Create(a[20]);
                c20 = Vector256.FusedMultiplyAdd(x, b0, c20);
                c21 = Vector256.FusedMultiplyAdd(x, b1, c21);
                x = Vector256.Create(a[21]);
                c30 = Vector256.FusedMultiplyAdd(x, b0, c30);
                c31 = Vector256.FusedMultiplyAdd(x, b1, c31);
                x = Vector256.Create(a[22]);
                c40 = Vector256.FusedMultiplyAdd(x, b0, c40);
                c41 = Vector256.FusedMultiplyAdd(x, b1, c41);
                x = Vector256.Create(a[23]);
                c50 = Vector256.FusedMultiplyAdd(x, b0, c50);
                c51 = Vector256.FusedMultiplyAdd(x, b1, c51);

                a += 4 * Rows;
                p += 4 * 16;
            }

            for (; k > 0; k--)
            {
                Vector256<float> b0 = Vector256.Load(p);
                Vector256<float> b1 = Vector256.Load(p + 8);
                Vector256<float> x = Vector256.Create(a[0]);
                c00 = Vector256.FusedMultiplyAdd(x, b0, c00);
                c01 = Vector256.FusedMultiplyAdd(x, b1, c01);
                x = Vector256.Create(a[1]);
                c10 = Vector256.FusedMultiplyAdd(x, b0, c10);
                c11 = Vector256.FusedMultiplyAdd(x, b1, c11);
                x = Vector256.Create(a[2]);
                c20 = Vector256.FusedMultiplyAdd(x, b0, c20);
                c21 = Vector256.FusedMultiplyAdd(x, b1, c21);
                x = Vector256.Create(a[3]);
                c30 = Vector256.FusedMultiplyAdd(x, b0, c30);
                c31 = Vector256.FusedMultiplyAdd(x, b1, c31);
                x = Vector256.Create(a[4]);
                c40 = Vector256.FusedMultiplyAdd(x, b0, c40);
                c41 = Vector256.FusedMultiplyAdd(x, b1, c41);
                x = Vector256.Create(a[5]);
                c50 = Vector256.FusedMultiplyAdd(x, b0, c50);
                c51 = Vector256.FusedMultiplyAdd(x, b1, c51);
                a += Rows;
                p += 16;
            }

            row = c;
            c00.Store(row);
            c01.Store(row + 8);
            row += cRow;
            c10.Store(row);
            c11.Store(row + 8);
            row += cRow;
            c20.Store(row);
            c21.Store(row + 8);
            row += cRow;
            c30.Store(row);
            c31.Store(row + 8);
            row += cRow;
            c40.Store(row);
            c41.Store(row + 8);
            row += cRow;
            c50.Store(row);
            c51.Store(row + 8);
            b += bStride;
            c += 16;
        }
        while (--panels > 0);
    }
}
