using System.Text;

namespace Stretto.Models.Text;

/// <summary>Writes spaces as a visible sign, puts one in front, and cuts before each of them.</summary>
internal sealed class MetaspacePreTokenizer : PreTokenizer
{
    private readonly Rune _replacement;
    private readonly string _scheme;
    private readonly bool _split;

    public MetaspacePreTokenizer(PartJson json)
    {
        _replacement = Sign(json);
        _scheme = Scheme(json);
        _split = json.Flag("split", true);
    }

    public static Rune Sign(PartJson json)
    {
        string sign = json.TextOrNull("replacement") ?? "\u2581";
        return Rune.TryGetRuneAt(sign, 0, out Rune rune) && rune.Utf16SequenceLength == sign.Length
            ? rune
            : throw json["replacement"].Wrong("must be one character");
    }

    /// <summary>Where a sign is put in front: always, at the first stretch of text, or never.</summary>
    public static string Scheme(PartJson json)
    {
        string missing = json.Flag("add_prefix_space", true) ? "always" : "never";
        string scheme = json.TextOrNull("prepend_scheme") ?? missing;
        return scheme is "always" or "first" or "never"
            ? scheme
            : throw json["prepend_scheme"].Wrong("must be 'always', 'first' or 'never'");
    }

    public override void Apply(Pieces pieces)
    {
        string text = pieces.Text;
        bool atStart = pieces.AtStart;
        pieces.Rewrite((start, length, builder) =>
        {
            bool prefix = _scheme == "always" || (_scheme == "first" && atStart && start == 0);
            bool there = text[start] == ' ' || text.AsSpan(start, length).StartsWith(_replacement.ToString());
            if (prefix && !there)
            {
                builder.Append(_replacement.Value, start);
            }

            for (int at = start; at < start + length; at++)
            {
                if (text[at] == ' ')
                {
                    builder.Append(_replacement.Value, at);
                }
                else
                {
                    builder.Copy(at, 1);
                }
            }
        });
        if (_split)
        {
            new ClassPreTokenizer(scalar => scalar == _replacement.Value, SplitBehavior.MergedWithNext).Apply(pieces);
        }
    }
}
