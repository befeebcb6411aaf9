using System.Buffers;
using System.Text;

namespace Stretto.Models.Text;

/// <summary>
/// The end of a decoder: collects bytes and gives out whole characters. At most three bytes that may still become a
/// character wait; what cannot is one U+FFFD per maximal ill-formed subsequence (Unicode 3.9).
/// </summary>
internal sealed class CharacterSink : DecoderStage
{
    private readonly StringBuilder text = new();
    private readonly byte[] held = new byte[4];
    private int count;

    public override void Push(ReadOnlySpan<byte> token, bool continues)
    {
        int at = 0;
        while (count > 0 && at < token.Length)
        {
            held[count++] = token[at++];
            Settle();
        }

        ReadOnlySpan<byte> rest = token[at..];
        while (rest.Length > 0)
        {
            OperationStatus status = Rune.DecodeFromUtf8(rest, out Rune rune, out int consumed);
            if (status == OperationStatus.NeedMoreData || IsHalfSurrogate(rest))
            {
                rest.CopyTo(held);
                count = rest.Length;
                return;
            }

            Append(rune);
            rest = rest[consumed..];
        }
    }

    public override void Finish()
    {
        while (count > 0)
        {
            Rune.DecodeFromUtf8(held.AsSpan(0, count), out Rune rune, out int consumed);
            Release(rune, consumed);
        }
    }

    /// <summary>The characters since the last call.</summary>
    public string Take()
    {
        string taken = text.ToString();
        text.Clear();
        return taken;
    }

    private void Settle()
    {
        while (count > 0)
        {
            ReadOnlySpan<byte> bytes = held.AsSpan(0, count);
            OperationStatus status = Rune.DecodeFromUtf8(bytes, out Rune rune, out int consumed);
            if (status == OperationStatus.NeedMoreData || IsHalfSurrogate(bytes))
            {
                return;
            }

            Release(rune, consumed);
        }
    }

    private void Release(Rune rune, int consumed)
    {
        Append(rune);
        count -= consumed;
        held.AsSpan(consumed, count).CopyTo(held);
    }

    private void Append(Rune rune)
    {
        Span<char> units = stackalloc char[2];
        text.Append(units[..rune.EncodeToUtf16(units)]);
    }

    /// <summary>
    /// Two bytes of an encoded surrogate: they wait for the third, so that all three are replaced together.
    /// </summary>
    private static bool IsHalfSurrogate(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 2 && bytes[0] == 0xED && bytes[1] is >= 0xA0 and <= 0xBF;
}
