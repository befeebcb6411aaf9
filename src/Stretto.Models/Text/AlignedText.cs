using System.Text;

namespace Stretto.Models.Text;

/// <summary>
/// A stretch of text and, when offsets are wanted, where in the input each of its UTF-16 units comes from.
/// Positions count Unicode scalar values of the input. Text never holds lone surrogates.
/// </summary>
internal sealed class AlignedText(string text, int[]? starts, int[]? ends, bool atStart)
{
    private const long MaxSmall = 1 << 20;
    private const long MaxGrowth = 64;

    public string Text { get; } = text;

    /// <summary>First source position of each unit; null when offsets are not tracked.</summary>
    public int[]? Starts { get; } = starts;

    /// <summary>Source position after each unit.</summary>
    public int[]? Ends { get; } = ends;

    /// <summary>Whether this stretch begins the input.</summary>
    public bool AtStart { get; } = atStart;

    public static AlignedText Of(string text, bool track)
    {
        if (!track)
        {
            return new AlignedText(text, null, null, atStart: true);
        }

        int[] starts = new int[text.Length];
        int[] ends = new int[text.Length];
        int position = -1;
        for (int i = 0; i < text.Length; i++)
        {
            position += char.IsLowSurrogate(text[i]) ? 0 : 1;
            starts[i] = position;
            ends[i] = position + 1;
        }

        return new AlignedText(text, starts, ends, atStart: true);
    }

    /// <summary>Refuses steps that each grow a little and together make what only a hostile file can want.</summary>
    /// <exception cref="InvalidDataException">The text grew too much.</exception>
    public static void CheckGrowth(int before, int now)
    {
        if (now > MaxSmall + (MaxGrowth * before))
        {
            throw new InvalidDataException(
                $"the tokenizer makes {now} characters of a text of {before}; use another tokenizer");
        }
    }

    public AlignedText Slice(int start, int length) => start == 0 && length == Text.Length
        ? this
        : new AlignedText(
            Text.Substring(start, length),
            Starts?.AsSpan(start, length).ToArray(),
            Ends?.AsSpan(start, length).ToArray(),
            AtStart && start == 0);
}

/// <summary>Builds the next version of a text, keeping for every unit where it came from.</summary>
internal sealed class AlignedTextBuilder(string source, int[]? starts, int[]? ends)
{
    private const int MaxLength = 1 << 26;
    private readonly StringBuilder text = new(source.Length + 8);
    private readonly List<int>? newStarts = starts is null ? null : new(source.Length + 8);
    private readonly List<int>? newEnds = ends is null ? null : new(source.Length + 8);

    public AlignedTextBuilder(AlignedText source)
        : this(source.Text, source.Starts, source.Ends)
    {
    }

    public int Length => text.Length;

    /// <summary>
    /// Appends a character that stands where the source unit <paramref name="unit"/> stands; none when negative.
    /// </summary>
    public void Append(int scalar, int unit)
    {
        if (scalar < 0x10000)
        {
            text.Append((char)scalar);
            Align(unit);
        }
        else
        {
            text.Append((char)(0xD7C0 + (scalar >> 10))).Append((char)(0xDC00 | (scalar & 0x3FF)));
            Align(unit);
            Align(unit);
        }
    }

    public void Append(ReadOnlySpan<char> value, int unit)
    {
        text.Append(value);
        for (int i = 0; i < value.Length; i++)
        {
            Align(unit);
        }
    }

    /// <summary>Copies source units as they are.</summary>
    public void Copy(int start, int length)
    {
        text.Append(source, start, length);
        for (int i = start; newStarts is not null && i < start + length; i++)
        {
            Align(i);
        }
    }

    public string Text => text.ToString();

    public int[]? Starts => newStarts?.ToArray();

    public int[]? Ends => newEnds?.ToArray();

    public AlignedText ToText(bool atStart) => new(Text, Starts, Ends, atStart);

    private void Align(int unit)
    {
        if (text.Length > MaxLength && text.Length > 4L * source.Length)
        {
            throw new InvalidDataException(
                $"the normalizer makes a text of {source.Length} characters longer than {MaxLength}; split the text");
        }

        if (newStarts is not null)
        {
            newStarts.Add(unit < 0 ? 0 : starts![unit]);
            newEnds!.Add(unit < 0 ? 0 : ends![unit]);
        }
    }
}
