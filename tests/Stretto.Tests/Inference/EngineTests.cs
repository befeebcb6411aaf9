using Stretto.Inference.Generation;
using Stretto.Inference.Sampling;
using Stretto.Inference.Speculative;
using Stretto.Models;
using Stretto.Nn;
using Stretto.Tests.Golden;

namespace Stretto.Tests.Inference;

/// <summary>The engine on the shipped model: the same text however it is computed, and an end for every reason.</summary>
public sealed class EngineTests
{
    private static readonly string Folder = Path.Combine(GoldenFolder.Repository, "models", "tales");

    [Theory]
    [InlineData(0)]
    [InlineData(0.9)]
    public async Task SpeculationChangesNoToken(double temperature)
    {
        using Engine engine = Engine.Load(Folder);
        int[] prompt = engine.Tokenizer!.Encode("Once upon a time there was a boy. Once upon a time there was a boy. Once upon");
        GenerationRequest request = new() { Prompt = prompt, MaxTokens = 120, StopAtEnd = false, Sampling = new() { Temperature = temperature, Seed = 3, TopP = 0.95 } };
        (List<int> plain, _) = await Collect(engine, request with { Speculate = false });
        (List<int> fast, TokenEvent end) = await Collect(engine, request);
        Assert.Equal(plain, fast);
        Assert.True(end.Statistics!.Drafted > 0);
    }

    [Fact]
    public async Task AHostileDrafterChangesNoToken()
    {
        CausalLM model = ModelRegistry.Load(Folder);
        using Engine plain = Engine.Load(Folder);
        using Engine hostile = new(model, ModelConfig.Load(Folder), plain.Tokenizer) { NewDrafter = static () => new Nonsense() };
        GenerationRequest request = new() { Prompt = [0, 47], MaxTokens = 60, StopAtEnd = false, Sampling = new() { Temperature = 0 } };
        Assert.Equal((await Collect(plain, request with { Speculate = false })).Tokens, (await Collect(hostile, request)).Tokens);
    }

    [Fact]
    public void ANodeOfADraftTreeHasTheBitsOfItsBranchDecoded()
    {
        CausalLM model = ModelRegistry.Load(Folder);
        model.Freeze();
        using GradientMode.Restore off = GradientMode.NoGrad();
        int[] prompt = [.. Enumerable.Range(0, 61).Select(i => (i * 37) % model.VocabularySize)];
        int[] draft = [5, 6, 7, 8, 9, 10, 11];
        int[] parents = [-1, 0, 0, 1, 2, 4, 3];
        using TensorScope scope = TensorScope.Begin();
        float[] tree = Decode(draft, parents);
        for (int node = 0; node < draft.Length; node++)
        {
            List<int> branch = [];
            for (int i = node; i >= 0; i = parents[i])
            {
                branch.Insert(0, draft[i]);
            }

            float[] alone = Decode([.. branch], null);
            Assert.Equal(alone[^model.VocabularySize..], tree[(node * model.VocabularySize)..((node + 1) * model.VocabularySize)]);
        }

        Assert.Throws<ArgumentException>(() => Decode(draft, [-1, 0]));
        Assert.Throws<ArgumentException>(() => Decode([1, 2], [-1, 1]));

        float[] Decode(int[] tokens, int[]? from)
        {
            using PagedKvCache cache = new(model.CacheSpec, model.Device);
            CachedSequence sequence = new();
            cache.Begin([sequence], [prompt.Length]);
            Logits(model, Batch.Continued([prompt], [0], cache));
            cache.Begin([sequence], [tokens.Length]);
            return Logits(model, Batch.Continued([tokens], [prompt.Length], cache, parents: from is null ? null : [from]));
        }
    }

    [Fact]
    public void PackedPrefillDecodeAndVerifyGiveTheSameBits()
    {
        CausalLM model = ModelRegistry.Load(Folder);
        model.Freeze();
        using GradientMode.Restore off = GradientMode.NoGrad();
        int[] tokens = [.. Enumerable.Range(0, 150).Select(i => (i * 37) % model.VocabularySize)];
        using TensorScope scope = TensorScope.Begin();
        float[] alone = Logits(model, Batch.Packed([tokens]));
        float[] packed = Logits(model, Batch.Packed([[5, 6, 7], tokens, [8, 9]]));
        Assert.Equal(alone, packed[(3 * model.VocabularySize)..^(2 * model.VocabularySize)]);

        foreach (int chunk in new[] { 1, 7, 64 })
        {
            using PagedKvCache cache = new(model.CacheSpec, model.Device);
            CachedSequence sequence = new();
            List<float> rows = [];
            for (int at = 0; at < tokens.Length; at += chunk)
            {
                int[] part = tokens[at..Math.Min(tokens.Length, at + chunk)];
                cache.Begin([sequence], [part.Length]);
                rows.AddRange(Logits(model, Batch.Continued([part], [at], cache)));
            }

            Assert.Equal(alone, rows);
        }
    }

    [Fact]
    public async Task EveryReasonEndsTheStream()
    {
        using Engine engine = Engine.Load(Folder);
        int[] prompt = [0, .. engine.Tokenizer!.Encode("Once upon a time")];
        GenerationRequest request = new() { Prompt = prompt, Sampling = new() { Seed = 1 } };
        Assert.Equal(FinishReason.Length, (await Collect(engine, request with { MaxTokens = 3 })).End.Finish);
        Assert.Equal(FinishReason.Stop, (await Collect(engine, request)).End.Finish);
        using CancellationTokenSource stop = new();
        FinishReason? finish = null;
        await foreach (TokenEvent item in engine.GenerateAsync(request with { StopAtEnd = false }, stop.Token))
        {
            finish = item.Finish;
            await stop.CancelAsync();
        }

        Assert.Equal(FinishReason.Cancelled, finish);
    }

    [Fact]
    public async Task AStopTextIsNeverShown()
    {
        using Engine engine = Engine.Load(Folder);
        GenerationRequest request = new() { Prompt = [0, .. engine.Tokenizer!.Encode("Once upon a time")], Sampling = new() { Temperature = 0 } };
        string whole = "";
        string cut = "";
        await foreach (TokenEvent item in engine.GenerateAsync(request))
        {
            whole += item.Text;
        }

        string stop = whole.Substring(40, 9);
        await foreach (TokenEvent item in engine.GenerateAsync(request with { Stop = [stop] }))
        {
            cut += item.Text;
        }

        Assert.Equal(whole[..whole.IndexOf(stop, StringComparison.Ordinal)], cut);
    }

    [Fact]
    public async Task BadRequestsSayWhatToDo()
    {
        using Engine engine = Engine.Load(Folder);
        await Refused(engine, new() { Prompt = [] }, "empty");
        await Refused(engine, new() { Prompt = new int[2000] }, "context");
        await Refused(engine, new() { Prompt = [99_999] }, "vocabulary");
        await Refused(engine, new() { Prompt = [1], Sampling = new() { TopP = 0 } }, "top_p");
        await Refused(engine, new() { Prompt = [1], Sampling = new() { Temperature = double.NaN } }, "temperature");
    }

    private static async Task Refused(Engine engine, GenerationRequest request, string word)
    {
        ArgumentException e = await Assert.ThrowsAsync<ArgumentException>(() => Collect(engine, request));
        Assert.Contains(word, e.Message, StringComparison.Ordinal);
    }

    private static async Task<(List<int> Tokens, TokenEvent End)> Collect(Engine engine, GenerationRequest request)
    {
        List<int> tokens = [];
        TokenEvent last = default;
        await foreach (TokenEvent item in engine.GenerateAsync(request))
        {
            if (item.Token is { } token)
            {
                tokens.Add(token);
            }

            last = item;
        }

        return (tokens, last);
    }

    private static float[] Logits(CausalLM model, Batch batch) => model.Logits(model.Hidden(batch)).ToArray<float>();

    private sealed class Nonsense : IDrafter
    {
        public DraftTree Propose(ReadOnlySpan<int> tokens, int most) => (tokens.Length % 3) switch
        {
            0 => DraftTree.Chain([.. Enumerable.Repeat(-5, 40)]),
            1 => DraftTree.Chain([.. Enumerable.Range(0, 40)]),
            _ => new DraftTree([1, 2, 3], [-1, -1, 0]),
        };

        public void Learn(int proposed, int accepted)
        {
        }
    }
}
