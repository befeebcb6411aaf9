using System.Text;

namespace Stretto.Models.Text;

/// <summary>Writes every UTF-8 byte as a character of <see cref="ByteAlphabet"/>.</summary>
internal sealed class ByteLevelNormalizer : Normalizer
{
    public override AlignedText Apply(AlignedText text)
    {
        AlignedTextBuilder builder = new(text);
        Span<byte> utf8 = stackalloc byte[4];
        int at = 0;
        foreach (Rune rune in text.Text.EnumerateRunes())
        {
            int count = rune.EncodeToUtf8(utf8);
            for (int i = 0; i < count; i++)
            {
                builder.Append(ByteAlphabet.Of(utf8[i]), at);
            }

            at += rune.Utf16SequenceLength;
        }

        return builder.ToText(text.AtStart);
    }
}
