using System.Globalization;
using System.Text;

namespace Stretto.Models.Text;

/// <summary>Maps every character to another, to itself, or to nothing (a negative result).</summary>
internal sealed class CharacterFilter(Func<int, int> map) : Normalizer
{
    private const int Removed = -1;

    /// <summary>Drops every kind of mark.</summary>
    public static CharacterFilter StripMarks { get; } =
        new(scalar => ScalarClasses.Is(scalar, ScalarClasses.Mark) ? Removed : scalar);

    /// <summary>Drops nonspacing marks only.</summary>
    public static CharacterFilter StripAccents { get; } = new(scalar =>
        CharUnicodeInfo.GetUnicodeCategory(scalar) == UnicodeCategory.NonSpacingMark ? Removed : scalar);

    /// <summary>The clean-up of the Moses and fairseq tools: control characters go, odd spaces become spaces.</summary>
    public static CharacterFilter Nmt { get; } = new(scalar => scalar switch
    {
        (>= 0x01 and <= 0x08) or 0x0B or (>= 0x0E and <= 0x1F) or 0x7F or 0x8F or 0x9F => Removed,
        0x09 or 0x0A or 0x0C or 0x0D or 0x1680 or (>= 0x200B and <= 0x200F) or 0x2028 or 0x2029 or 0x2581 or 0xFEFF
            or 0xFFFD => ' ',
        _ => scalar,
    });

    public override AlignedText Apply(AlignedText text)
    {
        AlignedTextBuilder builder = new(text);
        int at = 0;
        foreach (Rune rune in text.Text.EnumerateRunes())
        {
            int scalar = map(rune.Value);
            if (scalar >= 0)
            {
                builder.Append(scalar, at);
            }

            at += rune.Utf16SequenceLength;
        }

        return builder.ToText(text.AtStart);
    }
}
