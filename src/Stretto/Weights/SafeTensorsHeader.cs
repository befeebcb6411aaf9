using System.Text.Json;
using System.Text.Unicode;

namespace Stretto.Weights;

/// <summary>The JSON header of a safetensors file, read token by token with every rule of the format.</summary>
internal static class SafeTensorsHeader
{
    public const long MaxBytes = 100_000_000;

    private const int MaxRank = 32;

    private static readonly Dictionary<string, DType> DTypes = new()
    {
        ["F64"] = DType.Float64,
        ["F32"] = DType.Float32,
        ["F16"] = DType.Float16,
        ["BF16"] = DType.BFloat16,
        ["F8_E4M3"] = DType.Float8E4M3,
        ["F8_E5M2"] = DType.Float8E5M2,
        ["I64"] = DType.Int64,
        ["I32"] = DType.Int32,
        ["I16"] = DType.Int16,
        ["I8"] = DType.Int8,
        ["U8"] = DType.UInt8,
        ["BOOL"] = DType.Bool,
    };

    /// <summary>An entry and where its data starts in the file.</summary>
    public readonly record struct Place(WeightEntry Entry, long Offset);

    public static string NameOf(DType dtype) => DTypes.First(pair => pair.Value == dtype).Key;

    /// <param name="path">For messages.</param>
    /// <param name="header">The JSON text.</param>
    /// <param name="dataStart">Where the data begins in the file.</param>
    /// <param name="dataLength">How many bytes of data the file has.</param>
    public static (Dictionary<string, Place> Places, Dictionary<string, string> Metadata) Parse(
        string path, ReadOnlySpan<byte> header, long dataStart, long dataLength)
    {
        Dictionary<string, Place> places = [];
        Dictionary<string, string> metadata = [];
        List<(long Start, long End, string Name)> ranges = [];
        if (header.IsEmpty || header[0] != (byte)'{')
        {
            throw new ModelFormatException(
                path, "header", "it does not start with '{', so this is no safetensors file");
        }

        if (!Utf8.IsValid(header))
        {
            throw new ModelFormatException(path, "header", "not valid UTF-8");
        }

        Utf8JsonReader json = new(header, new JsonReaderOptions { MaxDepth = 8 });
        try
        {
            json.Read();
            HashSet<string> names = [];
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                string name = json.GetString()!;
                if (!names.Add(name))
                {
                    throw new ModelFormatException(path, $"tensor '{Short(name)}'", "the name occurs twice");
                }

                json.Read();
                if (name == "__metadata__")
                {
                    ReadMetadata(path, ref json, metadata);
                    continue;
                }

                (WeightEntry entry, long start, long end) = ReadEntry(path, name, ref json, dataLength);
                places.Add(name, new Place(entry, dataStart + start));
                ranges.Add((start, end, name));
            }

            if (json.Read())
            {
                throw new ModelFormatException(path, "header", "text follows the JSON object");
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ModelFormatException(path, "header", $"not valid JSON at byte {json.BytesConsumed}", e);
        }

        CheckCovered(path, ranges, dataLength);
        return (places, metadata);
    }

    private static (WeightEntry Entry, long Start, long End) ReadEntry(
        string path, string name, ref Utf8JsonReader json, long dataLength)
    {
        string where = $"tensor '{Short(name)}'";
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw new ModelFormatException(path, where, "its entry is not an object");
        }

        DType? dtype = null;
        List<long>? sizes = null;
        List<long>? offsets = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string key = json.GetString()!;
            json.Read();
            bool twice = (key, dtype, sizes, offsets) is
                ("dtype", not null, _, _) or ("shape", _, not null, _) or ("data_offsets", _, _, not null);
            if (twice)
            {
                throw new ModelFormatException(path, where, $"'{Short(key)}' occurs twice");
            }

            switch (key)
            {
                case "dtype" when json.TokenType == JsonTokenType.String
                    && DTypes.TryGetValue(json.GetString()!, out DType known):
                    dtype = known;
                    break;
                case "shape":
                    sizes = Integers(path, where, "shape", ref json, MaxRank);
                    break;
                case "data_offsets":
                    offsets = Integers(path, where, "data_offsets", ref json, 2);
                    break;
                case "dtype":
                    throw new ModelFormatException(
                        path, where, $"its dtype is none of {string.Join(", ", DTypes.Keys)}");
                default:
                    throw new ModelFormatException(path, where, $"unknown key '{Short(key)}'");
            }
        }

        if (dtype is not { } type || sizes is null || offsets is not [long start, long end])
        {
            throw new ModelFormatException(path, where, "dtype, shape and two data_offsets are required");
        }

        // Zeros are left out of the product at first: huge sizes beside one would still overflow strides.
        Int128 bytes = type.Size();
        foreach (long size in sizes)
        {
            bytes *= Math.Max(size, 1);
            if (bytes > long.MaxValue)
            {
                throw new ModelFormatException(path, where, $"shape [{string.Join(", ", sizes)}] overflows");
            }
        }

        bytes = sizes.Contains(0) ? 0 : bytes;
        if (start > end || end > dataLength || end - start != bytes)
        {
            throw new ModelFormatException(
                path, where,
                $"{type.Name()} [{string.Join(", ", sizes)}] needs {bytes} bytes, its offsets say {start} to {end} "
                + $"of {dataLength}; a truncated download?");
        }

        return (new WeightEntry(name, type, Shape.Create([.. sizes])), start, end);
    }

    private static List<long> Integers(string path, string where, string key, ref Utf8JsonReader json, int most)
    {
        List<long> values = [];
        if (json.TokenType != JsonTokenType.StartArray)
        {
            throw new ModelFormatException(path, where, $"{key} is not a list");
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out long value)
                || value < 0 || values.Count == most)
            {
                throw new ModelFormatException(
                    path, where, $"{key} must hold at most {most} whole numbers from 0 to 2^63 - 1");
            }

            values.Add(value);
        }

        return values;
    }

    private static void ReadMetadata(string path, ref Utf8JsonReader json, Dictionary<string, string> metadata)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw new ModelFormatException(path, "__metadata__", "it must be an object of strings");
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string key = json.GetString()!;
            json.Read();
            string value = json.TokenType == JsonTokenType.String
                ? json.GetString()!
                : throw new ModelFormatException(path, $"__metadata__ '{Short(key)}'", "it must be a string");
            if (!metadata.TryAdd(key, value))
            {
                throw new ModelFormatException(path, $"__metadata__ '{Short(key)}'", "the key occurs twice");
            }
        }
    }

    private static void CheckCovered(string path, List<(long Start, long End, string Name)> ranges, long dataLength)
    {
        ranges.Sort();
        long at = 0;
        foreach ((long start, long end, string name) in ranges)
        {
            if (start != at)
            {
                throw new ModelFormatException(
                    path, $"tensor '{Short(name)}'",
                    start < at ? "it overlaps another tensor" : $"bytes {at} to {start} belong to no tensor");
            }

            at = end;
        }

        if (at != dataLength)
        {
            throw new ModelFormatException(path, "", $"{dataLength - at} bytes follow the last tensor");
        }
    }

    /// <summary>Names from a file go into messages only so far.</summary>
    private static string Short(string name) => name.Length <= 80 ? name : name[..80] + "…";
}
