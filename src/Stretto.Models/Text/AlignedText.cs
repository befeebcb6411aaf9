namespace Stretto.Models.Text;

/// <summary>
/// A stretch of text and, when offsets are wanted, where in the input each of its UTF-16 units comes from. Positions
/// count Unicode scalar values of the input. Text never holds lone surrogates.
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
