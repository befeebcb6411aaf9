using System.Text;

namespace Stretto.Models.Text;

/// <summary>Cuts at every single character of a class.</summary>
internal sealed class ClassPreTokenizer(Func<int, bool> separates, SplitBehavior behavior) : PreTokenizer
{
    public static ClassPreTokenizer Delimiter(PartJson json)
    {
        string text = json.Text("delimiter");
        return Rune.TryGetRuneAt(text, 0, out Rune rune) && rune.Utf16SequenceLength == text.Length
            ? new ClassPreTokenizer(scalar => scalar == rune.Value, SplitBehavior.Removed)
            : throw json["delimiter"].Wrong("must be one character");
    }

    public override void Apply(Pieces pieces)
    {
        List<(int, int)> matches = [];
        string text = pieces.Text;
        pieces.Cut((start, length, parts) =>
        {
            matches.Clear();
            int at = 0;
            foreach (Rune rune in text.AsSpan(start, length).EnumerateRunes())
            {
                if (separates(rune.Value))
                {
                    matches.Add((at, at + rune.Utf16SequenceLength));
                }

                at += rune.Utf16SequenceLength;
            }

            Cutting.Apply(start, length, matches, behavior, invert: false, parts);
        });
    }
}
