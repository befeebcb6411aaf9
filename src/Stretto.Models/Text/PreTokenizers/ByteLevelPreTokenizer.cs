using System.Buffers;
using System.Text;

namespace Stretto.Models.Text;

/// <summary>
/// Optionally cuts by the GPT-2 pattern, then writes every UTF-8 byte as a character of <see cref="ByteAlphabet"/>.
/// </summary>
internal sealed class ByteLevelPreTokenizer(PartJson json) : PreTokenizer
{
    private static readonly Pattern Words =
        Pattern.Parse(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+");

    private readonly bool _addPrefixSpace = json.Flag("add_prefix_space", true);
    private readonly bool _useRegex = json.Flag("use_regex", true);

    public override void Apply(Pieces pieces)
    {
        if (_addPrefixSpace)
        {
            string text = pieces.Text;
            pieces.Rewrite((start, length, builder) =>
            {
                if (text[start] != ' ')
                {
                    builder.Append(' ', start);
                }

                builder.Copy(start, length);
            });
        }

        if (_useRegex)
        {
            CutWords(pieces);
        }

        WriteBytes(pieces);
    }

    private static void CutWords(Pieces pieces)
    {
        List<(int, int)> matches = [];
        string text = pieces.Text;
        pieces.Cut((start, length, parts) =>
        {
            matches.Clear();
            Words.Matches(text.AsSpan(start, length), matches);
            Cutting.Apply(start, length, matches, SplitBehavior.Isolated, invert: false, parts);
        });
    }

    private static void WriteBytes(Pieces pieces)
    {
        string text = pieces.Text;
        if (pieces.Starts is null)
        {
            WriteBytesUntracked(pieces);
            return;
        }

        pieces.Rewrite((start, length, builder) =>
        {
            Span<byte> utf8 = stackalloc byte[4];
            for (int at = start; at < start + length;)
            {
                Rune rune = Rune.GetRuneAt(text, at);
                int count = rune.EncodeToUtf8(utf8);
                for (int i = 0; i < count; i++)
                {
                    builder.Append(ByteAlphabet.Of(utf8[i]), at);
                }

                at += rune.Utf16SequenceLength;
            }
        });
    }

    private static void WriteBytesUntracked(Pieces pieces)
    {
        string text = pieces.Text;
        char[] output = ArrayPool<char>.Shared.Rent(Encoding.UTF8.GetByteCount(text));
        List<(int Start, int Length)> ranges = new(pieces.Count);
        Span<byte> utf8 = stackalloc byte[4];
        int count = 0;
        for (int i = 0; i < pieces.Count; i++)
        {
            (int start, int length) = pieces[i];
            int from = count;
            for (int at = start; at < start + length; at++)
            {
                char unit = text[at];
                if (unit < 0x80)
                {
                    output[count++] = ByteAlphabet.Of((byte)unit);
                    continue;
                }

                Rune rune = Rune.GetRuneAt(text, at);
                at += rune.Utf16SequenceLength - 1;
                foreach (byte value in utf8[..rune.EncodeToUtf8(utf8)])
                {
                    output[count++] = ByteAlphabet.Of(value);
                }
            }

            ranges.Add((from, count - from));
        }

        pieces.Replace(new string(output, 0, count), ranges);
        ArrayPool<char>.Shared.Return(output);
    }
}
