using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Stretto.Inference.Generation;
using Stretto.Inference.Sampling;

namespace Stretto.Cli.Commands;

/// <summary><c>stretto run PROMPT</c></summary>
internal static class RunCommand
{
    public static Command Create()
    {
        Argument<string> prompt = new("prompt") { Description = "The text to continue; '-' reads it from standard input." };
        Option<string?> model = new("--model", "-m") { Description = "A model folder; without it the model that comes with Stretto." };
        Option<int> maxTokens = new("--max-tokens", "-n") { Description = "Most tokens to generate.", DefaultValueFactory = _ => 400 };
        Option<double> temperature = new("--temperature", "-t") { Description = "0 takes the most likely token.", DefaultValueFactory = _ => 0.8 };
        Option<int> topK = new("--top-k") { Description = "Keep the k most likely tokens; 0 keeps all.", DefaultValueFactory = _ => 0 };
        Option<double> topP = new("--top-p") { Description = "Keep the most likely tokens up to this probability.", DefaultValueFactory = _ => 1 };
        Option<double> minP = new("--min-p") { Description = "Keep tokens this share as likely as the likeliest.", DefaultValueFactory = _ => 0.02 };
        Option<ulong?> seed = new("--seed", "-s") { Description = "Fix the random numbers." };
        Option<string[]> stop = new("--stop") { Description = "A text that ends generation; may be given several times." };
        Option<string> speculate = new("--speculate")
        {
            Description = "auto: several tokens per pass where the text repeats itself; off: one.",
            DefaultValueFactory = _ => "auto",
        };
        speculate.AcceptOnlyFromAmong("auto", "off");
        Option<int?> threads = new("--threads") { Description = "Threads to compute with; all processors by default." };
        Option<bool> json = new("--json") { Description = "Print one JSON object instead of text." };
        Command command = new(
            "run", "Continue a text.\n\nExamples:\n  stretto run \"Once upon a time\"\n  echo \"Mia had a red kite.\" | stretto run - --seed 7 --temperature 0.6")
        {
            prompt, model, maxTokens, temperature, topK, topP, minP, seed, stop, speculate, threads, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            SamplingOptions sampling = new()
            {
                Temperature = parsed.GetValue(temperature),
                TopK = parsed.GetValue(topK),
                TopP = parsed.GetValue(topP),
                MinP = parsed.GetValue(minP),
                Seed = parsed.GetValue(seed),
            };
            sampling.Validate();
            string text = parsed.GetValue(prompt)! is "-" ? ReadInput() : parsed.GetValue(prompt)!;
            if (text.Length == 0)
            {
                throw new UserErrorException("the prompt is empty; give some text, for example stretto run \"Once upon a time\"");
            }

            using Engine engine = Engine.Load(ModelFolder.Find(parsed.GetValue(model)), Threads(parsed.GetValue(threads)));
            GenerationRequest request = new()
            {
                Prompt = Prompt(engine, text),
                MaxTokens = parsed.GetValue(maxTokens),
                Sampling = sampling,
                Stop = parsed.GetValue(stop) ?? [],
                Speculate = parsed.GetValue(speculate) != "off",
            };
            return parsed.GetValue(json)
                ? await PrintJsonAsync(engine, request, cancellation).ConfigureAwait(false)
                : await PrintTextAsync(engine, request, text, cancellation).ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>The CPU with so many threads, or with all.</summary>
    public static Device Threads(int? count) => count switch
    {
        null => Device.Cpu,
        >= 1 and <= 1024 => Device.CpuWithThreads(count.Value),
        _ => throw new UserErrorException($"--threads {count} must lie between 1 and 1024"),
    };

    private static int[] Prompt(Engine engine, string text)
    {
        if (engine.Tokenizer is not { } tokenizer)
        {
            throw new UserErrorException("the model folder has no tokenizer.json, so it takes token ids only: use stretto logits --tokens");
        }

        int[] ids = tokenizer.Encode(text, parseSpecial: false);
        return tokenizer.BosId is { } begin ? [begin, .. ids] : ids;
    }

    private static string ReadInput()
    {
        using StreamReader reader = new(Console.OpenStandardInput(), new UTF8Encoding(false, false));
        return reader.ReadToEnd().TrimEnd('\n', '\r');
    }

    private static async Task<int> PrintTextAsync(Engine engine, GenerationRequest request, string prompt, CancellationToken cancellation)
    {
        // The engine checks the request before its first event; until then nothing is printed.
        string before = prompt;
        await foreach (TokenEvent item in engine.GenerateAsync(request, cancellation).ConfigureAwait(false))
        {
            Console.Out.Write(before);
            Console.Out.Write(item.Text);
            Console.Out.Flush();
            before = "";
            if (item.Statistics is { } statistics)
            {
                Console.Out.WriteLine();
                Console.Error.WriteLine(Line(statistics, item.Finish!.Value));
                return item.Finish == FinishReason.Cancelled ? 130 : 0;
            }
        }

        return 0;
    }

    private static string Line(GenerationStatistics s, FinishReason finish) => string.Create(
        CultureInfo.InvariantCulture,
        $"[{s.PromptTokens} prompt + {s.CompletionTokens} generated tokens ({Name(finish)}) | first token {s.TimeToFirstToken.TotalMilliseconds:F0} ms | prefill {s.PrefillTokensPerSecond:N0} tok/s | decode {s.DecodeTokensPerSecond:N0} tok/s, {s.TokensPerPass:F2} per pass | {PeakMemory() >> 20} MiB]");

    private static async Task<int> PrintJsonAsync(Engine engine, GenerationRequest request, CancellationToken cancellation)
    {
        StringBuilder text = new();
        List<int> tokens = [];
        TokenEvent last = default;
        await foreach (TokenEvent item in engine.GenerateAsync(request, cancellation).ConfigureAwait(false))
        {
            text.Append(item.Text);
            if (item.Token is { } token)
            {
                tokens.Add(token);
            }

            last = item;
        }

        GenerationStatistics s = last.Statistics!;
        using Stream output = Console.OpenStandardOutput();
        using (Utf8JsonWriter json = new(output, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("text", text.ToString());
            json.WriteStartArray("tokens");
            foreach (int token in tokens)
            {
                json.WriteNumberValue(token);
            }

            json.WriteEndArray();
            json.WriteString("finish_reason", Name(last.Finish!.Value));
            json.WriteNumber("prompt_tokens", s.PromptTokens);
            json.WriteNumber("completion_tokens", s.CompletionTokens);
            json.WriteNumber("time_to_first_token_ms", Math.Round(s.TimeToFirstToken.TotalMilliseconds, 3));
            json.WriteNumber("prefill_tokens_per_second", Math.Round(s.PrefillTokensPerSecond, 2));
            json.WriteNumber("decode_tokens_per_second", Math.Round(s.DecodeTokensPerSecond, 2));
            json.WriteNumber("passes", s.Passes);
            json.WriteNumber("tokens_per_pass", Math.Round(s.TokensPerPass, 4));
            json.WriteNumber("peak_memory_bytes", PeakMemory());
            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
        return last.Finish == FinishReason.Cancelled ? 130 : 0;
    }

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
