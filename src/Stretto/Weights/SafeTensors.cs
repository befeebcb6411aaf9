using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Stretto.Weights;

/// <summary>
/// One safetensors file: 8 bytes of header length, a JSON header, the data
/// (https://github.com/huggingface/safetensors).
/// </summary>
/// <remarks>
/// Nothing is allocated from a number that was not checked against the file. Data is read through a file handle into
/// tensor memory
/// rather than mapped: a mapped file that another process truncates ends the process with SIGBUS, a read ends with an
/// exception.
/// </remarks>
public sealed class SafeTensors : IWeightSource
{
    private readonly SafeFileHandle _file;
    private readonly Dictionary<string, SafeTensorsHeader.Place> _places;
    private readonly Dictionary<string, WeightEntry> _entries = [];

    /// <summary>Opens a file and checks its whole header.</summary>
    /// <exception cref="ModelFormatException">The header breaks the format.</exception>
    public SafeTensors(string path)
    {
        Path = path;
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            byte[] header = ReadHeader();
            long start = sizeof(long) + header.Length;
            (_places, Metadata) = SafeTensorsHeader.Parse(path, header, start, RandomAccess.GetLength(_file) - start);
            foreach ((string name, SafeTensorsHeader.Place place) in _places)
            {
                _entries[name] = place.Entry;
            }
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, WeightEntry> Entries => _entries;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <inheritdoc/>
    public unsafe Tensor Read(string name, Device? device = null)
    {
        if (!_places.TryGetValue(name, out SafeTensorsHeader.Place place))
        {
            throw new KeyNotFoundException($"'{Path}' holds no tensor '{name}'");
        }

        Tensor tensor = Tensor.Empty(place.Entry.Shape, place.Entry.DType, device);
        try
        {
            Fill(tensor.View.Data, place);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private unsafe void Fill(byte* target, SafeTensorsHeader.Place place)
    {
        long bytes = place.Entry.ByteCount;
        for (long done = 0; done < bytes;)
        {
            Span<byte> part = new(target + done, (int)Math.Min(bytes - done, 64 << 20));
            int count = RandomAccess.Read(_file, part, place.Offset + done);
            if (count == 0)
            {
                throw new ModelFormatException(
                    Path, $"tensor '{place.Entry.Name}'", "the file was truncated while it was open");
            }

            // A bool of another value would be true in one operation and equal to no bool in the next.
            if (place.Entry.DType == DType.Bool && part[..count].ContainsAnyExceptInRange((byte)0, (byte)1))
            {
                throw new ModelFormatException(Path, $"tensor '{place.Entry.Name}'", "a BOOL must be 0 or 1");
            }

            done += count;
        }
    }

    private byte[] ReadHeader()
    {
        long length = RandomAccess.GetLength(_file);
        Span<byte> prefix = stackalloc byte[sizeof(long)];
        if (length < prefix.Length || RandomAccess.Read(_file, prefix, 0) < prefix.Length)
        {
            throw new ModelFormatException(
                Path, "", $"{length} bytes are no safetensors file, which starts with 8 bytes of header length");
        }

        ulong size = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (size > SafeTensorsHeader.MaxBytes || (long)size > length - sizeof(long))
        {
            throw new ModelFormatException(
                Path, "header length",
                $"{size} bytes do not fit: the file has {length - sizeof(long)} more, "
                + $"and {SafeTensorsHeader.MaxBytes} are the limit");
        }

        byte[] header = new byte[size];
        int read = 0;
        while (read < header.Length)
        {
            int count = RandomAccess.Read(_file, header.AsSpan(read), sizeof(long) + read);
            read += count > 0
                ? count
                : throw new ModelFormatException(Path, "header", "the file was truncated while it was read");
        }

        return header;
    }
}
