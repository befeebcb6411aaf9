using Stretto.Weights;

namespace Stretto.Tests.Weights;

/// <summary>
/// Folders of weights: which file is taken, which is refused, and that old weights never mix with new ones.
/// </summary>
public sealed class ModelFolderTests
{
    private const string Index = ShardedSafeTensors.IndexName;

    [Fact]
    public void OldWeightsOfAnyLayoutGoWhenNewOnesCome()
    {
        using TemporaryFolder folder = new();
        folder.Write("model.gguf", "not ours");
        SafeTensorsFolder.Write(folder.Root, Tensors(1), shardBytes: 4);
        Assert.True(File.Exists(folder["model-00003-of-00003.safetensors"]));
        SafeTensorsFolder.Write(folder.Root, Tensors(2), shardBytes: 8);
        Assert.Equal([2, 2, 2], Values(folder));
        SafeTensorsFolder.Write(folder.Root, Tensors(3));
        Assert.Equal([3, 3, 3], Values(folder));
        Assert.Equal(["model.gguf", "model.safetensors"], Names(folder));
        SafeTensorsFolder.Write(folder.Root, Tensors(4), shardBytes: 4);
        Assert.Equal([4, 4, 4], Values(folder));
        Assert.Equal(5, Names(folder).Length);
    }

    [Fact]
    public void AFailedWriteKeepsTheOldWeights()
    {
        using TemporaryFolder folder = new();
        SafeTensorsFolder.Write(folder.Root, Tensors(1), shardBytes: 4);
        Assert.Throws<ArgumentException>(
            () => SafeTensorsFolder.Write(folder.Root, [.. Tensors(2), .. Tensors(2)], shardBytes: 4));
        Assert.Throws<ArgumentException>(
            () => SafeTensorsFolder.Write(
                folder.Root, [.. Tensors(2), new("__metadata__", Tensor.Ones([1]))], shardBytes: 4));
        Assert.Equal([1, 1, 1], Values(folder));
        Assert.Equal(4, Names(folder).Length);
    }

    [Theory]
    [InlineData("../x.safetensors")]
    [InlineData("/etc/x.safetensors")]
    [InlineData("sub/x.safetensors")]
    [InlineData("..\\\\x.safetensors")]
    [InlineData("C:x.safetensors")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("a\\u0000.safetensors")]
    public void AShardNameThatLeavesTheFolderIsRefused(string name)
    {
        using TemporaryFolder folder = new();
        ModelFormatException e = Opens.Refusal(folder.Write(Index, $"{{\"weight_map\":{{\"a\":\"{name}\"}}}}"))!;
        Assert.Contains("leaves the model's folder", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"weight_map\":{\"a\":\"m.safetensors\",\"a\":\"m.safetensors\"}}", "twice")]
    [InlineData("{\"weight_map\":{\"\\ud800\":\"m.safetensors\"}}", "JSON")]
    [InlineData("{\"weight_map\":{\"a\":\"\\ud800\"}}", "Unicode")]
    [InlineData("{\"weight_map\":{\"a\":null}}", "string")]
    [InlineData("{\"metadata\":{}}", "weight_map")]
    [InlineData("{", "JSON")]
    public void ABrokenIndexIsRefused(string text, string word)
    {
        using TemporaryFolder folder = new();
        SafeTensorsWriter.Write(folder["m.safetensors"], [new("a", Tensor.Ones([1]))]);
        ModelFormatException? e = Opens.Refusal(folder.Write(Index, text));
        Assert.NotNull(e);
        Assert.Contains(word, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("outside.safetensors", false)]
    [InlineData("door/outside.safetensors", false)]
    [InlineData("../outside.safetensors", false)]
    [InlineData("model/real.safetensors", true)]
    public void ALinkMayNotLeaveTheFolder(string target, bool allowed)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["model"]);
        SafeTensorsWriter.Write(folder["outside.safetensors"], [new("a", Tensor.Ones([1]))]);
        SafeTensorsWriter.Write(folder["model/real.safetensors"], [new("a", Tensor.Ones([1]))]);
        Directory.CreateSymbolicLink(folder["model/door"], folder.Root);
        string link = target.StartsWith("door", StringComparison.Ordinal)
            || target.StartsWith("..", StringComparison.Ordinal) ? target : folder[target];
        File.CreateSymbolicLink(folder["model/m.safetensors"], link);
        folder.Write("model/" + Index, "{\"weight_map\":{\"a\":\"m.safetensors\"}}");
        Assert.Equal(allowed, Opens.Refusal(folder["model"]) is null);
    }

    [Fact]
    public void TheHubsCacheOpens()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["models--x/blobs"]);
        Directory.CreateDirectory(folder["models--x/snapshots/0a1b"]);
        SafeTensorsWriter.Write(folder["models--x/blobs/77"], [new("a", Tensor.Ones([1]))]);
        folder.Write("models--x/blobs/78", "{\"weight_map\":{\"a\":\"model-00001-of-00001.safetensors\"}}");
        File.CreateSymbolicLink(folder["models--x/snapshots/0a1b/model-00001-of-00001.safetensors"], "../../blobs/77");
        File.CreateSymbolicLink(folder["models--x/snapshots/0a1b/" + Index], "../../blobs/78");
        Assert.Null(Opens.Refusal(folder["models--x/snapshots/0a1b"]));
    }

    [Fact]
    public void WhatHoldsNoWeightsSaysWhatIsMissing()
    {
        using TemporaryFolder folder = new();
        FileNotFoundException e = Assert.Throws<FileNotFoundException>(() => WeightSource.Open(folder.Root));
        Assert.Contains("model.safetensors", e.Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => WeightSource.Open(folder["absent"]));
        folder.Write("pytorch_model.bin", "PK");
        string message = Opens.Refusal(folder.Root)!.Message;
        Assert.Contains("pickle can run code; convert to safetensors", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid", "Git LFS pointer")]
    [InlineData("\n <!DOCTYPE html><html>", "HTML page")]
    [InlineData("\u0002PK\u0003\u0004 and so on", "header length")]
    [InlineData("GGUF\u0003\0\0\0", "GGUF")]
    [InlineData("{\"weight_map\":[]}", "weight_map")]
    public void AStrangerIsNamedWhateverItIsCalled(string content, string word)
    {
        using TemporaryFolder folder = new();
        Assert.Contains(
            word, Opens.Refusal(folder.Write("model.safetensors", content))!.Message, StringComparison.Ordinal);
    }

    private static KeyValuePair<string, Tensor>[] Tensors(float value) =>
        [.. "abc".Select(c => new KeyValuePair<string, Tensor>(c.ToString(), Tensor.Full([1], value)))];

    private static float[] Values(TemporaryFolder folder)
    {
        using IWeightSource source = WeightSource.Open(folder.Root);
        return [.. source.Entries.Keys.Select(name => source.Read(name).ToArray<float>()[0])];
    }

    private static string[] Names(TemporaryFolder folder) =>
        [.. Directory.GetFiles(folder.Root).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
}
