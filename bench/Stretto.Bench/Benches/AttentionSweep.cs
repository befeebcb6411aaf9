using System.Diagnostics;
using System.Globalization;

namespace Stretto.Bench;

/// <summary>
/// Memory and time of attention over the length of the sequence, as tables and plots: what the fused operation takes beside its inputs and
/// outputs grows with T, the scores of the composed one with its square.
/// </summary>
internal static class AttentionSweep
{
    private const int Heads = 8;
    private const int Size = 64;
    private const int LongestComposed = 4096;

    public static void Run(BenchRun run)
    {
        int[] lengths = run.Quick ? [1024, 2048, 4096] : [1024, 2048, 4096, 8192, 16384];
        List<(string Name, IReadOnlyList<(double X, double Y)> Points)> memory = [];
        List<(string Name, IReadOnlyList<(double X, double Y)> Points)> time = [];
        BenchRun.Say($"{"attention, 8 x 64, causal",-34} {"T",7} {"MiB beside inputs and outputs",30} {"ms",10}");
        foreach (bool composed in new[] { false, true })
        {
            foreach (bool backward in new[] { false, true })
            {
                string name = $"{(composed ? "composed" : "fused")}, {(backward ? "forward and backward" : "forward")}";
                List<(double X, double Y)> bytes = [];
                List<(double X, double Y)> seconds = [];
                foreach (int t in lengths.Where(t => !composed || t <= LongestComposed))
                {
                    (double peak, double best) = Measure(new AttentionShape(t, Heads, Heads, Size, backward, run.ThreadCounts[^1]), composed);
                    bytes.Add((t, peak / (1 << 20)));
                    seconds.Add((t, best * 1e3));
                    BenchRun.Say(string.Create(CultureInfo.InvariantCulture, $"{name,-34} {t,7} {peak / (1 << 20),30:F2} {best * 1e3,10:F1}"));
                }

                memory.Add((name, bytes));
                time.Add((name, seconds));
            }
        }

        Plot.Save("docs/images/attention-memory.svg", "Memory of attention beside inputs and outputs", "tokens", "MiB", memory);
        Plot.Save("docs/images/attention-time.svg", $"Time of attention, {run.Machine.InstructionSet}, {run.ThreadCounts[^1]} threads", "tokens", "ms", time);
    }

    private static (double PeakBytes, double Seconds) Measure(AttentionShape shape, bool composed)
    {
        using AttentionWork work = new(shape, composed);
        work.Call();
        long before = MemoryStats.Now.LiveBytes;
        MemoryStats.ResetPeak();
        double best = double.MaxValue;
        for (int i = 0; i < 3; i++)
        {
            long start = Stopwatch.GetTimestamp();
            work.Call();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        // The outputs: one of the queries' size, and with backward three gradients.
        double outputs = sizeof(float) * (double)shape.T * shape.Size * (shape.Backward ? (2 * shape.Heads) + (2 * shape.KvHeads) : shape.Heads);
        return (Math.Max(MemoryStats.Now.PeakBytes - before - outputs, 1), best);
    }
}
