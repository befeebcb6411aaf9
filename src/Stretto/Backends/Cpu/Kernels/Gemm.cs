using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Operands = Stretto.Backends.Cpu.Kernels.GemmTiles.Operands;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// C [M, N] (+)= A [M, K] · B [K, N] in float32. B is packed once into panels that all threads share, A into blocks that stay in the
/// second-level cache, and register tiles walk both (Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008).
/// </summary>
/// <remarks>
/// Every element of C adds its K products one after the other by fused multiply-add, so a row has the same bits alone and in any
/// batch, with any number of threads, and with AVX2 or AVX-512.
/// </remarks>
internal static unsafe class Gemm
{
    private const long DepthBlock = 256;
    private const long RowBlock = 96;
    private const long SmallWork = 32 * 1024;

    /// <summary>A and B take any strides in elements; C's columns are contiguous.</summary>
    public static void Run(
        WorkerPool pool, long m, long n, long k, float* a, long aRow, long aColumn, float* b, long bRow, long bColumn,
        float* c, long cRow, bool accumulate)
    {
        if (m == 0 || n == 0)
        {
            return;
        }

        if (bColumn == 1 && m <= 4 && n % PackedMatrix.PanelWidth == 0)
        {
            // A few rows: packing B would cost as much as the product.
            Execute(pool, new Job(m, n, k, a, aRow, aColumn, b, bRow, PackedMatrix.PanelWidth, c, cRow, accumulate));
            return;
        }

        using PackedMatrix packed = new(pool, b, bRow, bColumn, k, n);
        Run(pool, m, a, aRow, aColumn, packed, c, cRow, accumulate);
    }

    /// <summary>The same with B packed before.</summary>
    public static void Run(
        WorkerPool pool, long m, float* a, long aRow, long aColumn, PackedMatrix b, float* c, long cRow, bool accumulate)
    {
        if (m > 0 && b.Columns > 0)
        {
            Execute(pool, new Job(
                m, b.Columns, b.Depth, a, aRow, aColumn, b.Data, b.Width, b.Depth * b.Width, c, cRow, accumulate));
        }
    }

    /// <summary>to [k, i] = from [i, k] for i below <paramref name="count"/>: rows of <paramref name="width"/> in the target.</summary>
    public static void Transpose(float* from, long row, long step, float* to, long width, long count, long depth)
    {
        if (step != 1)
        {
            for (long k = 0; k < depth; k++)
            {
                for (long i = 0; i < count; i++)
                {
                    to[(k * width) + i] = from[(i * row) + (k * step)];
                }
            }

            return;
        }

        long k0 = 0;
        for (; k0 + 4 <= depth; k0 += 4)
        {
            long i = 0;
            for (; i + 4 <= count; i += 4)
            {
                Transpose4(from + (i * row) + k0, row, to + (k0 * width) + i, width);
            }

            for (; i < count; i++)
            {
                for (long k = k0; k < k0 + 4; k++)
                {
                    to[(k * width) + i] = from[(i * row) + k];
                }
            }
        }

        for (; k0 < depth; k0++)
        {
            for (long i = 0; i < count; i++)
            {
                to[(k0 * width) + i] = from[(i * row) + k0];
            }
        }
    }

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

    private static void Execute(WorkerPool pool, Job job)
    {
        int parts = job.Split(pool.Threads);
        if (parts == 1)
        {
            job.Run(0);
        }
        else
        {
            pool.For(parts, ref job);
        }
    }

    /// <summary>A grid of blocks of C; each block packs its own part of A.</summary>
    private struct Job(
        long m, long n, long k, float* a, long aRow, long aColumn, float* b, long bStep, long panelStride,
        float* c, long cRow, bool accumulate) : IParallelJob
    {
        private long _panels;
        private long _rowsEach;
        private long _panelsEach;

        /// <summary>Cuts C into parts; their number changes nothing in the result.</summary>
        public int Split(int threads)
        {
            _panels = (n + PackedMatrix.PanelWidth - 1) / PackedMatrix.PanelWidth;
            (_rowsEach, _panelsEach) = (m, _panels);
            if (threads == 1 || m * n * k < SmallWork)
            {
                return 1;
            }

            long wanted = threads * 4L;
            _rowsEach = Math.Max(12, Math.Min(RowBlock * 2, (m + wanted - 1) / wanted));
            _rowsEach = (_rowsEach + 11) / 12 * 12;
            long rowParts = (m + _rowsEach - 1) / _rowsEach;
            long panelParts = Math.Clamp((wanted + rowParts - 1) / rowParts, 1, _panels);
            _panelsEach = (_panels + panelParts - 1) / panelParts;
            return checked((int)(rowParts * ((_panels + _panelsEach - 1) / _panelsEach)));
        }

        public readonly void Run(int part)
        {
            long across = (_panels + _panelsEach - 1) / _panelsEach;
            long rows = part / across * _rowsEach;
            long panel = part % across * _panelsEach;
            (long m0, long m1) = (rows, Math.Min(rows + _rowsEach, m));
            (long p0, long p1) = (panel, Math.Min(panel + _panelsEach, _panels));
            if (Vector512.IsHardwareAccelerated)
            {
                Block<Lanes512>(m0, m1, p0, p1);
            }
            else if (Vector256.IsHardwareAccelerated)
            {
                Block<Lanes256>(m0, m1, p0, p1);
            }
            else
            {
                Block<Lanes128>(m0, m1, p0, p1);
            }
        }

        private readonly void Block<V>(long m0, long m1, long p0, long p1) where V : unmanaged, ILanes<V>
        {
            int tile = V.Count == 16 ? 12 : 6;
            float* packed = stackalloc float[m1 - m0 < tile ? 0 : (int)(RowBlock * DepthBlock)];
            for (long k0 = 0; k0 < k || k0 == 0; k0 += DepthBlock)
            {
                long depth = Math.Min(DepthBlock, k - k0);
                bool add = accumulate || k0 > 0;
                for (long i0 = m0; i0 < m1; i0 += RowBlock)
                {
                    long i1 = Math.Min(i0 + RowBlock, m1);
                    long whole = (i1 - i0) / tile * tile;
                    for (long i = 0; i < whole; i += tile)
                    {
                        PackRows(a + ((i0 + i) * aRow) + (k0 * aColumn), tile, depth, packed + (i * depth));
                    }

                    for (long p = p0; p < p1; p++)
                    {
                        float* panel = b + (p * panelStride) + (k0 * bStep);
                        for (long i = 0; i < whole; i += tile)
                        {
                            Tile<V>(packed + (i * depth), 1, tile, panel, i0 + i, tile, p, depth, add);
                        }

                        for (long i = i0 + whole; i < i1;)
                        {
                            int count = i1 - i >= 4 ? 4 : 1;
                            Tile<V>(a + (i * aRow) + (k0 * aColumn), aRow, aColumn, panel, i, count, p, depth, add);
                            i += count;
                        }
                    }
                }
            }
        }

        /// <summary>One tile straight into C, or, at the right edge, by way of a scratch tile.</summary>
        private readonly void Tile<V>(
            float* rows, long rowStride, long step, float* panel, long i, int count, long p, long depth, bool add)
            where V : unmanaged, ILanes<V>
        {
            long width = 2 * V.Count;
            long left = Math.Min(width, n - (p * width));
            float* target = c + (i * cRow) + (p * width);
            if (left == width)
            {
                Multiply<V>(count, new Operands(rows, rowStride, step, panel, bStep, target, cRow, depth, add));
                return;
            }

            float* scratch = stackalloc float[12 * 32];
            for (int r = 0; add && r < count; r++)
            {
                new Span<float>(target + (r * cRow), (int)left).CopyTo(new Span<float>(scratch + (r * width), (int)left));
            }

            Multiply<V>(count, new Operands(rows, rowStride, step, panel, bStep, scratch, width, depth, add));
            for (int r = 0; r < count; r++)
            {
                new Span<float>(scratch + (r * width), (int)left).CopyTo(new Span<float>(target + (r * cRow), (int)left));
            }
        }

        private static void Multiply<V>(int rows, in Operands operands) where V : unmanaged, ILanes<V>
        {
            switch (rows)
            {
                case 12: GemmTiles.Rows12<V>(operands); break;
                case 6: GemmTiles.Rows6<V>(operands); break;
                case 4: GemmTiles.Rows4<V>(operands); break;
                default: GemmTiles.Row<V>(operands); break;
            }
        }

        private readonly void PackRows(float* from, int tile, long depth, float* to) =>
            Transpose(from, aRow, aColumn, to, tile, tile, depth);
    }
}
