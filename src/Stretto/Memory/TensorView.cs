namespace Stretto;

/// <summary>What a backend sees of a tensor: typed memory and a layout. It owns nothing; who passes it keeps the storage alive.</summary>
internal readonly unsafe struct TensorView
{
    public TensorView(void* data, DType dtype, Layout layout, Storage? owner = null)
    {
        Owner = owner;
        Data = (byte*)data + (layout.Offset * dtype.Size());
        DType = dtype;
        Layout = layout.At(0);
    }

    /// <summary>The address of element [0, 0, …].</summary>
    public byte* Data { get; }

    /// <summary>The storage of a tensor, where a backend may keep what it derived from the content.</summary>
    public Storage? Owner { get; }

    public DType DType { get; }

    public Layout Layout { get; }

    public Shape Shape => Layout.Shape;

    public int Rank => Layout.Rank;

    public long Count => Layout.Shape.Count;

    public ReadOnlySpan<long> Strides => Layout.Strides;

    public bool IsContiguous => Layout.IsContiguous;

    public long Size(int dim) => Layout.Shape.Sizes[dim < 0 ? dim + Rank : dim];

    public long Stride(int dim) => Layout.Strides[dim < 0 ? dim + Rank : dim];

    /// <summary>The same memory under a layout made from this view's.</summary>
    public TensorView With(Layout layout) => new(Data, DType, layout, Owner);

    public T* As<T>() where T : unmanaged => (T*)Data;

    /// <summary>The elements as a span; the view must be contiguous and hold at most 2^31 − 1 of them.</summary>
    public Span<T> Span<T>() where T : unmanaged => new(Data, checked((int)Count));
}
