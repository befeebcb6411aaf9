using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Stretto.Inference.Generation;
using Stretto.Inference.Sampling;

namespace Stretto.Cli.Commands;

/// <summary>Prints what <c>stretto run</c> generates.</summary>
internal static class RunOutput
{
    /// <summary>The text as it comes, or several texts one after the other; figures to standard error.</summary>
    public static async Task<int> TextAsync(Engine engine, GenerationRequest request, string prompt, CancellationToken cancellation)
    {
        StringBuilder[] texts = [.. Enumerable.Range(0, request.Samples).Select(_ => new StringBuilder(prompt))];
        bool stream = request.Samples == 1;
        int code = 0;
        // The engine checks the request before its first event; until then nothing is printed.
        await foreach (TokenEvent item in engine.GenerateAsync(request, cancellation).ConfigureAwait(false))
        {
            StringBuilder text = texts[item.Sample].Append(item.Text);
            if (stream)
            {
                Console.Out.Write(text.ToString());
                Console.Out.Flush();
                text.Clear();
            }

            if (item.Statistics is { } statistics)
            {
                Console.Out.WriteLine(stream ? "" : $"[{item.Sample + 1} of {request.Samples}]\n{text}");
                Console.Error.WriteLine(Line(statistics, item.Finish!.Value));
                code = item.Finish == FinishReason.Cancelled ? 130 : code;
            }
        }

        return code;
    }

    /// <summary>One object; with several texts, those in a list.</summary>
    public static async Task<int> JsonAsync(Engine engine, GenerationRequest request, CancellationToken cancellation)
    {
        List<TokenEvent>[] events = [.. Enumerable.Range(0, request.Samples).Select(_ => new List<TokenEvent>())];
        await foreach (TokenEvent item in engine.GenerateAsync(request, cancellation).ConfigureAwait(false))
        {
            events[item.Sample].Add(item);
        }

        GenerationStatistics s = events[0][^1].Statistics!;
        using Stream output = Console.OpenStandardOutput();
        using (Utf8JsonWriter json = new(output, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            WriteText(json, events[0], request);
            json.WriteNumber("prompt_tokens", s.PromptTokens);
            json.WriteNumber("completion_tokens", events.Sum(e => e[^1].Statistics!.CompletionTokens));
            json.WriteNumber("time_to_first_token_ms", Math.Round(s.TimeToFirstToken.TotalMilliseconds, 3));
            json.WriteNumber("prefill_tokens_per_second", Math.Round(s.PrefillTokensPerSecond, 2));
            json.WriteNumber("decode_tokens_per_second", Math.Round(s.DecodeTokensPerSecond, 2));
            json.WriteNumber("passes", s.Passes);
            json.WriteNumber("tokens_per_pass", Math.Round(s.TokensPerPass, 4));
            json.WriteNumber("peak_memory_bytes", PeakMemory());
            if (request.Samples > 1)
            {
                json.WriteStartArray("samples");
                foreach (List<TokenEvent> text in events)
                {
                    json.WriteStartObject();
                    WriteText(json, text, request);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
        return events[0][^1].Finish == FinishReason.Cancelled ? 130 : 0;
    }

    private static void WriteText(Utf8JsonWriter json, List<TokenEvent> events, GenerationRequest request)
    {
        json.WriteString("text", string.Concat(events.Select(e => e.Text)));
        json.WriteStartArray("tokens");
        foreach (TokenEvent item in events.Where(e => e.Token is not null))
        {
            json.WriteNumberValue(item.Token!.Value);
        }

        json.WriteEndArray();
        json.WriteString("finish_reason", Name(events[^1].Finish!.Value));
        if (events[^1].Statistics!.BeamScore is { } score)
        {
            json.WriteNumber("score", score);
        }

        if (request.LogProbabilities is not null)
        {
            WriteLogProbabilities(json, events);
        }
    }

    private static void WriteLogProbabilities(Utf8JsonWriter json, List<TokenEvent> events)
    {
        json.WriteStartArray("logprobs");
        foreach (TokenEvent item in events.Where(e => e.Token is not null))
        {
            json.WriteStartObject();
            json.WriteNumber("token", item.Token!.Value);
            json.WriteNumber("logprob", item.LogProbability!.Value);
            json.WriteStartArray("top");
            foreach (TokenLogProbability likely in item.Likeliest!)
            {
                json.WriteStartObject();
                json.WriteNumber("token", likely.Token);
                json.WriteNumber("logprob", likely.LogProbability);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Line(GenerationStatistics s, FinishReason finish) => string.Create(
        CultureInfo.InvariantCulture,
        $"[{s.PromptTokens} prompt + {s.CompletionTokens} generated tokens ({Name(finish)}) | first token {s.TimeToFirstToken.TotalMilliseconds:F0} ms | prefill {s.PrefillTokensPerSecond:N0} tok/s | decode {s.DecodeTokensPerSecond:N0} tok/s, {s.TokensPerPass:F2} per pass | {PeakMemory() >> 20} MiB]");

    private static string Name(FinishReason reason) => reason switch
    {
        FinishReason.Stop => "stop",
        FinishReason.Length => "length",
        _ => "cancelled",
    };

    private static long PeakMemory()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
