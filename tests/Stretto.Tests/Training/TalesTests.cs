using System.Text.RegularExpressions;
using Stretto.Training.Data.Tales;

namespace Stretto.Tests.Training;

/// <summary>The corpus tales: its promises to whoever trains on it.</summary>
public sealed partial class TalesTests
{
    private const ulong Seed = 11;

    private static readonly TaleAct[] Moves =
        [TaleAct.Find, TaleAct.Make, TaleAct.Give, TaleAct.Take, TaleAct.Lose, TaleAct.Use];

    private static readonly Lazy<Tale[]> Stream = new(() => Take(Seed, 12_000));

    public static TheoryData<string> PlotNames => [.. Plots.All.Select(p => p.Name)];

    [Fact]
    public void AStoryDependsOnSeedAndIndexAlone()
    {
        TaleGenerator again = new(Seed);
        foreach (int index in (int[])[11_999, 7, 0, 5_000])
        {
            Assert.Equal(Stream.Value[index].Text, again.Generate(index).Text);
            Assert.Equal(Stream.Value[index].Events, again.Generate(index).Events);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => again.Generate(-1));
        Assert.NotEqual(Stream.Value[0].Text, new TaleGenerator(Seed + 1).Generate(0).Text);
        Assert.Equal(again.Generate(long.MaxValue).Text, new TaleGenerator(Seed).Generate(long.MaxValue).Text);
    }

    [Fact]
    public void ThereAreSixtyPlotsAndTheStreamUsesThemAll()
    {
        Assert.True(Plots.All.Count >= 60, $"{Plots.All.Count} plots");
        Assert.Equal(Plots.All.Count, Stream.Value.Select(t => t.Plot).Distinct().Count());
        Assert.Throws<ArgumentException>(() => new TaleGenerator(Seed).Generate(0, "no such plot"));
    }

    [Fact]
    public void ThereAreMoreThan1500Words()
    {
        int words = Stream.Value
            .SelectMany(t => Word().Matches(t.Text.ToLowerInvariant()).Select(m => m.Value))
            .Distinct().Count();
        Assert.True(words >= 1_500, $"{words} words");
    }

    [Fact]
    public void HeldOutStoriesAreNeverTrainedOn()
    {
        HashSet<string>[] texts = [[], []];
        for (int i = 0; i < Stream.Value.Length; i++)
        {
            texts[(int)TaleGenerator.SplitOf(i)].Add(Stream.Value[i].Text);
        }

        Assert.True(texts[0].Count + texts[1].Count > Stream.Value.Length * 0.999, $"{texts[0].Count + texts[1].Count} of {Stream.Value.Length}");
        Assert.Equal(Stream.Value.Length / TaleGenerator.HeldOutEvery, texts[1].Count, 5.0);
        Assert.False(texts[0].Overlaps(texts[1]));

        // Not even by streams of other seeds.
        Assert.False(texts[1].Overlaps(Take(Seed + 1, 500).Where((_, i) => TaleGenerator.SplitOf(i) == TaleSplit.Training).Select(t => t.Text)));
    }

    [Theory]
    [InlineData(TaleSplit.Training)]
    [InlineData(TaleSplit.HeldOut)]
    public void TheNumbersOfASideLeaveNoGap(TaleSplit split)
    {
        long[] indices = [.. Enumerable.Range(0, 100).Select(n => TaleGenerator.IndexOf(split, n))];
        Assert.Equal(Enumerable.Range(0, (int)indices[^1] + 1).Select(i => (long)i).Where(i => TaleGenerator.SplitOf(i) == split), indices);
    }

    [Fact]
    public void AThirdOfTheStoriesBeginsOnceUponATime()
    {
        int count = Stream.Value.Count(t => t.Text.StartsWith("Once upon a time", StringComparison.Ordinal));
        Assert.InRange((double)count / Stream.Value.Length, 0.28, 0.4);
    }

    [Theory]
    [MemberData(nameof(PlotNames))]
    public void EveryPlotWritesCleanEnglish(string plot)
    {
        TaleGenerator tales = new(Seed);
        for (int i = 0; i < 200; i++)
        {
            string text = tales.Generate(i, plot).Text;
            Match flaw = Flaw().Match(text);
            Assert.False(flaw.Success, $"'{flaw.Value}' in: {text}");
            Assert.Equal(0, text.Count(c => c == '"') % 2);
            Assert.InRange(Word().Count(text), 60, 240);
            Assert.All(
                Article().Matches(text),
                m => Assert.Equal(Grammar.StartsWithVowelSound(m.Groups[2].Value), m.Groups[1].Value is "an" or "An"));
        }
    }

    [Theory]
    [MemberData(nameof(PlotNames))]
    public void EveryPlotKeepsItsWorld(string plot)
    {
        TaleGenerator tales = new(Seed);
        for (int i = 0; i < 50; i++)
        {
            Tale tale = tales.Generate(i, plot);
            World world = tale.World;
            Assert.Equal(world.Characters.Count, world.Characters.Select(c => c.Name).Distinct().Count());
            Assert.Contains(tale.Events, e => e.Act == TaleAct.Want);
            Assert.All(world.Characters, c => Assert.Contains(c.ShortName, tale.Text, StringComparison.Ordinal));
            foreach (Thing thing in world.Things)
            {
                Assert.Contains(thing.Noun, tale.Text, StringComparison.Ordinal);
                Assert.Equal(HolderByEvents(tale, thing), thing.Holder?.Name);
            }
        }
    }

    /// <summary>Who has a thing after the events; one that never moved stays with whom it began.</summary>
    private static string? HolderByEvents(Tale tale, Thing thing)
    {
        TaleEvent? last = tale.Events.LastOrDefault(e => e.Object == thing.Name && Moves.Contains(e.Act));
        return last switch
        {
            null => thing.Holder?.Name,
            { Act: TaleAct.Give } => last.Other,
            { Act: TaleAct.Lose or TaleAct.Use } => null,
            _ => last.Who,
        };
    }

    private static Tale[] Take(ulong seed, int count)
    {
        TaleGenerator tales = new(seed);
        return [.. Enumerable.Range(0, count).Select(i => tales.Generate(i))];
    }

    [GeneratedRegex("[a-zA-Z]+(?:-[a-z]+)*")]
    private static partial Regex Word();

    [GeneratedRegex(@"\b([Aa]n?) ([A-Za-z-]+)")]
    private static partial Regex Article();

    // Braces, double spaces, doubled words or points, a small letter at the start of a sentence, no stop at an end.
    [GeneratedRegex(
        "[{}]|  | [,.!?]|\\b(\\w+) \\1\\b|[.!?,][.,]|(?:^|[.!?] )\"?[a-z]|[^.!?\"\\n]$",
        RegexOptions.Multiline)]
    private static partial Regex Flaw();
}
