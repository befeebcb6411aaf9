using Stretto.Inference.Sampling;

namespace Stretto.Inference.Generation;

/// <summary>
/// Continuous batching (Yu et al., Orca, 2022): one loop, on a thread of its own while there is work, in which texts join and leave
/// between passes. First come, first served: a text that lacks room takes that of the youngest, which is computed again later, so the
/// oldest always gets on and every text ends.
/// </summary>
internal sealed class Scheduler(Engine engine, EngineOptions options) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly PagedKvCache _cache = new(engine.Model.CacheSpec, engine.Model.Device, options.Pages(engine.Model.CacheSpec));
    private readonly Candidates _candidates = new(engine.Model.VocabularySize);
    private readonly List<Generation> _arrivals = [];
    private readonly Queue<EmbeddingJob> _jobs = new();
    private readonly LinkedList<Generation> _waiting = new();
    private readonly List<Generation> _running = [];
    private readonly List<Generation> _order = [];
    private readonly Counters _count = new();
    private Action<Generation, int> _planOne = null!;
    private Action<Generation, int> _take = null!;
    private Pass? _pass;
    private Task? _loop;
    private volatile bool _disposed;

    public EngineStatistics Statistics
    {
        get
        {
            int used = Math.Clamp(_cache.MostPages - _cache.Available, 0, _cache.MostPages);
            return new EngineStatistics(
                _running.Count, _waiting.Count + _arrivals.Count, _cache.MostPages, used, _cache.Idle,
                _count.Passes, _count.Prompt, _count.Cached, _count.Generated, _count.Drafted, _count.Accepted, _count.Preemptions,
                _count.Finished, _count.Cancelled, _count.Failed);
        }
    }

    /// <summary>Queues a checked request.</summary>
    /// <exception cref="CacheBudgetException">It would not fit even alone.</exception>
    /// <exception cref="ObjectDisposedException">The engine is disposed.</exception>
    public RequestStream Submit(GenerationRequest request, CancellationToken cancellation)
    {
        int limit = Limit(request);
        RequestStream stream = new(request.Beams is null ? request.Samples : 1, cancellation);
        request = request with { Share = options.ReusePrefixes };
        Generation first = request.Beams is null
            ? new SampledGeneration(engine, stream, request, 0, limit, _candidates)
            : new BeamGeneration(engine, stream, request, limit, _candidates);
        for (int i = 1; i < request.Samples && request.Beams is null; i++)
        {
            first.Followers.Enqueue(new SampledGeneration(engine, stream, request, i, limit, _candidates));
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, engine);
            _arrivals.Add(first);
            Wake();
        }

        return stream;
    }

    /// <summary>Queues a text to embed.</summary>
    /// <exception cref="ObjectDisposedException">The engine is disposed.</exception>
    public Task<float[]> EmbedAsync(EmbeddingJob job)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, engine);
            _jobs.Enqueue(job);
            Wake();
        }

        return job.Result;
    }

    /// <summary>Cancels what runs or waits, stops the loop and frees the cache.</summary>
    public void Dispose()
    {
        Task? loop;
        lock (_gate)
        {
            _disposed = true;
            loop = _loop;
        }

        loop?.Wait();
        _cache.Dispose();
    }

    /// <summary>Most tokens that a text of the request may have: by its wish, the context and the budget.</summary>
    private int Limit(GenerationRequest request)
    {
        int prompt = request.Prompt.Count;
        int limit = Math.Min(request.MaxTokens, engine.Model.MaxPositions - prompt);
        int width = request.Beams?.Width ?? 1;
        // Beams share the full pages of the prompt; the newest token of a text is not in the cache yet.
        int shared = width == 1 ? 0 : prompt / Backends.KvView.PageSize;
        int own = (_cache.MostPages - shared) / width;
        int room = (int)Math.Min(int.MaxValue, (long)(own + shared) * Backends.KvView.PageSize) - prompt + 1;
        if (room < 1 || (request.MaxTokens != int.MaxValue && room < limit))
        {
            long needed = shared + ((long)width * (PagedKvCache.PagesFor(prompt + Math.Max(1, limit) - 1) - shared));
            throw new CacheBudgetException(
                $"the request may need {needed} pages of the cache, its budget has {_cache.MostPages}; raise the budget, or ask for fewer tokens or beams");
        }

        return Math.Min(limit, room);
    }

    private void Wake() =>
        _loop ??= Task.Factory.StartNew(Loop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Loop()
    {
        using GradientMode.Restore off = GradientMode.NoGrad();
        _pass ??= new Pass(engine.Model, _cache);
        (_planOne, _take) = (PlanOne, Take);
        while (true)
        {
            EmbeddingJob? job;
            lock (_gate)
            {
                foreach (Generation arrival in _arrivals)
                {
                    _waiting.AddLast(arrival);
                }

                _arrivals.Clear();
                if (!_jobs.TryDequeue(out job) && _running.Count + _waiting.Count == 0)
                {
                    _loop = null;
                    return;
                }
            }

            if (_disposed)
            {
                job?.Cancel();
            }

            job?.Run(engine.Model);
            Sweep();
            Admit();
            Plan();
            Compute();
        }
    }

    /// <summary>Lets go of what nobody wants any more.</summary>
    private void Sweep()
    {
        for (LinkedListNode<Generation>? node = _waiting.First, next; node is not null; node = next)
        {
            next = node.Next;
            if (node.Value.Stream.Stopped || _disposed)
            {
                _waiting.Remove(node);
                Leave(node.Value, FinishReason.Cancelled, null);
            }
        }

        for (int i = _running.Count - 1; i >= 0; i--)
        {
            if (_running[i].Stream.Stopped || _disposed)
            {
                Leave(_running[i], FinishReason.Cancelled, null);
            }
        }
    }

    private void Admit()
    {
        while (_waiting.First?.Value is { } next && _running.Count < options.MaxRunning)
        {
            next.Enter(_cache);
            int wanted = next.PagesWanted;
            foreach (Generation other in _running)
            {
                wanted += Math.Max(0, other.PagesWanted);
            }

            if (_running.Count > 0 && wanted > _cache.Available)
            {
                next.Release(_cache);
                return;
            }

            next.Admitted();
            _waiting.RemoveFirst();
            _running.Add(next);
        }
    }

    /// <summary>Fills the pass: first a token or a draft of every text, then parts of prompts, the oldest first.</summary>
    private void Plan()
    {
        _pass!.Clear();
        _order.Clear();
        _order.AddRange(_running);
        for (int round = 0; round < 2; round++)
        {
            foreach (Generation generation in _order)
            {
                int budget = options.PassTokens - _pass.Tokens;
                if (_running.Contains(generation) && !_pass.Holds(generation) && generation.Prefilling == (round == 1)
                    && (round == 0 || budget > 0 || _pass.Tokens == 0))
                {
                    Guarded(generation, _planOne, Math.Max(1, budget));
                }
            }
        }
    }

    private void PlanOne(Generation generation, int budget)
    {
        while (!generation.Plan(_pass!, _cache, budget))
        {
            Generation youngest = _running[^1];
            if (youngest == _running[0])
            {
                throw new CacheBudgetException($"the cache's {_cache.MostPages} pages do not suffice for one text; raise the budget");
            }

            _running.Remove(youngest);
            _pass!.Remove(youngest);
            youngest.Release(_cache);
            _waiting.AddFirst(youngest);
            _count.Preemptions++;
            if (youngest == generation)
            {
                return;
            }
        }
    }

    private void Compute()
    {
        Exception? error = null;
        try
        {
            if (_pass!.Tokens > 0)
            {
                _pass.Run();
            }
        }
#pragma warning disable CA1031 // the readers of the streams get the exception
        catch (Exception e)
#pragma warning restore CA1031
        {
            error = e;
        }

        _count.Passes++;
        foreach (Generation generation in _order)
        {
            if (error is not null && _pass!.Holds(generation))
            {
                Leave(generation, FinishReason.Cancelled, error);
            }
            else if (_pass!.Holds(generation))
            {
                Guarded(generation, _take, 0);
            }
        }
    }

    private void Take(Generation generation, int _)
    {
        (int written, int drafted, int accepted) = (generation.Written, generation.Drafted, generation.Accepted);
        bool started = generation.Started;
        generation.Take(_pass!, _cache);
        if (generation.Started && !started)
        {
            _count.Prompt += generation.PromptTokens;
            _count.Cached += generation.CachedTokens;
        }

        _count.Generated += generation.Written - written;
        _count.Drafted += generation.Drafted - drafted;
        _count.Accepted += generation.Accepted - accepted;
        if (generation.Finish is { } reason)
        {
            Leave(generation, reason, null);
        }
        else if (generation.Started)
        {
            Release(generation.Followers);
        }
    }

    /// <summary>Samples of a request whose prompt is computed are next in the queue.</summary>
    private void Release(Queue<Generation> followers)
    {
        LinkedListNode<Generation>? last = null;
        while (followers.TryDequeue(out Generation? follower))
        {
            last = last is null ? _waiting.AddFirst(follower) : _waiting.AddAfter(last, follower);
        }
    }

    private void Leave(Generation generation, FinishReason reason, Exception? error)
    {
        _running.Remove(generation);
        generation.Release(_cache);
        Release(generation.Followers);
        if (error is not null)
        {
            _count.Failed++;
        }
        else
        {
            int written = generation.Written;
            generation.WriteEnd(reason);
            _count.Generated += generation.Written - written;
            _ = reason == FinishReason.Cancelled ? _count.Cancelled++ : _count.Finished++;
        }

        generation.Stream.Leave(error);
    }

    /// <summary>An error of one text, a drafter's for example, ends that text alone.</summary>
    private void Guarded(Generation generation, Action<Generation, int> action, int budget)
    {
        try
        {
            action(generation, budget);
        }
#pragma warning disable CA1031 // the reader of the stream gets the exception
        catch (Exception e)
#pragma warning restore CA1031
        {
            _pass!.Remove(generation);
            Leave(generation, FinishReason.Cancelled, e);
        }
    }

    private sealed class Counters
    {
        public long Passes, Prompt, Cached, Generated, Drafted, Accepted, Preemptions, Finished, Cancelled, Failed;
    }
}
