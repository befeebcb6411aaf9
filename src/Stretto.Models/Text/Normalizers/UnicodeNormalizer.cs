namespace Stretto.Models.Text;

/// <summary>One of the Unicode normalization forms.</summary>
internal sealed class UnicodeNormalizer(bool compatible, bool compose) : Normalizer
{
    public override AlignedText Apply(AlignedText text)
    {
        bool ascii = !text.Text.AsSpan().ContainsAnyExceptInRange('\0', '\u007F');
        if (ascii || (compose && !compatible && Normalization.IsComposed(text.Text)))
        {
            return text;
        }

        AlignedTextBuilder builder = new(text);
        int unit = 0;
        int last = 0;
        foreach (Normalization.Result result in Normalization.Apply(text.Text, compatible, compose))
        {
            // An added character stands where the last one taken stands.
            builder.Append(result.Scalar, result.Taken > 0 ? unit : last);
            for (int i = 0; i < result.Taken && unit < text.Text.Length; i++)
            {
                last = unit;
                unit += char.IsHighSurrogate(text.Text[unit]) ? 2 : 1;
            }
        }

        return builder.ToText(text.AtStart);
    }
}
