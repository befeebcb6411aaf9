namespace Stretto.Models.Text;

/// <summary>What a file without a decoder means: tokens with spaces between them.</summary>
internal sealed class JoiningDecoder : Decoder
{
    public override DecoderStage Start(DecoderStage next) => new Stage(next);

    private sealed class Stage(DecoderStage next) : DecoderStage
    {
        private bool _started;

        public override void Push(ReadOnlySpan<byte> token, bool continues)
        {
            if (_started)
            {
                next.Push(" "u8, continues: false);
            }

            _started = true;
            next.Push(token, continues);
        }

        public override void Finish() => next.Finish();
    }
}
