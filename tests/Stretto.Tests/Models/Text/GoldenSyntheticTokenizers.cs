using System.Text.Json;
using Stretto.Models.Text;

namespace Stretto.Tests.Models.Text;

/// <summary>The small tokenizers: ids, offsets, templates and decoded text of every case.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenSyntheticTokenizers
{
    public static TheoryData<string> Tokenizers() => GoldenTokenizers.Files("synthetic", "*.tokenizer.json");

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Tokenizer(string file) => GoldenTokenizers.Family(file.Replace(".tokenizer.json", "", StringComparison.Ordinal), () =>
    {
        Tokenizer tokenizer = Stretto.Models.Text.Tokenizer.Load(Path.Combine(GoldenTokenizers.Folder, file));
        JsonElement golden = GoldenTokenizers.Json(file.Replace(".tokenizer.", ".golden.", StringComparison.Ordinal));
        foreach (JsonElement test in golden.GetProperty("cases").EnumerateArray())
        {
            Case(tokenizer, test);
        }

        foreach (JsonElement pair in golden.TryGetProperty("pairs", out JsonElement pairs) ? pairs.EnumerateArray().ToArray() : [])
        {
            string first = pair.GetProperty("first").GetString()!;
            TokenEncoding encoding = tokenizer.EncodeFully(first, pair.GetProperty("second").GetString()!, addSpecialTokens: true);
            GoldenTokenizers.SameIds(pair.GetProperty("ids"), [.. encoding.Ids], "pair " + first);
            Assert.Equal(GoldenTokenizers.Ids(pair.GetProperty("type_ids")), encoding.TypeIds);
            SameOffsets(pair, encoding, first);
        }
    });

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
            Assert.Equal(GoldenTokenizers.Ids(template.GetProperty("special_mask")), full.IsTemplate.Select(t => t ? 1 : 0));
        }

        GoldenTokenizers.SameText(test.GetProperty("decoded").GetString(), tokenizer.Decode(ids), "decoded: " + what);
        if (test.TryGetProperty("decoded_without_specials", out JsonElement bare))
        {
            GoldenTokenizers.SameText(bare.GetString(), tokenizer.Decode(ids, skipSpecialTokens: true), "bare: " + what);
        }
    }

    private static void SameOffsets(JsonElement expected, TokenEncoding encoding, string what)
    {
        (int, int)[] offsets = [.. expected.GetProperty("offsets").EnumerateArray().Select(o => (o[0].GetInt32(), o[1].GetInt32()))];
        Assert.True(
            offsets.SequenceEqual(encoding.Offsets),
            $"{what}: offsets {string.Join(' ', offsets)} expected, {string.Join(' ', encoding.Offsets)} found");
    }
}
