using System.Runtime.Intrinsics;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>Work on rows that do not depend on each other, written over any register width.</summary>
internal interface IRowJob
{
    /// <summary>Does rows <paramref name="from"/> to <paramref name="to"/> − 1; compiled by <see cref="Compilation.Final"/>.</summary>
    void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>;
}

/// <summary>Splits rows into parts of a size that depends on the rows alone, and picks the widest registers.</summary>
internal static class RowJobs
{
    /// <summary>Elements that make a part worth a thread's attention: some microseconds of memory traffic.</summary>
    private const long PartElements = 32 * 1024;

    private const long MaxParts = 1 << 20;

    /// <summary>
    /// Runs <paramref name="job"/> over all rows; <paramref name="rowCost"/> is the elements a row touches.
    /// </summary>
    public static void Run<TJob>(WorkerPool pool, long rows, long rowCost, TJob job) where TJob : struct, IRowJob
    {
        long each = Math.Max(PartElements / Math.Max(rowCost, 1), 1);
        RunBlocks(pool, rows, Math.Max(each, (rows / MaxParts) + 1), job);
    }

    /// <summary>Runs parts of exactly <paramref name="rowsPerPart"/> rows (the last may be shorter).</summary>
    public static void RunBlocks<TJob>(WorkerPool pool, long rows, long rowsPerPart, TJob job)
        where TJob : struct, IRowJob
    {
        if (rows <= 0)
        {
            return;
        }

        RowParts<TJob> parts = new(job, rows, rowsPerPart);
        int count = checked((int)((rows + rowsPerPart - 1) / rowsPerPart));
        if (count == 1)
        {
            parts.Run(0);
        }
        else
        {
            pool.For(count, ref parts);
        }
    }

    private struct RowParts<TJob>(TJob job, long rows, long rowsPerPart) : IParallelJob where TJob : struct, IRowJob
    {
        // A mutable field: calling a generic method through a readonly one would copy the job.
        private TJob _job = job;

        public void Run(int part)
        {
            long from = part * rowsPerPart;
            long to = Math.Min(from + rowsPerPart, rows);
            if (Vector512.IsHardwareAccelerated)
            {
                _job.Rows<Lanes512>(from, to);
            }
            else if (Vector256.IsHardwareAccelerated)
            {
                _job.Rows<Lanes256>(from, to);
            }
            else
            {
                _job.Rows<Lanes128>(from, to);
            }
        }
    }
}
