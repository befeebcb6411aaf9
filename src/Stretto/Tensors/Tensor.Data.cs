using Stretto.Backends;

namespace Stretto;

/// <summary>Creation, and data in and out.</summary>
public sealed partial class Tensor
{
    /// <summary>A tensor of undefined content.</summary>
    public static Tensor Empty(Shape shape, DType dtype = DType.Float32, Device? device = null) =>
        Uninitialized(shape, dtype, device ?? Device.Cpu);

    /// <summary>A tensor whose elements all are <paramref name="value"/>.</summary>
    public static Tensor Full(Shape shape, double value, DType dtype = DType.Float32, Device? device = null)
    {
        Tensor result = Empty(shape, dtype, device);
        result.Backend.Fill(result.View, value);
        return result;
    }

    /// <summary>A tensor of zeros.</summary>
    public static Tensor Zeros(Shape shape, DType dtype = DType.Float32, Device? device = null) => Full(shape, 0, dtype, device);

    /// <summary>A tensor of ones.</summary>
    public static Tensor Ones(Shape shape, DType dtype = DType.Float32, Device? device = null) => Full(shape, 1, dtype, device);

    /// <summary>The numbers from <paramref name="start"/> up to but not including <paramref name="end"/>.</summary>
    public static Tensor Arange(double start, double end, double step = 1, DType dtype = DType.Int64, Device? device = null)
    {
        if (step == 0 || double.IsNaN(step) || (end - start) / step < 0)
        {
            throw new ArgumentException($"arange: step {step} does not lead from {start} to {end}");
        }

        Tensor result = Empty([(long)Math.Ceiling((end - start) / step)], dtype, device);
        result.Backend.Arange(result.View, start, step);
        return result;
    }

    /// <summary>A tensor that holds a copy of these elements in row-major order.</summary>
    /// <exception cref="ArgumentException">The shape has another number of elements.</exception>
    public static unsafe Tensor From<T>(ReadOnlySpan<T> values, Shape shape, Device? device = null) where T : unmanaged
    {
        if (values.Length != shape.Count)
        {
            throw new ArgumentException($"{values.Length} values do not fill shape {shape}, which has {shape.Count} elements");
        }

        Tensor result = Empty(shape, DTypes.Of<T>(), device);
        values.CopyTo(new Span<T>(result.View.Data, values.Length));
        return result;
    }

    /// <summary>A one-dimensional tensor that holds a copy of these elements.</summary>
    public static Tensor From<T>(T[] values, Device? device = null) where T : unmanaged => From<T>(values, [values.Length], device);

    /// <summary>A tensor of these elements, row by row.</summary>
    public static Tensor From<T>(T[] values, Shape shape, Device? device = null) where T : unmanaged =>
        From((ReadOnlySpan<T>)values, shape, device);

    /// <summary>A tensor without dimensions that holds one number.</summary>
    public static Tensor Scalar(double value, DType dtype = DType.Float32, Device? device = null) =>
        Full(Shape.Scalar, value, dtype, device);

    /// <summary>The elements in row-major order, converted to <typeparamref name="T"/> where the dtype differs.</summary>
    public T[] ToArray<T>() where T : unmanaged
    {
        T[] result = new T[Count];
        CopyTo<T>(result);
        return result;
    }

    /// <summary>Writes the elements in row-major order, converted where the dtype differs, to the front of a span.</summary>
    internal unsafe void CopyTo<T>(Span<T> destination) where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, Count);
        fixed (T* data = destination)
        {
            Backend.Copy(View, new TensorView(data, DTypes.Of<T>(), Layout.Contiguous(Shape)));
        }
    }

    /// <summary>The only element, as float64.</summary>
    /// <exception cref="InvalidOperationException">There is not exactly one.</exception>
    public unsafe double Item()
    {
        if (Count != 1)
        {
            throw new InvalidOperationException($"item: a tensor of shape {Shape} has {Count} elements, not one; index it or reduce it first");
        }

        TensorView view = View;
        return Elements.ReadDouble(view.Data, view.DType);
    }

    /// <summary>The values as PyTorch prints them; the middle of large tensors is left out.</summary>
    public override string ToString() => _disposed ? $"{Describe()} (disposed)" : TensorPrinter.Print(this);
}
