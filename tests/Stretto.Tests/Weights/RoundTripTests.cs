using System.Buffers.Binary;
using System.Text;
using CsCheck;
using Stretto.Weights;

namespace Stretto.Tests.Weights;

/// <summary>What is written is read again: names, types, shapes, bits, metadata.</summary>
public sealed class RoundTripTests
{
    private static readonly Gen<(string Name, DType DType, long[] Sizes)[]> Sets = Gen.Select(
        Gen.OneOf(Gen.String[0, 12].Where(IsText), Gen.Int.Select(i => $"model.layers.{i}.weight")),
        Gen.Enum<DType>(),
        Gen.Long[0, 5].Array[0, 4]).Array[0, 8].Select(set => set.DistinctBy(e => e.Item1).ToArray());

    [Fact]
    public void AnySetOfTensors()
    {
        Gen.Select(Sets, Gen.Dictionary(Gen.String[1, 8].Where(IsText), Gen.String[0, 20].Where(IsText))[0, 3]).Sample(
            (set, metadata) =>
        {
            using TemporaryFolder folder = new();
            using TensorScope scope = TensorScope.Begin();
            KeyValuePair<string, Tensor>[] tensors = [.. set.Select(
                e => new KeyValuePair<string, Tensor>(e.Name, Numbered(e.DType, e.Sizes)))];
            SafeTensorsWriter.Write(folder["a.safetensors"], tensors, metadata);
            using IWeightSource source = WeightSource.Open(folder["a.safetensors"]);
            Same(tensors, source);
            Assert.Equal(metadata.GetValueOrDefault("format", "pt"), source.Metadata["format"]);
            Assert.All(metadata, pair => Assert.Equal(pair.Value, source.Metadata[pair.Key]));
            Assert.Equal(["a.safetensors"], Directory.GetFiles(folder.Root).Select(Path.GetFileName));
            Aligned(folder["a.safetensors"]);
        }, iter: 60);
    }

    [Fact]
    public void AnySetOfTensorsInShards()
    {
        Gen.Select(Sets, Gen.Long[1, 200]).Sample((set, limit) =>
        {
            using TemporaryFolder folder = new();
            using TensorScope scope = TensorScope.Begin();
            KeyValuePair<string, Tensor>[] tensors = [.. set.Select(
                e => new KeyValuePair<string, Tensor>(e.Name, Numbered(e.DType, e.Sizes)))];
            SafeTensorsFolder.Write(folder.Root, tensors, limit);
            using IWeightSource source = WeightSource.Open(folder.Root);
            Same(tensors, source);
        }, iter: 40);
    }

    [Fact]
    public void AViewIsWrittenInItsOwnOrder()
    {
        using TemporaryFolder folder = new();
        Tensor turned = Tensor.From<float>([1, 2, 3, 4, 5, 6], [2, 3]).Transpose(0, 1);
        SafeTensorsWriter.Write(folder["a.safetensors"], [new("t", turned)]);
        using IWeightSource source = WeightSource.Open(folder["a.safetensors"]);
        Assert.Equal([3, 2], source.Entries["t"].Shape);
        Assert.Equal([1, 4, 2, 5, 3, 6], source.Read("t").ToArray<float>());
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("__metadata__", "b")]
    public void NamesThatCannotBeReadAgainAreRefused(string first, string second)
    {
        using TemporaryFolder folder = new();
        KeyValuePair<string, Tensor>[] tensors = [new(first, Tensor.Ones([1])), new(second, Tensor.Ones([1]))];
        Assert.Throws<ArgumentException>(() => SafeTensorsWriter.Write(folder["a.safetensors"], tensors));
        Assert.Empty(Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void AnUnknownTensorIsNamed()
    {
        using TemporaryFolder folder = new();
        SafeTensorsWriter.Write(folder["a.safetensors"], []);
        using IWeightSource source = WeightSource.Open(folder["a.safetensors"]);
        KeyNotFoundException e = Assert.Throws<KeyNotFoundException>(() => source.Read("x.weight"));
        Assert.Contains("'x.weight'", e.Message, StringComparison.Ordinal);
    }

    private static void Same(KeyValuePair<string, Tensor>[] tensors, IWeightSource source)
    {
        Assert.Equal(
            tensors.Select(t => t.Key).Order(StringComparer.Ordinal),
            source.Entries.Keys.Order(StringComparer.Ordinal));
        foreach ((string name, Tensor tensor) in tensors)
        {
            Assert.Equal(new WeightEntry(name, tensor.DType, tensor.Shape), source.Entries[name]);
            Assert.Equal(Bits(tensor), Bits(source.Read(name)));
        }
    }

    private static void Aligned(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        long header = BinaryPrimitives.ReadInt64LittleEndian(file);
        Assert.Equal(0, header % 8);
        (Dictionary<string, SafeTensorsHeader.Place> places, _) =
            SafeTensorsHeader.Parse(path, file.AsSpan(8, (int)header), 8 + header, file.Length - 8 - header);
        Assert.All(places.Values, place => Assert.Equal(0, place.Offset % place.Entry.DType.Size()));
    }

    private static unsafe Tensor Numbered(DType dtype, long[] sizes)
    {
        Tensor tensor = Tensor.Empty(Shape.Create(sizes), dtype);
        byte* data = tensor.View.Data;
        for (long i = 0; i < dtype.ByteCount(tensor.Count); i++)
        {
            data[i] = dtype == DType.Bool ? (byte)(i % 2) : (byte)((i * 37) + 11);
        }

        return tensor;
    }

    private static unsafe byte[] Bits(Tensor tensor) =>
        new ReadOnlySpan<byte>(tensor.View.Data, (int)tensor.DType.ByteCount(tensor.Count)).ToArray();

    private static bool IsText(string text) =>
        text != "__metadata__" && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text;
}
