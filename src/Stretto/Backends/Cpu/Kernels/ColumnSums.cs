using System.Buffers;
using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>Sums over rows (gradients of biases and norm weights) in an order no thread count changes.</summary>
/// <remarks>
/// Rows are taken in fixed blocks; each block adds its rows in order, then the blocks are added in order.
/// </remarks>
internal static unsafe class ColumnSums
{
    private const long MaxBlocks = 64;
    private const long MinRows = 16;

    public static long RowsPerBlock(long rows) => Math.Max(MinRows, (rows + MaxBlocks - 1) / MaxBlocks);

    public static long Blocks(long rows) => (rows + RowsPerBlock(rows) - 1) / RowsPerBlock(rows);

    /// <summary>sums[c] += Σ over rows of x[row, c].</summary>
    public static void Add(WorkerPool pool, float* x, long stride, long rows, long columns, float* sums)
    {
        using Partials partials = new(rows, columns);
        RowJobs.RunBlocks(pool, rows, RowsPerBlock(rows), new AddRows(x, stride, rows, columns, partials.Data));
        partials.AddTo(pool, sums, 0);
    }

    /// <summary>One row of sums for each block of rows.</summary>
    public readonly struct Partials : IDisposable
    {
        private readonly float[] _array;
        private readonly MemoryHandle _pin;
        private readonly long _blocks;
        private readonly long _columns;

        /// <param name="rows">Rows to be summed.</param>
        /// <param name="columns">Sums a block makes.</param>
        public Partials(long rows, long columns)
        {
            _blocks = Blocks(rows);
            _columns = columns;
            _array = ArrayPool<float>.Shared.Rent(checked((int)(_blocks * columns)));
            _pin = _array.AsMemory().Pin();
            Data = (float*)_pin.Pointer;
        }

        /// <summary>Uninitialised: each block clears its own row.</summary>
        public float* Data { get; }

        /// <summary>
        /// sums[c] += Σ over blocks of column <paramref name="first"/> + c, for <paramref name="count"/> columns.
        /// </summary>
        public void AddTo(WorkerPool pool, float* sums, long first, long count = -1) =>
            RowJobs.Run(
                pool,
                ((count < 0 ? _columns : count) + Combine.Width - 1) / Combine.Width,
                Combine.Width * _blocks,
                new Combine(Data + first, _columns, _blocks, count < 0 ? _columns : count, sums));

        public void Dispose()
        {
            _pin.Dispose();
            ArrayPool<float>.Shared.Return(_array);
        }
    }

    private readonly struct AddRows(float* x, long stride, long rows, long columns, float* partials) : IRowJob
    {
        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            float* sums = partials + (from / RowsPerBlock(rows) * columns);
            new Span<float>(sums, checked((int)columns)).Clear();
            for (long row = from; row < to; row++)
            {
                Columns.Each<V, AddTo>(columns, new(x + (row * stride), sums));
            }
        }
    }

    /// <summary>Stripes of columns stand in for rows.</summary>
    private readonly struct Combine(float* partials, long stride, long blocks, long columns, float* sums) : IRowJob
    {
        public const long Width = 256;

        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            long start = from * Width;
            long count = Math.Min(to * Width, columns) - start;
            for (long block = 0; block < blocks; block++)
            {
                Columns.Each<V, AddTo>(count, new(partials + (block * stride) + start, sums + start));
            }
        }
    }
}
