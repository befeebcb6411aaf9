using Stretto.Weights;

namespace Stretto.Tests.Weights;

/// <summary>Files that end too early, before or while they are open.</summary>
public sealed class TruncationTests
{
    [Fact]
    public void EveryPrefixIsRefused()
    {
        using TemporaryFolder folder = new();
        SafeTensorsWriter.Write(
            folder["whole.safetensors"], [new("a", Tensor.From<float>([1, 2, 3])), new("b", Tensor.From<long>([4]))]);
        byte[] whole = File.ReadAllBytes(folder["whole.safetensors"]);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.NotNull(Opens.Refusal(folder.Write("cut.safetensors", whole[..length])));
        }

        Assert.Null(Opens.Refusal(folder["whole.safetensors"]));
    }

    [Fact]
    public void AFileCutWhileOpenIsAnErrorNotACrash()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "an open file cannot be cut there");
        using TemporaryFolder folder = new();
        string path = folder["a.safetensors"];
        SafeTensorsWriter.Write(path, [new("a", Tensor.Ones([100_000]))]);
        using IWeightSource source = WeightSource.Open(path);
        using (FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(200_000);
        }

        ModelFormatException e = Assert.Throws<ModelFormatException>(() => source.Read("a"));
        Assert.Equal("tensor 'a'", e.Where);
        Assert.Contains("truncated", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AReplacedOrRemovedFileIsReadAsItWas()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "removal waits for the last handle there");
        using TemporaryFolder folder = new();
        string path = folder["a.safetensors"];
        SafeTensorsWriter.Write(path, [new("a", Tensor.From<float>([1, 2]))]);
        using IWeightSource source = WeightSource.Open(path);
        SafeTensorsWriter.Write(path, [new("a", Tensor.From<float>([3]))]);
        Assert.Equal([1, 2], source.Read("a").ToArray<float>());
        File.Delete(path);
        Assert.Equal([1, 2], source.Read("a").ToArray<float>());
    }

    [Fact]
    public void ABoolThatIsNeitherZeroNorOneIsRefused()
    {
        using TemporaryFolder folder = new();
        string path = folder.WriteRaw(
            "a.safetensors", "{\"m\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[0,2]}}", 2);
        ModelFormatException e = Opens.Refusal(path)!;
        Assert.Contains("0 or 1", e.Message, StringComparison.Ordinal);
    }
}
