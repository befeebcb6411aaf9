namespace Stretto.Backends.Reference;

/// <summary>Primitives that work along dimensions.</summary>
internal unsafe partial class ReferenceBackend
{
    public override void Reduce(ReduceOp op, TensorView source, TensorView destination)
    {
        bool floating = source.DType.IsFloatingPoint();
        long[] into = [.. destination.Strides];
        for (int d = 0; d < into.Length; d++)
        {
            into[d] = destination.Shape.Sizes[d] == 1 ? 0 : into[d];
        }

        // Sums are kept in float64 until the end, whatever the destination holds.
        Dictionary<long, double> reals = [];
        Dictionary<long, long> integers = [];
        if (source.Count > 0)
        {
            StridedIndex i = new(source.Shape, source.Strides, into);
            do
            {
                if (floating)
                {
                    double value = Read(source, i.A);
                    reals[i.B] = reals.TryGetValue(i.B, out double old) ? Combine(op, old, value) : First(op, value);
                }
                else
                {
                    long value = ReadInteger(source, i.A);
                    integers[i.B] = integers.TryGetValue(i.B, out long old) ? Combine(op, old, value) : First(op, value);
                }
            }
            while (i.Next());
        }
        else
        {
            Fill(destination, op is ReduceOp.Product or ReduceOp.All ? 1 : 0);
        }

        foreach ((long offset, double value) in reals)
        {
            Write(destination, offset, value);
        }

        foreach ((long offset, long value) in integers)
        {
            Write(destination, offset, value);
        }
    }

    public override void ArgReduce(bool largest, TensorView source, TensorView destination, int dim)
    {
        if (destination.Count == 0)
        {
            return;
        }

        StridedIndex i = new(destination.Shape, source.Strides, destination.Strides);
        do
        {
            long best = 0;
            for (long k = 1; k < source.Size(dim); k++)
            {
                int order = Compare(source, i.A + (k * source.Stride(dim)), i.A + (best * source.Stride(dim)), largest);
                best = (largest ? order > 0 : order < 0) ? k : best;
            }

            Write(destination, i.B, best);
        }
        while (i.Next());
    }

    public override void Scan(ReduceOp op, TensorView source, TensorView destination, int dim)
    {
        if (destination.Count == 0)
        {
            return;
        }

        Shape lines = LinesOf(source.Shape, dim);
        StridedIndex i = new(lines, source.Strides, destination.Strides);
        do
        {
            double real = op switch
            {
                ReduceOp.Product => 1,
                ReduceOp.LogAddExp or ReduceOp.Maximum => double.NegativeInfinity,
                ReduceOp.Minimum => double.PositiveInfinity,
                _ => 0,
            };
            long integer = op switch { ReduceOp.Product => 1, ReduceOp.Maximum => long.MinValue, ReduceOp.Minimum => long.MaxValue, _ => 0 };
            for (long k = 0; k < source.Size(dim); k++)
            {
                long from = i.A + (k * source.Stride(dim));
                long to = i.B + (k * destination.Stride(dim));
                if (destination.DType.IsFloatingPoint())
                {
                    Write(destination, to, real = Combine(op, real, Read(source, from)));
                }
                else
                {
                    Write(destination, to, integer = Combine(op, integer, ReadInteger(source, from)));
                }
            }
        }
        while (i.Next());
    }

    public override void Gather(TensorView source, TensorView index, TensorView destination, int dim)
    {
        if (destination.Count == 0)
        {
            return;
        }

        int size = source.DType.Size();
        long[] along = [.. source.Strides];
        along[dim] = 0;
        StridedIndex i = new(destination.Shape, along, index.Strides, destination.Strides);
        do
        {
            long at = CheckedIndex(index, i.B, source.Size(dim), "gather");
            byte* from = source.Data + ((i.A + (at * source.Stride(dim))) * size);
            Buffer.MemoryCopy(from, destination.Data + (i.C * size), size, size);
        }
        while (i.Next());
    }

    public override void Scatter(ScatterOp op, TensorView index, TensorView source, TensorView destination, int dim)
    {
        if (index.Count == 0)
        {
            return;
        }

        long[] along = [.. destination.Strides];
        along[dim] = 0;
        StridedIndex i = new(index.Shape, index.Strides, source.Strides, along);
        do
        {
            long at = i.C + (CheckedIndex(index, i.A, destination.Size(dim), "scatter") * destination.Stride(dim));
            if (destination.DType.IsFloatingPoint())
            {
                Write(destination, at, op == ScatterOp.Replace ? Read(source, i.B) : Combine(MeetingOf(op), Read(destination, at), Read(source, i.B)));
            }
            else
            {
                long value = ReadInteger(source, i.B);
                Write(destination, at, op == ScatterOp.Replace ? value : Combine(MeetingOf(op), ReadInteger(destination, at), value));
            }
        }
        while (i.Next());
    }

    public override void Sort(TensorView source, TensorView values, TensorView indices, int dim, bool descending)
    {
        if (source.Count == 0)
        {
            return;
        }

        long n = source.Size(dim);
        StridedIndex i = new(LinesOf(source.Shape, dim), source.Strides, values.Strides, indices.Strides);
        do
        {
            long start = i.A;
            long[] order = new long[n];
            for (long k = 0; k < n; k++)
            {
                order[k] = k;
            }

            Array.Sort(order, (x, y) =>
            {
                int c = Compare(source, start + (x * source.Stride(dim)), start + (y * source.Stride(dim)));
                return c == 0 ? x.CompareTo(y) : descending ? -c : c;
            });
            for (long k = 0; k < n; k++)
            {
                int size = source.DType.Size();
                byte* from = source.Data + ((start + (order[k] * source.Stride(dim))) * size);
                Buffer.MemoryCopy(from, values.Data + ((i.B + (k * values.Stride(dim))) * size), size, size);
                Write(indices, i.C + (k * indices.Stride(dim)), order[k]);
            }
        }
        while (i.Next());
    }

    private static Shape LinesOf(Shape shape, int dim)
    {
        long[] sizes = shape.ToArray();
        sizes[dim] = 1;
        return Shape.Create(sizes);
    }

    /// <summary>Order with NaN as the largest, or, when looking for the smallest, as the smallest.</summary>
    private static int Compare(TensorView view, long a, long b, bool nanIsLargest = true)
    {
        if (!view.DType.IsFloatingPoint())
        {
            return ReadInteger(view, a).CompareTo(ReadInteger(view, b));
        }

        (double x, double y) = (Read(view, a), Read(view, b));
        return double.IsNaN(x) || double.IsNaN(y)
            ? (double.IsNaN(x) ? 1 : 0).CompareTo(double.IsNaN(y) ? 1 : 0) * (nanIsLargest ? 1 : -1)
            : x < y ? -1 : x > y ? 1 : 0;
    }

    private static double First(ReduceOp op, double value) =>
        op is ReduceOp.Any or ReduceOp.All ? (value != 0 ? 1 : 0) : value;

    private static long First(ReduceOp op, long value) =>
        op is ReduceOp.Any or ReduceOp.All ? (value != 0 ? 1 : 0) : value;

    private static double Combine(ReduceOp op, double a, double b) => op switch
    {
        ReduceOp.Sum => a + b,
        ReduceOp.Product => a * b,
        ReduceOp.Maximum => Math.Max(a, b),
        ReduceOp.Minimum => Math.Min(a, b),
        ReduceOp.Any => a != 0 || b != 0 ? 1 : 0,
        ReduceOp.LogAddExp => ScalarMath.LogAddExp(a, b),
        _ => a != 0 && b != 0 ? 1 : 0,
    };

    private static ReduceOp MeetingOf(ScatterOp op) => op switch
    {
        ScatterOp.Add => ReduceOp.Sum,
        ScatterOp.Multiply => ReduceOp.Product,
        ScatterOp.Maximum => ReduceOp.Maximum,
        _ => ReduceOp.Minimum,
    };

    private static long Combine(ReduceOp op, long a, long b) => op switch
    {
        ReduceOp.Sum => unchecked(a + b),
        ReduceOp.Product => unchecked(a * b),
        ReduceOp.Maximum => Math.Max(a, b),
        ReduceOp.Minimum => Math.Min(a, b),
        ReduceOp.Any => a != 0 || b != 0 ? 1 : 0,
        _ => a != 0 && b != 0 ? 1 : 0,
    };

    private static long CheckedIndex(TensorView index, long offset, long size, string op)
    {
        long value = ReadInteger(index, offset);
        return (ulong)value < (ulong)size
            ? value
            : throw new ArgumentOutOfRangeException(nameof(index), $"{op}: index {value} is outside 0..{size - 1}");
    }
}
