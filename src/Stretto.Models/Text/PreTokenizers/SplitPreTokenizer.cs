namespace Stretto.Models.Text;

/// <summary>Cuts at the matches of a string or a regular expression.</summary>
internal sealed class SplitPreTokenizer : PreTokenizer
{
    private readonly TextPattern pattern;
    private readonly SplitBehavior behavior;
    private readonly bool invert;

    public SplitPreTokenizer(PartJson json)
    {
        pattern = new TextPattern(json["pattern"]);
        behavior = Cutting.Behavior(json, SplitBehavior.Isolated);
        invert = json.Flag("invert", false);
    }

    public override void Apply(Pieces pieces)
    {
        List<(int, int)> matches = [];
        string text = pieces.Text;
        pieces.Cut((start, length, parts) =>
        {
            matches.Clear();
            pattern.Matches(text.AsSpan(start, length), matches);
            Cutting.Apply(start, length, matches, behavior, invert, parts);
        });
    }
}
