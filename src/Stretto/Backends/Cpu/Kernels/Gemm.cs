using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>Which registers a product runs on.</summary>
internal enum GemmPath
{
    /// <summary>128-bit registers of any processor.</summary>
    Portable,

    /// <summary>256-bit registers with fused multiply-add.</summary>
    Avx2,

    /// <summary>512-bit registers.</summary>
    Avx512,
}

/// <summary>
/// C [M, N] (+)= A [M, K] · B [K, N] in float32 or float64. A and B take any strides in elements; C's columns are
/// contiguous.
/// </summary>
/// <remarks>
/// Every element of C adds its K products one after the other by fused multiply-add, so a row has the same bits alone
/// and in any
/// batch, with any number of threads, with B packed or not, and with AVX2 or AVX-512.
/// </remarks>
internal static unsafe class Gemm
{
    private const double SmallProduct = 256 * 1024;

    /// <summary>The widest path of this machine.</summary>
    public static GemmPath Widest { get; } =
        Avx512F.IsSupported ? GemmPath.Avx512
        : Fma.IsSupported && Vector256.IsHardwareAccelerated ? GemmPath.Avx2
        : GemmPath.Portable;

    /// <summary>Where a few columns fit a narrower register, the rest of the wide one would be idle.</summary>
    public static GemmPath PathFor(long columns, int elementSize, GemmPath widest) => (columns * elementSize) switch
    {
        <= 32 => GemmPath.Portable,
        <= 64 when widest == GemmPath.Avx512 => GemmPath.Avx2,
        _ => widest,
    };

    public static void Run(
        WorkerPool pool, long m, long n, long k, float* a, long aRow, long aColumn, float* b, long bRow, long bColumn,
        float* c, long cRow, bool accumulate) =>
        Run(pool, new GemmProduct<float>(m, n, k)
        {
            A = a,
            ARow = aRow,
            AColumn = aColumn,
            B = b,
            BRow = bRow,
            BColumn = bColumn,
            C = c,
            CRow = cRow,
            Accumulate = accumulate,
        });

    /// <summary>The same with B packed before.</summary>
    public static void Run(
        WorkerPool pool, long m, float* a, long aRow, long aColumn, PackedMatrix b, float* c, long cRow,
        bool accumulate, GemmEpilogue epilogue = default)
    {
        GemmProduct<float> p = new(m, b.Columns, b.Depth)
        {
            A = a,
            ARow = aRow,
            AColumn = aColumn,
            C = c,
            CRow = cRow,
            Accumulate = accumulate,
            Epilogue = epilogue,
        };
        if (IsEmpty(p))
        {
            return;
        }

        switch (b.Path)
        {
            case GemmPath.Avx512: GemmDriver<Single512, float>.Run(pool, p, b.Data); break;
            case GemmPath.Avx2: GemmDriver<Single256, float>.Run(pool, p, b.Data); break;
            default: GemmDriver<Single128, float>.Run(pool, p, b.Data); break;
        }
    }

    public static void Run<T>(WorkerPool pool, GemmProduct<T> p) where T : unmanaged => Run(pool, p, Widest);

    /// <summary>On registers of at most the given width.</summary>
    /// <exception cref="NotSupportedException">The elements are neither float32 nor float64.</exception>
    public static void Run<T>(WorkerPool pool, GemmProduct<T> p, GemmPath widest) where T : unmanaged
    {
        if (IsEmpty(p))
        {
            return;
        }

        if (p.N == 1 && p.M > 1 && p.CRow == 1 && p.Epilogue.IsEmpty)
        {
            p = p.Transposed();
        }

        GemmPath path = PathFor(p.N, sizeof(T), widest);
        if (typeof(T) == typeof(float))
        {
            RunSingle(pool, Unsafe.BitCast<GemmProduct<T>, GemmProduct<float>>(p), path);
        }
        else if (typeof(T) == typeof(double))
        {
            RunDouble(pool, Unsafe.BitCast<GemmProduct<T>, GemmProduct<double>>(p), path);
        }
        else
        {
            throw new NotSupportedException($"no product of {typeof(T)}: convert to float32 or float64");
        }
    }

    /// <summary>
    /// A product for each of <paramref name="count"/> matrices, the given elements apart. Many or small ones share the
    /// threads whole;
    /// a few large ones are each cut.
    /// </summary>
    public static void RunBatch<T>(
        WorkerPool pool, GemmProduct<T> p, long count, long aStride, long bStride, long cStride,
        GemmPath? widest = null)
        where T : unmanaged
    {
        BatchJob<T> job = new(pool, p, aStride, bStride, cStride, widest ?? Widest);
        double work = (double)p.M * p.N * p.K;
        bool whole = count >= 4L * pool.Threads || work < SmallProduct;
        if (whole && work * count >= SmallProduct)
        {
            pool.For(checked((int)count), ref job);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            job.Run(i);
        }
    }

    private static bool IsEmpty<T>(in GemmProduct<T> p) where T : unmanaged
    {
        if (p.K == 0)
        {
            p.Clear();
        }

        return p.M == 0 || p.N == 0 || p.K == 0;
    }

    private static void RunSingle(WorkerPool pool, in GemmProduct<float> p, GemmPath path)
    {
        switch (path)
        {
            case GemmPath.Avx512: GemmDriver<Single512, float>.Run(pool, p); break;
            case GemmPath.Avx2: GemmDriver<Single256, float>.Run(pool, p); break;
            default: GemmDriver<Single128, float>.Run(pool, p); break;
        }
    }

    private static void RunDouble(WorkerPool pool, in GemmProduct<double> p, GemmPath path)
    {
        switch (path)
        {
            case GemmPath.Avx512: GemmDriver<Double512, double>.Run(pool, p); break;
            case GemmPath.Avx2: GemmDriver<Double256, double>.Run(pool, p); break;
            default: GemmDriver<Double128, double>.Run(pool, p); break;
        }
    }

    private readonly struct BatchJob<T>(
        WorkerPool pool, GemmProduct<T> p, long aStride, long bStride, long cStride, GemmPath widest) : IParallelJob
        where T : unmanaged
    {
        public void Run(int part) => Gemm.Run(
            pool,
            p with { A = p.A + (part * aStride), B = p.B + (part * bStride), C = p.C + (part * cStride) },
            widest);
    }
}
