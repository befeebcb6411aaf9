using Stretto.Backends.Cpu.Kernels;

namespace Stretto.Backends.Cpu;

/// <summary>Matrix products.</summary>
internal sealed unsafe partial class CpuBackend
{
    public override void MatMul(TensorView a, TensorView b, TensorView destination, bool accumulate)
    {
        bool rows = destination.Stride(-1) == 1 || destination.Size(-1) == 1;
        if (a.DType != DType.Float32 || b.DType != DType.Float32 || destination.DType != DType.Float32 || !rows)
        {
            base.MatMul(a, b, destination, accumulate);
            return;
        }

        if (destination.Rank == 2)
        {
            Matrix(a, b, destination, accumulate);
            return;
        }

        int last = destination.Rank - 2;
        StridedIndex i = new(Shape.Create(destination.Shape.Sizes[..last]), a.Strides[..last], b.Strides[..last], destination.Strides[..last]);
        if (destination.Count == 0)
        {
            return;
        }

        do
        {
            Matrix(Slice(a, i.A), Slice(b, i.B), Slice(destination, i.C), accumulate);
        }
        while (i.Next());
    }

    private static TensorView Slice(TensorView view, long offset) => new(
        view.Data + (offset * view.DType.Size()), view.DType,
        new Layout(Shape.Create(view.Shape.Sizes[^2..]), view.Strides[^2..].ToArray(), 0));

    private void Matrix(TensorView a, TensorView b, TensorView c, bool accumulate)
    {
        if (b.Owner is { Frozen: true } owner && Packed(b, owner) is { } packed)
        {
            Gemm.Run(_pool, a.Size(0), a.As<float>(), a.Stride(0), a.Stride(1), packed, c.As<float>(), c.Stride(0), accumulate);
            return;
        }

        Gemm.Run(
            _pool, c.Size(0), c.Size(1), a.Size(1), a.As<float>(), a.Stride(0), a.Stride(1),
            b.As<float>(), b.Stride(0), b.Stride(1), c.As<float>(), c.Stride(0), accumulate);
    }

    /// <summary>The packed form of a frozen weight, made at its first use and kept with its memory.</summary>
    private PackedMatrix? Packed(TensorView b, Storage owner)
    {
        lock (owner)
        {
            if (owner.Derived is { } derived && derived.Version == owner.Version)
            {
                PackedMatrix known = (PackedMatrix)derived.Value;
                return (known.Depth, known.Columns, known.IsTransposed) == (b.Size(0), b.Size(1), b.Stride(1) != 1) ? known : null;
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
