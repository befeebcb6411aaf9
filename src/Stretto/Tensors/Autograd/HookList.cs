namespace Stretto;

/// <summary>Callbacks in the order of their registration; removing one while they run takes effect with the next run.</summary>
internal sealed class HookList<T> where T : Delegate
{
    private Entry[] _entries = [];

    public int Count => _entries.Length;

    /// <summary>A snapshot.</summary>
    public IEnumerable<T> All => _entries.Select(e => e.Hook);

    /// <returns>Dispose it to remove the callback.</returns>
    public IDisposable Add(T hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        Entry entry = new(this, hook);
        _entries = [.. _entries, entry];
        return entry;
    }

    private sealed class Entry(HookList<T> list, T hook) : IDisposable
    {
        public T Hook => hook;

        public void Dispose() => list._entries = [.. list._entries.Where(e => e != this)];
    }
}
