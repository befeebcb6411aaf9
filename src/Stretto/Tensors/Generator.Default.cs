namespace Stretto;

/// <summary>The generator of whoever names none.</summary>
public sealed partial class Generator
{
    [ThreadStatic]
    private static Generator? s_default;

    /// <summary>
    /// Where layers draw their first values and dropout its masks when they were given no generator of their own. One a thread, seed 0
    /// until <see cref="ManualSeed"/>, so a program on one thread does the same every time.
    /// </summary>
    public static Generator Default => s_default ??= new Generator(0);

    /// <summary>Starts <see cref="Default"/> of this thread anew, as PyTorch's <c>manual_seed</c>.</summary>
    public static Generator ManualSeed(ulong seed) => s_default = new Generator(seed);
}
