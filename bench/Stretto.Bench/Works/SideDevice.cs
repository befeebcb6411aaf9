using Stretto.Backends.Cpu;

namespace Stretto.Bench;

/// <summary>One device for each number of threads, for as long as the process lives.</summary>
internal static class SideDevice
{
    private static readonly Dictionary<int, Device> Devices = [];

    public static Device For(int threads)
    {
        if (!Devices.TryGetValue(threads, out Device? device))
        {
            Devices[threads] = device = Device.CpuWithThreads(threads);
        }

        return device;
    }

    /// <summary>The threads of that device.</summary>
    public static WorkerPool Pool(int threads) => ((CpuBackend)For(threads).Backend).Pool;
}
