using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Stretto.Weights;

/// <summary>Writes safetensors files: to a temporary file in the same folder, synced to disk, then renamed, so that the name never shows half a file.</summary>
public static class SafeTensorsWriter
{
    /// <summary>Writes tensors under their names.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="tensors">Name and tensor, in the order of the data.</param>
    /// <param name="metadata">Text to store beside them; <c>format: pt</c> is always there, since transformers asks for it.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; what was at <paramref name="path"/> is kept.</exception>
    public static void Write(
        string path, IReadOnlyList<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        byte[] header = Header(tensors, metadata);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach ((_, Tensor tensor) in tensors)
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
            json.WriteStartObject("__metadata__");
            json.WriteString("format", "pt");
            foreach ((string key, string value) in metadata ?? new Dictionary<string, string>())
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            long at = 0;
            foreach ((string name, Tensor tensor) in tensors)
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
                json.WriteNumberValue(at);
                at += tensor.DType.ByteCount(tensor.Count);
                json.WriteNumberValue(at);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // Data should start at a multiple of 8; the format allows spaces behind the JSON.
        byte[] header = new byte[(buffer.WrittenCount + 7) / 8 * 8];
        buffer.WrittenSpan.CopyTo(header);
        header.AsSpan(buffer.WrittenCount).Fill((byte)' ');
        return header;
    }
}
