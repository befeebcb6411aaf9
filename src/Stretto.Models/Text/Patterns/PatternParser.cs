using System.Globalization;
using System.Text;

namespace Stretto.Models.Text;

/// <summary>
/// Reads the regular expressions of tokenizer files: the Oniguruma Ruby syntax without captures, back references,
/// scripts
/// and loops over something that may be empty. Anything else is refused with <see cref="FormatException"/>, never
/// guessed.
/// </summary>
internal sealed class PatternParser
{
    private const int MaxLength = 16_384;
    private const int MaxDepth = 64;
    private const int MaxRepeat = 1000;
    private const int MaxStacked = 8;
    private readonly int[] pattern;
    private int at;
    private bool ignoreCase;
    private bool dotAll;

    private PatternParser(string text) => pattern = [.. text.EnumerateRunes().Select(r => r.Value)];

    public static PatternNode Parse(string text)
    {
        if (text.Length > MaxLength)
        {
            throw new FormatException($"the pattern has {text.Length} characters; at most {MaxLength} are accepted");
        }

        PatternParser parser = new(text);
        PatternNode node = parser.Choice(0);
        return parser.at == parser.pattern.Length ? node : throw parser.Wrong("an unmatched ')'");
    }

    private bool More => at < pattern.Length;

    private PatternNode Choice(int depth)
    {
        if (depth > MaxDepth)
        {
            throw Wrong($"more than {MaxDepth} nested groups");
        }

        bool outerCase = ignoreCase;
        bool outerDot = dotAll;
        List<PatternNode> choices = [Sequence(depth)];
        while (Take('|'))
        {
            choices.Add(Sequence(depth));
        }

        (ignoreCase, dotAll) = (outerCase, outerDot);
        return choices.Count == 1 ? choices[0] : new PatternNode.Choice(choices);
    }

    private PatternNode.Sequence Sequence(int depth)
    {
        List<PatternNode> items = [];
        while (More && pattern[at] is not ('|' or ')'))
        {
            if (Atom(depth) is { } atom)
            {
                items.Add(Repeats(atom));
            }
        }

        return new PatternNode.Sequence(items);
    }

    private PatternNode Repeats(PatternNode atom)
    {
        for (int stacked = 0; More; stacked++)
        {
            int start = at;
            (int min, int max) = pattern[at++] switch
            {
                '*' => (0, -1),
                '+' => (1, -1),
                '?' => (0, 1),
                '{' => Bounds(),
                _ => (-1, -1),
            };
            if (min < 0)
            {
                at = start;
                break;
            }

            if (stacked == MaxStacked)
            {
                throw Wrong($"more than {MaxStacked} repeats of one thing");
            }

            bool counted = pattern[start] == '{';
            RepeatKind kind = Take('?') ? RepeatKind.Lazy
                : !counted && Take('+') ? RepeatKind.Possessive
                : RepeatKind.Greedy;
            if (atom.IsNullable && max != 1)
            {
                throw Wrong("a repeat of something that may be empty");
            }

            atom = new PatternNode.Repeat(atom, min, max, kind);
        }

        return atom;
    }

    /// <summary>The numbers of {n}, {n,}, {,m} or {n,m}; (-1, -1) when the brace is an ordinary character.</summary>
    private (int Min, int Max) Bounds()
    {
        int min = Number();
        int max = min;
        if (Take(','))
        {
            max = Number();
            min = min < 0 && max >= 0 ? 0 : min;
        }

        if (!Take('}') || min < 0)
        {
            return (-1, -1);
        }

        return min <= MaxRepeat && max <= MaxRepeat && (max < 0 || min <= max)
            ? (min, max)
            : throw Wrong($"a repeat count over {MaxRepeat} or bounds in the wrong order");
    }

    private int Number()
    {
        int start = at;
        int value = 0;
        while (More && pattern[at] is >= '0' and <= '9')
        {
            value = Math.Min((value * 10) + pattern[at++] - '0', MaxRepeat + 1);
        }

        return at == start ? -1 : value;
    }

    private PatternNode? Atom(int depth)
    {
        int scalar = pattern[at++];
        switch (scalar)
        {
            case '(':
                return Group(depth);
            case '[':
                return new PatternNode.One(PatternSetParser.Bracket(pattern, ref at, ignoreCase, 0));
            case '.':
                return new PatternNode.One(ScalarSet.Not(dotAll ? new ScalarSet() : ScalarSet.Of('\n')));
            case '^':
                return new PatternNode.Anchor(AnchorKind.LineStart);
            case '$':
                return new PatternNode.Anchor(AnchorKind.LineEnd);
            case '*' or '+' or '?':
                throw Wrong("a repeat sign with nothing before it");
            case '\\':
                return Escape();
            default:
                return new PatternNode.One(PatternSetParser.Single(scalar, ignoreCase));
        }
    }

    private PatternNode Escape()
    {
        AnchorKind? anchor = !More ? throw Wrong("a lone backslash") : pattern[at] switch
        {
            'b' => AnchorKind.WordBoundary,
            'B' => AnchorKind.NotWordBoundary,
            'A' => AnchorKind.TextStart,
            'z' => AnchorKind.TextEnd,
            'Z' => AnchorKind.TextEndOrLastNewline,
            _ => null,
        };
        if (anchor is { } kind)
        {
            at++;
            return new PatternNode.Anchor(kind);
        }

        return new PatternNode.One(PatternSetParser.Escape(pattern, ref at, ignoreCase));
    }

    private PatternNode? Group(int depth)
    {
        if (!Take('?'))
        {
            return Close(Choice(depth + 1));
        }

        if (Take(':'))
        {
            return Close(Choice(depth + 1));
        }

        if (Take('>'))
        {
            return new PatternNode.Atomic(Close(Choice(depth + 1)));
        }

        bool behind = Take('<');
        if (Take('=') || (More && pattern[at] == '!'))
        {
            bool negated = Take('!');
            PatternNode item = Close(Choice(depth + 1));
            return !behind || Unwrap(item) is PatternNode.One
                ? new PatternNode.Look(behind ? Unwrap(item) : item, !behind, negated)
                : throw Wrong("a look-behind of more than one character");
        }

        return behind ? throw Wrong("a named group") : Options(depth);
    }

    private PatternNode? Options(int depth)
    {
        bool outerCase = ignoreCase;
        bool outerDot = dotAll;
        bool on = true;
        while (More && pattern[at] is 'i' or 'm' or '-')
        {
            int option = pattern[at++];
            ignoreCase = option == 'i' ? on : ignoreCase;
            dotAll = option == 'm' ? on : dotAll;
            on = option != '-' && on;
        }

        if (Take(')'))
        {
            return null;
        }

        if (!Take(':'))
        {
            throw Wrong("an unknown group option");
        }

        PatternNode node = Close(Choice(depth + 1));
        (ignoreCase, dotAll) = (outerCase, outerDot);
        return node;
    }

    private static PatternNode Unwrap(PatternNode node) =>
        node is PatternNode.Sequence { Items.Count: 1 } sequence ? Unwrap(sequence.Items[0]) : node;

    private PatternNode Close(PatternNode node) => Take(')') ? node : throw Wrong("a group that is not closed");

    private bool Take(char expected)
    {
        bool found = More && pattern[at] == expected;
        at += found ? 1 : 0;
        return found;
    }

    private FormatException Wrong(string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"the pattern holds {what} before character {at}"));
}
