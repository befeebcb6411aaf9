using System.Buffers.Binary;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace Stretto.Bench;

/// <summary>
/// TorchSharp's native library asks for the C++ library of GCC 13 (GLIBCXX_3.4.32) by one symbol that nothing calls. Where the system's is
/// older, as in Debian 12, the copy beside this program is marked so that the loader warns of nothing and goes on: the flag "weak" of the
/// version in the section .gnu.version_r (Elf64_Vernaux: hash, flags, other, name, next).
/// </summary>
internal static class LibraryVersions
{
    private const string Wanted = "GLIBCXX_3.4.32";
    private const ushort Weak = 2;

    public static void LoadWithOlder()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
        if (NativeLibrary.TryLoad("libtorch_cpu.so", Assembly.GetExecutingAssembly(), null, out _) && NativeLibrary.TryLoad(path, out _))
        {
            return;
        }

        byte[] bytes = File.ReadAllBytes(path);
        Span<byte> hash = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(hash, Hash(Wanted));
        int at = bytes.AsSpan().IndexOf(hash);
        if (at < 0 || bytes.AsSpan(at + 1).IndexOf(hash) >= 0)
        {
            throw new InvalidOperationException($"{path} cannot be loaded, and not because of {Wanted}");
        }

        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at + sizeof(uint)), Weak);
        File.Delete(path); // a new file, so that a hard link into the package folder stays as it was
        File.WriteAllBytes(path, bytes);
    }

    /// <summary>The hash of the System V ABI.</summary>
    private static uint Hash(string name)
    {
        uint hash = 0;
        foreach (byte letter in Encoding.ASCII.GetBytes(name))
        {
            hash = (hash << 4) + letter;
            uint high = hash & 0xF000_0000;
            hash = (hash ^ (high >> 24)) & ~high;
        }

        return hash;
    }
}
