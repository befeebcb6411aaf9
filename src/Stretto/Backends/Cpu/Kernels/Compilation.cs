using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>How methods are compiled in which the time goes.</summary>
internal static class Compilation
{
    /// <summary>
    /// To their final form at once, and not inside another method. The runtime would first count what they do: threads share the counters,
    /// and two of them can be slower than one. A method that is still being counted and takes them in would count them again.
    /// </summary>
    public const MethodImplOptions Final = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;
}
