using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// What happens to a part of C when its products are summed and it is still in the cache: C = f(C + bias) + residual. The sums are the
/// same bits as without it.
/// </summary>
internal readonly unsafe struct GemmEpilogue
{
    /// <summary>A number for every column, or null.</summary>
    public float* Bias { get; init; }

    /// <summary>A matrix of C's shape, or null.</summary>
    public float* Residual { get; init; }

    public long ResidualRow { get; init; }

    /// <summary>f, or null for none.</summary>
    public UnaryOp? Activation { get; init; }

    public bool IsEmpty => Bias == null && Residual == null && Activation is null;

    /// <summary>Whether there is a vector body for f.</summary>
    public static bool Has(UnaryOp? activation) =>
        activation is null or UnaryOp.Silu or UnaryOp.Gelu or UnaryOp.GeluTanh or UnaryOp.Sigmoid or UnaryOp.Tanh;

    /// <summary>That of the part of C that begins at row <paramref name="i"/> and column <paramref name="j"/>.</summary>
    public GemmEpilogue At(long i, long j) => this with
    {
        Bias = Bias == null ? null : Bias + j,
        Residual = Residual == null ? null : Residual + (i * ResidualRow) + j,
    };

    public void Apply(float* c, long cRow, long rows, long columns)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Rows<Lanes512>(c, cRow, rows, columns);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Rows<Lanes256>(c, cRow, rows, columns);
        }
        else
        {
            Rows<Lanes128>(c, cRow, rows, columns);
        }
    }

    private void Rows<V>(float* c, long cRow, long rows, long columns) where V : unmanaged, ILanes<V>
    {
        switch (Activation)
        {
            case UnaryOp.Silu: Rows<V, OfSilu>(c, cRow, rows, columns); break;
            case UnaryOp.Gelu: Rows<V, OfGelu>(c, cRow, rows, columns); break;
            case UnaryOp.GeluTanh: Rows<V, OfGeluTanh>(c, cRow, rows, columns); break;
            case UnaryOp.Sigmoid: Rows<V, OfSigmoid>(c, cRow, rows, columns); break;
            case UnaryOp.Tanh: Rows<V, OfTanh>(c, cRow, rows, columns); break;
            default: Rows<V, Same>(c, cRow, rows, columns); break;
        }
    }

    [MethodImpl(Compilation.Final)]
    private void Rows<V, F>(float* c, long cRow, long rows, long columns)
        where V : unmanaged, ILanes<V>
        where F : struct, IUnary
    {
        for (long i = 0; i < rows; i++, c += cRow)
        {
            float* residual = Residual == null ? null : Residual + (i * ResidualRow);
            for (long j = 0; j < columns; j += V.Count)
            {
                long count = Math.Min(V.Count, columns - j);
                V sum = V.Load(c + j, count);
                sum = Bias == null ? sum : sum + V.Load(Bias + j, count);
                sum = default(F).Apply(sum);
                sum = residual == null ? sum : sum + V.Load(residual + j, count);
                sum.Store(c + j, count);
            }
        }
    }

    private readonly struct Same : IUnary
    {
        public V Apply<V>(V x) where V : unmanaged, ILanes<V> => x;
    }

    private readonly struct OfSilu : IUnary
    {
        public V Apply<V>(V x) where V : unmanaged, ILanes<V> => Silu.Value(x);
    }

    private readonly struct OfGelu : IUnary
    {
        public V Apply<V>(V x) where V : unmanaged, ILanes<V> => Gelu.Value(x);
    }

    private readonly struct OfGeluTanh : IUnary
    {
        public V Apply<V>(V x) where V : unmanaged, ILanes<V> => GeluTanh.Value(x);
    }

    private readonly struct OfSigmoid : IUnary
    {
        public V Apply<V>(V x) where V : unmanaged, ILanes<V> => FastMath.Sigmoid(x);
    }

    private readonly struct OfTanh : IUnary
    {
        public V Apply<V>(V x) where V : unmanaged, ILanes<V> => FastMath.Tanh(x);
    }
}
