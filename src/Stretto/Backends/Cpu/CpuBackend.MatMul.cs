using Stretto.Backends.Cpu.Kernels;

namespace Stretto.Backends.Cpu;

/// <summary>Matrix products.</summary>
internal sealed unsafe partial class CpuBackend
{
    public override void MatMul(TensorView a, TensorView b, TensorView destination, bool accumulate)
    {
        bool rows = destination.Stride(-1) == 1 || destination.Size(-1) == 1;
        bool alike = a.DType == b.DType && a.DType == destination.DType;
        if (!rows || !alike || a.DType is not (DType.Float32 or DType.Float64))
        {
            base.MatMul(a, b, destination, accumulate);
            return;
        }

        if (destination.Count == 0)
        {
            return;
        }

        if (destination.Rank == 2 && b.Owner is { Frozen: true } owner && Packed(b, owner) is { } packed)
        {
            Gemm.Run(
                _pool, a.Size(0), a.As<float>(), a.Stride(0), a.Stride(1), packed,
                destination.As<float>(), destination.Stride(0), accumulate);
            return;
        }

        // The last batch dimension is one call, so that its products share the threads.
        int outer = Math.Max(0, destination.Rank - 3);
        StridedIndex i = new(
            Shape.Create(destination.Shape.Sizes[..outer]), a.Strides[..outer], b.Strides[..outer],
            destination.Strides[..outer]);
        do
        {
            if (a.DType == DType.Float32)
            {
                Batch(Product<float>(a, i.A, b, i.B, destination, i.C, accumulate), a, b, destination);
            }
            else
            {
                Batch(Product<double>(a, i.A, b, i.B, destination, i.C, accumulate), a, b, destination);
            }
        }
        while (i.Next());
    }

    public override void Linear(
        TensorView x, TensorView weight, TensorView? bias, UnaryOp? activation, TensorView? residual, TensorView y)
    {
        if (!Rowwise(x, y) || weight.DType != DType.Float32 || !GemmEpilogue.Has(activation) || y.Count == 0
            || (bias is { } b && !Fusable(b)) || (residual is { } r && !Rowwise(r)))
        {
            base.Linear(x, weight, bias, activation, residual, y);
            return;
        }

        GemmEpilogue epilogue = new()
        {
            Bias = Pointer(bias),
            Activation = activation,
            Residual = Pointer(residual),
            ResidualRow = residual?.Stride(0) ?? 0,
        };
        if (weight.Owner is { Frozen: true } owner && Packed(weight, owner) is { } packed)
        {
            Gemm.Run(_pool, x.Size(0), x.As<float>(), x.Stride(0), x.Stride(1), packed, y.As<float>(), y.Stride(0), false, epilogue);
        }
        else
        {
            Gemm.Run(_pool, Product<float>(x, 0, weight, 0, y, 0, false) with { Epilogue = epilogue });
        }
    }

    private static GemmProduct<T> Product<T>(
        TensorView a, long aOffset, TensorView b, long bOffset, TensorView c, long cOffset, bool accumulate)
        where T : unmanaged =>
        new(c.Size(-2), c.Size(-1), a.Size(-1))
        {
            A = a.As<T>() + aOffset,
            ARow = a.Stride(-2),
            AColumn = a.Stride(-1),
            B = b.As<T>() + bOffset,
            BRow = b.Stride(-2),
            BColumn = b.Stride(-1),
            C = c.As<T>() + cOffset,
            CRow = c.Stride(-2),
            Accumulate = accumulate,
        };

    private void Batch<T>(GemmProduct<T> p, TensorView a, TensorView b, TensorView c) where T : unmanaged
    {
        if (c.Rank == 2)
        {
            Gemm.Run(_pool, p);
        }
        else
        {
            Gemm.RunBatch(_pool, p, c.Size(-3), a.Stride(-3), b.Stride(-3), c.Stride(-3));
        }
    }

    /// <summary>The packed form of a frozen weight, made at its first use and kept with its memory.</summary>
    private PackedMatrix? Packed(TensorView b, Storage owner)
    {
        lock (owner)
        {
            if (owner.Derived is { } derived && derived.Version == owner.Version)
            {
                PackedMatrix known = (PackedMatrix)derived.Value;
                return (known.Depth, known.Columns, known.IsTransposed) == (b.Size(0), b.Size(1), b.Stride(1) != 1)
                    ? known
                    : null;
            }

            if (b.Count * sizeof(float) != owner.Bytes)
            {
                return null;
            }

            owner.Derived?.Value.Dispose();
            PackedMatrix packed = new(_pool, b.As<float>(), b.Stride(0), b.Stride(1), b.Size(0), b.Size(1));
            owner.Derived = (packed, owner.Version);
            return packed;
        }
    }
}
