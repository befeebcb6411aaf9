namespace Stretto.Models.Text;

/// <summary>Cuts at the matches of a string or a regular expression.</summary>
internal sealed class SplitPreTokenizer : PreTokenizer
{
    private readonly TextPattern _pattern;
    private readonly SplitBehavior _behavior;
    private readonly bool _invert;

    public SplitPreTokenizer(PartJson json)
    {
        _pattern = new TextPattern(json["pattern"]);
        _behavior = Cutting.Behavior(json, SplitBehavior.Isolated);
        _invert = json.Flag("invert", false);
    }

    public override void Apply(Pieces pieces)
    {
        List<(int, int)> matches = [];
        string text = pieces.Text;
        pieces.Cut((start, length, parts) =>
        {
            matches.Clear();
            _pattern.Matches(text.AsSpan(start, length), matches);
            Cutting.Apply(start, length, matches, _behavior, _invert, parts);
        });
    }
}
