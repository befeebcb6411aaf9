using Stretto.Backends.Cpu.Kernels;
using Stretto.Backends.Reference;

namespace Stretto.Backends.Cpu;

/// <summary>
/// Vectorised, threaded kernels for what is hot; the reference's loops for what is rare. A primitive that meets strided float32
/// operands copies them to contiguous memory first, so that a kernel is written once, for rows.
/// </summary>
internal sealed unsafe partial class CpuBackend(int threads) : ReferenceBackend
{
    private readonly WorkerPool _pool = new(threads);

    public override string Name => "cpu";

    public WorkerPool Pool => _pool;

    public override void Fill(TensorView destination, double value)
    {
        if (!destination.IsContiguous)
        {
            base.Fill(destination, value);
        }
        else if (value == 0 && !double.IsNegative(value))
        {
            long bytes = destination.DType.ByteCount(destination.Count);
            System.Runtime.InteropServices.NativeMemory.Clear(destination.Data, (nuint)bytes);
        }
        else if (destination.DType == DType.Float32)
        {
            Elementwise.Fill(_pool, destination.As<float>(), (float)value, destination.Count);
        }
        else
        {
            base.Fill(destination, value);
        }
    }

    public override void Random(Distribution distribution, TensorView destination, ulong seed, ulong counter)
    {
        if (destination.IsContiguous)
        {
            RandomFill.Run(_pool, distribution, destination, seed, counter);
        }
        else
        {
            base.Random(distribution, destination, seed, counter);
        }
    }

    public override void Copy(TensorView source, TensorView destination)
    {
        if (source.DType == destination.DType)
        {
            StridedCopy.Run(_pool, source, destination);
        }
        else if (!source.IsContiguous || !destination.IsContiguous)
        {
            base.Copy(source, destination);
        }
        else if ((source.DType, destination.DType) is (DType.BFloat16, DType.Float32))
        {
            HalfConversion.BFloat16ToSingle(_pool, source.As<ushort>(), destination.As<float>(), source.Count);
        }
        else if ((source.DType, destination.DType) is (DType.Float16, DType.Float32))
        {
            HalfConversion.Float16ToSingle(_pool, source.As<ushort>(), destination.As<float>(), source.Count);
        }
        else if ((source.DType, destination.DType) is (DType.Float32, DType.BFloat16))
        {
            HalfConversion.SingleToBFloat16(_pool, source.As<float>(), destination.As<ushort>(), source.Count);
        }
        else if ((source.DType, destination.DType) is (DType.Float32, DType.Float16))
        {
            HalfConversion.SingleToFloat16(_pool, source.As<float>(), destination.As<ushort>(), source.Count);
        }
        else
        {
            base.Copy(source, destination);
        }
    }

    public override void Unary(UnaryOp op, TensorView x, TensorView destination)
    {
        if (x.DType != DType.Float32 || destination.DType != DType.Float32 || !UnaryKernels.Has(op))
        {
            base.Unary(op, x, destination);
            return;
        }

        using Rows source = new(this, x);
        using Rows target = new(destination);
        UnaryKernels.Run(_pool, op, source.Data, target.Data, x.Count);
        target.CopyTo(this, destination);
    }

    public override void Binary(BinaryOp op, TensorView a, TensorView b, TensorView destination)
    {
        if (a.DType != DType.Float32 || destination.DType != DType.Float32 || !BinaryKernels.Has(op))
        {
            base.Binary(op, a, b, destination);
            return;
        }

        using Rows target = new(destination);
        if (IsOneNumber(b) && op is BinaryOp.Add or BinaryOp.Subtract or BinaryOp.Multiply or BinaryOp.Divide)
        {
            using Rows source = new(this, a);
            BinaryKernels.RunScalar(_pool, op, source.Data, *b.As<float>(), target.Data, a.Count);
        }
        else
        {
            using Rows left = new(this, a);
            using Rows right = new(this, b);
            BinaryKernels.Run(_pool, op, left.Data, right.Data, target.Data, a.Count);
        }

        target.CopyTo(this, destination);
    }

    public override void Reduce(ReduceOp op, TensorView source, TensorView destination)
    {
        if (source.DType != DType.Float32 || destination.DType != DType.Float32 || source.Count == 0
            || op is not (ReduceOp.Sum or ReduceOp.Maximum or ReduceOp.Minimum) || !destination.IsContiguous)
        {
            base.Reduce(op, source, destination);
            return;
        }

        int leading = 0;
        while (leading < source.Rank && destination.Size(leading) == source.Size(leading))
        {
            leading++;
        }

        int trailing = source.Rank;
        while (trailing > 0 && destination.Size(trailing - 1) == source.Size(trailing - 1))
        {
            trailing--;
        }

        using Rows rows = new(this, source);
        if (destination.Count * Product(source, leading, source.Rank) == source.Count && RestIsReduced(destination, leading))
        {
            RowReduction kind = op switch
            {
                ReduceOp.Sum => RowReduction.Sum,
                ReduceOp.Maximum => RowReduction.Max,
                _ => RowReduction.Min,
            };
            long n = Product(source, leading, source.Rank);
            Kernels.Reduce.Rows(_pool, kind, rows.Data, n, destination.As<float>(), source.Count / n, n);
        }
        else if (op == ReduceOp.Sum && destination.Count == Product(source, trailing, source.Rank))
        {
            Fill(destination, 0);
            long n = destination.Count;
            ColumnSums.Add(_pool, rows.Data, n, source.Count / n, n, destination.As<float>());
        }
        else
        {
            base.Reduce(op, source, destination);
        }
    }

    public override void ArgReduce(bool largest, TensorView source, TensorView destination, int dim)
    {
        if (!largest || source.DType != DType.Float32 || dim != source.Rank - 1 || !destination.IsContiguous || source.Count == 0)
        {
            base.ArgReduce(largest, source, destination, dim);
            return;
        }

        using Rows rows = new(this, source);
        long n = source.Size(-1);
        Kernels.Reduce.ArgMax(_pool, rows.Data, n, destination.As<long>(), source.Count / n, n);
    }

    private static bool IsOneNumber(TensorView view)
    {
        for (int d = 0; d < view.Rank; d++)
        {
            if (view.Stride(d) != 0 && view.Size(d) != 1)
            {
                return false;
            }
        }

        return view.Count > 0;
    }

    private static bool RestIsReduced(TensorView destination, int from) => Product(destination, from, destination.Rank) == 1;

    private static long Product(TensorView view, int from, int to)
    {
        long product = 1;
        for (int d = from; d < to; d++)
        {
            product *= view.Size(d);
        }

        return product;
    }

    /// <summary>A float32 operand in contiguous memory: itself where it is so already, otherwise a temporary copy.</summary>
    private readonly ref struct Rows
    {
        private readonly Storage? _copy;

        public Rows(CpuBackend backend, TensorView view)
        {
            if (view.IsContiguous)
            {
                Data = view.As<float>();
                return;
            }

            _copy = new Storage(view.Count * sizeof(float));
            Data = (float*)_copy.Pointer;
            backend.Copy(view, new TensorView(Data, DType.Float32, Layout.Contiguous(view.Shape)));
        }

        /// <summary>Room for a result; <see cref="CopyTo"/> brings it to a strided destination.</summary>
        public Rows(TensorView destination)
        {
            _copy = destination.IsContiguous ? null : new Storage(destination.Count * sizeof(float));
            Data = _copy is null ? destination.As<float>() : (float*)_copy.Pointer;
        }

        public float* Data { get; }

        public void CopyTo(CpuBackend backend, TensorView destination)
        {
            if (_copy is not null)
            {
                backend.Copy(new TensorView(Data, DType.Float32, Layout.Contiguous(destination.Shape)), destination);
            }
        }

        public void Dispose() => _copy?.Release();
    }
}
