using System.Text;
using Stretto.Models.Text;
using Stretto.Weights;

namespace Stretto.Tests.Models.Text;

/// <summary>
/// Broken and hostile tokenizer files: a <see cref="ModelFormatException"/> that names the place, or a tokenizer.
/// </summary>
public sealed class TokenizerFileTests : IDisposable
{
    private const string Valid = """
        {"version":"1.0","added_tokens":[{"id":4,"content":"<e>","special":true,"normalized":false}],
        "normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},
        {"type":"Replace","pattern":{"Regex":"x+"},"content":"y"}]},
        "pre_tokenizer":{"type":"Split","pattern":{"Regex":" ?\\p{L}+|\\s+(?!\\S)"},"behavior":"Isolated"},
        "post_processor":{"type":"TemplateProcessing",
        "single":[{"SpecialToken":{"id":"<e>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
        "pair":[],"special_tokens":{"<e>":{"id":"<e>","ids":[4],"tokens":["<e>"]}}},
        "decoder":{"type":"Fuse"},
        "model":{"type":"BPE","unk_token":"?","vocab":{"?":0,"a":1,"b":2,"ab":3},"merges":[["a","b"]]}}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("tokenizer").FullName;

    [Theory]
    [InlineData("\"ab\":3", "\"ab\":99999999999", "model.vocab['ab']")]
    [InlineData("\"ab\":3", "\"ab\":4000000", "highest id")]
    [InlineData("\"ab\":3", "\"ab\":-1", "model.vocab['ab']")]
    [InlineData("\"ab\":3", "\"ab\":2", "belongs to another token")]
    [InlineData("\"ab\":3", "\"a\":3", "there twice")]
    [InlineData("[\"a\",\"b\"]", "[\"a\",\"c\"]", "model.merges[0]")]
    [InlineData("[\"a\",\"b\"]", "[\"b\",\"b\"]", "'bb'")]
    [InlineData("[\"a\",\"b\"]", "\"a b c\"", "model.merges[0]")]
    [InlineData("[\"a\",\"b\"]", "7", "model.merges[0]")]
    [InlineData("\"unk_token\":\"?\"", "\"unk_token\":\"!\"", "unk_token")]
    [InlineData("\"BPE\"", "\"Other\"", "the model 'Other' is not supported; supported are")]
    [InlineData("\"NFC\"", "\"NFX\"", "normalizer.normalizers[0]: the normalizer 'NFX' is not supported")]
    [InlineData("\"Split\"", "\"Cut\"", "the pre-tokenizer 'Cut'")]
    [InlineData("\"Fuse\"", "\"Fuze\"", "the decoder 'Fuze'")]
    [InlineData("TemplateProcessing", "Templates", "the post-processor 'Templates'")]
    [InlineData("Isolated", "isolated", "pre_tokenizer.behavior")]
    [InlineData("x+", "(x*)*", "normalizer.normalizers[1].pattern.Regex")]
    [InlineData("x+", "(?<=xx)y", "look-behind")]
    [InlineData("x+", "\\\\p{Klingon}", "Klingon")]
    [InlineData("x+", "((x{999}){999}){999}", "steps")]
    [InlineData("x+", "[x", "ends inside a class")]
    [InlineData("\"ids\":[4]", "\"ids\":[5]", "post_processor")]
    [InlineData("\"id\":4", "\"id\":3", "added_tokens[0].id")]
    [InlineData("<e>\",\"special", "\",\"special", "added_tokens[0].content")]
    [InlineData("\"model\":{", "\"model\":{\"vocab\":\"\\ud800\"}}", "JSON")]
    [InlineData("\"ab\":3", "\"\\ud800\":3", "surrogate")]
    public void Broken_files_say_where(string from, string to, string where)
    {
        Assert.Contains(from, Valid, StringComparison.Ordinal);
        string path = Write(Encoding.UTF8.GetBytes(Valid.Replace(from, to, StringComparison.Ordinal)));
        ModelFormatException error = Assert.Throws<ModelFormatException>(() => Tokenizer.Load(path));
        Assert.Contains(where, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void The_valid_file_works()
    {
        Tokenizer tokenizer = Tokenizer.Load(Write(Encoding.UTF8.GetBytes(Valid)));
        Assert.Equal([4, 3, 0, 1], tokenizer.Encode("abya", addSpecialTokens: true));
    }

    [Fact]
    public void Deep_json_is_refused()
    {
        string deep = new string('[', 100_000) + new string(']', 100_000);
        string path = Write(Encoding.UTF8.GetBytes(Valid.Replace("[4]", deep, StringComparison.Ordinal)));
        Assert.Throws<ModelFormatException>(() => Tokenizer.Load(path));
    }

    [Fact]
    public void A_normalizer_cannot_blow_a_text_up_without_end()
    {
        string replace = $$"""{"type":"Replace","pattern":{"String":"a"},"content":"{{new string('a', 1000)}}"}""";
        string normalizers = string.Join(',', Enumerable.Repeat(replace, 20));
        string text = Valid.Replace("{\"type\":\"NFC\"}", normalizers, StringComparison.Ordinal);
        Tokenizer tokenizer = Tokenizer.Load(Write(Encoding.UTF8.GetBytes(text)));
        Assert.Throws<InvalidDataException>(() => tokenizer.Encode("a"));
    }

    [Fact]
    public void Mutants_load_or_are_refused()
    {
        Random random = new(7);
        byte[] valid = Encoding.UTF8.GetBytes(Valid);
        int loaded = 0;
        for (int i = 0; i < 4000; i++)
        {
            try
            {
                Tokenizer tokenizer = Tokenizer.Load(Write(Mutate(valid, random)));
                loaded++;
                int[] ids = tokenizer.Encode("ab xx <e>\u00e9 b", addSpecialTokens: true);
                tokenizer.EncodeFully("ab", "ba");
                tokenizer.Decode(ids);
            }
            catch (Exception e) when (e is ModelFormatException or InvalidDataException)
            {
                Assert.False(e.Message.Contains('\n', StringComparison.Ordinal), e.Message);
            }
        }

        Assert.InRange(loaded, 100, 3900);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static byte[] Mutate(byte[] valid, Random random)
    {
        List<byte> bytes = [.. valid];
        for (int count = random.Next(1, 4); count > 0; count--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] = (byte)"0123456789\"[]{}:,abnull\\"[random.Next(23)];
                    break;
                case 2:
                    bytes.RemoveAt(at);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, random.Next(1, 1 + Math.Min(20, bytes.Count - at))));
                    break;
                default:
                    bytes.RemoveRange(at, random.Next(1, 1 + Math.Min(30, bytes.Count - at)));
                    break;
            }
        }

        return [.. bytes];
    }

    private string Write(byte[] bytes)
    {
        string path = Path.Combine(_folder, "tokenizer.json");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
