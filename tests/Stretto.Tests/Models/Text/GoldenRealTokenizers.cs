using System.Text;
using System.Text.Json;
using Stretto.Models.Text;
using Stretto.Tests.Golden;

namespace Stretto.Tests.Models.Text;

/// <summary>Published vocabularies: every text, random ids, and streams piece by piece.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenRealTokenizers
{
    public static TheoryData<string> Vocabularies() => GoldenTokenizers.Files("real", "golden*.json");

    [Theory]
    [MemberData(nameof(Vocabularies))]
    public void Vocabulary(string file)
    {
        GoldenFolder.SkipIfAbsent(file);
        string name = file["real/".Length..file.LastIndexOf('/')];
        string family = file.EndsWith("golden.json", StringComparison.Ordinal) ? $"real/{name}" : $"real/{name}-json";
        GoldenTokenizers.Family(family, () => Run(file, name));
    }

    private static void Run(string file, string name)
    {
        string path = Path.Combine(GoldenTokenizers.Folder, "real", name, "tokenizer.json");
        Assert.True(File.Exists(path), "only tokenizer.json is read");
        JsonElement golden = GoldenTokenizers.Json(file);
        Tokenizer tokenizer = Tokenizer.Load(path);
        Assert.Equal(golden.GetProperty("vocabulary_size").GetInt32(), tokenizer.VocabularySize);
        foreach (JsonProperty special in golden.GetProperty("special_ids").EnumerateObject())
        {
            Assert.Equal(special.Value.GetInt32(), tokenizer.TokenToId(special.Name));
            Assert.True(tokenizer.IsSpecial(special.Value.GetInt32()));
        }

        Encodes(tokenizer, golden);
        foreach (JsonElement test in golden.GetProperty("decode").EnumerateArray())
        {
            int[] ids = GoldenTokenizers.Ids(test.GetProperty("ids"));
            string? decoded = test.GetProperty("decoded").GetString();
            GoldenTokenizers.SameText(decoded, tokenizer.Decode(ids), "decode");
            GoldenTokenizers.SameText(Bare(test) ?? decoded, tokenizer.Decode(ids, skipSpecialTokens: true), "decode");
        }

        foreach (JsonElement test in golden.GetProperty("stream").EnumerateArray())
        {
            Stream(tokenizer, test);
        }

        if (File.Exists(Path.Combine(GoldenTokenizers.Folder, "real", name, "llama.cpp.inp")))
        {
            Pairs(tokenizer, name);
        }
    }

    private static void Encodes(Tokenizer tokenizer, JsonElement golden)
    {
        Dictionary<string, string> texts = GoldenTokenizers.Json("real/texts.json").EnumerateArray()
            .ToDictionary(t => t.GetProperty("name").GetString()!, t => Text(t.GetProperty("text")));
        foreach (JsonElement test in golden.GetProperty("encode").EnumerateArray())
        {
            string name = test.GetProperty("text").GetString()!;
            string text = texts[name];
            int[] ids = tokenizer.Encode(text);
            GoldenTokenizers.SameIds(test.GetProperty("ids"), ids, name);
            GoldenTokenizers.SameIds(test.GetProperty("ids"), [.. tokenizer.EncodeFully(text).Ids], name);
            bool differs = test.TryGetProperty("specials_as_text", out JsonElement plain);
            plain = differs ? plain : test.GetProperty("ids");
            GoldenTokenizers.SameIds(plain, tokenizer.Encode(text, parseSpecial: false), name);
            if (test.TryGetProperty("with_template", out JsonElement template))
            {
                GoldenTokenizers.SameIds(template, tokenizer.Encode(text, addSpecialTokens: true), name);
            }

            string? decoded = test.TryGetProperty("decoded", out JsonElement d) ? d.GetString() : text;
            GoldenTokenizers.SameText(decoded, tokenizer.Decode(ids), name);
            GoldenTokenizers.SameText(Bare(test) ?? decoded, tokenizer.Decode(ids, skipSpecialTokens: true), name);
        }
    }

    private static void Stream(Tokenizer tokenizer, JsonElement test)
    {
        int[] ids = GoldenTokenizers.Ids(test.GetProperty("ids"));
        DetokenizerStream stream = tokenizer.CreateStream();
        string what = test.GetProperty("name").GetString()!;
        StringBuilder all = new();
        for (int i = 0; i < ids.Length; i++)
        {
            string piece = stream.Append(ids[i]);
            GoldenTokenizers.SameText(test.GetProperty("pieces")[i].GetString(), piece, $"{what}, piece {i}");
            all.Append(piece);
        }

        string flush = stream.Flush();
        GoldenTokenizers.SameText(test.GetProperty("flush").GetString(), flush, what);
        GoldenTokenizers.SameText(all.Append(flush).ToString(), tokenizer.Decode(ids), what);
    }

    /// <summary>llama.cpp's own pairs of text and ids.</summary>
    private static void Pairs(Tokenizer tokenizer, string name)
    {
        string folder = Path.Combine(GoldenTokenizers.Folder, "real", name);
        string[] texts = File.ReadAllText(Path.Combine(folder, "llama.cpp.inp")).Split("\n__ggml_vocab_test__\n");
        string[] ids = File.ReadAllLines(Path.Combine(folder, "llama.cpp.out"));
        for (int i = 0; i < ids.Length; i++)
        {
            string found = string.Join(' ', tokenizer.Encode(texts[i]));
            string expected = string.Join(' ', ids[i].Split(' ', StringSplitOptions.RemoveEmptyEntries));
            GoldenTokenizers.SameText(expected, found, texts[i]);
        }
    }

    private static string? Bare(JsonElement test) =>
        test.TryGetProperty("decoded_without_specials", out JsonElement bare) ? bare.GetString() : null;

    private static string Text(JsonElement text) => text.ValueKind == JsonValueKind.String
        ? text.GetString()!
        : string.Concat(Enumerable.Repeat(text.GetProperty("repeat").GetString(), text.GetProperty("times").GetInt32()))
            + (text.TryGetProperty("then", out JsonElement then) ? then.GetString() : "");
}
