using System.Diagnostics;
using System.Globalization;

namespace Stretto.Bench;

/// <summary>
/// A process that runs one side of a comparison. A process of its own, because libraries and the runtime choose their
/// instruction set once, from the environment in which they start.
/// </summary>
internal sealed class Side : IDisposable
{
    private readonly Process _process;

    private Side(string name, Process process) => (Name, _process) = (name, process);

    public string Name { get; }

    /// <summary>What the side says of itself: library, version, instruction set.</summary>
    public string Description { get; private set; } = "";

    /// <summary>Starts a side; an environment value of null removes the variable.</summary>
    public static Side Start(string name, string kind, params (string Name, string? Value)[] environment)
    {
        ProcessStartInfo start = new(kind == "torch" ? TorchPath() : Environment.ProcessPath!, ["side", kind])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach ((string variable, string? value) in environment)
        {
            if (value is null)
            {
                start.Environment.Remove(variable);
            }
            else
            {
                start.Environment[variable] = value;
            }
        }

        Side side = new(name, Process.Start(start)!);
        side.Description = side.Ask("describe");
        return side;
    }

    /// <summary>The program beside this one in the folder of benches.</summary>
    private static string TorchPath()
    {
        string path = AppContext.BaseDirectory.Replace("Stretto.Bench", "Stretto.Bench.Torch", StringComparison.Ordinal) + "Stretto.Bench.Torch";
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is missing: start benches by bench/run, which builds it");
    }

    public void Prepare(params string[] job) => Ask("prepare " + string.Join(' ', job));

    /// <summary>Seconds that so many calls of the prepared job took.</summary>
    public double Time(int calls) => Number($"time {calls}");

    /// <summary>A number that depends on every element of the last result.</summary>
    public double Checksum() => Number("checksum");

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(5000);
        _process.Dispose();
    }

    private double Number(string request) => double.Parse(Ask(request), CultureInfo.InvariantCulture);

    private string Ask(string request)
    {
        _process.StandardInput.WriteLine(request);
        _process.StandardInput.Flush();
        string? answer = _process.StandardOutput.ReadLine();
        return answer is not null && answer.StartsWith("ok ", StringComparison.Ordinal)
            ? answer[3..]
            : throw new InvalidOperationException($"{Name} failed at '{request}': {answer ?? "the process ended"}");
    }
}
