using System.Text.Json;
using Stretto.Models.Text;
using Stretto.Tests.Golden;

namespace Stretto.Tests.Models.Text;

/// <summary>The small tokenizers: ids, offsets, templates and decoded text of every case.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenSyntheticTokenizers
{
    public static TheoryData<string> Tokenizers() => GoldenTokenizers.Files("synthetic", "*.tokenizer.json");

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Tokenizer(string file)
    {
        GoldenFolder.SkipIfAbsent(file);
        string name = file.Replace(".tokenizer.json", "", StringComparison.Ordinal);
        GoldenTokenizers.Family(name, () => Run(file, name + ".golden.json"));
    }

    private static void Run(string file, string truth)
    {
        Tokenizer tokenizer = Stretto.Models.Text.Tokenizer.Load(Path.Combine(GoldenTokenizers.Folder, file));
        JsonElement golden = GoldenTokenizers.Json(truth);
        foreach (JsonElement test in golden.GetProperty("cases").EnumerateArray())
        {
            Case(tokenizer, test);
        }

        if (golden.TryGetProperty("pairs", out JsonElement pairs))
        {
            foreach (JsonElement pair in pairs.EnumerateArray())
            {
                Pair(tokenizer, pair);
            }
        }
    }

    private static void Pair(Tokenizer tokenizer, JsonElement pair)
    {
        string first = pair.GetProperty("first").GetString()!;
        string second = pair.GetProperty("second").GetString()!;
        TokenEncoding encoding = tokenizer.EncodeFully(first, second, addSpecialTokens: true);
        GoldenTokenizers.SameIds(pair.GetProperty("ids"), [.. encoding.Ids], "pair " + first);
        Assert.Equal(GoldenTokenizers.Ids(pair.GetProperty("type_ids")), encoding.TypeIds);
        SameOffsets(pair, encoding, first);
    }

    private static void Case(Tokenizer tokenizer, JsonElement test)
    {
        string text = test.GetProperty("text").GetString()!;
        string what = JsonSerializer.Serialize(text);
        GoldenTokenizers.SameIds(test.GetProperty("ids"), tokenizer.Encode(text), what);
        TokenEncoding encoding = tokenizer.EncodeFully(text);
        GoldenTokenizers.SameIds(test.GetProperty("ids"), [.. encoding.Ids], what);
        SameOffsets(test, encoding, what);
        Assert.Equal(test.GetProperty("tokens").EnumerateArray().Select(t => t.GetString()!), encoding.Tokens);
        if (test.TryGetProperty("specials_as_text", out JsonElement plain))
        {
            GoldenTokenizers.SameIds(plain, tokenizer.Encode(text, parseSpecial: false), "as text: " + what);
        }

        int[] ids = [.. encoding.Ids];
        if (test.TryGetProperty("with_template", out JsonElement template))
        {
            ids = tokenizer.Encode(text, addSpecialTokens: true);
            GoldenTokenizers.SameIds(template.GetProperty("ids"), ids, "with template: " + what);
            TokenEncoding full = tokenizer.EncodeFully(text, addSpecialTokens: true);
            SameOffsets(template, full, what);
            int[] mask = GoldenTokenizers.Ids(template.GetProperty("special_mask"));
            Assert.Equal(mask, full.IsTemplate.Select(t => t ? 1 : 0));
        }

        GoldenTokenizers.SameText(test.GetProperty("decoded").GetString(), tokenizer.Decode(ids), "decoded: " + what);
        if (test.TryGetProperty("decoded_without_specials", out JsonElement bare))
        {
            string decoded = tokenizer.Decode(ids, skipSpecialTokens: true);
            GoldenTokenizers.SameText(bare.GetString(), decoded, "bare: " + what);
        }
    }

    private static void SameOffsets(JsonElement expected, TokenEncoding encoding, string what)
    {
        JsonElement.ArrayEnumerator list = expected.GetProperty("offsets").EnumerateArray();
        (int, int)[] offsets = [.. list.Select(o => (o[0].GetInt32(), o[1].GetInt32()))];
        Assert.True(
            offsets.SequenceEqual(encoding.Offsets),
            $"{what}: offsets {string.Join(' ', offsets)} expected, {string.Join(' ', encoding.Offsets)} found");
    }
}
