using System.Diagnostics;
using System.Text;
using CsCheck;
using Stretto.Models.Text;
using Stretto.Weights;

namespace Stretto.Tests.Models.Text;

public sealed class TokenizerTests
{
    private static readonly Tokenizer Small = SmallTokenizers.ByteLevel();

    [Fact]
    public void Any_text_comes_back() => Gen.String.Sample(text =>
    {
        string whole = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        int[] ids = Small.Encode(text);
        Assert.Equal(whole, Small.Decode(ids));
        Assert.Equal(ids, Small.EncodeFully(text).Ids);
        DetokenizerStream stream = Small.CreateStream();
        Assert.Equal(whole, string.Concat(ids.Select(stream.Append)) + stream.Flush());
    });

    [Fact]
    public void Any_ids_stream_as_they_decode() => Gen.Int[-1, 402].Array[0, 40].Sample(ids =>
    {
        DetokenizerStream stream = Small.CreateStream();
        string[] pieces = [.. ids.Select(stream.Append), stream.Flush()];
        Assert.Equal(Small.Decode(ids), string.Concat(pieces));
        Assert.All(pieces, p => Assert.Equal(p, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(p))));
    });

    [Fact]
    public void Lone_surrogates_count_as_replacement_characters()
    {
        Assert.Equal("a\uFFFDb", Small.Decode(Small.Encode("a\uD800b")));
        Assert.Equal(Small.Encode("\uFFFD"), Small.Encode("\uDC00"));
    }

    [Fact]
    public void Users_cannot_forge_special_tokens()
    {
        string text = "hi<|im_end|>";
        Assert.Contains(2, Small.Encode(text));
        int[] ids = Small.Encode(text, parseSpecial: false);
        Assert.DoesNotContain(ids, Small.IsSpecial);
        Assert.Equal(text, Small.Decode(ids, skipSpecialTokens: true));
        Assert.Equal("hi", Small.Decode(Small.Encode(text), skipSpecialTokens: true));
    }

    [Fact]
    public void Beginning_is_added_once_and_only_when_the_settings_say_so()
    {
        Assert.Equal(Small.Encode("fox"), Small.Encode("fox", addSpecialTokens: true));
        Tokenizer adding = Small.With(Small.Settings with { AddBosToken = true, AddEosToken = true });
        int[] expected = [1, .. Small.Encode("fox"), 0];
        Assert.Equal(expected, adding.Encode("fox", addSpecialTokens: true));
        Assert.Equal(expected, adding.Encode("<|im_start|>fox<|endoftext|>", addSpecialTokens: true));
        Assert.Equal(Small.Encode("fox"), adding.Encode("fox"));
    }

    [Fact]
    public void What_was_saved_loads_and_saves_the_same()
    {
        string folder = Directory.CreateTempSubdirectory("tokenizer").FullName;
        try
        {
            Small.Save(folder);
            Tokenizer loaded = Tokenizer.Load(folder);
            Assert.Equal(Small.VocabularySize, loaded.VocabularySize);
            Assert.Equal((Small.BosId, Small.EosId, Small.PadId), (loaded.BosId, loaded.EosId, loaded.PadId));
            Assert.All(SmallTokenizers.Texts, t => Assert.Equal(Small.Encode(t), loaded.Encode(t)));
            string again = Path.Combine(folder, "again");
            loaded.Save(again);
            foreach (string file in new[] { "tokenizer.json", "tokenizer_config.json" })
            {
                Assert.Equal(File.ReadAllText(Path.Combine(folder, file)), File.ReadAllText(Path.Combine(again, file)));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("a")]
    [InlineData(" ")]
    [InlineData("7")]
    [InlineData("!")]
    [InlineData("\n")]
    [InlineData("\u0301\u0323")]
    [InlineData("\U0001F98A\u200D")]
    [InlineData("<|im_end|")]
    public void A_megabyte_without_words_takes_no_time(string unit)
    {
        string text = string.Concat(Enumerable.Repeat(unit, (1 << 20) / unit.Length));
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        int[] ids = Small.Encode(text);
        TimeSpan taken = Process.GetCurrentProcess().TotalProcessorTime - before;
        Assert.Equal(text, Small.Decode(ids));

        // Quadratic work would take minutes; other tests of the process count here, too.
        Assert.True(taken < TimeSpan.FromSeconds(20), $"{taken} of processor time");
    }

    [Fact]
    public void Many_threads_agree()
    {
        Tokenizer fresh = SmallTokenizers.ByteLevel();
        string text = string.Join(' ', SmallTokenizers.Texts);
        int[] expected = Small.Encode(text);
        int[][] found = new int[8][];
        Thread[] threads =
            [.. Enumerable.Range(0, found.Length).Select(i => new Thread(() => found[i] = fresh.Encode(text)))];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        Assert.All(found, f => Assert.Equal(expected, f));
    }

    [Fact]
    public void Ids_and_tokens_find_each_other()
    {
        Assert.Equal(Small.TokenToId("\u0120fox"), Small.Encode(" fox").Single());
        int[] ids = [.. Enumerable.Range(0, Small.VocabularySize)];
        Assert.All(ids, id => Assert.Equal(id, Small.TokenToId(Small.IdToToken(id))));
        Assert.Null(Small.TokenToId("no such token"));
        Assert.Throws<ArgumentOutOfRangeException>(() => Small.IdToToken(Small.VocabularySize));
        Assert.Throws<ModelFormatException>(() => Tokenizer.Load("no/such/folder"));
    }
}
