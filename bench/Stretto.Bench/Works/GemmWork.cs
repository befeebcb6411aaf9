using System.Runtime.InteropServices;
using Stretto.Backends.Cpu;
using Stretto.Backends.Cpu.Kernels;

namespace Stretto.Bench;

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

    public double Checksum() => Numbers.Checksum(new ReadOnlySpan<float>(C, Shape.M * Shape.N));

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

    private static float* Fill(long count, uint seed)
    {
        float* memory = (float*)NativeMemory.AlignedAlloc((nuint)(count * sizeof(float)), 64);
        Numbers.Fill(new Span<float>(memory, checked((int)count)), seed);
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
        _pool = SideDevice.Pool(shape.Threads);
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
