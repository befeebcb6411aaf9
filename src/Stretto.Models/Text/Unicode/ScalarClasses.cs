using System.Globalization;

namespace Stretto.Models.Text;

/// <summary>Character classes over Unicode scalar values, as tokenizer files mean them.</summary>
internal static class ScalarClasses
{
    public const uint Letter = (1u << (int)UnicodeCategory.UppercaseLetter)
        | (1u << (int)UnicodeCategory.LowercaseLetter)
        | (1u << (int)UnicodeCategory.TitlecaseLetter)
        | (1u << (int)UnicodeCategory.ModifierLetter)
        | (1u << (int)UnicodeCategory.OtherLetter);

    public const uint Mark = (1u << (int)UnicodeCategory.NonSpacingMark)
        | (1u << (int)UnicodeCategory.SpacingCombiningMark)
        | (1u << (int)UnicodeCategory.EnclosingMark);

    public const uint Number = (1u << (int)UnicodeCategory.DecimalDigitNumber)
        | (1u << (int)UnicodeCategory.LetterNumber)
        | (1u << (int)UnicodeCategory.OtherNumber);

    public const uint Punctuation = (1u << (int)UnicodeCategory.ConnectorPunctuation)
        | (1u << (int)UnicodeCategory.DashPunctuation)
        | (1u << (int)UnicodeCategory.OpenPunctuation)
        | (1u << (int)UnicodeCategory.ClosePunctuation)
        | (1u << (int)UnicodeCategory.InitialQuotePunctuation)
        | (1u << (int)UnicodeCategory.FinalQuotePunctuation)
        | (1u << (int)UnicodeCategory.OtherPunctuation);

    public const uint Symbol = (1u << (int)UnicodeCategory.MathSymbol)
        | (1u << (int)UnicodeCategory.CurrencySymbol)
        | (1u << (int)UnicodeCategory.ModifierSymbol)
        | (1u << (int)UnicodeCategory.OtherSymbol);

    public const uint Separator = (1u << (int)UnicodeCategory.SpaceSeparator)
        | (1u << (int)UnicodeCategory.LineSeparator)
        | (1u << (int)UnicodeCategory.ParagraphSeparator);

    public const uint Other = (1u << (int)UnicodeCategory.Control)
        | (1u << (int)UnicodeCategory.Format)
        | (1u << (int)UnicodeCategory.Surrogate)
        | (1u << (int)UnicodeCategory.PrivateUse)
        | (1u << (int)UnicodeCategory.OtherNotAssigned);

    public const uint Connector = 1u << (int)UnicodeCategory.ConnectorPunctuation;

    public const uint Digit = 1u << (int)UnicodeCategory.DecimalDigitNumber;

    public static bool Is(int scalar, uint categories) =>
        ((1u << (int)CharUnicodeInfo.GetUnicodeCategory(scalar)) & categories) != 0;

    /// <summary>Unicode White_Space.</summary>
    public static bool IsWhiteSpace(int scalar) => scalar < 0x80
        ? scalar is ' ' or (>= '\t' and <= '\r')
        : scalar is 0x85 or 0xA0 or 0x1680 or (>= 0x2000 and <= 0x200A) or 0x2028 or 0x2029 or 0x202F or 0x205F
            or 0x3000;

    /// <summary>
    /// A word character of the library that defined added tokens: letters, marks, digits, connectors, joiners.
    /// </summary>
    public static bool IsWord(int scalar) =>
        Is(scalar, Letter | Mark | Digit | Connector | (1u << (int)UnicodeCategory.LetterNumber))
        || scalar is 0x200C or 0x200D || IsOtherAlphabetic(scalar);

    /// <summary>Any number: decimal digits, letter numbers, fractions.</summary>
    public static bool IsNumeric(int scalar) => Is(scalar, Number);

    /// <summary>ASCII punctuation and symbols, and Unicode punctuation.</summary>
    public static bool IsPunctuation(int scalar) =>
        scalar is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~')
        || Is(scalar, Punctuation);

    /// <summary>
    /// Alphabetic by Other_Alphabetic without being a letter, mark or number: circled and squared letters.
    /// </summary>
    private static bool IsOtherAlphabetic(int scalar) =>
        scalar is (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169)
            or (>= 0x1F170 and <= 0x1F189);
}
