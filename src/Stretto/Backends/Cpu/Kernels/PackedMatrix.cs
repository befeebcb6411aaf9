using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// A matrix B [K, N] in the order in which a product reads it: panels of two registers of columns, each panel holding its columns
/// for k = 0, 1, …, the last one filled up with zeros. A weight that does not change is packed once.
/// </summary>
internal sealed unsafe class PackedMatrix : IDisposable
{
    private readonly Storage _storage;

    public PackedMatrix(WorkerPool pool, float* b, long rowStride, long columnStride, long depth, long columns)
    {
        Depth = depth;
        IsTransposed = columnStride != 1;
        Columns = columns;
        Width = PanelWidth;
        _storage = new Storage(Panels * depth * Width * sizeof(float), scoped: true);
        PackJob job = new(b, rowStride, columnStride, depth, columns, Width, Data);
        if (Panels * depth * Width < 16 * 1024)
        {
            for (int panel = 0; panel < Panels; panel++)
            {
                job.Run(panel);
            }
        }
        else
        {
            pool.For(checked((int)Panels), ref job);
        }
    }

    /// <summary>Columns of a panel on this machine.</summary>
    public static int PanelWidth { get; } =
        Vector512.IsHardwareAccelerated ? 32 : Vector256.IsHardwareAccelerated ? 16 : 8;

    public long Depth { get; }

    public long Columns { get; }

    /// <summary>Whether B was given column by column, as the weight of a linear layer is.</summary>
    public bool IsTransposed { get; }

    public int Width { get; }

    public long Panels => (Columns + Width - 1) / Width;

    public float* Data => (float*)_storage.Pointer;

    public void Dispose() => _storage.Release();

    private readonly struct PackJob(
        float* b, long rowStride, long columnStride, long depth, long columns, int width, float* target) : IParallelJob
    {
        public void Run(int panel)
        {
            long first = (long)panel * width;
            long count = Math.Min(width, columns - first);
            float* from = b + (first * columnStride);
            float* to = target + (panel * depth * width);
            if (columnStride == 1)
            {
                for (long k = 0; k < depth; k++, to += width)
                {
                    Unsafe.CopyBlockUnaligned(to, from + (k * rowStride), (uint)(count * sizeof(float)));
                    new Span<float>(to + count, (int)(width - count)).Clear();
                }
            }
            else
            {
                Gemm.Transpose(from, columnStride, rowStride, to, width, count, depth);
                for (long k = 0; count < width && k < depth; k++)
                {
                    new Span<float>(to + (k * width) + count, (int)(width - count)).Clear();
                }
            }
        }
    }
}
