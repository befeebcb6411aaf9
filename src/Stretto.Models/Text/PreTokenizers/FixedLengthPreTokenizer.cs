using System.Text;

namespace Stretto.Models.Text;

/// <summary>Cuts into pieces of so many characters; the last may be shorter.</summary>
internal sealed class FixedLengthPreTokenizer(PartJson json) : PreTokenizer
{
    private readonly int _size = json.Integer("length", 1, int.MaxValue);

    public override void Apply(Pieces pieces)
    {
        string text = pieces.Text;
        pieces.Cut((start, length, parts) =>
        {
            int from = start;
            int at = start;
            int count = 0;
            foreach (Rune rune in text.AsSpan(start, length).EnumerateRunes())
            {
                at += rune.Utf16SequenceLength;
                if (++count == _size)
                {
                    parts.Add((from, at - from));
                    (from, count) = (at, 0);
                }
            }

            parts.Add((from, at - from));
        });
    }
}
