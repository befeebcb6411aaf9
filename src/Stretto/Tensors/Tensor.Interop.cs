using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Stretto;

/// <summary>The edge to .NET's own types: spans, memories and <c>System.Numerics.Tensors</c>.</summary>
/// <remarks>
/// A span is a bare window: it is valid as long as this tensor is neither disposed nor out of reach, and nothing checks that. Name the
/// tensor in a <c>using</c>, or after the last use in <see cref="GC.KeepAlive"/>. A <see cref="Memory{T}"/> holds on to the storage.
/// Writes through either are not seen by saved-tensor checks.
/// </remarks>
public sealed partial class Tensor
{
    /// <summary>The memory of a contiguous tensor, without a copy, as long as this tensor lives.</summary>
    /// <exception cref="InvalidOperationException">Not contiguous, not of this type, or over 2^31 − 1 elements.</exception>
    /// <exception cref="ObjectDisposedException">The tensor was disposed or its scope ended.</exception>
    public Span<T> AsSpan<T>() where T : unmanaged
    {
        CheckFlat<T>("a span");
        return View.Span<T>();
    }

    /// <summary>
    /// The memory of a contiguous tensor, without a copy. It holds a reference: the bytes stay, whatever happens to this tensor, until the
    /// collector finds that nobody has the memory any more.
    /// </summary>
    /// <exception cref="InvalidOperationException">Not contiguous, not of this type, or over 2^31 − 1 elements.</exception>
    /// <exception cref="ObjectDisposedException">The tensor was disposed or its scope ended.</exception>
    public Memory<T> AsMemory<T>() where T : unmanaged
    {
        CheckFlat<T>("a memory");
        EnsureNotDisposed();
        Storage.Retain();
        return new Lease<T>(new Tensor(Storage, DType, Layout, Device, scoped: false)).Memory;
    }

    /// <summary>
    /// The elements with their lengths and strides, without a copy, as long as this tensor lives. Lengths may exceed 2^31; a scalar has
    /// length [1].
    /// </summary>
    /// <exception cref="InvalidOperationException">Elements of another type.</exception>
    /// <exception cref="ObjectDisposedException">The tensor was disposed or its scope ended.</exception>
    public unsafe TensorSpan<T> AsTensorSpan<T>() where T : unmanaged
    {
        CheckType<T>("a tensor span");
        nint[] lengths = NetLengths();
        nint[] strides = new nint[lengths.Length];
        long reach = 1;
        for (int d = 0; d < Rank; d++)
        {
            strides[d] = lengths[d] > 1 ? checked((nint)Layout.Strides[d]) : 0;
            reach += (lengths[d] - 1) * strides[d];
        }

        return new TensorSpan<T>((T*)View.Data, Count == 0 ? 0 : checked((nint)reach), lengths, strides);
    }

    /// <summary>
    /// A copy of the elements in row-major order, converted to <typeparamref name="T"/> where the dtype differs; a scalar has length [1].
    /// </summary>
    /// <exception cref="ObjectDisposedException">The tensor was disposed or its scope ended.</exception>
    public Tensor<T> ToTensor<T>() where T : unmanaged =>
        System.Numerics.Tensors.Tensor.Create(ToArray<T>(), NetLengths());

    /// <summary>
    /// A tensor on the memory of a .NET tensor, strides kept: writes on one side are seen on the other. The array stays pinned until the
    /// last tensor on it is disposed or out of reach.
    /// </summary>
    /// <exception cref="ArgumentException">No tensor holds this type.</exception>
    public static Tensor FromTensor<T>(Tensor<T> tensor) where T : unmanaged
    {
        long[] sizes = new long[tensor.Rank];
        long[] strides = new long[tensor.Rank];
        for (int d = 0; d < sizes.Length; d++)
        {
            (sizes[d], strides[d]) = (tensor.Lengths[d], tensor.Strides[d]);
        }

        Shape shape = Shape.Create(sizes);
        return shape.Count == 0 ? Empty(shape, DTypes.Of<T>()) : Over<T>(tensor.GetPinnedHandle(), new Layout(shape, strides, 0));
    }

    /// <summary>
    /// A tensor on memory of the caller, row by row: writes on one side are seen on the other. It stays pinned until the last tensor on it
    /// is disposed or out of reach.
    /// </summary>
    /// <exception cref="ArgumentException">The shape has another number of elements, or no tensor holds this type.</exception>
    public static Tensor FromMemory<T>(Memory<T> memory, Shape shape) where T : unmanaged
    {
        if (memory.Length != shape.Count)
        {
            throw new ArgumentException($"{memory.Length} values do not fill shape {shape}, which has {shape.Count} elements");
        }

        return shape.Count == 0 ? Empty(shape, DTypes.Of<T>()) : Over<T>(memory.Pin(), Layout.Contiguous(shape));
    }

    private static Tensor Over<T>(MemoryHandle pinned, Layout layout) where T : unmanaged
    {
        long reach = 1;
        for (int d = 0; d < layout.Rank; d++)
        {
            reach += (layout.Shape.Sizes[d] - 1) * layout.Strides[d];
        }

        DType dtype = DTypes.Of<T>();
        return new Tensor(new Storage(pinned, dtype.ByteCount(reach)), dtype, layout, Device.Cpu);
    }

    // .NET has no tensors without dimensions.
    private nint[] NetLengths() => Rank == 0 ? [1] : Array.ConvertAll(Shape.ToArray(), size => checked((nint)size));

    private void CheckFlat<T>(string what) where T : unmanaged
    {
        CheckType<T>(what);
        if (!IsContiguous || Count > int.MaxValue)
        {
            throw new InvalidOperationException(
                $"{what} needs at most 2^31 − 1 elements one after the other, this is {Describe()} "
                + $"with strides [{string.Join(", ", Strides)}]; call Contiguous(), or AsTensorSpan(), which keeps strides");
        }
    }

    private void CheckType<T>(string what) where T : unmanaged
    {
        if (DType != DTypes.Of<T>())
        {
            throw new InvalidOperationException(
                $"{what} of {typeof(T).Name} needs elements of that type, this is {Describe()}; call To(DType.{DTypes.Of<T>()}) first");
        }
    }

    /// <summary>Memory over a handle of its own. Native memory does not move, so pinning only keeps this alive.</summary>
    private sealed unsafe class Lease<T>(Tensor tensor) : MemoryManager<T> where T : unmanaged
    {
        public override Span<T> GetSpan() => tensor.View.Span<T>();

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)elementIndex, (ulong)tensor.Count, nameof(elementIndex));
            return new MemoryHandle((T*)tensor.View.Data + elementIndex, GCHandle.Alloc(this), this);
        }

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing) => tensor.Dispose();
    }
}
