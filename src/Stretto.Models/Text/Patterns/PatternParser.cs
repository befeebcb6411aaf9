using System.Globalization;
using System.Text;

namespace Stretto.Models.Text;

/// <summary>
/// Reads the regular expressions of tokenizer files: the Oniguruma Ruby syntax without captures, back references,
/// scripts and loops over something that may be empty. Anything else is refused with <see cref="FormatException"/>,
/// never guessed.
/// </summary>
internal sealed class PatternParser
{
    private const int MaxLength = 16_384;
    private const int MaxDepth = 64;
    private const int MaxRepeat = 1000;
    private const int MaxStacked = 8;
    private readonly int[] _pattern;
    private int _at;
    private bool _ignoreCase;
    private bool _dotAll;

    private PatternParser(string text) => _pattern = [.. text.EnumerateRunes().Select(r => r.Value)];

    public static PatternNode Parse(string text)
    {
        if (text.Length > MaxLength)
        {
            throw new FormatException($"the pattern has {text.Length} characters; at most {MaxLength} are accepted");
        }

        PatternParser parser = new(text);
        PatternNode node = parser.Choice(0);
        return parser._at == parser._pattern.Length ? node : throw parser.Wrong("an unmatched ')'");
    }

    private bool More => _at < _pattern.Length;

    private PatternNode Choice(int depth)
    {
        if (depth > MaxDepth)
        {
            throw Wrong($"more than {MaxDepth} nested groups");
        }

        bool outerCase = _ignoreCase;
        bool outerDot = _dotAll;
        List<PatternNode> choices = [Sequence(depth)];
        while (Take('|'))
        {
            choices.Add(Sequence(depth));
        }

        (_ignoreCase, _dotAll) = (outerCase, outerDot);
        return choices.Count == 1 ? choices[0] : new PatternNode.Choice(choices);
    }

    private PatternNode.Sequence Sequence(int depth)
    {
        List<PatternNode> items = [];
        while (More && _pattern[_at] is not ('|' or ')'))
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
            int start = _at;
            (int min, int max) = _pattern[_at++] switch
            {
                '*' => (0, -1),
                '+' => (1, -1),
                '?' => (0, 1),
                '{' => Bounds(),
                _ => (-1, -1),
            };
            if (min < 0)
            {
                _at = start;
                break;
            }

            if (stacked == MaxStacked)
            {
                throw Wrong($"more than {MaxStacked} repeats of one thing");
            }

            bool counted = _pattern[start] == '{';
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
        int start = _at;
        int value = 0;
        while (More && _pattern[_at] is >= '0' and <= '9')
        {
            value = Math.Min((value * 10) + _pattern[_at++] - '0', MaxRepeat + 1);
        }

        return _at == start ? -1 : value;
    }

    private PatternNode? Atom(int depth)
    {
        int scalar = _pattern[_at++];
        switch (scalar)
        {
            case '(':
                return Group(depth);
            case '[':
                return new PatternNode.One(PatternSetParser.Bracket(_pattern, ref _at, _ignoreCase, 0));
            case '.':
                return new PatternNode.One(ScalarSet.Not(_dotAll ? new ScalarSet() : ScalarSet.Of('\n')));
            case '^':
                return new PatternNode.Anchor(AnchorKind.LineStart);
            case '$':
                return new PatternNode.Anchor(AnchorKind.LineEnd);
            case '*' or '+' or '?':
                throw Wrong("a repeat sign with nothing before it");
            case '\\':
                return Escape();
            default:
                return new PatternNode.One(PatternSetParser.Single(scalar, _ignoreCase));
        }
    }

    private PatternNode Escape()
    {
        AnchorKind? anchor = !More ? throw Wrong("a lone backslash") : _pattern[_at] switch
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
            _at++;
            return new PatternNode.Anchor(kind);
        }

        return new PatternNode.One(PatternSetParser.Escape(_pattern, ref _at, _ignoreCase));
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
        if (Take('=') || (More && _pattern[_at] == '!'))
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
        bool outerCase = _ignoreCase;
        bool outerDot = _dotAll;
        bool on = true;
        while (More && _pattern[_at] is 'i' or 'm' or '-')
        {
            int option = _pattern[_at++];
            _ignoreCase = option == 'i' ? on : _ignoreCase;
            _dotAll = option == 'm' ? on : _dotAll;
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
        (_ignoreCase, _dotAll) = (outerCase, outerDot);
        return node;
    }

    private static PatternNode Unwrap(PatternNode node) =>
        node is PatternNode.Sequence { Items.Count: 1 } sequence ? Unwrap(sequence.Items[0]) : node;

    private PatternNode Close(PatternNode node) => Take(')') ? node : throw Wrong("a group that is not closed");

    private bool Take(char expected)
    {
        bool found = More && _pattern[_at] == expected;
        _at += found ? 1 : 0;
        return found;
    }

    private FormatException Wrong(string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"the pattern holds {what} before character {_at}"));
}
