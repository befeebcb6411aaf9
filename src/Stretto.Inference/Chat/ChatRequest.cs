using Microsoft.Extensions.AI;
using Stretto.Inference.Generation;
using Stretto.Inference.Sampling;
using Stretto.Models.Text;

namespace Stretto.Inference.Chat;

/// <summary>Messages and options of Microsoft.Extensions.AI in the engine's terms.</summary>
internal static class ChatRequest
{
    /// <summary>The turns of a conversation, the options' instructions first.</summary>
    public static List<ChatTurn> Turns(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        List<ChatTurn> turns = options?.Instructions is { Length: > 0 } instructions ? [new ChatTurn("system", instructions)] : [];
        foreach (ChatMessage message in messages)
        {
            foreach (AIContent content in message.Contents)
            {
                if (content is not (TextContent or TextReasoningContent or UsageContent))
                {
                    throw new NotSupportedException($"messages with {content.GetType().Name} are not supported; send text");
                }
            }

            turns.Add(new ChatTurn(message.Role.Value, message.Text));
        }

        return turns;
    }

    /// <summary>
    /// A request. Options without a value keep what <see cref="ChatOptions.RawRepresentationFactory"/> gives, a
    /// <see cref="GenerationRequest"/>, or the engine's defaults.
    /// </summary>
    public static GenerationRequest Make(int[] prompt, ChatOptions? options, IChatClient client)
    {
        if (options is null)
        {
            return new GenerationRequest { Prompt = prompt };
        }

        if (options.Tools is { Count: > 0 })
        {
            throw new NotSupportedException("tools are not supported; leave ChatOptions.Tools empty");
        }

        if (options.ResponseFormat is not (null or ChatResponseFormatText))
        {
            throw new NotSupportedException("only text is supported as ChatOptions.ResponseFormat");
        }

        GenerationRequest raw = options.RawRepresentationFactory?.Invoke(client) as GenerationRequest ?? new() { Prompt = prompt };
        SamplingOptions s = raw.Sampling;
        return raw with
        {
            Prompt = prompt,
            // A chat has one answer.
            Samples = 1,
            MaxTokens = options.MaxOutputTokens ?? raw.MaxTokens,
            Stop = options.StopSequences is { Count: > 0 } stop ? [.. stop] : raw.Stop,
            Sampling = s with
            {
                Temperature = Exact(options.Temperature) ?? s.Temperature,
                TopP = Exact(options.TopP) ?? s.TopP,
                TopK = options.TopK ?? s.TopK,
                FrequencyPenalty = Exact(options.FrequencyPenalty) ?? s.FrequencyPenalty,
                PresencePenalty = Exact(options.PresencePenalty) ?? s.PresencePenalty,
                Seed = options.Seed is { } seed ? (ulong)seed : s.Seed,
            },
        };
    }

    // 0.7f as 0.7, not as 0.699999988.
    private static double? Exact(float? value) => value is { } v && float.IsFinite(v) ? (double)(decimal)v : value;
}
