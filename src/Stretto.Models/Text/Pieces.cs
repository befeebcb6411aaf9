namespace Stretto.Models.Text;

/// <summary>A text cut into pieces by pre-tokenizers. Text between pieces has been removed.</summary>
internal sealed class Pieces
{
    private List<(int Start, int Length)> ranges = [];
    private List<(int Start, int Length)> next = [];

    public Pieces(AlignedText text)
    {
        Text = text.Text;
        Starts = text.Starts;
        Ends = text.Ends;
        AtStart = text.AtStart;
        if (Text.Length > 0)
        {
            ranges.Add((0, Text.Length));
        }
    }

    public string Text { get; private set; }

    public int[]? Starts { get; private set; }

    public int[]? Ends { get; private set; }

    /// <summary>Whether the text begins the input.</summary>
    public bool AtStart { get; }

    public int Count => ranges.Count;

    public (int Start, int Length) this[int index] => ranges[index];

    /// <summary>
    /// Cuts every piece: <paramref name="cut"/> adds the parts to keep, positions in the whole text; empty ones are
    /// dropped.
    /// </summary>
    public void Cut(Action<int, int, List<(int Start, int Length)>> cut)
    {
        next.Clear();
        foreach ((int start, int length) in ranges)
        {
            cut(start, length, next);
        }

        next.RemoveAll(r => r.Length == 0);
        (ranges, next) = (next, ranges);
    }

    /// <summary>Takes a new text and new pieces; only while offsets are not tracked.</summary>
    public void Replace(string text, List<(int Start, int Length)> pieces) => (Text, ranges) = (text, pieces);

    /// <summary>
    /// Writes every piece anew: <paramref name="write"/> appends one piece's text; empty ones are dropped.
    /// </summary>
    public void Rewrite(Action<int, int, AlignedTextBuilder> write)
    {
        AlignedTextBuilder builder = new(Text, Starts, Ends);
        next.Clear();
        foreach ((int start, int length) in ranges)
        {
            int at = builder.Length;
            write(start, length, builder);
            if (builder.Length > at)
            {
                next.Add((at, builder.Length - at));
            }
        }

        (ranges, next) = (next, ranges);
        Text = builder.Text;
        Starts = builder.Starts;
        Ends = builder.Ends;
    }
}
