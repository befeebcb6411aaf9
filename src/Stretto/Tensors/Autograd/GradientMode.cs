namespace Stretto;

/// <summary>Whether operations on this thread are recorded for differentiation.</summary>
public static class GradientMode
{
    [ThreadStatic]
    private static bool s_disabled;

    /// <summary>True unless a <see cref="NoGrad"/> block is open on this thread.</summary>
    public static bool Enabled => !s_disabled;

    /// <summary>Stops recording on this thread until the result is disposed.</summary>
    public static Restore NoGrad() => Set(false);

    /// <summary>Records again, inside a <see cref="NoGrad"/> block, until the result is disposed.</summary>
    public static Restore EnableGrad() => Set(true);

    internal static Restore Set(bool enabled)
    {
        Restore restore = new(s_disabled);
        s_disabled = !enabled;
        return restore;
    }

    /// <summary>Puts the mode back as it was.</summary>
    public readonly ref struct Restore
    {
        private readonly bool _disabled;

        internal Restore(bool disabled) => _disabled = disabled;

        /// <summary>Ends the block.</summary>
        public void Dispose() => s_disabled = _disabled;
    }
}
