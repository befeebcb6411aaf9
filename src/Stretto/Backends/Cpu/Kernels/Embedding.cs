using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>Rows of a table picked by index, and the gradient that goes back to them.</summary>
internal static unsafe class Embedding
{
    /// <summary>y[t] = table[ids[t]] for rows of any element type.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is not a row of the table.</exception>
    public static void Gather(
        WorkerPool pool, byte* table, long tableRows, long rowBytes, long* ids, long count, byte* y)
    {
        Check(ids, count, tableRows);
        RowJobs.Run(pool, count, rowBytes / 2, new GatherJob(table, rowBytes, ids, y));
    }

    /// <summary>
    /// dTable[ids[t]] += dy[t], each row's additions in the order of t; positions whose index is
    /// <paramref name="ignored"/> (a padding token) add nothing.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is not a row of the table.</exception>
    public static void ScatterAdd(
        WorkerPool pool, float* dy, long dyStride, long* ids, long count, float* dTable, long tableRows, long columns,
        long ignored = -1)
    {
        Check(ids, count, tableRows);
        RowJobs.Run(
            pool,
            (columns + ScatterJob.Width - 1) / ScatterJob.Width,
            ScatterJob.Width * 3 * count,
            new ScatterJob(dy, dyStride, ids, count, dTable, columns, ignored));
    }

    private static void Check(long* ids, long count, long tableRows)
    {
        for (long t = 0; t < count; t++)
        {
            if ((ulong)ids[t] >= (ulong)tableRows)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(ids), $"embedding: index {ids[t]} at position {t} is outside a table of {tableRows} rows");
            }
        }
    }

    private readonly struct GatherJob(byte* table, long rowBytes, long* ids, byte* y) : IRowJob
    {
        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            for (long t = from; t < to; t++)
            {
                Buffer.MemoryCopy(table + (ids[t] * rowBytes), y + (t * rowBytes), rowBytes, rowBytes);
            }
        }
    }

    /// <summary>
    /// Stripes of columns stand in for rows: no two threads meet, and repeated indices keep their order.
    /// </summary>
    private readonly struct ScatterJob(
        float* dy, long dyStride, long* ids, long count, float* dTable, long columns, long ignored) : IRowJob
    {
        public const long Width = 64;

        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            long start = from * Width;
            long width = Math.Min(to * Width, columns) - start;
            for (long t = 0; t < count; t++)
            {
                if (ids[t] != ignored)
                {
                    Columns.Each<V, AddTo>(
                        width, new(dy + (t * dyStride) + start, dTable + (ids[t] * columns) + start));
                }
            }
        }
    }
}
