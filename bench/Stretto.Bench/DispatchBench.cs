using System.Globalization;
using Stretto.Backends.Cpu;

namespace Stretto.Bench;

/// <summary>What it costs to hand work to the pool: jobs of empty parts, against <see cref="Parallel"/>.</summary>
internal static class DispatchBench
{
    private const double GoalSeconds = 2e-6;

    public static void Run(BenchRun run)
    {
        using Side ours = Side.Start("Stretto", "stretto");
        using Side peer = Side.Start("Parallel.For", "parallel-for");
        BenchRun.Say(Row.Head);
        foreach (int threads in new[] { 2, run.Machine.Cores }.Where(t => t <= run.Machine.Cores).Distinct())
        {
            string[] job = ["dispatch", threads.ToString(CultureInfo.InvariantCulture)];
            Comparison pairs = PairedRunner.Compare(ours, peer, job, run.Quick);
            run.Add(Row.From($"empty dispatch {threads}t", "M/s", 1e-6, pairs, peer.Name, new Bound("2 µs goal", 1e-6 / GoalSeconds)));
        }
    }

    public static IWork Ours(string[] job) => new PoolWork(Threads(job));

    public static IWork Peer(string[] job) => new ParallelForWork(Threads(job));

    private static int Threads(string[] job) => int.Parse(job[1], CultureInfo.InvariantCulture);

    private sealed class PoolWork(int threads) : IWork
    {
        private readonly WorkerPool _pool = SidePool.For(threads);

        public void Call()
        {
            EmptyJob job = default;
            _pool.For(threads, ref job);
        }

        public double Checksum() => threads;

        public void Dispose()
        {
        }

        private readonly struct EmptyJob : IParallelJob
        {
            public void Run(int part)
            {
            }
        }
    }

    private sealed class ParallelForWork(int threads) : IWork
    {
        private static readonly Action<int> Empty = static _ => { };

        private readonly ParallelOptions _options = new() { MaxDegreeOfParallelism = threads };

        public void Call() => Parallel.For(0, threads, _options, Empty);

        public double Checksum() => threads;

        public void Dispose()
        {
        }
    }
}
