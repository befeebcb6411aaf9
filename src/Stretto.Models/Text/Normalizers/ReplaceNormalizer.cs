namespace Stretto.Models.Text;

/// <summary>Replaces every match of a string or a regular expression.</summary>
internal sealed class ReplaceNormalizer(PartJson json) : Normalizer
{
    private readonly TextPattern _pattern = new(json["pattern"]);
    private readonly string _content = json.ShortText("content", 1024);

    public override AlignedText Apply(AlignedText text)
    {
        List<(int Start, int End)> matches = [];
        _pattern.Matches(text.Text, matches);
        if (matches.Count == 0)
        {
            return text;
        }

        AlignedTextBuilder builder = new(text);
        int at = 0;
        foreach ((int start, int end) in matches)
        {
            builder.Copy(at, start - at);
            builder.Append(_content, end - 1);
            at = end;
        }

        builder.Copy(at, text.Text.Length - at);
        return builder.ToText(text.AtStart);
    }
}
