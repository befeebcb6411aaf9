namespace Stretto.Backends.Cpu;

/// <summary>Work that splits into parts which may run at the same time.</summary>
internal interface IParallelJob
{
    /// <summary>Does one part; called once for each part, from any thread.</summary>
    void Run(int part);
}

/// <summary>A fixed set of threads that run the parts of one job at a time.</summary>
internal sealed class WorkerPool(int threads)
{
    /// <summary>How many threads work on a job, the caller's included.</summary>
    public int Threads { get; } = threads;

    /// <summary>Runs parts 0 to <paramref name="parts"/> − 1 and returns when all are done.</summary>
    public void For<TJob>(int parts, ref TJob job) where TJob : struct, IParallelJob
    {
        for (int part = 0; part < parts; part++)
        {
            job.Run(part);
        }
    }
}
