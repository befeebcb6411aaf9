using Stretto.Backends;

namespace Stretto;

/// <summary>
/// A typed, shaped window on memory that operations read and make, and that remembers how it was made where gradients are wanted.
/// </summary>
/// <remarks>
/// A handle: several tensors may share one storage (views alias). Memory returns when the last handle is disposed, when the
/// <see cref="TensorScope"/> it was made in ends, or when the collector finds it unreachable. A tensor is not synchronised:
/// any number of threads may read it, one may write.
/// </remarks>
[System.Diagnostics.DebuggerDisplay("{Debugged,nq}")]
public sealed partial class Tensor : IDisposable, IScoped
{
    private bool _disposed;
    private bool _pinned;

    internal Tensor(Storage storage, DType dtype, Layout layout, Device device, GradientState? gradients = null, bool scoped = true)
    {
        Storage = storage;
        DType = dtype;
        Layout = layout;
        Device = device;
        Gradients = gradients;
        if (scoped)
        {
            TensorScope.Current?.Add(this);
        }
    }

    /// <summary>The type of the elements.</summary>
    public DType DType { get; private set; }

    /// <summary>The sizes of the dimensions.</summary>
    public Shape Shape => Layout.Shape;

    /// <summary>The number of dimensions.</summary>
    public int Rank => Layout.Rank;

    /// <summary>The number of elements.</summary>
    public long Count => Layout.Shape.Count;

    /// <summary>Where the elements live.</summary>
    public Device Device { get; private set; }

    /// <summary>Steps from one element to the next along each dimension, in elements.</summary>
    public IReadOnlyList<long> Strides => Layout.Strides.ToArray();

    /// <summary>Whether the elements lie one after the other in row-major order.</summary>
    public bool IsContiguous => Layout.IsContiguous;

    /// <summary>What messages call this tensor; null at first.</summary>
    public string? Name { get; set; }

    /// <summary>Where the first element lies in the storage, in elements.</summary>
    public long StorageOffset => Layout.Offset;

    /// <summary>A number that all tensors on the same memory share, and no others of this process.</summary>
    public long StorageId => Storage.Id;

    /// <summary>How many handles share the memory, those that graphs hold included; 0 when it was returned.</summary>
    public int References => Storage.References;

    /// <summary>How many in-place writes the memory has seen, through any of the tensors on it.</summary>
    public int Version => Storage.Version;

    /// <summary>How many outermost scopes, of any thread, ended since the memory was taken.</summary>
    public long Generation => Storage.Generation;

    internal Storage Storage { get; private set; }

    internal Layout Layout { get; private set; }

    internal Backend Backend => Device.Backend;

    internal unsafe TensorView View
    {
        get
        {
            EnsureNotDisposed();
            return new TensorView(Storage.Pointer, DType, Layout, Storage);
        }
    }

    bool IScoped.LivesOnInParent => false;

    /// <summary>Whether two handles look into the same memory.</summary>
    public bool SharesStorageWith(Tensor other) => ReferenceEquals(Storage, other.Storage);

    /// <summary>Gives up this handle; the memory returns to the pool when no other handle shares it. Disposing twice is harmless.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            Storage.Release();
        }
    }

    void IScoped.EndOfScope()
    {
        if (!_pinned)
        {
            Dispose();
        }
    }

    void IScoped.KeepGraph(HashSet<IScoped>? kept)
    {
        if (kept is not null && Gradients?.Function is { } function)
        {
            function.KeepAll(kept);
        }
    }

    /// <summary>Takes the handle out of every scope: it lives until it is disposed or unreachable.</summary>
    internal Tensor Pin()
    {
        _pinned = true;
        return this;
    }

    /// <summary>Another handle on the same memory and the same gradient state.</summary>
    internal Tensor Alias(bool scoped = true)
    {
        EnsureNotDisposed();
        Storage.Retain();
        return new Tensor(Storage, DType, Layout, Device, Gradients, scoped) { Name = Name };
    }

    /// <summary>A handle on the same memory under another layout, outside any graph.</summary>
    internal Tensor WithLayout(Layout layout)
    {
        EnsureNotDisposed();
        Storage.Retain();
        return new Tensor(Storage, DType, layout, Device);
    }

    internal static Tensor Uninitialized(Shape shape, DType dtype, Device device)
    {
        Storage storage = new(dtype.ByteCount(shape.Count));
        MemoryTrace.Active?.Describe(storage, dtype, shape);
        return new Tensor(storage, dtype, Layout.Contiguous(shape), device);
    }

    /// <summary>
    /// Takes over the memory, dtype and device of another tensor of the same shape, which is used up. The handle and its place in the
    /// graph stay, so whoever holds it (a module, another module that shares it, an optimizer) sees the new memory; views keep the old.
    /// </summary>
    internal void Become(Tensor other)
    {
        (Storage old, Storage) = (Storage, other.Storage);
        (DType, Layout, Device) = (other.DType, other.Layout, other.Device);
        Storage.Frozen = old.Frozen;
        Gradients?.Became(this);
        // A graph that saved the old content must notice.
        old.Written("a conversion");
        other._disposed = true;
        old.Release();
    }

    private void EnsureNotDisposed()
    {
        if (_disposed)
        {
            throw new ObjectDisposedException(
                "Tensor", $"{Describe()} was given back: it was disposed, or the TensorScope it was made in ended; "
                + "Keep() it in that scope, or read it before");
        }
    }

    /// <summary>What a debugger shows in one line.</summary>
    private string Debugged => Describe() + (_disposed ? " (disposed)" : "")
        + (RequiresGrad ? IsLeaf ? ", requires grad" : $", from {Gradients!.Function!.Name}" : "")
        + (!_disposed && Count is > 0 and <= 8 ? $" {{{string.Join(", ", ToArray<double>())}}}" : "");

    /// <summary>For example <c>float32 [2, 3] on cpu</c>.</summary>
    internal string Describe() =>
        (Name is null ? "" : $"'{Name}' ") + $"{DType.Name()} {Shape}" + (Device == Device.Cpu ? "" : $" on {Device}");
}
