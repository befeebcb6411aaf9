using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Stretto.Inference.Generation;
using Stretto.Inference.Sampling;
using Stretto.Models.Text;
using Stretto.Training.Data;
using Stretto.Training.Data.Tales.Exam;

namespace Stretto.Cli.Commands;

/// <summary><c>stretto exam</c></summary>
internal static class ExamCommand
{
    public static Command Create()
    {
        Option<string?> model = new("--model", "-m") { Description = "A model folder; without it the model that comes with Stretto." };
        Option<int> questions = new("--questions", "-q") { Description = "How many tasks.", DefaultValueFactory = _ => 200 };
        Option<ulong> seed = new("--seed", "-s") { Description = "Which stream of held-out stories.", DefaultValueFactory = _ => 1 };
        Option<int> maxTokens = new("--max-tokens", "-n") { Description = "Most tokens of an answer.", DefaultValueFactory = _ => 256 };
        Option<int?> threads = new("--threads") { Description = "Threads to compute with; all processors by default." };
        Option<bool> json = new("--json") { Description = "Print one JSON object instead of a table." };
        Command command = new(
            "exam",
            "Examine a model on held-out tales: questions, JSON, arithmetic, consistent stories.\n\n"
            + "Example: stretto exam --model runs/tales/model --questions 400")
        {
            model, questions, seed, maxTokens, threads, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            TaleExam exam = new(parsed.GetValue(questions), parsed.GetValue(seed));
            using Engine engine = Engine.Load(ModelFolder.Find(parsed.GetValue(model)), RunCommand.Threads(parsed.GetValue(threads)));
            Tokenizer tokenizer = engine.Tokenizer
                ?? throw new UserErrorException("the model folder has no tokenizer.json, without which nothing can be asked");
            int limit = parsed.GetValue(maxTokens);
            try
            {
                using ExamDisplay display = new(exam.Count);
                TaleExamReport report = await exam.RunAsync(
                    (prompt, stop) => CompleteAsync(engine, tokenizer, prompt, limit, stop), display.Show, cancellation).ConfigureAwait(false);
                display.Clear();
                Print(report, exam.Count, parsed.GetValue(json));
                return 0;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return 130;
            }
        });
        return command;
    }

    private static async Task<string> CompleteAsync(
        Engine engine, Tokenizer tokenizer, string prompt, int limit, CancellationToken cancellation)
    {
        int[] ids = tokenizer.Encode(prompt);
        GenerationRequest request = new()
        {
            Prompt = tokenizer.BosId is { } begin ? [begin, .. ids] : ids,
            MaxTokens = limit,
            Sampling = new SamplingOptions { Temperature = 0 },
        };
        StringBuilder text = new();
        await foreach (TokenEvent item in engine.GenerateAsync(request, cancellation).ConfigureAwait(false))
        {
            // A model that never learned turns need not know that this token ends one.
            if (item.Token is { } token && token == tokenizer.TokenToId(ChatMarkup.TurnEnd))
            {
                break;
            }

            text.Append(item.Text);
        }

        cancellation.ThrowIfCancellationRequested();
        return text.ToString();
    }

    private static (string Key, string Name, ExamScore Score)[] Rows(TaleExamReport report) =>
    [
        ("exact_answers", "exact answers", report.ExactAnswers),
        ("valid_json", "valid JSON", report.ValidJson),
        ("exact_json", "exact JSON", report.ExactJson),
        ("arithmetic", "arithmetic", report.Arithmetic),
        ("entity_consistency", "entity consistency", report.EntityConsistency),
    ];

    private static void Print(TaleExamReport report, int questions, bool asJson)
    {
        if (!asJson)
        {
            foreach ((_, string name, ExamScore score) in Rows(report))
            {
                Console.Out.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{name,-20}{score.Percent,7:F1} %  {score.Right} of {score.Total}"));
            }

            return;
        }

        using Stream output = Console.OpenStandardOutput();
        using (Utf8JsonWriter json = new(output))
        {
            json.WriteStartObject();
            json.WriteNumber("questions", questions);
            foreach ((string key, _, ExamScore score) in Rows(report))
            {
                json.WriteStartObject(key);
                json.WriteNumber("percent", Math.Round(score.Percent, 2));
                json.WriteNumber("right", score.Right);
                json.WriteNumber("total", score.Total);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }

    /// <summary>A bar on a terminal; elsewhere nothing.</summary>
    private sealed class ExamDisplay(int count) : IDisposable
    {
        private readonly bool _live = !Console.IsErrorRedirected && Spectre.Console.AnsiConsole.Profile.Capabilities.Ansi;
        private readonly long _start = Stopwatch.GetTimestamp();

        public void Show(int number, TaleExamReport report)
        {
            if (!_live)
            {
                return;
            }

            double share = (number + 1) / (double)count;
            TimeSpan elapsed = Stopwatch.GetElapsedTime(_start);
            string line = string.Create(
                CultureInfo.InvariantCulture,
                $"{number + 1}/{count} exact {report.ExactAnswers.Percent:F0} % JSON {report.ExactJson.Percent:F0} % arithmetic {report.Arithmetic.Percent:F0} % consistent {report.EntityConsistency.Percent:F0} %, {(elapsed / share) - elapsed:hh\\:mm\\:ss} left");
            Console.Error.Write($"\r\u001b[2K{TrainDisplay.Bar(share)} {line}");
        }

        public void Clear()
        {
            if (_live)
            {
                Console.Error.Write("\r\u001b[2K");
            }
        }

        public void Dispose() => Clear();
    }
}
