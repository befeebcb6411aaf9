using System.Globalization;
using System.Runtime.InteropServices;
using Stretto.Backends.Cpu;
using Stretto.Backends.Cpu.Kernels;

namespace Stretto.Bench;

/// <summary>
/// C [M, N] = A · B. A lies as [K, M] when it is transposed and B as [N, K]. So many copies of B take turns that it comes from memory
/// where it would in decoding; a frozen B may be packed before.
/// </summary>
internal sealed record GemmShape(int M, int N, int K, bool TransA, bool TransB, int Threads, int Copies, bool Frozen)
{
    public double Flops => 2.0 * M * N * K;

    /// <summary>What must move at least: both operands read and the result written once.</summary>
    public double Bytes => sizeof(float) * (((double)M * K) + ((double)K * N) + ((double)M * N));

    public static GemmShape Parse(ReadOnlySpan<string> words)
    {
        int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
        return new(
            Number(words[0]), Number(words[1]), Number(words[2]), words[3] == "t", words[4] == "t",
            Number(words[5]), Number(words[6]), words[7] == "frozen");
    }

    public string[] Job() => string.Create(
        CultureInfo.InvariantCulture,
        $"gemm {M} {N} {K} {(TransA ? 't' : 'n')} {(TransB ? 't' : 'n')} {Threads} {Copies} {(Frozen ? "frozen" : "plain")}").Split(' ');
}

/// <summary>The operands of a product, the same numbers on every side.</summary>
internal abstract unsafe class GemmWork : IWork
{
    private readonly float*[] _b;
    private int _calls;

    protected GemmWork(GemmShape shape)
    {
        Shape = shape;
        A = Fill((long)shape.M * shape.K, 1);
        C = Fill((long)shape.M * shape.N, 2);
        _b = new float*[shape.Copies];
        for (int i = 0; i < _b.Length; i++)
        {
            _b[i] = Fill((long)shape.K * shape.N, 3);
        }
    }

    protected GemmShape Shape { get; }

    protected float* A { get; }

    protected float* C { get; }

    protected float* B(int copy) => _b[copy];

    public void Call()
    {
        int copy = _calls++ % Shape.Copies;
        Multiply(_b[copy], copy);
    }

    public double Checksum()
    {
        double sum = 0;
        for (long i = 0; i < (long)Shape.M * Shape.N; i++)
        {
            sum += Math.Abs(C[i]) * (1 + (i % 7));
        }

        return sum;
    }

    public virtual void Dispose()
    {
        NativeMemory.AlignedFree(A);
        NativeMemory.AlignedFree(C);
        foreach (float* b in _b)
        {
            NativeMemory.AlignedFree(b);
        }
    }

    protected abstract void Multiply(float* b, int copy);

    // Fractions between −½ and ½ from a multiplicative hash: no pattern that a product could cancel.
    private static float* Fill(long count, uint seed)
    {
        float* memory = (float*)NativeMemory.AlignedAlloc((nuint)(count * sizeof(float)), 64);
        for (long i = 0; i < count; i++)
        {
            ulong bits = ((ulong)i + 1) * 0x9E3779B97F4A7C15 * ((seed * 2) + 1);
            bits = (bits ^ (bits >> 29)) * 0xBF58476D1CE4E5B9;
            memory[i] = ((bits >> 40) / (float)(1 << 24)) - 0.5f;
        }

        return memory;
    }
}

/// <summary>Our product.</summary>
internal sealed unsafe class StrettoGemm : GemmWork
{
    private readonly WorkerPool _pool;
    private readonly PackedMatrix[] _packed = [];

    public StrettoGemm(GemmShape shape)
        : base(shape)
    {
        _pool = SidePool.For(shape.Threads);
        if (shape.Frozen)
        {
            _packed = new PackedMatrix[shape.Copies];
            for (int i = 0; i < _packed.Length; i++)
            {
                _packed[i] = new PackedMatrix(_pool, B(i), BRow, BColumn, shape.K, shape.N);
            }
        }
    }

    private long BRow => Shape.TransB ? 1 : Shape.N;

    private long BColumn => Shape.TransB ? Shape.K : 1;

    public override void Dispose()
    {
        Array.ForEach(_packed, p => p.Dispose());
        base.Dispose();
    }

    protected override void Multiply(float* b, int copy)
    {
        (long aRow, long aColumn) = Shape.TransA ? (1L, (long)Shape.M) : (Shape.K, 1L);
        if (Shape.Frozen)
        {
            Gemm.Run(_pool, Shape.M, A, aRow, aColumn, _packed[copy], C, Shape.N, false);
            return;
        }

        Gemm.Run(_pool, Shape.M, Shape.N, Shape.K, A, aRow, aColumn, b, BRow, BColumn, C, Shape.N, false);
    }
}
