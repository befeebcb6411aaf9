using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Stretto.Weights;

/// <summary>
/// Writes safetensors files: to a temporary file in the same folder, synced to disk, then renamed, so that the name
/// never shows half a file.
/// </summary>
public static class SafeTensorsWriter
{
    /// <summary>Writes tensors under their names.</summary>
    /// <remarks>
    /// Types of larger elements come first, else the order is kept, so that every tensor starts at a multiple of its
    /// element size:
    /// PyTorch asks for it. Data goes to the disk tensor by tensor; no copy of the whole is made.
    /// </remarks>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="tensors">Name and tensor.</param>
    /// <param name="metadata">
    /// Text to store beside them; <c>format: pt</c> is there unless given otherwise, since transformers asks for it.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A name occurs twice or is reserved, or the header would be longer than the format allows.
    /// </exception>
    /// <exception cref="IOException">
    /// The disk is full or the folder cannot be written; what was at <paramref name="path"/> is kept.
    /// </exception>
    public static void Write(
        string path, IReadOnlyList<KeyValuePair<string, Tensor>> tensors,
        IReadOnlyDictionary<string, string>? metadata = null) =>
        AtomicFile.Commit(path, Stage(path, tensors, metadata));

    /// <summary>Writes the whole file under a temporary name, which is returned.</summary>
    internal static string Stage(
        string path, IReadOnlyList<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        KeyValuePair<string, Tensor>[] ordered = [.. tensors.OrderByDescending(t => t.Value.DType.Size())];
        byte[] header = Header(ordered, metadata);
        return AtomicFile.Stage(path, stream =>
        {
            Span<byte> length = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach ((_, Tensor tensor) in ordered)
            {
                WriteData(stream, tensor);
            }
        });
    }

    private static unsafe void WriteData(Stream stream, Tensor tensor)
    {
        using Tensor rows = tensor.Detach().Contiguous();
        byte* data = rows.View.Data;
        long bytes = rows.DType.ByteCount(rows.Count);
        for (long done = 0; done < bytes; done += 1 << 20)
        {
            stream.Write(new ReadOnlySpan<byte>(data + done, (int)Math.Min(bytes - done, 1 << 20)));
        }
    }

    private static byte[] Header(
        IReadOnlyList<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            HashSet<string> names = ["__metadata__"];
            long at = 0;
            foreach ((string name, Tensor tensor) in tensors)
            {
                if (!names.Add(name))
                {
                    throw new ArgumentException($"the tensor name '{name}' is reserved or occurs twice");
                }

                long end = at + tensor.DType.ByteCount(tensor.Count);
                WriteEntry(json, name, tensor, at, end);
                at = end;
            }

            json.WriteEndObject();
        }

        // Data should start at a multiple of 8; the format allows spaces behind the JSON.
        long length = (buffer.WrittenCount + 7L) / 8 * 8;
        if (length > SafeTensorsHeader.MaxBytes)
        {
            throw new ArgumentException(
                $"a header of {length} bytes is over the format's limit of {SafeTensorsHeader.MaxBytes}; "
                + "write fewer tensors or shorter metadata");
        }

        byte[] header = new byte[length];
        buffer.WrittenSpan.CopyTo(header);
        header.AsSpan(buffer.WrittenCount).Fill((byte)' ');
        return header;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string>? metadata)
    {
        json.WriteStartObject("__metadata__");
        if (metadata is null || !metadata.ContainsKey("format"))
        {
            json.WriteString("format", "pt");
        }

        foreach ((string key, string value) in metadata ?? new Dictionary<string, string>())
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, string name, Tensor tensor, long start, long end)
    {
        json.WriteStartObject(name);
        json.WriteString("dtype", SafeTensorsHeader.NameOf(tensor.DType));
        json.WriteStartArray("shape");
        foreach (long size in tensor.Shape)
        {
            json.WriteNumberValue(size);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(start);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
