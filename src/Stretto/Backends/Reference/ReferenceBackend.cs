namespace Stretto.Backends.Reference;

/// <summary>Ring 1 as plain loops over one element at a time, in float64 or 64-bit integers. Every other backend is tested against it.</summary>
internal unsafe partial class ReferenceBackend : Backend
{
    public override string Name => "reference";

    public override void Fill(TensorView destination, double value)
    {
        if (destination.Count == 0)
        {
            return;
        }

        StridedIndex i = new(destination.Shape, destination.Strides);
        do
        {
            Write(destination, i.A, value);
        }
        while (i.Next());
    }

    public override void Arange(TensorView destination, double start, double step)
    {
        for (long i = 0; i < destination.Count; i++)
        {
            Write(destination, i * destination.Stride(0), start + (i * step));
        }
    }

    public override void Copy(TensorView source, TensorView destination)
    {
        if (destination.Count == 0)
        {
            return;
        }

        StridedIndex i = new(destination.Shape, source.Strides, destination.Strides);
        do
        {
            if (source.DType.IsFloatingPoint())
            {
                Write(destination, i.B, Read(source, i.A));
            }
            else
            {
                Write(destination, i.B, ReadInteger(source, i.A));
            }
        }
        while (i.Next());
    }

    public override void Unary(UnaryOp op, TensorView x, TensorView destination)
    {
        if (destination.Count == 0)
        {
            return;
        }

        bool floating = x.DType.IsFloatingPoint();
        StridedIndex i = new(destination.Shape, x.Strides, destination.Strides);
        do
        {
            if (floating)
            {
                Write(destination, i.B, ScalarMath.Unary(op, Read(x, i.A)));
            }
            else
            {
                Write(destination, i.B, ScalarMath.Unary(op, ReadInteger(x, i.A)));
            }
        }
        while (i.Next());
    }

    public override void Binary(BinaryOp op, TensorView a, TensorView b, TensorView destination)
    {
        if (destination.Count == 0)
        {
            return;
        }

        bool floating = a.DType.IsFloatingPoint();
        StridedIndex i = new(destination.Shape, a.Strides, b.Strides, destination.Strides);
        do
        {
            if (floating)
            {
                Write(destination, i.C, ScalarMath.Binary(op, Read(a, i.A), Read(b, i.B)));
            }
            else
            {
                Write(destination, i.C, ScalarMath.Binary(op, ReadInteger(a, i.A), ReadInteger(b, i.B)));
            }
        }
        while (i.Next());
    }

    public override void Where(TensorView condition, TensorView a, TensorView b, TensorView destination)
    {
        if (destination.Count == 0)
        {
            return;
        }

        int size = destination.DType.Size();
        StridedIndex i = new(destination.Shape, condition.Strides, a.Strides, b.Strides, destination.Strides);
        do
        {
            byte* from = condition.Data[i.A] != 0 ? a.Data + (i.B * size) : b.Data + (i.C * size);
            Buffer.MemoryCopy(from, destination.Data + (i.D * size), size, size);
        }
        while (i.Next());
    }

    public override void MatMul(TensorView a, TensorView b, TensorView destination, bool accumulate)
    {
        long depth = a.Size(-1);
        if (destination.Count == 0)
        {
            return;
        }

        int row = destination.Rank - 2;
        long[] aStrides = [.. a.Strides[..row], a.Stride(-2), 0];
        long[] bStrides = [.. b.Strides[..row], 0, b.Stride(-1)];
        StridedIndex i = new(destination.Shape, aStrides, bStrides, destination.Strides);
        do
        {
            if (destination.DType.IsFloatingPoint())
            {
                double sum = accumulate ? Read(destination, i.C) : 0;
                for (long k = 0; k < depth; k++)
                {
                    sum += Read(a, i.A + (k * a.Stride(-1))) * Read(b, i.B + (k * b.Stride(-2)));
                }

                Write(destination, i.C, sum);
            }
            else
            {
                long sum = accumulate ? ReadInteger(destination, i.C) : 0;
                for (long k = 0; k < depth; k++)
                {
                    sum += ReadInteger(a, i.A + (k * a.Stride(-1))) * ReadInteger(b, i.B + (k * b.Stride(-2)));
                }

                Write(destination, i.C, sum);
            }
        }
        while (i.Next());
    }

    public override void Random(Distribution distribution, TensorView destination, ulong seed, ulong counter)
    {
        if (destination.Count == 0)
        {
            return;
        }

        StridedIndex i = new(destination.Shape, destination.Strides);
        do
        {
            distribution.Write(destination.Data + (i.A * destination.DType.Size()), destination.DType, seed, counter++);
        }
        while (i.Next());
    }

    private static double Read(TensorView view, long offset) =>
        Elements.ReadDouble(view.Data + (offset * view.DType.Size()), view.DType);

    private static long ReadInteger(TensorView view, long offset) =>
        Elements.ReadInteger(view.Data + (offset * view.DType.Size()), view.DType);

    private static void Write(TensorView view, long offset, double value) =>
        Elements.Write(view.Data + (offset * view.DType.Size()), view.DType, value);

    private static void Write(TensorView view, long offset, long value) =>
        Elements.Write(view.Data + (offset * view.DType.Size()), view.DType, value);
}
