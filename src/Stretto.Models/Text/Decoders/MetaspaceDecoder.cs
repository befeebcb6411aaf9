using System.Text;

namespace Stretto.Models.Text;

/// <summary>The visible sign back to a space; the one put in front goes.</summary>
internal sealed class MetaspaceDecoder(PartJson json) : Decoder
{
    private readonly byte[] _sign = Encoding.UTF8.GetBytes(MetaspacePreTokenizer.Sign(json).ToString());
    private readonly bool _dropFirst = MetaspacePreTokenizer.Scheme(json) != "never";

    public override DecoderStage Start(DecoderStage next) => new Stage(this, next);

    private sealed class Stage(MetaspaceDecoder decoder, DecoderStage next) : DecoderStage
    {
        private bool _started;

        public override void Push(ReadOnlySpan<byte> token, bool continues)
        {
            List<byte> output = new(token.Length);
            while (token.Length > 0)
            {
                bool sign = token.StartsWith(decoder._sign);
                if (!sign)
                {
                    output.Add(token[0]);
                }
                else if (_started || !decoder._dropFirst)
                {
                    output.Add((byte)' ');
                }

                token = token[(sign ? decoder._sign.Length : 1)..];
            }

            _started = true;
            next.Push([.. output], continues);
        }

        public override void Finish() => next.Finish();
    }
}
