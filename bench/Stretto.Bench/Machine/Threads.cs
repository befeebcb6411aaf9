using System.Diagnostics;

namespace Stretto.Bench;

/// <summary>Times the same body on several threads at once.</summary>
internal static class Threads
{
    /// <summary>The best rate of some trials: <paramref name="amount"/> of each thread, summed, over the slowest thread's time.</summary>
    public static double BestRate(int threads, int trials, double amount, Action<int> body)
    {
        double best = 0;
        for (int trial = 0; trial < trials; trial++)
        {
            best = Math.Max(best, threads * amount / Seconds(threads, body));
        }

        return best;
    }

    private static double Seconds(int threads, Action<int> body)
    {
        using Barrier barrier = new(threads);
        long[] starts = new long[threads];
        long[] ends = new long[threads];
        Thread[] all = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            int index = i;
            all[i] = new Thread(() =>
            {
                barrier.SignalAndWait();
                starts[index] = Stopwatch.GetTimestamp();
                body(index);
                ends[index] = Stopwatch.GetTimestamp();
            });
            all[i].Start();
        }

        Array.ForEach(all, thread => thread.Join());
        return Stopwatch.GetElapsedTime(starts.Min(), ends.Max()).TotalSeconds;
    }
}
