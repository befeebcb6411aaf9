using System.Text.Json;
using Stretto.Tests.Golden;
using Stretto.Weights;

namespace Stretto.Tests.Weights;

/// <summary>Every safetensors case of the golden folder of broken files, and odd but valid ones.</summary>
[Trait("Category", "Golden")]
public sealed class HostileFileTests
{
    public static TheoryData<string, string> Cases()
    {
        TheoryData<string, string> data = [];
        if (File.Exists(GoldenFolder.Of("gguf", "bad", "bad.json")))
        {
            JsonElement cases = GoldenFolder.Json("gguf", "bad", "bad.json").GetProperty("cases");
            foreach (JsonElement item in cases.EnumerateArray())
            {
                string file = item.GetProperty("file").GetString()!;
                if (file.StartsWith("safetensors/", StringComparison.Ordinal))
                {
                    data.Add(file, item.GetProperty("expect").GetString()!);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void IsAcceptedOrRefusedByName(string file, string expect)
    {
        string path = GoldenFolder.Of("gguf", "bad", file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ModelFormatException? refusal = Opens.Refusal(path);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(allocated < 8 << 20, $"{allocated} bytes were allocated for a small file");
        if (expect != "either")
        {
            Assert.Equal(expect == "reject", refusal is not null);
        }

        if (refusal is not null)
        {
            Assert.StartsWith($"'{refusal.Path}': ", refusal.Message, StringComparison.Ordinal);
            Assert.StartsWith(path.TrimEnd('/'), refusal.Path, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refusal.Message);
        }
    }

    [Theory]
    [InlineData("lfs-pointer", "Git LFS pointer")]
    [InlineData("html", "HTML page")]
    [InlineData("pickle", "pickle can run code")]
    [InlineData("data-cut", "truncated download")]
    public void SaysWhatTheFileIs(string name, string words)
    {
        string path = GoldenFolder.Of("gguf", "bad", "safetensors", name + ".safetensors");
        Assert.SkipUnless(File.Exists(path), "the golden folder of broken files is absent");
        Assert.Contains(words, Opens.Refusal(path)!.Message, StringComparison.Ordinal);
    }
}

internal static class Opens
{
    /// <summary>Opens and reads everything; the only error that may come is the one that is returned.</summary>
    public static ModelFormatException? Refusal(string path)
    {
        try
        {
            using IWeightSource source = WeightSource.Open(path);
            foreach (string name in source.Entries.Keys)
            {
                using Tensor tensor = source.Read(name);
            }

            return null;
        }
        catch (ModelFormatException e)
        {
            return e;
        }
    }
}
