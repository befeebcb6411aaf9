using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Stretto.Inference.Generation;
using Stretto.Models.Text;

namespace Stretto.Inference.Chat;

/// <summary>
/// The engine as an <see cref="IChatClient"/>. From any threads; requests run together. Does not own the engine.
/// </summary>
public sealed class EngineChatClient : IChatClient
{
    private readonly Engine _engine;
    private readonly ChatTemplate _template;
    private readonly ChatClientMetadata _metadata;

    /// <param name="engine">Generates; it needs a tokenizer.</param>
    /// <param name="modelId">What responses call the model.</param>
    /// <exception cref="ArgumentException">The model has no tokenizer.</exception>
    public EngineChatClient(Engine engine, string modelId = "stretto")
    {
        _engine = engine;
        _template = ChatTemplate.For(engine.Tokenizer ?? throw new ArgumentException("a chat needs a model folder with tokenizer.json"));
        _metadata = new ChatClientMetadata("stretto", defaultModelId: modelId);
    }

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An option is out of range, or the conversation is longer than the context.</exception>
    /// <exception cref="NotSupportedException">An option or a content that the engine cannot honour.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        GenerationRequest request = ChatRequest.Make(_template.Encode(ChatRequest.Turns(messages, options)), options, this);
        string response = "chatcmpl-" + Guid.NewGuid().ToString("N");
        DateTimeOffset created = DateTimeOffset.UtcNow;
        ChatResponseUpdate Update(IList<AIContent> contents) => new(ChatRole.Assistant, contents)
        {
            ResponseId = response,
            MessageId = response,
            ModelId = options?.ModelId ?? _metadata.DefaultModelId,
            CreatedAt = created,
        };

        await foreach (TokenEvent item in _engine.GenerateAsync(request, cancellationToken).ConfigureAwait(false))
        {
            if (item.Text.Length > 0)
            {
                yield return Update([new TextContent(item.Text)]);
            }

            if (item.Statistics is { } statistics)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ChatResponseUpdate last = Update([new UsageContent(Usage(statistics))]);
                last.FinishReason = item.Finish == FinishReason.Length ? ChatFinishReason.Length : ChatFinishReason.Stop;
                yield return last;
            }
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(_engine) ? _engine
            : null;
    }

    /// <summary>Nothing: the engine belongs to the caller.</summary>
    public void Dispose()
    {
    }

    private static UsageDetails Usage(GenerationStatistics s) => new()
    {
        InputTokenCount = s.PromptTokens,
        OutputTokenCount = s.CompletionTokens,
        TotalTokenCount = s.PromptTokens + s.CompletionTokens,
        CachedInputTokenCount = s.CachedTokens,
    };
}
