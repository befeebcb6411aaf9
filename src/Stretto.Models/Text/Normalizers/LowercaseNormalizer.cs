using System.Text;

namespace Stretto.Models.Text;

/// <summary>
/// Lower case, character by character: the full mapping without context, so a final sigma is an ordinary one.
/// </summary>
internal sealed class LowercaseNormalizer : Normalizer
{
    public override AlignedText Apply(AlignedText text)
    {
        AlignedTextBuilder builder = new(text);
        int at = 0;
        foreach (Rune rune in text.Text.EnumerateRunes())
        {
            builder.Append(rune.Value == 0x130 ? 'i' : Rune.ToLowerInvariant(rune).Value, at);
            if (rune.Value == 0x130)
            {
                // The only character whose lower case is two: i and a dot above.
                builder.Append(0x307, at);
            }

            at += rune.Utf16SequenceLength;
        }

        return builder.ToText(text.AtStart);
    }
}
