using Stretto.Models.Text;
using Stretto.Tests.Golden;
using Stretto.Weights;

namespace Stretto.Tests.Models.Text;

/// <summary>Every golden file that loads, and what the trainer makes, is the same after saving and loading.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenTokenizerRoundTrips
{
    public static TheoryData<string> Files() => GoldenTokenizers.Files("synthetic", "*.tokenizer.json");

    /// <summary>Every file that loads gives, when saved and loaded again, the same tokenizer.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void GoldenFileRoundTrips(string name)
    {
        GoldenFolder.SkipIfAbsent(name);
        Tokenizer tokenizer;
        try
        {
            tokenizer = Tokenizer.Load(Path.Combine(GoldenTokenizers.Folder, name));
        }
        catch (ModelFormatException e)
        {
            Assert.Skip(e.Message);
            return;
        }

        string file = Path.Combine(Path.GetTempPath(), $"stretto-{Guid.NewGuid():N}.json");
        try
        {
            tokenizer.Save(file);
            string[] texts =
            [
                .. GoldenTokenizers.Json(name.Replace(".tokenizer.", ".golden.", StringComparison.Ordinal))
                    .GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("text").GetString()!),
            ];
            Same(tokenizer, Tokenizer.Load(file), texts);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>What the shipped model uses: special tokens first, one digit a token.</summary>
    [Fact]
    public void TheDefaultTrainingCutsDigits()
    {
        Tokenizer trained = BpeTrainer.Train(
            ["in 2026 and 2026 and 2026"], new BpeTrainerOptions { VocabularySize = 280 });
        Assert.Equal(["2", "0", "2", "6"], trained.Encode("2026").Select(trained.IdToToken));
        Assert.Equal(0, trained.TokenToId("<|endoftext|>"));
    }

    private static void Same(Tokenizer expected, Tokenizer found, string[] texts)
    {
        foreach (string text in texts)
        {
            int[] ids = expected.Encode(text, addSpecialTokens: true);
            Assert.Equal(ids, found.Encode(text, addSpecialTokens: true));
            Assert.Equal(expected.Encode(text, parseSpecial: false), found.Encode(text, parseSpecial: false));
            Assert.Equal(expected.Decode(ids), found.Decode(ids));
            Assert.Equal(expected.Decode(ids, true), found.Decode(ids, true));
        }
    }
}
