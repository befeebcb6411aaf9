using Stretto.Backends;
using Stretto.Backends.Cpu;
using Stretto.Backends.Reference;

namespace Stretto;

/// <summary>Where tensors live and who computes on them. All operands of an operation share one device.</summary>
public sealed class Device
{
    internal Device(Backend backend) => Backend = backend;

    /// <summary>The vectorised kernels of this machine, on all its processors.</summary>
    public static Device Cpu { get; } = new(new CpuBackend(Environment.ProcessorCount));

    /// <summary>Naive loops that define what every operation means; slow.</summary>
    public static Device Reference { get; } = new(new ReferenceBackend());

    /// <summary>What messages call the device.</summary>
    public string Name => Backend.Name;

    internal Backend Backend { get; }

    /// <summary>A device like <see cref="Cpu"/> with its own threads.</summary>
    /// <param name="threads">How many threads work at once, 1 or more.</param>
    public static Device CpuWithThreads(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        return new Device(new CpuBackend(threads));
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
