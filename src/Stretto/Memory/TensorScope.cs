namespace Stretto;

/// <summary>
/// Frees, when it ends, every tensor made on this thread since it began, except those given to <see cref="Keep{T}"/>.
/// Scopes nest. Graphs that a kept tensor needs live on in the enclosing scope; the outermost scope releases them.
/// </summary>
/// <remarks>
/// A scope belongs to the thread that opened it and must be closed there. A scope that nobody closes ends with the one around it; where
/// there is none, the thread refers to it only weakly, so the collector returns what it holds once nobody else refers to it.
/// </remarks>
public sealed class TensorScope : IDisposable
{
    [ThreadStatic]
    private static Link? s_top;

    private static long s_ended;

    private readonly Link? _parent;
    private readonly List<IScoped> _items = [];
    private readonly HashSet<IScoped> _kept = [];
    private bool _closed;

    private TensorScope(Link? parent) => _parent = parent;

    /// <summary>The innermost open scope of this thread that somebody still refers to.</summary>
    internal static TensorScope? Current => (s_top = Alive(s_top))?.Scope;

    /// <summary>How many scopes have ended in this process.</summary>
    internal static long Ended => Volatile.Read(ref s_ended);

    /// <summary>Opens a scope inside the current one of this thread.</summary>
    public static TensorScope Begin()
    {
        Link? parent = Alive(s_top);
        TensorScope scope = new(parent);
        s_top = new Link(scope, parent);
        return scope;
    }

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

    /// <summary>Frees what was made in the scope and not kept, after ending scopes that were left open inside it.</summary>
    /// <exception cref="InvalidOperationException">Another thread opened it.</exception>
    public void Dispose()
    {
        if (_closed)
        {
            return;
        }

        if (!IsOpenHere())
        {
            throw new InvalidOperationException(
                "a TensorScope must be closed on the thread that opened it: check for an await inside the scope");
        }

        while (Current is { } inner && inner != this)
        {
            inner.End();
        }

        End();
    }

    internal void Add(IScoped item) => _items.Add(item);

    private void End()
    {
        _closed = true;
        s_top = Alive(_parent);
        TensorScope? parent = s_top?.Scope;
        foreach (IScoped item in _kept.ToArray())
        {
            item.KeepGraph(parent is null ? _kept : null);
        }

        foreach (IScoped item in _items)
        {
            if (_kept.Contains(item) || (item.LivesOnInParent && parent is not null))
            {
                parent?._items.Add(item);
            }
            else
            {
                item.EndOfScope();
            }
        }

        Interlocked.Increment(ref s_ended);
    }

    private bool IsOpenHere()
    {
        for (Link? link = s_top; link is not null; link = link.Parent)
        {
            if (link.Scope == this)
            {
                return true;
            }
        }

        return false;
    }

    private static Link? Alive(Link? link)
    {
        while (link is not null && link.Scope is null)
        {
            link = link.Parent;
        }

        return link;
    }

    /// <summary>An open scope as its thread knows it.</summary>
    private sealed class Link(TensorScope scope, Link? parent)
    {
        private readonly WeakReference<TensorScope> _scope = new(scope);

        public TensorScope? Scope => _scope.TryGetTarget(out TensorScope? scope) ? scope : null;

        public Link? Parent { get; } = parent;
    }
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
