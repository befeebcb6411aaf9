using System.Text.Json;
using Stretto.Models.Text;
using Stretto.Tests.Golden;

namespace Stretto.Tests.Models.Text;

/// <summary>Nine runs of the trainer: words, vocabulary in id order, merges with their counts.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenBpeTraining
{
    public static TheoryData<string> Runs() => GoldenTokenizers.Files("training", "*.json");

    [Theory]
    [MemberData(nameof(Runs))]
    public void Run(string file)
    {
        GoldenFolder.SkipIfAbsent(file);
        JsonElement golden = GoldenTokenizers.Json(file);
        BpeTrainer trainer = new(Options(golden));
        foreach (string line in File.ReadLines(Path.Combine(GoldenTokenizers.Folder, "training", "corpus.txt")))
        {
            trainer.Add(line);
        }

        Assert.Equal(golden.GetProperty("distinct_words").GetInt32(), trainer.Words.Count);
        Assert.Equal(golden.GetProperty("words_total").GetInt64(), trainer.Words.Values.Sum());
        BpeTraining training = trainer.Run();
        JsonElement.ArrayEnumerator tokens = golden.GetProperty("vocab_in_id_order").EnumerateArray();
        JsonElement.ArrayEnumerator merges = golden.GetProperty("merges").EnumerateArray();
        Assert.Equal(tokens.Select(t => t.GetString()), training.Tokens);
        Assert.Equal(
            merges.Select(m => $"{m[0].GetString()} {m[1].GetString()} {m[2].GetInt64()}"),
            training.Merges.Select(m => $"{training.Tokens[m.Left]} {training.Tokens[m.Right]} {m.Count}"));
    }

    private static BpeTrainerOptions Options(JsonElement golden)
    {
        JsonElement options = golden.GetProperty("options");
        int? Number(string key) => options.TryGetProperty(key, out JsonElement value) ? value.GetInt32() : null;
        string Text(string key) => options.TryGetProperty(key, out JsonElement value) ? value.GetString()! : "";
        return new BpeTrainerOptions
        {
            VocabularySize = Number("vocab_size")!.Value,
            SpecialTokens = options.TryGetProperty("special_tokens", out JsonElement special)
                ? [.. special.EnumerateArray().Select(t => t.GetString()!)]
                : [],
            MinFrequency = Number("min_frequency") ?? 0,
            InitialAlphabet = options.TryGetProperty("initial_alphabet", out _) ? null : [],
            LimitAlphabet = Number("limit_alphabet"),
            MaxTokenLength = Number("max_token_length"),
            ContinuingSubwordPrefix = Text("continuing_subword_prefix"),
            EndOfWordSuffix = Text("end_of_word_suffix"),
            PreTokenizer = golden.GetProperty("pre_tokenizer").GetRawText(),
        };
    }
}
