using System.Buffers.Binary;
using System.Text;

namespace Stretto.Tests.Weights;

/// <summary>A folder of its own for one test, removed after it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("stretto-").FullName;

    public string this[string name] => Path.Combine(Root, name);

    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(this[name], bytes);
        return this[name];
    }

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    /// <summary>A safetensors file of this header, however wrong, and this many bytes of data.</summary>
    public string WriteRaw(string name, string header, int dataLength) =>
        Write(name, Raw(Encoding.UTF8.GetBytes(header), dataLength));

    public static byte[] Raw(byte[] header, int dataLength)
    {
        byte[] file = new byte[sizeof(long) + header.Length + dataLength];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, sizeof(long));
        for (int i = 0; i < dataLength; i++)
        {
            file[sizeof(long) + header.Length + i] = (byte)(i + 1);
        }

        return file;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
