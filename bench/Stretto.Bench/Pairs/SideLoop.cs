using System.Diagnostics;
using System.Globalization;

namespace Stretto.Bench;

/// <summary>A job whose calls are timed.</summary>
internal interface IWork : IDisposable
{
    void Call();

    double Checksum();
}

/// <summary>The other end of <see cref="Side"/>: reads requests from standard input, a line each, and answers a line each.</summary>
internal static class SideLoop
{
    public static int Run(string description, Func<string[], IWork> prepare)
    {
        IWork? work = null;
        while (Console.ReadLine() is { } request)
        {
            string[] words = request.Split(' ');
            switch (words[0])
            {
                case "describe":
                    Answer(description);
                    break;
                case "prepare":
                    work?.Dispose();
                    work = prepare(words[1..]);
                    Answer("");
                    break;
                case "time":
                    Answer(Time(work!, int.Parse(words[1], CultureInfo.InvariantCulture)).ToString("R", CultureInfo.InvariantCulture));
                    break;
                case "checksum":
                    Answer(work!.Checksum().ToString("R", CultureInfo.InvariantCulture));
                    break;
                default:
                    throw new ArgumentException($"unknown request '{request}'");
            }
        }

        work?.Dispose();
        return 0;
    }

    /// <summary>On a busy machine one thread's processor time says more than the clock: BENCH_CLOCK=processor.</summary>
    private static double Time(IWork work, int calls) =>
        Environment.GetEnvironmentVariable("BENCH_CLOCK") == "processor" ? ProcessorTime(work, calls) : ElapsedTime(work, calls);

    private static double ProcessorTime(IWork work, int calls)
    {
        TimeSpan start = Environment.CpuUsage.TotalTime;
        for (int i = 0; i < calls; i++)
        {
            work.Call();
        }

        return (Environment.CpuUsage.TotalTime - start).TotalSeconds;
    }

    private static double ElapsedTime(IWork work, int calls)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < calls; i++)
        {
            work.Call();
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void Answer(string text) => Console.WriteLine("ok " + text);
}
