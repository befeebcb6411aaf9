namespace Stretto.Models.Text;

/// <summary>Characters of <see cref="ByteAlphabet"/> back to bytes.</summary>
internal sealed class ByteLevelDecoder : Decoder
{
    public override DecoderStage Start(DecoderStage next) => new Stage(next);

    private sealed class Stage(DecoderStage next) : DecoderStage
    {
        public override void Push(ReadOnlySpan<byte> token, bool continues)
        {
            Span<byte> bytes = token.Length <= 512 ? stackalloc byte[token.Length] : new byte[token.Length];
            int count = 0;
            int at = 0;
            while (at < token.Length)
            {
                // The alphabet ends before U+0144: one byte of UTF-8, or two.
                int value = token[at] < 0x80 ? ByteAlphabet.ByteOf((char)token[at])
                    : token[at] < 0xE0 && at + 1 < token.Length
                        ? ByteAlphabet.ByteOf((char)(((token[at] & 0x1F) << 6) | (token[at + 1] & 0x3F)))
                    : -1;
                if (value < 0)
                {
                    next.Push(token, continues);
                    return;
                }

                at += token[at] < 0x80 ? 1 : 2;
                bytes[count++] = (byte)value;
            }

            next.Push(bytes[..count], continues);
        }

        public override void PushAdded(ReadOnlySpan<byte> token) => next.PushAdded(token);

        public override void Finish() => next.Finish();
    }
}
