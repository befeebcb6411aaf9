using System.Buffers.Binary;
using System.Text;

namespace Stretto.Tests.Weights;

/// <summary>
/// Thousands of files with one or two fields changed: each loads or is refused by name, within a bounded allocation.
/// </summary>
public sealed class SafeTensorsMutationTests
{
    private static readonly string[] Values =
    [
        "0", "-1", "1", "2.5", "1e400", "-0", "9223372036854775807", "9223372036854775808",
        "18446744073709551615", "4294967296",
        "null", "true", "\"\"", "\"F32\"", "\"F7\"", "\"\\ud800\"", "\"\\u0000\"", "[]", "{}", "[0,4]", "[4,0]",
        "[0,0]",
        "[0,4,8]",
        "[-4,0]", "[1,1,1,1]", "[2147483648,2147483648,4]", "[0,4611686018427387904,4611686018427387904]", "[[[[]]]]",
        "{\"a\":{}}",
        "[18446744073709551612,0]", "NaN", "", "]", "}", ",", "/*", "\"",
    ];

    private static readonly string[] Fields =
    [
        "{", "\"__metadata__\"", ":", "{\"format\":\"pt\"}", ",", "\"a\"", ":", "{", "\"dtype\"", ":",
        "\"F32\"", ",", "\"shape\"", ":",
        "[2,2]", ",", "\"data_offsets\"", ":", "[0,16]", "}", ",", "\"b\"", ":", "{", "\"dtype\"", ":", "\"BOOL\"", ",",
        "\"shape\"", ":", "[3]",
        ",", "\"data_offsets\"", ":", "[16,19]", "}", "}",
    ];

    [Fact]
    public void EveryFieldTakesEveryValue()
    {
        using TemporaryFolder folder = new();
        for (int field = 0; field < Fields.Length; field++)
        {
            foreach (string value in Values)
            {
                Check(folder, Encoding.UTF8.GetBytes(
                    string.Concat(Fields.Select((f, i) => i == field ? value : f))), 0);
            }
        }
    }

    [Fact]
    public void PairsOfFieldsAndBytesAndLengths()
    {
        using TemporaryFolder folder = new();
        ulong state = 20;
        int Next(int limit)
        {
            state = (state * 6364136223846793005) + 1442695040888963407;
            return (int)((state >> 33) % (ulong)limit);
        }

        for (int round = 0; round < 1500; round++)
        {
            string[] fields = [.. Fields];
            fields[Next(fields.Length)] = Values[Next(Values.Length)];
            fields[Next(fields.Length)] = Next(2) == 0 ? Values[Next(Values.Length)] : fields[Next(fields.Length)];
            byte[] header = Encoding.UTF8.GetBytes(string.Concat(fields));
            if (Next(3) == 0 && header.Length > 0)
            {
                header[Next(header.Length)] = (byte)Next(256);
            }

            long[] lengths = [0, 1, -1, 1L << 32, long.MaxValue, long.MinValue, 100_000_000, Next(400)];
            Check(folder, header, Next(4) == 0 ? lengths[Next(lengths.Length)] : 0);
        }
    }

    private static void Check(TemporaryFolder folder, byte[] header, long lengthChange)
    {
        byte[] file = TemporaryFolder.Raw(header, 19);
        file.AsSpan(file.Length - 3).Clear();
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length + lengthChange);
        string path = folder.Write("m.safetensors", file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = Opens.Refusal(path);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 1 << 20, $"{allocated} bytes for {Encoding.UTF8.GetString(header)}");
    }
}
