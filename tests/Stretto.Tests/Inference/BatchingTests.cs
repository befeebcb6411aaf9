using Stretto.Inference.Generation;
using Stretto.Inference.Speculative;
using Stretto.Models;
using Stretto.Nn;
using Stretto.Tests.Golden;

namespace Stretto.Tests.Inference;

/// <summary>Many requests in one engine: the tokens of each, fairness of the budget, what is freed, and who is hurt by whom.</summary>
public sealed class BatchingTests
{
    private static readonly string Folder = Path.Combine(GoldenFolder.Repository, "models", "tales");
    private static readonly ModelConfig Config = ModelConfig.Load(Folder);
    private static readonly CausalLM Model = ModelRegistry.Load(Folder, Config);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static long PageBytes => Model.CacheSpec.BytesPerToken * 64;

    [Theory]
    [InlineData(0.0, true, 0)]
    [InlineData(0.0, false, 12)]
    [InlineData(0.9, true, 12)]
    [InlineData(0.9, false, 0)]
    public async Task SixtyFourTogetherGiveTheTokensOfEachAlone(double temperature, bool speculate, int pages)
    {
        GenerationRequest[] requests = [.. Enumerable.Range(0, 64).Select(i => new GenerationRequest
        {
            // Beginnings of several lengths, some of them shared, some repeating themselves.
            Prompt = [.. Enumerable.Range(0, 3 + (i * 5 % 170)).Select(k => ((k * k % 23) + (i % 4)) % 2048)],
            MaxTokens = 6 + (i % 30),
            StopAtEnd = false,
            Speculate = speculate,
            Sampling = new() { Temperature = temperature, Seed = (ulong)i, TopP = 0.95, RepetitionPenalty = i % 3 == 0 ? 1.2 : 1, PresencePenalty = i % 5 == 0 ? 0.5 : 0 },
        })];
        List<int>[] alone = new List<int>[requests.Length];
        for (int i = 0; i < requests.Length; i++)
        {
            using Engine single = Make(new() { ReusePrefixes = false });
            alone[i] = await Collect(single, requests[i] with { Speculate = false });
        }

        using Engine engine = Make(new() { CacheBytes = pages == 0 ? null : pages * PageBytes, PassTokens = 96 });
        List<int>[] together = await Task.WhenAll(requests.Select(r => Collect(engine, r)));
        Assert.Equal(alone, together);
        EngineStatistics statistics = engine.Statistics;
        Assert.Equal((0, 0, 0, 64L), (statistics.Running, statistics.Queued, statistics.PagesUsed, statistics.Finished));
        Assert.Equal(requests.Sum(r => (long)r.MaxTokens), statistics.GeneratedTokens);
        Assert.True(statistics.CachedTokens > 0, "no beginning was reused");
        Assert.True(pages == 0 || statistics.Preemptions > 0, "the budget was never short");
        Assert.True(statistics.Passes < requests.Sum(r => r.MaxTokens) / 2, $"{statistics.Passes} passes are not batched");
    }

    [Fact]
    public async Task ALaterRequestReusesTheBeginningOfAnEarlierOne()
    {
        using Engine engine = Make();
        int[] prompt = [.. Enumerable.Range(0, 200).Select(i => i * 7 % 2048)];
        GenerationRequest request = new() { Prompt = prompt, MaxTokens = 5, StopAtEnd = false, Sampling = new() { Temperature = 0 } };
        List<int> first = await Collect(engine, request);
        Assert.Equal(first, await Collect(engine, request));
        EngineStatistics statistics = engine.Statistics;
        Assert.Equal(192, statistics.CachedTokens);
        Assert.Equal((0, 3), (statistics.PagesUsed, statistics.PagesIdle));
    }

    [Fact]
    public async Task SamplesDifferAndShareTheirPrompt()
    {
        using Engine engine = Make();
        GenerationRequest request = new()
        {
            Prompt = [.. Enumerable.Range(0, 130)],
            MaxTokens = 12,
            Samples = 5,
            StopAtEnd = false,
            Sampling = new() { Seed = 4, Temperature = 1.5 },
        };
        List<int>[] texts = [[], [], [], [], []];
        int ends = 0;
        await foreach (TokenEvent item in engine.GenerateAsync(request, Cancel))
        {
            ends += item.Finish == FinishReason.Length ? 1 : 0;
            texts[item.Sample].AddRange(item.Token is { } token ? [token] : Array.Empty<int>());
        }

        Assert.Equal(5, ends);
        Assert.Equal(5, texts.Select(t => string.Join(',', t)).Distinct().Count());
        Assert.Equal(texts[0], await Collect(engine, request with { Samples = 1 }));
        Assert.Equal(5 * 128, engine.Statistics.CachedTokens);
    }

    [Fact]
    public async Task AReaderThatRestsStopsNobody()
    {
        using Engine engine = Make();
        GenerationRequest request = new() { Prompt = [1, 2, 3], MaxTokens = 40, StopAtEnd = false, Sampling = new() { Seed = 1 } };
        await using IAsyncEnumerator<TokenEvent> slow = engine.GenerateAsync(request, Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await slow.MoveNextAsync());
        List<int> fast = await Collect(engine, request);
        List<int> late = [slow.Current.Token!.Value];
        while (await slow.MoveNextAsync())
        {
            late.AddRange(slow.Current.Token is { } token ? [token] : Array.Empty<int>());
        }

        Assert.Equal(fast, late);
    }

    [Fact]
    public async Task CancellingAndLeavingFreePagesAndDisposingEndsStreams()
    {
        Engine engine = Make();
        GenerationRequest request = new() { Prompt = [.. Enumerable.Range(0, 100)], StopAtEnd = false, Sampling = new() { Seed = 1 } };
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        FinishReason? finish = null;
        await foreach (TokenEvent item in engine.GenerateAsync(request, stop.Token))
        {
            finish = item.Finish;
            await stop.CancelAsync();
        }

        Assert.Equal(FinishReason.Cancelled, finish);
        await foreach (TokenEvent _ in engine.GenerateAsync(request, Cancel))
        {
            break;
        }

        Assert.Equal((0, 0, 0, 2L), (engine.Statistics.Running, engine.Statistics.Queued, engine.Statistics.PagesUsed, engine.Statistics.Cancelled));
        await foreach (TokenEvent item in engine.GenerateAsync(request, Cancel))
        {
            finish = item.Finish;
            engine.Dispose();
        }

        Assert.Equal(FinishReason.Cancelled, finish);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Collect(engine, request));
    }

    [Fact]
    public async Task WhatNeverFitsIsRefusedAndTheRestIsCut()
    {
        using Engine engine = Make(new() { CacheBytes = 2 * PageBytes });
        GenerationRequest request = new() { Prompt = [.. Enumerable.Range(0, 100)], StopAtEnd = false, Sampling = new() { Seed = 1 } };
        CacheBudgetException e = await Assert.ThrowsAsync<CacheBudgetException>(() => Collect(engine, request with { MaxTokens = 300 }));
        Assert.Contains("raise the budget", e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<CacheBudgetException>(() => Collect(engine, request with { Prompt = new int[200] }));
        Assert.Equal(29, (await Collect(engine, request)).Count);
        List<int>[] all = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Collect(engine, request with { MaxTokens = 20 })));
        Assert.All(all, tokens => Assert.Equal(all[0], tokens));
    }

    [Fact]
    public async Task AnErrorOfOneRequestHurtsNoOther()
    {
        int made = 0;
        using Engine engine = new(Model, Config, null) { NewDrafter = () => Interlocked.Increment(ref made) % 2 == 0 ? new Broken() : new RetrievalDrafter() };
        GenerationRequest request = new() { Prompt = [1, 2, 3], MaxTokens = 30, StopAtEnd = false, Sampling = new() { Temperature = 0 } };
        int failed = 0;
        List<int>[] texts = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            try
            {
                return await Collect(engine, request);
            }
            catch (NotSupportedException)
            {
                Interlocked.Increment(ref failed);
                return [];
            }
        }));
        Assert.Equal((3, 3L), (failed, engine.Statistics.Failed));
        Assert.All(texts.Where(t => t.Count > 0), t => Assert.Equal(30, t.Count));
        Assert.Equal(0, engine.Statistics.PagesUsed);
    }

    [Fact]
    public async Task BeamsRunBesideOthersAndComeOutTheSameAfterPreemption()
    {
        GenerationRequest search = new()
        {
            Prompt = [.. Enumerable.Range(0, 100)],
            MaxTokens = 40,
            Samples = 2,
            Beams = new() { Width = 3 },
            Sampling = new() { Temperature = 0 },
        };
        using Engine wide = Make();
        List<int> alone = await Collect(wide, search);
        using Engine narrow = Make(new() { CacheBytes = 7 * PageBytes });
        GenerationRequest other = new() { Prompt = [.. Enumerable.Range(5, 90)], MaxTokens = 120, StopAtEnd = false, Sampling = new() { Seed = 2 } };
        List<int>[] texts = await Task.WhenAll(Collect(narrow, other), Collect(narrow, search), Collect(narrow, other), Collect(narrow, search));
        Assert.Equal(alone, texts[1]);
        Assert.Equal(alone, texts[3]);
        Assert.Equal(texts[0], texts[2]);
        Assert.Equal(0, narrow.Statistics.PagesUsed);
    }

    private static Engine Make(EngineOptions? options = null) => new(Model, Config, null, options);

    private static async Task<List<int>> Collect(Engine engine, GenerationRequest request)
    {
        List<int> tokens = [];
        await foreach (TokenEvent item in engine.GenerateAsync(request, Cancel))
        {
            tokens.AddRange(item.Token is { } token ? [token] : Array.Empty<int>());
        }

        return tokens;
    }

    private sealed class Broken : IDrafter
    {
        public DraftTree Propose(ReadOnlySpan<int> tokens, int most) =>
            tokens.Length > 8 ? throw new NotSupportedException("a drafter's own error") : DraftTree.Empty;

        public void Learn(int proposed, int accepted)
        {
        }
    }
}
