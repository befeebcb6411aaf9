using System.Text;

namespace Stretto.Models.Text;

/// <summary>
/// The alphabet of byte-level tokenizers: every byte as a visible character. Printable Latin-1 stands for itself, the
/// other 68 bytes are the characters from U+0100 on (GPT-2, Radford et al. 2019).
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = Build();
    private static readonly short[] Bytes = Invert();

    /// <summary>All 256 characters, ascending by code point.</summary>
    public static IEnumerable<char> Sorted => Characters.Order();

    public static char Of(byte value) => Characters[value];

    /// <summary>The byte of a character, or -1 when it is not of the alphabet.</summary>
    public static int ByteOf(char character) => character < Bytes.Length ? Bytes[character] : -1;

    /// <summary>
    /// Writes the bytes of a token; a token with a character outside the alphabet is taken as plain text.
    /// </summary>
    public static byte[] Decode(string token)
    {
        byte[] bytes = new byte[token.Length];
        for (int i = 0; i < token.Length; i++)
        {
            int value = ByteOf(token[i]);
            if (value < 0)
            {
                return Encoding.UTF8.GetBytes(token);
            }

            bytes[i] = (byte)value;
        }

        return bytes;
    }

    private static char[] Build()
    {
        char[] characters = new char[256];
        char free = '\u0100';
        for (int i = 0; i < 256; i++)
        {
            bool visible = i is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            characters[i] = visible ? (char)i : free++;
        }

        return characters;
    }

    private static short[] Invert()
    {
        short[] bytes = new short[0x100 + 68];
        Array.Fill(bytes, (short)-1);
        for (int i = 0; i < 256; i++)
        {
            bytes[Characters[i]] = (short)i;
        }

        return bytes;
    }
}
