using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Stretto.Backends.Cpu;

/// <summary>Work that splits into parts which may run at the same time.</summary>
internal interface IParallelJob
{
    /// <summary>Does one part; called once for each part, from any thread.</summary>
    void Run(int part);
}

/// <summary>
/// Fixed threads that share the parts of one job with its caller. A worker that is out of work spins for a moment, because the next
/// job usually follows at once, then parks. A caller never waits for a worker that has not started: it does the parts itself.
/// </summary>
#pragma warning disable CA1001 // lives as long as its device: background threads hold the semaphore
internal sealed unsafe class WorkerPool
#pragma warning restore CA1001
{
    private const int SpinsBeforeParking = 4000;

    // From here on a spinning worker offers its core now and then: on a busy machine the caller itself may be waiting for it.
    private const int SpinsBeforeYielding = 100;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly int _workers;
    private bool _started;
    private int _busy;
    private int _parked;
    private int _active;
    private int _open;
    private int _generation;
    private int _next;
    private int _parts;
    private void* _job;
    private delegate*<void*, int, void> _invoke;
    private ExceptionDispatchInfo? _failure;

    /// <exception cref="ArgumentOutOfRangeException">Fewer than one thread.</exception>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _workers = threads - 1;
    }

    /// <summary>How many threads work on a job, the caller's included.</summary>
    public int Threads { get; }

    /// <summary>
    /// Runs parts 0 to <paramref name="parts"/> − 1 and returns when all are done. Called from inside a part, or while another thread's
    /// job runs, the parts run on the calling thread.
    /// </summary>
    public void For<TJob>(int parts, ref TJob job) where TJob : struct, IParallelJob
    {
        if (_workers == 0 || parts <= 1 || Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            for (int part = 0; part < parts; part++)
            {
                job.Run(part);
            }

            return;
        }

        // The workers hold a plain pointer: the caller's job may lie in an object that the collector moves, a local does not move.
        TJob local = job;
        try
        {
            Dispatch(parts, Unsafe.AsPointer(ref local), &Invoke<TJob>);
        }
        finally
        {
            job = local;
            Volatile.Write(ref _busy, 0);
        }
    }

    private static void Invoke<TJob>(void* job, int part) where TJob : struct, IParallelJob =>
        Unsafe.AsRef<TJob>(job).Run(part);

    private void Dispatch(int parts, void* job, delegate*<void*, int, void> invoke)
    {
        if (!_started)
        {
            Start();
        }

        _job = job;
        _invoke = invoke;
        _parts = parts;
        _next = 0;
        _failure = null;
        Interlocked.Exchange(ref _open, 1);
        Interlocked.Increment(ref _generation);
        int parked = Volatile.Read(ref _parked);
        if (parked > 0)
        {
            _wake.Release(Math.Min(parked, parts - 1));
        }

        Work();
        // A worker counts itself active before it looks whether the job is open, so after this none can still touch the job.
        Interlocked.Exchange(ref _open, 0);
        SpinWait spin = default;
        while (Volatile.Read(ref _active) != 0)
        {
            spin.SpinOnce(-1);
        }

        _failure?.Throw();
    }

    private void Work()
    {
        try
        {
            int parts = _parts;
            for (int part = Interlocked.Increment(ref _next) - 1; part < parts; part = Interlocked.Increment(ref _next) - 1)
            {
                _invoke(_job, part);
            }
        }
#pragma warning disable CA1031 // whatever a part throws surfaces in the caller
        catch (Exception e)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
            Volatile.Write(ref _next, _parts);
        }
    }

    private void Start()
    {
        lock (_gate)
        {
            if (_started)
            {
                return;
            }

            for (int i = 0; i < _workers; i++)
            {
                new Thread(Loop) { IsBackground = true, Name = "stretto worker" }.Start();
            }

            _started = true;
        }
    }

    private void Loop()
    {
        int seen = 0;
        while (true)
        {
            for (int spin = 0; Volatile.Read(ref _generation) == seen; spin++)
            {
                if (spin < SpinsBeforeParking)
                {
                    Thread.SpinWait(8);
                    if (spin >= SpinsBeforeYielding && spin % 8 == 0)
                    {
                        Thread.Yield();
                    }

                    continue;
                }

                Interlocked.Increment(ref _parked);
                if (Volatile.Read(ref _generation) == seen)
                {
                    _wake.Wait();
                }

                Interlocked.Decrement(ref _parked);
                spin = 0;
            }

            seen = Volatile.Read(ref _generation);
            Interlocked.Increment(ref _active);
            if (Volatile.Read(ref _open) == 1)
            {
                Work();
            }

            Interlocked.Decrement(ref _active);
        }
    }
}
