using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Stretto.Models.Text;
using Stretto.Weights;

namespace Stretto.Tests.Models.Text;

/// <summary>A file from strangers works, or is refused with place and cause. It never crashes or hangs.</summary>
public sealed class HostileTokenizerFiles : IDisposable
{
    private const string Doubling = """{"type":"Replace","pattern":{"String":"a"},"content":"aa"}""";
    private const string Mixed = "the a<|x|> 12 b\u00e9\uD83D\uDE00\n";
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"stretto-{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_file);

    public static TheoryData<string, string, string> Refusals() => new()
    {
        { "model", """{"type":"NotAModel"}""", "model: the model 'NotAModel' is not supported" },
        { "normalizer", """{"type":"Mystery"}""", "normalizer: the normalizer 'Mystery' is not supported" },
        { "pre_tokenizer", """{"type":"Mystery"}""", "pre_tokenizer: the pre-tokenizer 'Mystery' is not supported" },
        { "decoder", """{"type":"Mystery"}""", "decoder: the decoder 'Mystery' is not supported" },
        { "post_processor", """{"type":"Mystery"}""", "post_processor: the post-processor 'Mystery' is not supported" },
        { "pre_tokenizer", """{"type":"Split","pattern":{"Regex":"(a)\\1"}}""", "pre_tokenizer.pattern.Regex" },
        { "added_tokens", """[{"id":999999999,"content":"x"}]""", "added_tokens[0].id: must be a whole number" },
        { "added_tokens", """[{"id":300,"content":"x"},{"id":301,"content":"x"}]""", "'x' is there twice" },
        { "added_tokens", """[{"id":300,"content":"x1"},{"id":300,"content":"x2"}]""", "300 belongs to another" },
        { "normalizer", Many("normalizers", Doubling, 65), "normalizer.normalizers: at most 64" },
        { "decoder", Many("decoders", """{"type":"Fuse"}""", 65), "decoder.decoders: at most 64" },
        { "pre_tokenizer", Many("pretokenizers", """{"type":"Digits"}""", 65), "pretokenizers: at most 64" },
        { "post_processor", Many("processors", """{"type":"ByteLevel"}""", 65), "processors: at most 64" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void IsRefusedByName(string key, string part, string message)
    {
        JsonObject json = Small();
        json[key] = JsonNode.Parse(part);
        ModelFormatException error = Assert.Throws<ModelFormatException>(() => Load(json));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.StartsWith($"'{_file}'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a":0,"a":1}""", "'a' is there twice")]
    [InlineData("""{"a":0,"b":0}""", "the id 0 of the token 'b' belongs to another token")]
    [InlineData("""{"a":-1}""", "model.vocab['a']: must be a whole number")]
    [InlineData("""{"a":4000000}""", "the highest id is 4000000")]
    [InlineData("""{"\ud800":0}""", "half a surrogate pair")]
    [InlineData("""[]""", "model.vocab: must be an object")]
    public void VocabularyIsRefusedByName(string vocabulary, string message)
    {
        File.WriteAllText(_file, $$$"""{"model":{"type":"BPE","vocab":{{{vocabulary}}},"merges":[]}}""");
        string error = Assert.Throws<ModelFormatException>(() => Tokenizer.Load(_file)).Message;
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"a bc\"", "needs the token 'bc'")]
    [InlineData("\"a b c\"", "must be two tokens")]
    [InlineData("[\"a\"]", "must be")]
    [InlineData("7", "must be")]
    public void MergesAreRefusedByName(string merge, string message)
    {
        File.WriteAllText(_file, $$$"""{"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":[{{{merge}}}]}}""");
        string error = Assert.Throws<ModelFormatException>(() => Tokenizer.Load(_file)).Message;
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Contains("model.merges[0]", error, StringComparison.Ordinal);
    }

    [Fact]
    public void DeepNestingIsRefused()
    {
        File.WriteAllText(_file, new string('[', 100_000));
        Assert.Throws<ModelFormatException>(() => Tokenizer.Load(_file));
        File.WriteAllText(_file, "");
        Assert.Throws<ModelFormatException>(() => Tokenizer.Load(_file));
    }

    [Fact]
    public void MissingFileIsNamed()
    {
        string error = Assert.Throws<ModelFormatException>(() => Tokenizer.Load(_file)).Message;
        Assert.Contains("does not exist", error, StringComparison.Ordinal);
    }

    /// <summary>Sixty doublings would make 2^60 characters of one, while the file loads and when it encodes.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NormalizersCannotBlowTextUp(bool whileLoading)
    {
        JsonObject json = Small();
        json["normalizer"] = JsonNode.Parse(Many("normalizers", Doubling, 60));
        if (whileLoading)
        {
            json["added_tokens"] = JsonNode.Parse("""[{"id":1,"content":"a","normalized":true}]""");
            string error = Assert.Throws<ModelFormatException>(() => Load(json)).Message;
            Assert.Contains("normalizer", error, StringComparison.Ordinal);
        }
        else
        {
            Tokenizer tokenizer = Load(json);
            Assert.Throws<InvalidDataException>(() => tokenizer.Encode("a"));
        }
    }

    [Fact]
    public void PreTokenizersCannotBlowTextUp()
    {
        JsonObject json = Small();
        json["pre_tokenizer"] = JsonNode.Parse(Many("pretokenizers", """{"type":"ByteLevel","use_regex":false}""", 64));
        Tokenizer tokenizer = Load(json);
        Assert.Throws<InvalidDataException>(() => tokenizer.Encode("\u00e9"));
    }

    [Fact]
    public void WhatIsKeptUnreadCanBeWritten()
    {
        const string Half = "\"padding\":{\"x\":\"\\ud800\"}";
        File.WriteAllText(_file, Small().ToJsonString().Replace("\"padding\":null", Half, StringComparison.Ordinal));
        ModelFormatException error = Assert.Throws<ModelFormatException>(() => Tokenizer.Load(_file));
        Assert.Contains("padding.x: the string holds half a surrogate pair", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DecodersCannotBlowTextUp()
    {
        JsonObject json = Small();
        json["decoder"] = JsonNode.Parse(Many("decoders", Doubling, 60));
        Tokenizer tokenizer = Load(json);
        Assert.Throws<InvalidDataException>(() => tokenizer.Decode([tokenizer.TokenToId("a")!.Value]));
    }

    public static TheoryData<string> Patterns() => new(
        "a" + string.Concat(Enumerable.Repeat("{1}", 5000)),
        "a" + string.Concat(Enumerable.Repeat("??", 5000)),
        string.Concat(Enumerable.Repeat("(?:", 5000)) + "a" + new string(')', 5000),
        new string('[', 10_000),
        "(?:a{1000}){1000}",
        "(?:a|a)*b",
        "(?:a+)+b",
        "(?:a*?a*?)+?b",
        "a*+b",
        "(?>a*)b",
        "a*(?=a*b)",
        "(?!a*b)a*c",
        "(?:a?){30}a{30}b");

    /// <summary>On a small stack and a text made to hurt, a pattern is refused, gives up or is fast.</summary>
    [Theory]
    [MemberData(nameof(Patterns))]
    public void PatternEndsSoon(string pattern)
    {
        JsonObject json = Small();
        json["pre_tokenizer"] = new JsonObject
        {
            ["type"] = "Split",
            ["pattern"] = new JsonObject { ["Regex"] = pattern },
            ["behavior"] = "Isolated",
        };
        Exception? unexpected = null;
        Stopwatch clock = Stopwatch.StartNew();
        Thread thread = new(
            () =>
            {
                try
                {
                    Load(json).Encode(new string('a', 200_000));
                }
                catch (Exception e) when (e is ModelFormatException or InvalidDataException)
                {
                    // Refused, or given up.
                }
                catch (Exception e)
                {
                    unexpected = e;
                }
            },
            512 << 10);
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(60)), $"still running after {clock.Elapsed}");
        Assert.Null(unexpected);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"took {clock.Elapsed}");
    }

    /// <summary>Bytes changed, dropped, doubled and exchanged; whatever still loads must encode and decode.</summary>
    [Fact]
    public void MutantsAreRefusedOrWork()
    {
        byte[] original = Encoding.UTF8.GetBytes(Small().ToJsonString());
        string[] tokens = ["0", "-1", "1e9", "99999999999", "null", "true", "\"\"", "[]", "{}", "\"\\ud800\"", "\"(\""];
        Random random = new(20);
        int loaded = 0;
        for (int i = 0; i < 4000; i++)
        {
            List<byte> mutant = [.. original];
            for (int change = random.Next(3); change >= 0; change--)
            {
                int at = random.Next(mutant.Count);
                int length = Math.Min(random.Next(24), mutant.Count - at);
                switch (random.Next(5))
                {
                    case 0:
                        mutant[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        mutant.RemoveRange(at, length);
                        break;
                    case 2:
                        mutant.InsertRange(at, mutant.GetRange(at, length));
                        break;
                    case 3:
                        mutant.RemoveRange(at, length);
                        mutant.InsertRange(at, Encoding.UTF8.GetBytes(tokens[random.Next(tokens.Length)]));
                        break;
                    default:
                        Exchange(mutant, tokens[random.Next(tokens.Length)], random);
                        break;
                }
            }

            loaded += Survives([.. mutant], i) ? 1 : 0;
        }

        Assert.InRange(loaded, 100, 3900);
    }

    private bool Survives(byte[] bytes, int number)
    {
        File.WriteAllBytes(_file, bytes);
        try
        {
            Tokenizer tokenizer = Tokenizer.Load(_file);
            int[] ids = tokenizer.Encode(Mixed, addSpecialTokens: true);
            tokenizer.Decode(ids);
            tokenizer.Decode([0, 1, 2, 300, -1, int.MaxValue], skipSpecialTokens: true);
            tokenizer.Save(_file);
            Assert.Equal(ids, Tokenizer.Load(_file).Encode(Mixed, addSpecialTokens: true));
            return true;
        }
        catch (Exception e) when (e is ModelFormatException or InvalidDataException)
        {
            return false;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"mutant {number}: {Encoding.UTF8.GetString(bytes)}", e);
        }
    }

    /// <summary>Exchanges the value behind a colon.</summary>
    private static void Exchange(List<byte> mutant, string value, Random random)
    {
        int colon = mutant.IndexOf((byte)':', random.Next(mutant.Count));
        int end = colon < 0 ? -1 : mutant.FindIndex(colon, b => b is (byte)',' or (byte)'}' or (byte)']');
        if (end > colon)
        {
            mutant.RemoveRange(colon + 1, end - colon - 1);
            mutant.InsertRange(colon + 1, Encoding.UTF8.GetBytes(value));
        }
    }

    private Tokenizer Load(JsonObject json)
    {
        File.WriteAllText(_file, json.ToJsonString());
        return Tokenizer.Load(_file);
    }

    private static string Many(string key, string part, int count) =>
        $$"""{"type":"Sequence","{{key}}":[{{string.Join(',', Enumerable.Repeat(part, count))}}]}""";

    /// <summary>A file that uses one of each kind of part.</summary>
    private static JsonObject Small() => JsonNode.Parse("""
        {"version":"1.0","truncation":null,"padding":null,
        "added_tokens":[{"id":9,"content":"<|x|>","single_word":false,"lstrip":false,"rstrip":true,
        "normalized":false,"special":true}],
        "normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},
        {"type":"Replace","pattern":{"Regex":"q+"},"content":"t"}]},
        "pre_tokenizer":{"type":"Sequence","pretokenizers":[
        {"type":"Split","pattern":{"Regex":"\\p{L}+|\\s+(?!\\S)|[0-9]{1,3}"},"behavior":"Isolated","invert":false},
        {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}]},
        "post_processor":{"type":"TemplateProcessing","single":[
        {"SpecialToken":{"id":"<|x|>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
        "pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],
        "special_tokens":{"<|x|>":{"id":"<|x|>","ids":[9],"tokens":["<|x|>"]}}},
        "decoder":{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false},
        "model":{"type":"BPE","dropout":null,"unk_token":"u","continuing_subword_prefix":null,"end_of_word_suffix":null,
        "fuse_unk":false,"byte_fallback":false,"ignore_merges":false,
        "vocab":{"u":0,"a":1,"b":2,"t":3,"h":4,"e":5,"th":6,"the":7,"1":8},
        "merges":[["t","h"],["th","e"]]}}
        """)!.AsObject();
}
