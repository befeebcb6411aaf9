using System.CommandLine;
using System.Text;
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
        SamplingArguments sampling = new();
        Option<int> samples = new("--n") { Description = "How many texts to write; with --beams, how many of the best.", DefaultValueFactory = _ => 1 };
        Option<int?> beams = new("--beams") { Description = "Search for the likeliest text with this many beams." };
        Option<double> lengthPenalty = new("--length-penalty")
        {
            Description = "Above 0, a beam search favours long texts.",
            DefaultValueFactory = _ => 1,
        };
        Option<int?> logprobs = new("--logprobs") { Description = "Print log-probabilities, and this many likeliest tokens; needs --json." };
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
            prompt, model, maxTokens, samples, stop, beams, lengthPenalty, logprobs, speculate, threads, json,
        };
        sampling.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            SamplingOptions options = sampling.Read(parsed);
            if (parsed.GetValue(logprobs) is not null && !parsed.GetValue(json))
            {
                throw new UserErrorException("--logprobs prints to a JSON object; give --json, too");
            }

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
                Sampling = options with { DryBreakers = sampling.Breakers(parsed, engine.Tokenizer!) },
                Samples = parsed.GetValue(samples),
                Beams = parsed.GetValue(beams) is { } width ? new() { Width = width, LengthPenalty = parsed.GetValue(lengthPenalty) } : null,
                LogProbabilities = parsed.GetValue(logprobs),
                Stop = parsed.GetValue(stop) ?? [],
                Speculate = parsed.GetValue(speculate) != "off",
            };
            return parsed.GetValue(json)
                ? await RunOutput.JsonAsync(engine, request, cancellation).ConfigureAwait(false)
                : await RunOutput.TextAsync(engine, request, text, cancellation).ConfigureAwait(false);
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
}
