namespace Stretto.Backends;

/// <summary>
/// What a device can do. Ring 1, here: abstract primitives over strided views; every device has them.
/// Ring 2, in the other part: fused operations, virtual, whose default is composed from ring 1.
/// Shapes and dtypes have been checked and broadcast by the caller; outputs exist and do not overlap inputs unless they are the same view.
/// </summary>
internal abstract partial class Backend
{
    /// <summary>What messages call the device.</summary>
    public abstract string Name { get; }

    /// <summary>Sets every element.</summary>
    public abstract void Fill(TensorView destination, double value);

    /// <summary>destination[i] = start + i · step over a one-dimensional view.</summary>
    public abstract void Arange(TensorView destination, double start, double step);

    /// <summary>Copies and converts; shapes are equal, layouts and dtypes need not be.</summary>
    public abstract void Copy(TensorView source, TensorView destination);

    /// <summary>destination = op(x), element by element.</summary>
    public abstract void Unary(UnaryOp op, TensorView x, TensorView destination);

    /// <summary>destination = op(a, b); a and b have one dtype and the destination's shape.</summary>
    public abstract void Binary(BinaryOp op, TensorView a, TensorView b, TensorView destination);

    /// <summary>destination = condition ? a : b, all of one shape.</summary>
    public abstract void Where(TensorView condition, TensorView a, TensorView b, TensorView destination);

    /// <summary>Reduces the dimensions in which the destination has size 1 and the source may not.</summary>
    public abstract void Reduce(ReduceOp op, TensorView source, TensorView destination);

    /// <summary>The place (int64) of the first largest, or smallest, element along one dimension, which has size 1 in the destination.</summary>
    public abstract void ArgReduce(bool largest, TensorView source, TensorView destination, int dim);

    /// <summary>Running <see cref="ReduceOp.Sum"/>, <see cref="ReduceOp.Product"/> or <see cref="ReduceOp.LogAddExp"/> along one dimension.</summary>
    public abstract void Scan(ReduceOp op, TensorView source, TensorView destination, int dim);

    /// <summary>destination (+)= a · b over the last two dimensions; leading ones are equal.</summary>
    public abstract void MatMul(TensorView a, TensorView b, TensorView destination, bool accumulate);

    /// <summary>destination[…, i, …] = source[…, index[…, i, …], …] along one dimension (int64 index, checked).</summary>
    public abstract void Gather(TensorView source, TensorView index, TensorView destination, int dim);

    /// <summary>destination[…, index[…, i, …], …] op= source[…, i, …] along one dimension, in index order.</summary>
    public abstract void Scatter(ScatterOp op, TensorView index, TensorView source, TensorView destination, int dim);

    /// <summary>Sorts along one dimension, stable; NaN is the largest. Indices are int64.</summary>
    public abstract void Sort(TensorView source, TensorView values, TensorView indices, int dim, bool descending);

    /// <summary>Fills with the numbers number <paramref name="counter"/>, counter + 1, … of the stream <paramref name="seed"/>, in row-major order.</summary>
    public abstract void Random(Distribution distribution, TensorView destination, ulong seed, ulong counter);

    /// <summary>A contiguous temporary that its caller disposes.</summary>
    protected static Temporary Temp(DType dtype, Shape shape) => new(dtype, shape);

    /// <summary>Memory for an intermediate result.</summary>
    protected readonly ref struct Temporary(DType dtype, Shape shape)
    {
        private readonly Storage _storage = new(dtype.ByteCount(shape.Count));

        public unsafe TensorView View => new(_storage.Pointer, dtype, Layout.Contiguous(shape));

        public void Dispose() => _storage.Release();
    }
}
