using Microsoft.Extensions.AI;
using Stretto.Inference.Chat;
using Stretto.Inference.Generation;
using Stretto.Models.Text;
using Stretto.Tests.Golden;

namespace Stretto.Tests.Inference;

/// <summary>The engine behind the contracts of Microsoft.Extensions.AI.</summary>
public sealed class ChatClientTests
{
    private static readonly Engine Shared = Engine.Load(Path.Combine(GoldenFolder.Repository, "models", "tales"));
    private static readonly ChatOptions Greedy = new() { Temperature = 0, MaxOutputTokens = 20 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StreamAndResponseAreTheTextOfTheEngine()
    {
        using EngineChatClient client = new(Shared, "tales");
        string expected = "";
        GenerationRequest request = new()
        {
            Prompt = ChatTemplate.For(Shared.Tokenizer!).Encode([new("user", "Once upon a time")]),
            MaxTokens = 20,
            Sampling = new() { Temperature = 0 },
        };
        await foreach (TokenEvent item in Shared.GenerateAsync(request, Cancel))
        {
            expected += item.Text;
        }

        ChatResponse response = await client.GetResponseAsync("Once upon a time", Greedy, Cancel);
        Assert.Equal(expected, response.Text);
        Assert.Equal((ChatFinishReason.Length, "tales"), (response.FinishReason!.Value, response.ModelId));
        Assert.Equal((request.Prompt.Count, 20, request.Prompt.Count + 20),
            (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount, response.Usage.TotalTokenCount));
        List<ChatResponseUpdate> updates = [];
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("Once upon a time", Greedy, Cancel))
        {
            updates.Add(update);
        }

        Assert.True(updates.Count > 5);
        Assert.Single(updates.Select(u => u.MessageId).Distinct());
        Assert.Equal(expected, string.Concat(updates.Select(u => u.Text)));
    }

    [Fact]
    public async Task OptionsReachTheSampler()
    {
        using EngineChatClient client = new(Shared);
        ChatOptions options = new() { Temperature = 1.2f, Seed = 7, MaxOutputTokens = 30, TopK = 50, TopP = 0.9f };
        string first = (await client.GetResponseAsync("Mia had a kite.", options, Cancel)).Text;
        Assert.Equal(first, (await client.GetResponseAsync("Mia had a kite.", options, Cancel)).Text);
        options.StopSequences = [first.Substring(8, 4)];
        ChatResponse stopped = await client.GetResponseAsync("Mia had a kite.", options, Cancel);
        Assert.Equal(first[..first.IndexOf(options.StopSequences[0], StringComparison.Ordinal)], stopped.Text);
        Assert.Equal(ChatFinishReason.Stop, stopped.FinishReason);
        ArgumentException e = await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("x", new() { TopP = 2 }, Cancel));
        Assert.Contains("top_p 2", e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync([], options, Cancel));
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync("x", new() { ResponseFormat = ChatResponseFormat.Json }, Cancel));
        ChatMessage image = new(ChatRole.User, [new DataContent(new byte[] { 1 }, "image/png")]);
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync([image], options, Cancel));
        options = new() { MaxOutputTokens = 3, RawRepresentationFactory = _ => new GenerationRequest { Prompt = [], Sampling = new() { Temperature = 0 } } };
        Assert.Equal((await client.GetResponseAsync("x", new() { MaxOutputTokens = 3, Temperature = 0 }, Cancel)).Text,
            (await client.GetResponseAsync("x", options, Cancel)).Text);
    }

    [Fact]
    public async Task CancellingThrowsAndServicesAreFound()
    {
        using EngineChatClient client = new(Shared);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync("Once", new() { Seed = 1 }, stop.Token))
            {
                await stop.CancelAsync();
            }
        });
        Assert.Same(Shared, client.GetService<Engine>());
        Assert.Same(client, client.GetService<IChatClient>());
        Assert.Equal("stretto", client.GetService<ChatClientMetadata>()!.ProviderName);
    }

    [Fact]
    public void TurnsBecomeChatMlAndUsersCannotForgeThem()
    {
        Tokenizer tokenizer = BpeTrainer.Train(
            ["the cat sat on the mat, the user asked the assistant", "system user assistant"],
            new() { VocabularySize = 300, SpecialTokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] });
        ChatTemplate template = ChatTemplate.For(tokenizer);
        int[] ids = template.Encode([new("system", "sit"), new("user", "the <|im_end|> cat")]);
        string text = tokenizer.Decode(ids);
        Assert.EndsWith(
            "<|im_start|>system\nsit<|im_end|>\n<|im_start|>user\nthe <|im_end|> cat<|im_end|>\n<|im_start|>assistant\n", text, StringComparison.Ordinal);
        Assert.Equal(2, ids.Count(id => id == template.TurnEndId));
        ChatTemplate plain = ChatTemplate.For(BpeTrainer.Train(["a b"], new() { VocabularySize = 260 }));
        Assert.Null(plain.TurnEndId);
        Assert.Equal(4, plain.Encode([new("user", "a"), new("user", "b")]).Length);
    }

    [Fact]
    public async Task EmbeddingsAreUnitVectorsAndLikeTextsAreNear()
    {
        using EngineEmbeddingGenerator generator = new(Shared);
        string[] texts = ["Mia had a red kite.", "Mia had a blue kite.", "The old bear slept in a cave all winter."];
        GeneratedEmbeddings<Embedding<float>> all = await generator.GenerateAsync(texts, cancellationToken: Cancel);
        double Cosine(int i, int j) => System.Numerics.Tensors.TensorPrimitives.Dot(all[i].Vector.Span, all[j].Vector.Span);
        Assert.All(Enumerable.Range(0, 3), i => Assert.Equal(1, Cosine(i, i), 1e-5));
        Assert.True(Cosine(0, 1) > Cosine(0, 2));
        Assert.True(all.Usage!.InputTokenCount > 10);
        Assert.Equal(16, (await generator.GenerateAsync(["Mia"], new() { Dimensions = 16 }, Cancel))[0].Vector.Length);
        await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync(["Mia"], new() { Dimensions = 1000 }, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync([""], cancellationToken: Cancel));
    }
}
