using System.Text.Json;
using Stretto.Weights;

namespace Stretto.Tests.Golden;

/// <summary>
/// Where the truths are: the folder that STRETTO_GOLDEN names, else shared/golden beside the repository, else tests/golden.
/// </summary>
internal static class GoldenFolder
{
    public static string Repository { get; } = FindRepository();

    public static string Root { get; } = Find();

    private const string Absent = "absent";

    /// <summary>A path below the golden folder, or below tests/golden where the folder lacks the first part altogether.</summary>
    public static string Of(params string[] path) =>
        Path.Combine([Directory.Exists(Path.Combine(Root, path[0])) ? Root : Path.Combine(Repository, "tests", "golden"), .. path]);

    /// <summary>The rows, or one that <see cref="SkipIfAbsent"/> skips by name where the golden folder holds none.</summary>
    public static TheoryData<string> OrAbsent(TheoryData<string> rows)
    {
        if (rows.Count == 0)
        {
            rows.Add(Absent);
        }

        return rows;
    }

    public static void SkipIfAbsent(string row) => Assert.SkipWhen(row == Absent, $"'{Root}' holds no such cases");

    /// <summary>Entries of the pending list under a section: case family and the capability that it waits for.</summary>
    public static Dictionary<string, string> Pending(string section)
    {
        Dictionary<string, string> pending = [];
        foreach (string line in File.ReadLines(Path.Combine(Repository, "tests", "golden-pending.txt")))
        {
            string text = line.Split('#')[0].Trim();
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && text.StartsWith(section + "/", StringComparison.Ordinal))
            {
                pending.Add(text[(section.Length + 1)..colon].Trim(), text[(colon + 1)..].Trim());
            }
        }

        return pending;
    }

    public static JsonElement Json(params string[] path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Of(path)));
        return document.RootElement.Clone();
    }

    public static SafeTensors Tensors(params string[] path) => new(Of(path));

    /// <summary>A number of the golden JSON, where infinities and NaN are strings.</summary>
    public static double Number(JsonElement element) => element.ValueKind == JsonValueKind.String
        ? element.GetString() switch
        {
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            _ => double.NaN,
        }
        : element.GetDouble();

    /// <summary>‖a − b‖ / ‖b‖.</summary>
    public static double RelativeError(double[] a, double[] b)
    {
        Assert.Equal(b.Length, a.Length);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < a.Length; i++)
        {
            difference += (a[i] - b[i]) * (a[i] - b[i]);
            norm += b[i] * b[i];
        }

        return Math.Sqrt(difference / Math.Max(norm, 1e-300));
    }

    private static string FindRepository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Stretto.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("Stretto.slnx is in no folder above the tests");
    }

    private static string Find()
    {
        string?[] candidates =
        [
            Environment.GetEnvironmentVariable("STRETTO_GOLDEN"),
            Path.Combine(Repository, "..", "shared", "golden"),
            Path.Combine(Repository, "tests", "golden"),
        ];
        return Path.GetFullPath(candidates.First(c => c is { Length: > 0 } && Directory.Exists(c))!);
    }
}
