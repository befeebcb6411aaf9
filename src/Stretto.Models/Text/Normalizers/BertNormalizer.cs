using System.Globalization;
using System.Text;

namespace Stretto.Models.Text;

/// <summary>The text clean-up of BERT (Devlin et al. 2018).</summary>
internal sealed class BertNormalizer : Normalizer
{
    private readonly Normalizer _steps;

    public BertNormalizer(PartJson json)
    {
        bool lowercase = json.Flag("lowercase", true);
        bool accents = json.Flag("strip_accents", lowercase);
        List<Normalizer> chain = [];
        if (json.Flag("clean_text", true))
        {
            chain.Add(new CharacterFilter(Clean));
        }

        if (json.Flag("handle_chinese_chars", true))
        {
            chain.Add(new SpaceAround());
        }

        if (accents)
        {
            chain.Add(new UnicodeNormalizer(compatible: false, compose: false));
            chain.Add(CharacterFilter.StripAccents);
        }

        if (lowercase)
        {
            chain.Add(new LowercaseNormalizer());
        }

        _steps = new Chain([.. chain]);
    }

    public override AlignedText Apply(AlignedText text) => _steps.Apply(text);

    private static int Clean(int scalar)
    {
        if (ScalarClasses.IsWhiteSpace(scalar) && scalar is not (0x85 or 0x0B or 0x0C))
        {
            return ' ';
        }

        bool control = CharUnicodeInfo.GetUnicodeCategory(scalar)
            is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned;
        return control || scalar == 0xFFFD ? -1 : scalar;
    }

    private static bool IsChinese(int scalar) => scalar is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF)
        or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F)
        or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);

    private sealed class SpaceAround : Normalizer
    {
        public override AlignedText Apply(AlignedText text)
        {
            AlignedTextBuilder builder = new(text);
            int at = 0;
            foreach (Rune rune in text.Text.EnumerateRunes())
            {
                bool chinese = IsChinese(rune.Value);
                if (chinese)
                {
                    builder.Append(' ', at);
                }

                builder.Append(rune.Value, at);
                if (chinese)
                {
                    builder.Append(' ', at);
                }

                at += rune.Utf16SequenceLength;
            }

            return builder.ToText(text.AtStart);
        }
    }
}
