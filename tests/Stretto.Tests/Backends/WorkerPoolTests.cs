using Stretto.Backends.Cpu;

namespace Stretto.Tests.Backends;

public sealed class WorkerPoolTests
{
    public static TheoryData<int, int> Splits => new MatrixTheoryData<int, int>([1, 2, 4], [0, 1, 2, 3, 7, 1000]);

    [Theory]
    [MemberData(nameof(Splits))]
    public void Every_part_runs_exactly_once(int threads, int parts)
    {
        WorkerPool pool = new(threads);
        int[] runs = new int[parts];
        for (int i = 1; i <= 200; i++)
        {
            CountJob job = new(runs);
            pool.For(parts, ref job);
            Assert.All(runs, count => Assert.Equal(i, count));
        }
    }

    [Fact]
    public void Less_than_one_thread_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPool(0));

    [Fact]
    public void One_thread_runs_all_parts_in_order_on_the_caller()
    {
        ThreadJob job = new(new int[50]);
        new WorkerPool(1).For(50, ref job);
        Assert.All(job.Threads, id => Assert.Equal(Environment.CurrentManagedThreadId, id));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void An_exception_of_a_part_surfaces_and_the_pool_works_on(int threads)
    {
        WorkerPool pool = new(threads);
        for (int thrower = 0; thrower < 16; thrower++)
        {
            ThrowJob bad = new(thrower);
            InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => pool.For(16, ref bad));
            Assert.Equal($"part {thrower}", e.Message);
            int[] runs = new int[16];
            CountJob good = new(runs);
            pool.For(16, ref good);
            Assert.All(runs, count => Assert.Equal(1, count));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_nested_loop_runs_on_the_thread_of_its_part(int threads)
    {
        NestJob job = new(new WorkerPool(threads), new int[12 * 9]);
        job.Pool.For(12, ref job);
        Assert.All(job.Runs, count => Assert.Equal(1, count));
    }

    [Fact]
    public void Callers_on_several_threads_do_not_meet()
    {
        WorkerPool pool = new(3);
        int[][] runs = new int[4][];
        Thread[] callers = new Thread[4];
        for (int i = 0; i < callers.Length; i++)
        {
            int[] mine = runs[i] = new int[20];
            callers[i] = new Thread(() =>
            {
                for (int repeat = 0; repeat < 500; repeat++)
                {
                    CountJob job = new(mine);
                    pool.For(mine.Length, ref job);
                }
            });
        }

        Array.ForEach(callers, caller => caller.Start());
        Array.ForEach(callers, caller => caller.Join());
        Assert.All(runs.SelectMany(r => r), count => Assert.Equal(500, count));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Parts_that_wait_for_each_other_meet(int threads)
    {
        WorkerPool pool = new(threads);
        for (int i = 0; i < 20; i++)
        {
            MeetJob job = new(new int[1], threads);
            pool.For(threads, ref job);
            Assert.Equal(threads, job.Arrived);
        }
    }

    [Fact]
    public void What_parts_write_into_the_job_reaches_the_caller()
    {
        Holder holder = new();
        new WorkerPool(2).For(100, ref holder.Job);
        Assert.Equal(4950, holder.Job.Total);
    }

    [Fact]
    public void A_dispatch_allocates_nothing()
    {
        WorkerPool pool = new(2);
        CountJob job = new(new int[8]);
        pool.For(8, ref job);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            pool.For(8, ref job);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_parked_pool_wakes_up()
    {
        WorkerPool pool = new(4);
        int[] runs = new int[64];
        for (int i = 1; i <= 5; i++)
        {
            Thread.Sleep(30);
            CountJob job = new(runs);
            pool.For(runs.Length, ref job);
            Assert.All(runs, count => Assert.Equal(i, count));
        }

    }

    private sealed class Holder
    {
        public SumJob Job;
    }

    private readonly struct CountJob(int[] runs) : IParallelJob
    {
        public void Run(int part) => Interlocked.Increment(ref runs[part]);
    }

    private struct SumJob : IParallelJob
    {
        public long Total;

        public void Run(int part) => Interlocked.Add(ref Total, part);
    }

    private readonly struct MeetJob(int[] arrived, int all) : IParallelJob
    {
        public int Arrived => arrived[0];

        public void Run(int part)
        {
            int[] count = arrived;
            int wanted = all;
            Interlocked.Increment(ref count[0]);
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref count[0]) == wanted, TimeSpan.FromSeconds(20)));
        }
    }

    private readonly struct ThreadJob(int[] threads) : IParallelJob
    {
        public int[] Threads => threads;

        public void Run(int part) => threads[part] = Environment.CurrentManagedThreadId;
    }

    private readonly struct ThrowJob(int thrower) : IParallelJob
    {
        public void Run(int part)
        {
            if (part == thrower)
            {
                throw new InvalidOperationException($"part {part}");
            }
        }
    }

    private readonly struct NestJob(WorkerPool pool, int[] runs) : IParallelJob
    {
        public WorkerPool Pool => pool;

        public int[] Runs => runs;

        public void Run(int part)
        {
            InnerJob job = new(runs, part, Environment.CurrentManagedThreadId);
            pool.For(9, ref job);
        }
    }

    private readonly struct InnerJob(int[] runs, int outer, int thread) : IParallelJob
    {
        public void Run(int part)
        {
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            Interlocked.Increment(ref runs[(outer * 9) + part]);
        }
    }
}
