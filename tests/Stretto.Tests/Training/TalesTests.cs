using System.Text.RegularExpressions;
using Stretto.Training.Data.Tales;

namespace Stretto.Tests.Training;

/// <summary>The corpus: enough plots and words, clean English, worlds that hold together, validation apart from training.</summary>
public sealed partial class TalesTests
{
    private static readonly Tale[] Stories = [.. Enumerable.Range(0, 6000).Select(i => new TaleGenerator(1).Generate(i))];

    public static TheoryData<string> Plots() => [.. TaleGenerator.Plots];

    [Fact]
    public void ThereAreManyPlotsAndWords()
    {
        Assert.True(TaleGenerator.Plots.Distinct().Count() >= 40);
        HashSet<string> words = [.. Stories.SelectMany(s => Word().Matches(s.Text).Select(m => m.Value.ToUpperInvariant()))];
        Assert.True(words.Count >= 1000, $"{words.Count} words");
        Assert.Equal(TaleGenerator.Plots.Count, Stories.Select(s => s.Plot).Distinct().Count());
    }

    [Fact]
    public void AStoryIsAFunctionOfItsNumber()
    {
        Assert.Equal(Stories[77].Text, new TaleGenerator(1).Generate(77).Text);
        Assert.NotEqual(Stories[77].Text, new TaleGenerator(2).Generate(77).Text);
        Assert.Throws<ArgumentException>(() => new TaleGenerator(1).Generate(0, "no such plot"));
    }

    [Fact]
    public void ValidationIsNeverTrained()
    {
        HashSet<string> trained = [.. Stories.Select(s => s.Text)];
        Assert.True(trained.Count > Stories.Length * 0.999, "stories repeat");
        TaleGenerator validation = new(TaleGenerator.ValidationSeed);
        Assert.DoesNotContain(Enumerable.Range(0, 2000), i => trained.Contains(validation.Generate(i).Text));
    }

    [Theory]
    [MemberData(nameof(Plots))]
    public void APlotTellsCleanStories(string plot)
    {
        for (int i = 0; i < 60; i++)
        {
            // The world throws when a plot lets somebody give what they do not hold.
            Tale tale = new TaleGenerator(5).Generate(i, plot);
            Match fault = Fault().Match(tale.Text);
            Assert.False(fault.Success, $"{plot} {i}: '{fault.Value}' in: {tale.Text}");
            Assert.True(char.IsUpper(tale.Text[0]), tale.Text);
            Assert.Matches("[.!?\"]$", tale.Text);
            Assert.Contains(tale.World.Characters[0].Name, tale.Text, StringComparison.Ordinal);
            Assert.InRange(tale.Text.Split(' ').Length, 50, 260);
            Assert.NotEmpty(tale.World.Events);
            Assert.Contains(tale.World.Events, e => e.What == "want");
            Assert.All(tale.World.Things, t => Assert.True(t.Holder is null || tale.World.Characters.Contains(t.Holder)));
        }
    }

    [GeneratedRegex("[a-z]+", RegexOptions.IgnoreCase)]
    private static partial Regex Word();

    // Open slots, double spaces, a before a vowel, an before a consonant, a sentence that begins small.
    [GeneratedRegex(@"[{}]|  |\ba [aeio]|\ban [bcdfgjklmnpqrstvwxyz]|[a-z][.!?] [a-z]| [.,!?]")]
    private static partial Regex Fault();
}
