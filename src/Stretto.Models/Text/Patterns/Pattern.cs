using System.Numerics;

namespace Stretto.Models.Text;

/// <summary>
/// A regular expression over Unicode scalar values with leftmost, first-alternative matching. Immutable and
/// thread-safe. The alternatives of the outermost choice are kept apart, and a table says which of them an ASCII
/// character can begin.
/// </summary>
internal sealed class Pattern
{
    private readonly ulong[] _startsAscii = new ulong[128];

    private Pattern(PatternInstruction[][] alternatives)
    {
        Alternatives = alternatives;
    }

    public PatternInstruction[][] Alternatives { get; }

    /// <exception cref="FormatException">The pattern is broken or uses something unsupported.</exception>
    public static Pattern Parse(string text)
    {
        PatternNode node = PatternParser.Parse(text);
        while (node is PatternNode.Sequence { Items.Count: 1 } wrapper)
        {
            node = wrapper.Items[0];
        }

        List<PatternNode> choices = node is PatternNode.Choice { Items.Count: <= 64 } choice ? choice.Items : [node];
        Pattern pattern = new([.. choices.Select(PatternProgram.Compile)]);
        for (int i = 0; i < choices.Count; i++)
        {
            UInt128 first = choices[i].IsNullable ? UInt128.MaxValue : choices[i].FirstAscii();
            for (int c = 0; c < 128; c++)
            {
                pattern._startsAscii[c] |= (ulong)((first >> c) & 1) << i;
            }
        }

        return pattern;
    }

    /// <summary>Bits of the alternatives that may match where <paramref name="unit"/> stands.</summary>
    public ulong Candidates(char unit) => unit < 128
        ? _startsAscii[unit]
        : Alternatives.Length == 64 ? ulong.MaxValue : (1ul << Alternatives.Length) - 1;

    /// <summary>
    /// Appends the non-overlapping matches in a stretch of text as (start, end), positions relative to
    /// <paramref name="text"/>. An empty match directly after another match is skipped, as in Oniguruma's iterator.
    /// </summary>
    /// <exception cref="InvalidDataException">The pattern would take too long on this text.</exception>
    public void Matches(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        PatternMachine machine = new(this, text);
        int from = 0;
        int last = -1;
        while (from <= text.Length && machine.Search(from, out int start, out int end))
        {
            if (start == end && end == last)
            {
                from += from < text.Length && char.IsHighSurrogate(text[from]) ? 2 : 1;
                continue;
            }

            matches.Add((start, end));
            from = last = end;
        }

        machine.Dispose();
    }

    internal static int Lowest(ulong bits) => BitOperations.TrailingZeroCount(bits);
}
