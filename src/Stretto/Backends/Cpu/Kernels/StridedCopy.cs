using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>Copies between layouts of one dtype, run by run where the last dimension is contiguous on both sides.</summary>
internal static unsafe class StridedCopy
{
    public static void Run(WorkerPool pool, TensorView source, TensorView destination)
    {
        if (destination.Count == 0)
        {
            return;
        }

        int size = source.DType.Size();
        (Shape shape, long[] from, long[] to) = Merge(source, destination);
        if (shape.Rank == 1 && from[0] == 1 && to[0] == 1)
        {
            long bytes = shape.Count * size;
            RowJobs.Run(pool, (bytes + Flat.Width - 1) / Flat.Width, Flat.Width / 2, new Flat(source.Data, destination.Data, bytes));
            return;
        }

        long[] outer = [.. shape.Sizes];
        outer[^1] = 1;
        long n = shape.Sizes[^1];
        StridedIndex i = new(Shape.Create(outer), from, to);
        do
        {
            byte* x = source.Data + (i.A * size);
            byte* y = destination.Data + (i.B * size);
            switch (size)
            {
                case 4: Line((int*)x, from[^1], (int*)y, to[^1], n); break;
                case 8: Line((long*)x, from[^1], (long*)y, to[^1], n); break;
                case 2: Line((short*)x, from[^1], (short*)y, to[^1], n); break;
                default: Line(x, from[^1], y, to[^1], n); break;
            }
        }
        while (i.Next());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Line<T>(T* x, long xStride, T* y, long yStride, long n) where T : unmanaged
    {
        if (xStride == 1 && yStride == 1)
        {
            Buffer.MemoryCopy(x, y, n * sizeof(T), n * sizeof(T));
            return;
        }

        for (long i = 0; i < n; i++)
        {
            y[i * yStride] = x[i * xStride];
        }
    }

    /// <summary>Joins neighbouring dimensions that both sides walk in one stride.</summary>
    private static (Shape Shape, long[] From, long[] To) Merge(TensorView source, TensorView destination)
    {
        List<long> sizes = [];
        List<long> from = [];
        List<long> to = [];
        for (int d = 0; d < source.Rank; d++)
        {
            long size = source.Size(d);
            if (size == 1)
            {
                continue;
            }

            if (sizes.Count > 0 && from[^1] == source.Stride(d) * size && to[^1] == destination.Stride(d) * size)
            {
                sizes[^1] *= size;
                from[^1] = source.Stride(d);
                to[^1] = destination.Stride(d);
            }
            else
            {
                sizes.Add(size);
                from.Add(source.Stride(d));
                to.Add(destination.Stride(d));
            }
        }

        return sizes.Count == 0 ? ([1], [1], [1]) : (Shape.Create([.. sizes]), [.. from], [.. to]);
    }

    private readonly struct Flat(byte* x, byte* y, long bytes) : IRowJob
    {
        public const long Width = 64 * 1024;

        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            long start = from * Width;
            long length = Math.Min(to * Width, bytes) - start;
            Buffer.MemoryCopy(x + start, y + start, length, length);
        }
    }
}
