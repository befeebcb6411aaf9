namespace Stretto;

/// <summary>
/// Frees, when it ends, every tensor made on this thread since it began, except those given to <see cref="Keep{T}"/>.
/// Scopes nest. Graphs that a kept tensor needs live on in the enclosing scope; the outermost scope releases them.
/// </summary>
/// <remarks>A scope belongs to the thread that opened it and must be closed there, innermost first.</remarks>
public sealed class TensorScope : IDisposable
{
    [ThreadStatic]
    private static TensorScope? s_current;

    private readonly TensorScope? _parent;
    private readonly List<IScoped> _items = [];
    private readonly HashSet<IScoped> _kept = [];
    private bool _closed;

    private TensorScope(TensorScope? parent) => _parent = parent;

    internal static TensorScope? Current => s_current;

    /// <summary>Opens a scope inside the current one of this thread.</summary>
    public static TensorScope Begin() => s_current = new TensorScope(s_current);

    /// <summary>Lets a tensor outlive this scope; it then belongs to the enclosing scope, or to the caller.</summary>
    /// <returns>The same tensor.</returns>
    public T Keep<T>(T tensor) where T : notnull
    {
        if (tensor is IScoped item)
        {
            _kept.Add(item);
        }

        return tensor;
    }

    /// <summary>Frees what was made in the scope and not kept.</summary>
    /// <exception cref="InvalidOperationException">An inner scope is still open, or another thread closes it.</exception>
    public void Dispose()
    {
        if (_closed)
        {
            return;
        }

        if (s_current != this)
        {
            throw new InvalidOperationException(
                "a TensorScope must be closed on the thread that opened it, innermost first: check for a missing 'using' or an await inside the scope");
        }

        _closed = true;
        s_current = _parent;
        foreach (IScoped item in _kept.ToArray())
        {
            item.KeepGraph(_parent is null ? _kept : null);
        }

        foreach (IScoped item in _items)
        {
            if (_kept.Contains(item) || (item.LivesOnInParent && _parent is not null))
            {
                _parent?._items.Add(item);
            }
            else
            {
                item.EndOfScope();
            }
        }
    }

    internal void Add(IScoped item) => _items.Add(item);
}

/// <summary>What a <see cref="TensorScope"/> ends: tensor handles and graph nodes.</summary>
internal interface IScoped
{
    /// <summary>Graph nodes end with the outermost scope, handles with their own.</summary>
    bool LivesOnInParent { get; }

    void EndOfScope();

    /// <summary>Adds the graph behind a kept handle to <paramref name="kept"/>; null when the parent scope takes all nodes anyway.</summary>
    void KeepGraph(HashSet<IScoped>? kept);
}
