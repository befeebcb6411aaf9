using Stretto.Weights;

namespace Stretto.Tests.Weights;

/// <summary>Under the final name there is the old file or the new one, and nothing stays beside it.</summary>
public sealed class AtomicFileTests
{
    [Fact]
    public void TheOldFileIsThereUntilTheNewOneIsWhole()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("a.bin", "old");
        AtomicFile.Write(path, stream =>
        {
            stream.Write("new"u8);
            stream.Flush();
            Assert.Equal("old", File.ReadAllText(path));
        });
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Root));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AFullDiskKeepsTheOldFileAndSaysSo(bool exists)
    {
        using TemporaryFolder folder = new();
        string path = folder["a.bin"];
        if (exists)
        {
            File.WriteAllText(path, "old");
        }

        IOException e = Assert.Throws<IOException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write(new byte[100_000]);
            throw new IOException("No space left on device");
        }));
        Assert.Contains("No space left on device", e.Message, StringComparison.Ordinal);
        Assert.Contains(exists ? "is kept" : "nothing was written", e.Message, StringComparison.Ordinal);
        Assert.Equal(exists ? ["old"] : [], Directory.GetFiles(folder.Root).Select(File.ReadAllText));
    }

    [Fact]
    public void AnErrorOfTheCallerLeavesNothingBehind()
    {
        using TemporaryFolder folder = new();
        Assert.Throws<OperationCanceledException>(
            () => AtomicFile.Write(folder["a.bin"], _ => throw new OperationCanceledException()));
        Assert.Empty(Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void AMissingFolderAndAFolderInTheWayAreErrors()
    {
        using TemporaryFolder folder = new();
        Assert.Contains("nothing was written", Assert.ThrowsAny<IOException>(
            () => AtomicFile.Write(folder["no/a.bin"], s => s.WriteByte(1))).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(folder["taken"]);
        Assert.ThrowsAny<IOException>(() => AtomicFile.Write(folder["taken"], s => s.WriteByte(1)));
        Assert.Empty(Directory.GetFiles(folder.Root));
    }
}
