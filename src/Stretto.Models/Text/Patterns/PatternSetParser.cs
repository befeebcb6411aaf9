using System.Globalization;
using System.Text;

namespace Stretto.Models.Text;

/// <summary>Escapes and bracketed classes of a pattern.</summary>
internal static class PatternSetParser
{
    private const int MaxDepth = 16;

    public static ScalarSet Single(int scalar, bool ignoreCase) =>
        ignoreCase ? ScalarSet.Of(CaseVariants(scalar)) : ScalarSet.Of(scalar);

    /// <summary>A bracketed class; <paramref name="at"/> stands after the opening bracket.</summary>
    public static ScalarSet Bracket(int[] pattern, ref int at, bool ignoreCase, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new FormatException($"the pattern nests more than {MaxDepth} character classes");
        }

        bool negated = Peek(pattern, at) == '^';
        at += negated ? 1 : 0;
        List<(int, int)> ranges = [];
        List<ScalarSet> parts = [];
        ScalarSet? within = null;
        bool first = true;
        while (first || Peek(pattern, at) != ']')
        {
            first = false;
            int scalar = Next(pattern, ref at);
            if (scalar == '[')
            {
                if (Peek(pattern, at) == ':')
                {
                    throw new FormatException("the pattern holds a POSIX class such as [:alpha:]; write it as \\p{L}");
                }

                parts.Add(Bracket(pattern, ref at, ignoreCase, depth + 1));
                continue;
            }

            if (scalar == '&' && Peek(pattern, at) == '&')
            {
                at++;
                within = Rest(pattern, ref at, ignoreCase, depth + 1);
                break;
            }

            if (scalar == '\\' && Named(pattern, ref at) is { } named)
            {
                parts.Add(named);
                continue;
            }

            int low = scalar == '\\' ? Character(pattern, ref at) : scalar;
            int high = low;
            if (Peek(pattern, at) == '-' && Peek(pattern, at + 1) is not (']' or -1))
            {
                at++;
                int end = Next(pattern, ref at);
                high = end == '\\' ? Character(pattern, ref at) : end;
                if (high < low)
                {
                    throw new FormatException("the pattern holds a range in the wrong order");
                }
            }

            Add(ranges, low, high, ignoreCase);
        }

        at++;
        return new ScalarSet(ranges: [.. ranges], parts: [.. parts], within: within, negated: negated);
    }

    /// <summary>The class or character of an escape; <paramref name="at"/> stands after the backslash.</summary>
    public static ScalarSet Escape(int[] pattern, ref int at, bool ignoreCase) =>
        Named(pattern, ref at) ?? Single(Character(pattern, ref at), ignoreCase);

    private static ScalarSet Rest(int[] pattern, ref int at, bool ignoreCase, int depth)
    {
        // The right side of && runs to the closing bracket, as a class of its own.
        ScalarSet set = Bracket(pattern, ref at, ignoreCase, depth);
        at--;
        return set;
    }

    private static void Add(List<(int, int)> ranges, int low, int high, bool ignoreCase)
    {
        ranges.Add((low, high));
        for (int scalar = low; ignoreCase && scalar <= Math.Min(high, low + 0x1000); scalar++)
        {
            ranges.AddRange(CaseVariants(scalar).Where(v => v != scalar).Select(v => (v, v)));
        }
    }

    private static ScalarSet? Named(int[] pattern, ref int at)
    {
        ScalarSet? set = Peek(pattern, at) switch
        {
            's' => ScalarSet.Space,
            'S' => ScalarSet.Not(ScalarSet.Space),
            'd' => ScalarSet.Digit,
            'D' => ScalarSet.Not(ScalarSet.Digit),
            'w' => ScalarSet.Word,
            'W' => ScalarSet.Not(ScalarSet.Word),
            _ => null,
        };
        if (set is not null)
        {
            at++;
            return set;
        }

        if (Peek(pattern, at) is not ('p' or 'P') || Peek(pattern, at + 1) != '{')
        {
            return null;
        }

        bool negated = pattern[at] == 'P';
        at += 2;
        negated ^= Peek(pattern, at) == '^';
        at += Peek(pattern, at) == '^' ? 1 : 0;
        StringBuilder name = new();
        while (Peek(pattern, at) is not ('}' or -1) && name.Length < 64)
        {
            name.Append(new Rune(Next(pattern, ref at)).ToString());
        }

        at++;
        return new ScalarSet(Categories(name.ToString()), negated: negated);
    }

    private static uint Categories(string name)
    {
        uint group = name switch
        {
            "L" or "Letter" => ScalarClasses.Letter,
            "M" or "Mark" => ScalarClasses.Mark,
            "N" or "Number" => ScalarClasses.Number,
            "P" or "Punctuation" => ScalarClasses.Punctuation,
            "S" or "Symbol" => ScalarClasses.Symbol,
            "Z" or "Separator" => ScalarClasses.Separator,
            "C" or "Other" => ScalarClasses.Other,
            _ => 0,
        };
        // In the order of UnicodeCategory.
        string[] names =
        [
            "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co",
            "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn",
        ];
        int index = Array.IndexOf(names, name);
        return group != 0 ? group
            : index >= 0 ? 1u << index
            : throw new FormatException($"the pattern uses the property '{name}'; general categories are supported");
    }

    private static int Character(int[] pattern, ref int at)
    {
        int scalar = Next(pattern, ref at);
        switch (scalar)
        {
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'f': return '\f';
            case 'v': return '\v';
            case 'a': return '\a';
            case 'e': return 0x1B;
            case 'x' when Peek(pattern, at) == '{':
                at++;
                int value = Hex(pattern, ref at, 8);
                return Next(pattern, ref at) == '}'
                    ? value
                    : throw new FormatException("the pattern holds a broken \\x{...}");
            case 'x': return Hex(pattern, ref at, 2);
            case 'u': return Hex(pattern, ref at, 4);
            case (>= '0' and <= '9') or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'):
                throw new FormatException($"the pattern holds the escape '\\{(char)scalar}', which is not supported");
            default:
                return scalar;
        }
    }

    private static int Hex(int[] pattern, ref int at, int digits)
    {
        StringBuilder text = new();
        while (text.Length < digits && Peek(pattern, at) is int c && c >= 0 && c < 128 && char.IsAsciiHexDigit((char)c))
        {
            text.Append((char)pattern[at++]);
        }

        return int.TryParse(text.ToString(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int value)
            && Rune.IsValid(value)
            ? value
            : throw new FormatException("the pattern holds a hexadecimal escape that is no character");
    }

    /// <summary>Every character that equals this one when case is ignored (simple folding).</summary>
    private static int[] CaseVariants(int scalar)
    {
        Rune rune = new(scalar);
        int[] special = scalar switch
        {
            's' or 'S' or 0x17F => ['s', 'S', 0x17F],
            'k' or 'K' or 0x212A => ['k', 'K', 0x212A],
            0xE5 or 0xC5 or 0x212B => [0xE5, 0xC5, 0x212B],
            _ => [],
        };
        return
        [
            .. special.Append(scalar)
                .Append(Rune.ToLowerInvariant(rune).Value)
                .Append(Rune.ToUpperInvariant(rune).Value)
                .Distinct(),
        ];
    }

    private static int Peek(int[] pattern, int at) => at < pattern.Length ? pattern[at] : -1;

    private static int Next(int[] pattern, ref int at) =>
        at < pattern.Length ? pattern[at++] : throw new FormatException("the pattern ends inside a class or an escape");
}
