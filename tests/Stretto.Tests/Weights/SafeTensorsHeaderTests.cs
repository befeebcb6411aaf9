using System.Diagnostics;
using System.Text;
using Stretto.Weights;

namespace Stretto.Tests.Weights;

/// <summary>Rules of the header, one line each: what is wrong, and the word that the message must hold.</summary>
public sealed class SafeTensorsHeaderTests
{
    private const string A = "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}";

    [Theory]
    [InlineData("{" + A + "}", 4)]
    [InlineData("{" + A + "}   ", 4)]
    [InlineData("{\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[4,6]}," + A + "}", 6)]
    [InlineData("{\"\":{\"dtype\":\"BOOL\",\"shape\":[1,1],\"data_offsets\":[0,1]}}", 1)]
    [InlineData("{\"e\":{\"dtype\":\"F64\",\"shape\":[0,9],\"data_offsets\":[4,4]}," + A + "}", 4)]
    [InlineData("{\"__metadata__\":{\"format\":\"pt\"}}", 0)]
    [InlineData("{}", 0)]
    public void Accepts(string header, int dataLength)
    {
        using TemporaryFolder folder = new();
        Assert.Null(Opens.Refusal(folder.WriteRaw("a.safetensors", header, dataLength)));
    }

    [Theory]
    [InlineData(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[0,4611686018427387904,4611686018427387904],\"data_offsets\":[0,0]}}", 0,
        "overflow")]
    [InlineData("{\"a\":{\"dtype\":\"F64\",\"shape\":[2305843009213693952],\"data_offsets\":[0,0]}}", 0, "overflow")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "twice")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "twice")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"data_offsets\":[0,4]}}", 4, "twice")]
    [InlineData("{" + A + ",\"\\u0061\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "twice")]
    [InlineData("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", 0, "twice")]
    [InlineData("{\"__metadata__\":{},\"__metadata__\":{}}", 0, "twice")]
    [InlineData("{\"__metadata__\":{\"k\":null}}", 0, "string")]
    [InlineData("{\"a\":{\"dtype\":\"U32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "dtype")]
    [InlineData("{\"a\":{\"dtype\":\"f32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "dtype")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}", 4, "shape")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1e0],\"data_offsets\":[0,4]}}", 4, "shape")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[[1]],\"data_offsets\":[0,4]}}", 4, "shape")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[true],\"data_offsets\":[0,4]}}", 4, "shape")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4, "data_offsets")]
    [InlineData(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[18446744073709551615,4]}}", 4, "data_offsets")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1,5]}}", 5, "belong to no tensor")]
    [InlineData("{" + A + ",\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[3,5]}}", 5, "overlap")]
    [InlineData("{" + A + ",\"e\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[2,2]}}", 4, "overlap")]
    [InlineData("{" + A + "}", 5, "follow")]
    [InlineData("{" + A + "}x", 4, "JSON")]
    [InlineData("{" + A + "}{}", 4, "JSON")]
    [InlineData("{" + A + ",}", 4, "JSON")]
    [InlineData("{" + A + "/**/}", 4, "JSON")]
    [InlineData("{\"\\ud800\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "JSON")]
    [InlineData("{\"a\":{\"dtype\":\"\\udfff\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "JSON")]
    [InlineData("\uFEFF{" + A + "}", 4, "{")]
    [InlineData(" {" + A + "}", 4, "{")]
    public void Refuses(string header, int dataLength, string word)
    {
        using TemporaryFolder folder = new();
        ModelFormatException? refusal = Opens.Refusal(folder.WriteRaw("a.safetensors", header, dataLength));
        Assert.NotNull(refusal);
        Assert.Contains(word, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void KeepsNamesWithLineBreaksAndHugeNamesOutOfTheMessage()
    {
        using TemporaryFolder folder = new();
        string name = "x\\n\\u001b[31m" + new string('y', 100_000);
        string header = $"{{\"{name}\":{{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}}}";
        ModelFormatException refusal = Opens.Refusal(folder.WriteRaw("a.safetensors", header, 4))!;
        Assert.True(refusal.Message.Length < 1000);
        Assert.DoesNotContain(refusal.Message, char.IsControl);
    }

    /// <summary>
    /// The first eight bytes are a length, so any text can stand there; these are no pages, pointers or pickles.
    /// </summary>
    [Theory]
    [InlineData(0x3C)] // '<'
    [InlineData(0x3C20)] // " <"
    [InlineData(0x3CA0)]
    [InlineData(0x0280)] // how a pickle begins
    [InlineData(0x7B)] // '{'
    public void ALengthThatReadsLikeAnotherFormatIsALength(int length)
    {
        using TemporaryFolder folder = new();
        string header = ("{" + A + "}").PadRight(length);
        Assert.Null(Opens.Refusal(folder.WriteRaw("a.safetensors", header, 4)));
    }

    [Fact]
    public void TwoHundredThousandTensorsOpenInAMoment()
    {
        StringBuilder header = new("{");
        const int count = 200_000;
        for (int i = 0; i < count; i++)
        {
            header.Append(i == 0 ? "" : ",").Append(
                $"\"model.layers.{i}.w\":{{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[{i},{i + 1}]}}");
        }

        using TemporaryFolder folder = new();
        string path = folder.WriteRaw("a.safetensors", header.Append('}').ToString(), count);
        Stopwatch watch = Stopwatch.StartNew();
        using IWeightSource source = WeightSource.Open(path);
        Assert.Equal(count, source.Entries.Count);
        Assert.True(watch.ElapsedMilliseconds < 5000, $"it took {watch.ElapsedMilliseconds} ms");
    }
}
