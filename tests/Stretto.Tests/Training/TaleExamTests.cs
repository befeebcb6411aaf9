using Stretto.Training.Data;
using Stretto.Training.Data.Tales;
using Stretto.Training.Data.Tales.Exam;

namespace Stretto.Tests.Training;

/// <summary>The exam: who knows everything gets 100 per cent, who knows nothing 0, and the checker of worlds sees each kind of slip.</summary>
public sealed class TaleExamTests
{
    private static readonly Lazy<Dictionary<string, string>> Answers = new(() =>
    {
        TaleExam exam = new(400);
        return Enumerable.Range(0, exam.Count).Select(i => exam[i]).DistinctBy(i => i.Prompt).ToDictionary(i => i.Prompt, i => i.Answer);
    });

    public static TheoryData<string> PlotNames => [.. Plots.All.Select(p => p.Name)];

    [Fact]
    public async Task WhoKnowsEverythingGetsAHundredPerCent()
    {
        int calls = 0;
        TaleExamReport report = await new TaleExam(400).RunAsync(
            (prompt, _) => Task.FromResult(Answers.Value[prompt]), (_, _) => calls++, TestContext.Current.CancellationToken);
        Assert.Equal(400, calls);
        Assert.All(Scores(report), s => Assert.Equal((100.0, s.Total), (s.Percent, s.Right)));
        Assert.All(Scores(report), s => Assert.True(s.Total >= 100));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Zorro gave the purple elephant to Batman, 99.")]
    [InlineData("The story does not tell. {")]
    public async Task WhoKnowsNothingGetsNothing(string answer)
    {
        TaleExamReport report = await new TaleExam(80).RunAsync(
            (_, _) => Task.FromResult(answer), cancellation: TestContext.Current.CancellationToken);
        Assert.All(Scores(report), s => Assert.Equal(0.0, s.Percent));
    }

    [Fact]
    public async Task CancellingEndsIt()
    {
        using CancellationTokenSource stop = new();
        int calls = 0;
        await Assert.ThrowsAsync<OperationCanceledException>(() => new TaleExam(40).RunAsync(
            (_, _) => Task.FromResult(""),
            (i, _) =>
            {
                calls++;
                if (i == 2)
                {
                    stop.Cancel();
                }
            },
            stop.Token));
        Assert.Equal(3, calls);
        Assert.Throws<ArgumentException>(() => new TaleExam(0));
    }

    [Fact]
    public void ItAsksAboutHeldOutStoriesOnly()
    {
        TaleExam exam = new(40, seed: 3);
        HashSet<string> held = [.. Enumerable.Range(0, 200).Select(i => new TaleGenerator(3).Generate(TaleGenerator.IndexOf(TaleSplit.HeldOut, i)).Text)];
        for (int i = 0; i < exam.Count; i++)
        {
            TaleExamItem item = exam[i];
            Assert.Contains(item.Tale.Text, held);
            Assert.StartsWith(item.Tale.Text[..item.Position], item.Prompt, StringComparison.Ordinal);
            Assert.Equal(item.Prompt, new TaleExam(40, seed: 3)[i].Prompt);
            Assert.Equal(item.Question is null, !item.Prompt.EndsWith(ChatMarkup.Header("assistant"), StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(PlotNames))]
    public void EveryPlotAgreesWithItsWorld(string plot)
    {
        int total = 0;
        for (int i = 0; i < 60; i++)
        {
            Tale tale = new TaleGenerator(9).Generate(i, plot);
            int cut = tale.Text.IndexOf("\n\n", StringComparison.Ordinal);
            EntityMentions mentions = EntityChecker.Check(tale, cut, tale.Text[cut..]);
            Assert.True(mentions.Consistent == mentions.Total, $"{mentions} {cut} in: {tale.Text}");
            total += mentions.Total;
        }

        Assert.True(total > 100, $"{total} mentions");
    }

    [Theory]
    [InlineData("{hero} smiled at {friend}.", 2, 2)]
    [InlineData("Batman smiled at {hero}.", 1, 1)]
    [InlineData("Then {stranger} came and smiled at {hero}.", 1, 2)]
    [InlineData("Then a quiet fox named {stranger} came. {stranger} smiled at {hero}.", 3, 3)]
    [InlineData("{hero} wanted the {toy} back.", 2, 2)]
    [InlineData("{hero} wanted the {otherlook} back.", 1, 2)]
    [InlineData("{hero} gave {friend} the {toy}.", 3, 4)]
    [InlineData("{friend} gave the {toy} to {hero}. {hero} gave the {toy} to {friend}.", 8, 8)]
    [InlineData("A mole named {hero} came by.", 1, 2)]
    [InlineData("{hero} the mole went home.", 1, 2)]
    public void TheCheckerSeesSlips(string continuation, int consistent, int total)
    {
        Tale tale = Enumerable.Range(0, 200).Select(i => new TaleGenerator(4).Generate(i, "fair trade")).First(
            t => t.World.Characters is [{ Kind: "girl" or "boy" }, { Kind: "girl" or "boy" }] && t.World.Things[1].Name.StartsWith("red ", StringComparison.Ordinal));
        Thing toy = tale.World.Things[1];
        string text = continuation
            .Replace("{hero}", tale.World.Characters[0].Name, StringComparison.Ordinal)
            .Replace("{friend}", tale.World.Characters[1].Name, StringComparison.Ordinal)
            .Replace("{stranger}", tale.World.Characters.Any(c => c.Name == "Zoe") ? "Yara" : "Zoe", StringComparison.Ordinal)
            .Replace("{toy}", toy.Name, StringComparison.Ordinal)
            .Replace("{otherlook}", "blue " + toy.Noun, StringComparison.Ordinal);
        int cut = tale.Text.IndexOf("\n\n", StringComparison.Ordinal);
        Assert.Equal(new EntityMentions(consistent, total), EntityChecker.Check(tale, cut, text));
    }

    private static ExamScore[] Scores(TaleExamReport report) =>
        [report.ExactAnswers, report.ValidJson, report.ExactJson, report.Arithmetic, report.EntityConsistency];
}
