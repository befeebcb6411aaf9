using System.Text;

namespace Stretto.Models.Text;

/// <summary>
/// The alphabet of byte-level BPE: every byte as one printable character, so that tokens are text in files.
/// Radford et al., GPT-2, 2019.
/// </summary>
internal static class ByteLevel
{
    private static readonly char[] Characters = MakeCharacters();
    private static readonly Dictionary<char, byte> Bytes = MakeBytes();

    public static char Character(byte value) => Characters[value];

    public static bool TryByte(char character, out byte value) => Bytes.TryGetValue(character, out value);

    /// <summary>The bytes of a text as characters of the alphabet.</summary>
    public static string Encode(ReadOnlySpan<char> text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        int count = Encoding.UTF8.GetBytes(text, bytes);
        return string.Create(count, bytes, (target, from) =>
        {
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = Characters[from[i]];
            }
        });
    }

    /// <summary>The bytes that a token stands for; characters outside the alphabet stand for themselves.</summary>
    public static byte[] Decode(string token)
    {
        List<byte> bytes = [];
        foreach (char c in token)
        {
            if (Bytes.TryGetValue(c, out byte value))
            {
                bytes.Add(value);
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes([c]));
            }
        }

        return [.. bytes];
    }

    private static char[] MakeCharacters()
    {
        char[] characters = new char[256];
        int next = 256;
        for (int b = 0; b < 256; b++)
        {
            bool printable = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            characters[b] = printable ? (char)b : (char)next++;
        }

        return characters;
    }

    private static Dictionary<char, byte> MakeBytes()
    {
        Dictionary<char, byte> bytes = [];
        for (int b = 0; b < 256; b++)
        {
            bytes[Characters[b]] = (byte)b;
        }

        return bytes;
    }
}
