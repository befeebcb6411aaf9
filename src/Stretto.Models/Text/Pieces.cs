namespace Stretto.Models.Text;

/// <summary>A text cut into pieces by pre-tokenizers. Text between pieces has been removed.</summary>
internal sealed class Pieces
{
    private List<(int Start, int Length)> _ranges = [];
    private List<(int Start, int Length)> _next = [];

    public Pieces(AlignedText text)
    {
        Text = text.Text;
        Starts = text.Starts;
        Ends = text.Ends;
        AtStart = text.AtStart;
        if (Text.Length > 0)
        {
            _ranges.Add((0, Text.Length));
        }
    }

    public string Text { get; private set; }

    public int[]? Starts { get; private set; }

    public int[]? Ends { get; private set; }

    /// <summary>Whether the text begins the input.</summary>
    public bool AtStart { get; }

    public int Count => _ranges.Count;

    public (int Start, int Length) this[int index] => _ranges[index];

    /// <summary>
    /// Cuts every piece: <paramref name="cut"/> adds the parts to keep, positions in the whole text; empty ones are
    /// dropped.
    /// </summary>
    public void Cut(Action<int, int, List<(int Start, int Length)>> cut)
    {
        _next.Clear();
        foreach ((int start, int length) in _ranges)
        {
            cut(start, length, _next);
        }

        _next.RemoveAll(r => r.Length == 0);
        (_ranges, _next) = (_next, _ranges);
    }

    /// <summary>Takes a new text and new pieces; only while offsets are not tracked.</summary>
    public void Replace(string text, List<(int Start, int Length)> pieces) => (Text, _ranges) = (text, pieces);

    /// <summary>
    /// Writes every piece anew: <paramref name="write"/> appends one piece's text; empty ones are dropped.
    /// </summary>
    public void Rewrite(Action<int, int, AlignedTextBuilder> write)
    {
        AlignedTextBuilder builder = new(Text, Starts, Ends);
        _next.Clear();
        foreach ((int start, int length) in _ranges)
        {
            int at = builder.Length;
            write(start, length, builder);
            if (builder.Length > at)
            {
                _next.Add((at, builder.Length - at));
            }
        }

        (_ranges, _next) = (_next, _ranges);
        Text = builder.Text;
        Starts = builder.Starts;
        Ends = builder.Ends;
    }
}
