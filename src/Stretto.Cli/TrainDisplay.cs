using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Stretto.Nn;
using Stretto.Training;

namespace Stretto.Cli;

/// <summary>Shows a run: one live line with a bar and a curve on a terminal, a plain line now and then elsewhere.</summary>
internal sealed class TrainDisplay : IDisposable
{
    private const string Bars = "▁▂▃▄▅▆▇█";

    private readonly TrainerOptions _options;
    private readonly long _first;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly bool _live = !Console.IsErrorRedirected && AnsiConsole.Profile.Capabilities.Ansi;
    private readonly List<double> _losses = [];
    private double? _evaluation;

    public TrainDisplay(CausalLM model, TrainerOptions options, long first)
    {
        _options = options;
        _first = first;
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{model.ParameterCount:N0} parameters, steps {first} to {options.Steps}, {options.BatchTokens * options.Accumulate:N0} tokens a step"));
    }

    public void Show(TrainerProgress p)
    {
        _losses.Add(p.Loss);
        _evaluation = p.EvaluationLoss ?? _evaluation;
        bool last = p.Step + 1 == _options.Steps;
        if (!_live && p.EvaluationLoss is null && (p.Step + 1) % 50 != 0 && !last)
        {
            return;
        }

        double share = (p.Step + 1 - _first) / (double)Math.Max(1, _options.Steps - _first);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_start);
        TimeSpan left = share > 0 ? (elapsed / share) - elapsed : TimeSpan.Zero;
        string evaluation = _evaluation is { } e ? string.Create(CultureInfo.InvariantCulture, $" eval {e:F3}") : "";
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"step {p.Step + 1}/{_options.Steps} loss {p.Loss:F3}{evaluation} lr {p.LearningRate:0.0e+0} norm {p.GradientNorm:F2} {p.TokensPerSecond:N0} tok/s {MemoryStats.Now.PeakBytes >> 20} MiB, {left:hh\\:mm\\:ss} left");
        if (_live)
        {
            Console.Error.Write($"\r\u001b[2K{Bar(share)} {Sparkline()} {line}");
        }
        else
        {
            Console.Error.WriteLine(line);
        }
    }

    public void Note(string text)
    {
        if (_live)
        {
            Console.Error.Write("\r\u001b[2K");
        }

        Console.Error.WriteLine($"  » {text.ReplaceLineEndings(" ")}");
    }

    public void Finish(long steps, string output)
    {
        Console.Error.WriteLine();
        Console.Error.WriteLine(steps < _options.Steps
            ? $"stopped after step {steps}; everything is saved in '{output}': continue with --resume"
            : $"done: the model is in '{Path.Combine(output, "model")}', metrics in '{Path.Combine(output, "metrics.jsonl")}'");
    }

    public void Dispose()
    {
        if (_live)
        {
            Console.Error.WriteLine();
        }
    }

    /// <summary>A bar of 20 characters, filled to a share.</summary>
    public static string Bar(double share)
    {
        int full = (int)(share * 20);
        return new string('━', full) + new string('─', 20 - full);
    }

    private string Sparkline()
    {
        const int width = 24;
        double[] points = [.. _losses.Chunk(Math.Max(1, (_losses.Count + width - 1) / width)).Select(c => c.Average())];
        (double low, double high) = (points.Min(), points.Max());
        return string.Concat(points.Select(v => Bars[(int)Math.Min(Bars.Length - 1, (v - low) / Math.Max(1e-9, high - low) * Bars.Length)]));
    }
}
