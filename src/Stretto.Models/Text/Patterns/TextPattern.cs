namespace Stretto.Models.Text;

/// <summary>The <c>pattern</c> of a part: a literal string or a regular expression.</summary>
internal sealed class TextPattern
{
    private readonly string? _literal;
    private readonly Pattern? _regex;

    public TextPattern(PartJson json)
    {
        if (json.Has("String"))
        {
            _literal = json.Text("String");
            return;
        }

        if (!json.Has("Regex"))
        {
            throw json.Wrong("must hold 'String' or 'Regex'");
        }

        try
        {
            _regex = Pattern.Parse(json.Text("Regex"));
        }
        catch (FormatException e) when (e is not Weights.ModelFormatException)
        {
            throw json["Regex"].Wrong(e.Message, e);
        }
    }

    /// <summary>Appends the matches as (start, end); an empty literal matches nowhere.</summary>
    public void Matches(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        if (_regex is not null)
        {
            _regex.Matches(text, matches);
            return;
        }

        int at = 0;
        while (_literal!.Length > 0
            && text[at..].IndexOf(_literal, StringComparison.Ordinal) is int found && found >= 0)
        {
            matches.Add((at + found, at + found + _literal.Length));
            at += found + _literal.Length;
        }
    }
}
