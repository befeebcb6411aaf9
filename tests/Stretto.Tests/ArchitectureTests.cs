using System.Text.RegularExpressions;
using Stretto.Tests.Golden;

namespace Stretto.Tests;

/// <summary>The house as DESIGN draws it: which project and which folder may use which, and how long a file may be.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Projects = new()
    {
        ["Stretto"] = [],
        ["Stretto.Models"] = ["Stretto"],
        ["Stretto.Training"] = ["Stretto"],
        ["Stretto.Inference"] = ["Stretto.Models"],
        ["Stretto.Cli"] = ["Stretto.Training", "Stretto.Inference"],
    };

    private static string Source => Path.Combine(GoldenFolder.Repository, "src");

    [Fact]
    public void ProjectsReferenceOnlyWhatTheyMay()
    {
        foreach (string project in Directory.GetFiles(Source, "*.csproj", SearchOption.AllDirectories))
        {
            string name = Path.GetFileNameWithoutExtension(project);
            Assert.True(Projects.TryGetValue(name, out string[]? allowed), $"{name} is not in the table of projects");
            foreach (Match reference in Reference().Matches(File.ReadAllText(project)))
            {
                Assert.Contains(reference.Groups[1].Value, allowed);
            }
        }
    }

    [Fact]
    public void NoProjectIsAPlaceholder()
    {
        foreach (string project in Projects.Keys)
        {
            Assert.True(Files(Path.Combine(Source, project)).Count() > 3, $"{project} holds next to nothing");
        }
    }

    [Theory]
    [InlineData("Memory", "Stretto.Backends|Stretto.Nn|Stretto.Weights")]
    [InlineData("Backends", "Stretto.Nn|Stretto.Weights")]
    [InlineData("Tensors", "Stretto.Nn|Stretto.Weights")]
    public void FoldersUseOnlyWhatIsToTheirLeft(string folder, string forbidden)
    {
        foreach (string file in Files(Path.Combine(Source, "Stretto", folder)))
        {
            Assert.DoesNotMatch($@"(?m)^using ({forbidden.Replace(".", @"\.", StringComparison.Ordinal)})\b", File.ReadAllText(file));
        }
    }

    [Fact]
    public void FilesAreShort()
    {
        List<int> lengths = [];
        foreach (string file in Files(Source))
        {
            int lines = File.ReadLines(file).Count();
            Assert.True(lines <= 600, $"{file} has {lines} lines");
            lengths.Add(lines);
        }

        lengths.Sort();
        Assert.True(lengths[lengths.Count / 2] < 150, $"the median file has {lengths[lengths.Count / 2]} lines");
    }

    private static IEnumerable<string> Files(string folder) => Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            && !f.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    [GeneratedRegex("<ProjectReference Include=\"[^\"]*/([A-Za-z.]+)\\.csproj\"")]
    private static partial Regex Reference();
}
