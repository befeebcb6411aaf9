using System.Buffers;
using System.Text;

namespace Stretto.Models.Text;

/// <summary>
/// The end of a decoder: collects bytes and gives out whole characters. At most three bytes that may still become a
/// character wait; what cannot is one U+FFFD per maximal ill-formed subsequence (Unicode 3.9).
/// </summary>
internal sealed class CharacterSink : DecoderStage
{
    private readonly StringBuilder _text = new();
    private readonly byte[] _held = new byte[4];
    private int _count;

    public override void Push(ReadOnlySpan<byte> token, bool continues)
    {
        int at = 0;
        while (_count > 0 && at < token.Length)
        {
            _held[_count++] = token[at++];
            Settle();
        }

        ReadOnlySpan<byte> rest = token[at..];
        while (rest.Length > 0)
        {
            OperationStatus status = Rune.DecodeFromUtf8(rest, out Rune rune, out int consumed);
            if (status == OperationStatus.NeedMoreData || IsHalfSurrogate(rest))
            {
                rest.CopyTo(_held);
                _count = rest.Length;
                return;
            }

            Append(rune);
            rest = rest[consumed..];
        }
    }

    public override void Finish()
    {
        while (_count > 0)
        {
            Rune.DecodeFromUtf8(_held.AsSpan(0, _count), out Rune rune, out int consumed);
            Release(rune, consumed);
        }
    }

    /// <summary>The characters since the last call.</summary>
    public string Take()
    {
        string taken = _text.ToString();
        _text.Clear();
        return taken;
    }

    private void Settle()
    {
        while (_count > 0)
        {
            ReadOnlySpan<byte> bytes = _held.AsSpan(0, _count);
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
        _count -= consumed;
        _held.AsSpan(consumed, _count).CopyTo(_held);
    }

    private void Append(Rune rune)
    {
        Span<char> units = stackalloc char[2];
        _text.Append(units[..rune.EncodeToUtf16(units)]);
    }

    /// <summary>
    /// Two bytes of an encoded surrogate: they wait for the third, so that all three are replaced together.
    /// </summary>
    private static bool IsHalfSurrogate(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 2 && bytes[0] == 0xED && bytes[1] is >= 0xA0 and <= 0xBF;
}
