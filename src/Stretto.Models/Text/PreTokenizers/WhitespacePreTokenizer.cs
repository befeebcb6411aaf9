namespace Stretto.Models.Text;

/// <summary>Keeps runs of word characters and runs of other visible characters: <c>\w+|[^\w\s]+</c>.</summary>
internal sealed class WhitespacePreTokenizer : PreTokenizer
{
    public override void Apply(Pieces pieces)
    {
        string text = pieces.Text;
        pieces.Cut((start, length, parts) =>
        {
            int kind = 0;
            int from = start;
            for (int at = start; at < start + length;)
            {
                int scalar = char.ConvertToUtf32(text, at);
                int here = ScalarClasses.IsWord(scalar) ? 1 : ScalarClasses.IsWhiteSpace(scalar) ? 0 : 2;
                if (here != kind)
                {
                    parts.Add((from, kind == 0 ? 0 : at - from));
                    (kind, from) = (here, at);
                }

                at += scalar > 0xFFFF ? 2 : 1;
            }

            parts.Add((from, kind == 0 ? 0 : start + length - from));
        });
    }
}
