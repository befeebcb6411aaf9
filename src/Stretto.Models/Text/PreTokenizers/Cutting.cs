namespace Stretto.Models.Text;

/// <summary>What becomes of a separator.</summary>
internal enum SplitBehavior
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}

/// <summary>Cuts a stretch of text at its matches, as the behaviours of tokenizer files say.</summary>
internal static class Cutting
{
    public static SplitBehavior Behavior(PartJson json, SplitBehavior missing)
    {
        string? name = json.TextOrNull("behavior");
        return name is null ? missing
            : Enum.TryParse(name, out SplitBehavior behavior) && Enum.GetName(behavior) == name ? behavior
            : throw json["behavior"].Wrong(
                "must be Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous");
    }

    /// <param name="start">Where the stretch begins; matches are relative to it.</param>
    /// <param name="length">Length of the stretch.</param>
    /// <param name="matches">Separators in order, not overlapping.</param>
    /// <param name="behavior">What becomes of them.</param>
    /// <param name="invert">Whether the text between the matches is the separator.</param>
    /// <param name="parts">Receives the parts.</param>
    public static void Apply(
        int start,
        int length,
        List<(int Start, int End)> matches,
        SplitBehavior behavior,
        bool invert,
        List<(int Start, int Length)> parts)
    {
        Cutter cutter = new(behavior, parts);
        int at = 0;
        foreach ((int from, int to) in matches)
        {
            if (from != at)
            {
                cutter.Add(start + at, from - at, invert);
            }

            cutter.Add(start + from, to - from, !invert);
            at = to;
        }

        if (at != length)
        {
            cutter.Add(start + at, length - at, invert);
        }
    }

    private ref struct Cutter(SplitBehavior behavior, List<(int Start, int Length)> parts)
    {
        private readonly int _first = parts.Count;
        private bool? _before;

        public void Add(int start, int length, bool separator)
        {
            bool joins = parts.Count > _first && behavior switch
            {
                SplitBehavior.MergedWithPrevious => separator && _before == false,
                SplitBehavior.MergedWithNext => _before == true && !separator,
                SplitBehavior.Contiguous => _before == separator,
                _ => false,
            };
            if (joins)
            {
                parts[^1] = (parts[^1].Start, parts[^1].Length + length);
            }
            else if (behavior != SplitBehavior.Removed || !separator)
            {
                parts.Add((start, length));
            }

            _before = separator;
        }
    }
}
