using System.Runtime.InteropServices;

namespace Stretto.Bench;

/// <summary>Debian's libopenblas0 by its C interface.</summary>
internal static unsafe partial class OpenBlas
{
    private const string Library = "libopenblas.so.0";
    private const int RowMajor = 101;
    private const int Plain = 111;
    private const int Transposed = 112;

    public static string Description => $"{Marshal.PtrToStringUTF8(Config())} ({Marshal.PtrToStringUTF8(CoreName())} core in use)";

    public static IWork Prepare(string[] job) => job[0] switch
    {
        "gemm" => new OpenBlasGemm(GemmShape.Parse(job)),
        _ => throw new ArgumentException($"OpenBLAS has no job '{job[0]}'"),
    };

    [LibraryImport(Library, EntryPoint = "openblas_get_config")]
    private static partial nint Config();

    [LibraryImport(Library, EntryPoint = "openblas_get_corename")]
    private static partial nint CoreName();

    [LibraryImport(Library, EntryPoint = "openblas_set_num_threads")]
    private static partial void SetThreads(int threads);

    [LibraryImport(Library, EntryPoint = "cblas_sgemm")]
    private static partial void Sgemm(
        int order, int transA, int transB, int m, int n, int k, float alpha, float* a, int lda, float* b, int ldb,
        float beta, float* c, int ldc);

    private sealed class OpenBlasGemm : GemmWork
    {
        public OpenBlasGemm(GemmShape shape)
            : base(shape) => SetThreads(shape.Threads);

        protected override void Multiply(float* b, int copy)
        {
            (int m, int n, int k) = (Shape.M, Shape.N, Shape.K);
            Sgemm(
                RowMajor, Shape.TransA ? Transposed : Plain, Shape.TransB ? Transposed : Plain, m, n, k,
                1, A, Shape.TransA ? m : k, b, Shape.TransB ? k : n, 0, C, n);
        }
    }
}
