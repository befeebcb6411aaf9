using System.Text;
using System.Text.Json;

namespace Stretto.Training;

/// <summary>One JSON object a step, appended; lines of steps that a resumed run makes again are dropped first.</summary>
internal sealed class MetricsFile : IDisposable
{
    private readonly StreamWriter _writer;

    public MetricsFile(string path, long firstStep)
    {
        if (File.Exists(path))
        {
            string[] kept = [.. File.ReadLines(path).Where(line => StepOf(line) is { } step && step < firstStep)];
            File.WriteAllLines(path + ".writing", kept);
            File.Move(path + ".writing", path, overwrite: true);
        }

        _writer = new StreamWriter(path, append: true) { AutoFlush = true };
    }

    public void Write(in TrainerProgress progress)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("step", progress.Step);
            json.WriteNumber("loss", progress.Loss);
            json.WriteNumber("lr", progress.LearningRate);
            json.WriteNumber("grad_norm", progress.GradientNorm);
            json.WriteNumber("tokens", progress.Tokens);
            json.WriteNumber("tokens_per_second", Math.Round(progress.TokensPerSecond, 1));
            if (progress.EvaluationLoss is { } loss)
            {
                json.WriteNumber("eval_loss", loss);
            }

            json.WriteEndObject();
        }

        _writer.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
    }

    public void Dispose() => _writer.Dispose();

    private static long? StepOf(string line)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            return json.RootElement.GetProperty("step").GetInt64();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // The last line of a killed run may be half written.
            return null;
        }
    }
}
