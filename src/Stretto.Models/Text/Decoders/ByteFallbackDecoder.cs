using System.Globalization;

namespace Stretto.Models.Text;

/// <summary>Tokens such as &lt;0x0A&gt; to bytes.</summary>
internal sealed class ByteFallbackDecoder : Decoder
{
    public override DecoderStage Start(DecoderStage next) => new Stage(next);

    private sealed class Stage(DecoderStage next) : DecoderStage
    {
        public override void Push(ReadOnlySpan<byte> token, bool continues)
        {
            bool named = token.Length == 6 && token.StartsWith("<0x"u8) && token[5] == '>';
            NumberStyles hexadecimal = NumberStyles.AllowHexSpecifier;
            if (named && byte.TryParse(token[3..5], hexadecimal, CultureInfo.InvariantCulture, out byte value))
            {
                next.Push([value], continues);
            }
            else
            {
                next.Push(token, continues);
            }
        }

        public override void Finish() => next.Finish();
    }
}
