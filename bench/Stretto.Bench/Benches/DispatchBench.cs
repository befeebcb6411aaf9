using Stretto.Backends.Cpu;

namespace Stretto.Bench;

/// <summary>
/// What it costs to hand work to the pool. Empty parts are done before a worker stirs, so they show what the caller pays; parts that wait
/// for each other show the hand-over to a thread that spins.
/// </summary>
internal static class DispatchBench
{
    private const double GoalSeconds = 2e-6;

    public static void Run(BenchRun run)
    {
        using Side ours = Side.Start("Stretto", "stretto");
        using Side peer = Side.Start("Parallel.For", "parallel-for");
        using Side barrier = Side.Start("Barrier", "barrier");
        BenchRun.Say(Row.Head);
        foreach (int threads in new[] { 2, run.Machine.Cores }.Where(t => t <= run.Machine.Cores).Distinct())
        {
            Add("empty dispatch", "dispatch", peer);
            Add("hand-over", "handover", barrier);

            void Add(string name, string kind, Side against)
            {
                string[] job = Words.Of($"{kind} {threads}");
                Comparison pairs = PairedRunner.Compare(ours, against, job, run.Quick);
                Bound goal = new("2 µs goal", 1e-6 / GoalSeconds);
                run.Add(Row.From($"{name} {threads}t", "M/s", 1e-6, pairs, against.Name, goal));
            }
        }
    }

    public static IWork Ours(string[] job) => job[0] == "handover" ? new HandOverWork(Threads(job)) : new PoolWork(Threads(job));

    public static IWork Peer(string[] job) => new ParallelForWork(Threads(job));

    public static IWork BarrierPeer(string[] job) => new BarrierWork(Threads(job));

    private static int Threads(string[] job) => Words.Int(job[1]);

    private sealed class PoolWork(int threads) : IWork
    {
        private readonly WorkerPool _pool = SideDevice.Pool(threads);

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

    private sealed unsafe class HandOverWork(int threads) : IWork
    {
        private readonly WorkerPool _pool = SideDevice.Pool(threads);

        public void Call()
        {
            int arrived = 0;
            MeetJob job = new(&arrived, threads);
            _pool.For(threads, ref job);
        }

        public double Checksum() => threads;

        public void Dispose()
        {
        }

        private readonly struct MeetJob(int* arrived, int all) : IParallelJob
        {
            public void Run(int part)
            {
                Interlocked.Increment(ref *arrived);
                SpinWait spin = default;
                while (Volatile.Read(ref *arrived) < all)
                {
                    spin.SpinOnce(-1);
                }
            }
        }
    }

    private sealed class BarrierWork : IWork
    {
        private readonly Barrier _barrier;
        private readonly int _threads;
        private volatile bool _ended;

        public BarrierWork(int threads)
        {
            (_threads, _barrier) = (threads, new Barrier(threads));
            for (int i = 1; i < threads; i++)
            {
                new Thread(Meet) { IsBackground = true }.Start();
            }
        }

        public void Call() => _barrier.SignalAndWait();

        public double Checksum() => _threads;

        public void Dispose()
        {
            _ended = true;
            _barrier.SignalAndWait();
        }

        private void Meet()
        {
            while (!_ended)
            {
                _barrier.SignalAndWait();
            }
        }
    }
}
