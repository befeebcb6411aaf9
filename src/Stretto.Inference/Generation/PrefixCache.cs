using System.Runtime.InteropServices;

namespace Stretto.Inference.Generation;

/// <summary>
/// Knows full pages by the tokens in and before them, so that texts with the same beginning share them: a radix tree with a page an
/// edge (Zheng et al., SGLang, 2024). Pages that no text uses stay until memory is wanted, the longest unused first.
/// </summary>
internal sealed class PrefixCache
{
    private readonly Dictionary<(long Parent, int Hash), PrefixNode> _nodes = [];
    private readonly Dictionary<int, PrefixNode> _pages = [];
    private readonly LinkedList<PrefixNode> _idle = new();
    private long _last;

    /// <summary>How many pages no text uses.</summary>
    public int Idle => _idle.Count;

    /// <summary>The page that holds these tokens after those of a node (null: at the beginning).</summary>
    public PrefixNode? Find(PrefixNode? parent, ReadOnlySpan<int> tokens) =>
        _nodes.TryGetValue(Key(parent, tokens), out PrefixNode? node) && tokens.SequenceEqual(node.Tokens) ? node : null;

    /// <summary>Notes a page. Null if another one has the same hash: then this page stays unknown.</summary>
    public PrefixNode? Add(PrefixNode? parent, ReadOnlySpan<int> tokens, int page)
    {
        PrefixNode node = new(++_last, page, tokens.ToArray(), Key(parent, tokens));
        if (!_nodes.TryAdd(node.Key, node))
        {
            return null;
        }

        _pages.Add(page, node);
        return node;
    }

    /// <summary>A text begins to use a page.</summary>
    public void Use(int page)
    {
        if (_pages.TryGetValue(page, out PrefixNode? node) && node.Place.List is not null)
        {
            _idle.Remove(node.Place);
        }
    }

    /// <summary>The last text that used a page left it. Texts leave their last page first, so no page is evicted before those after it.</summary>
    /// <returns>Whether the page stays here; else it is free.</returns>
    public bool Leave(int page)
    {
        if (!_pages.TryGetValue(page, out PrefixNode? node))
        {
            return false;
        }

        _idle.AddLast(node.Place);
        return true;
    }

    /// <summary>Forgets the page that was not used for longest.</summary>
    public int Evict()
    {
        PrefixNode node = _idle.First!.Value;
        _idle.RemoveFirst();
        _nodes.Remove(node.Key);
        _pages.Remove(node.Page);
        return node.Page;
    }

    private static (long Parent, int Hash) Key(PrefixNode? parent, ReadOnlySpan<int> tokens)
    {
        HashCode hash = default;
        hash.AddBytes(MemoryMarshal.AsBytes(tokens));
        return (parent?.Id ?? 0, hash.ToHashCode());
    }
}

/// <summary>A page whose tokens are known.</summary>
internal sealed class PrefixNode
{
    public PrefixNode(long id, int page, int[] tokens, (long Parent, int Hash) key)
    {
        (Id, Page, Tokens, Key) = (id, page, tokens, key);
        Place = new LinkedListNode<PrefixNode>(this);
    }

    public long Id { get; }

    public int Page { get; }

    public int[] Tokens { get; }

    public (long Parent, int Hash) Key { get; }

    public LinkedListNode<PrefixNode> Place { get; }
}
