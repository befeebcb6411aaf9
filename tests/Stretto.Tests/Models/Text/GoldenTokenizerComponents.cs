using System.Text;
using System.Text.Json;
using Stretto.Models.Text;
using Stretto.Tests.Golden;

namespace Stretto.Tests.Models.Text;

/// <summary>Normalizers, pre-tokenizers and decoders one by one.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenTokenizerComponents
{
    private const string File = "synthetic/components.json";

    public static TheoryData<string> Normalizers() => Names("normalizers");

    public static TheoryData<string> PreTokenizers() => Names("pre_tokenizers");

    public static TheoryData<string> Decoders() => Names("decoders");

    [Theory]
    [MemberData(nameof(Normalizers))]
    public void Normalizes(string name) => Check("normalizers", name, (part, texts) =>
    {
        Normalizer normalizer = Normalizer.Read(GoldenTokenizers.Part(part.GetProperty("config")));
        for (int i = 0; i < texts.Length; i++)
        {
            string result = normalizer.Apply(AlignedText.Of(texts[i], track: true)).Text;
            GoldenTokenizers.SameText(part.GetProperty("outputs")[i].GetString(), result, texts[i]);
        }
    });

    [Theory]
    [MemberData(nameof(PreTokenizers))]
    public void Cuts(string name) => Check("pre_tokenizers", name, (part, texts) =>
    {
        PreTokenizer preTokenizer = PreTokenizer.Read(GoldenTokenizers.Part(part.GetProperty("config")));
        for (int i = 0; i < texts.Length; i++)
        {
            Pieces pieces = new(AlignedText.Of(texts[i], track: true));
            preTokenizer.Apply(pieces);
            string[] found = [.. Enumerable.Range(0, pieces.Count).Select(p => Shown(pieces, pieces[p]))];
            string[] expected =
            [
                .. part.GetProperty("outputs")[i].EnumerateArray()
                    .Select(p => $"{p[0].GetString()} {p[1].GetInt32()}..{p[2].GetInt32()}"),
            ];
            Assert.Equal(expected, found);
        }
    });

    [Theory]
    [MemberData(nameof(Decoders))]
    public void Decodes(string name) => Check("decoders", name, (part, _) =>
    {
        var decoder = Stretto.Models.Text.Decoder.Read(GoldenTokenizers.Part(part.GetProperty("config")));
        foreach (JsonElement test in part.GetProperty("cases").EnumerateArray())
        {
            CharacterSink sink = new();
            DecoderStage stage = decoder.Start(sink);
            foreach (JsonElement token in test.GetProperty("tokens").EnumerateArray())
            {
                stage.Push(Encoding.UTF8.GetBytes(token.GetString()!), continues: false);
            }

            stage.Finish();
            string expected = test.GetProperty("text").GetString()!;
            if (name == "ByteFallback" && expected.Contains('\uFFFD', StringComparison.Ordinal))
            {
                // The library replaces a whole run of byte tokens; the goldens' README wants one U+FFFD per ill-formed
                // subsequence, as in streams.
                JsonElement.ArrayEnumerator tokens = test.GetProperty("tokens").EnumerateArray();
                expected = Encoding.UTF8.GetString([.. tokens.SelectMany(t => Bytes(t.GetString()!))]);
            }

            GoldenTokenizers.SameText(expected, sink.Take(), test.GetProperty("tokens").ToString());
        }
    });

    private static byte[] Bytes(string token) => token.StartsWith("<0x", StringComparison.Ordinal)
        ? Convert.FromHexString(token[3..^1])
        : Encoding.UTF8.GetBytes(token);

    private static string Shown(Pieces pieces, (int Start, int Length) piece) =>
        string.Concat(pieces.Text.AsSpan(piece.Start, piece.Length), " ")
        + $"{pieces.Starts![piece.Start]}..{pieces.Ends![piece.Start + piece.Length - 1]}";

    private static void Check(string kind, string name, Action<JsonElement, string[]> check)
    {
        GoldenFolder.SkipIfAbsent(name);
        GoldenTokenizers.Family($"components/{kind}/{name}", () =>
        {
            JsonElement golden = GoldenTokenizers.Json(File);
            JsonElement part = golden.GetProperty(kind).EnumerateArray()
                .Single(p => p.GetProperty("name").GetString() == name);
            check(part, [.. golden.GetProperty("texts").EnumerateArray().Select(t => t.GetString()!)]);
        });
    }

    private static TheoryData<string> Names(string kind)
    {
        TheoryData<string> data = [];
        if (System.IO.File.Exists(Path.Combine(GoldenTokenizers.Folder, File)))
        {
            foreach (JsonElement part in GoldenTokenizers.Json(File).GetProperty(kind).EnumerateArray())
            {
                data.Add(part.GetProperty("name").GetString()!);
            }
        }

        return GoldenFolder.OrAbsent(data);
    }
}
