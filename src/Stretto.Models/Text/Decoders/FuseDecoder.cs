namespace Stretto.Models.Text;

/// <summary>All tokens become one.</summary>
internal sealed class FuseDecoder : Decoder
{
    public override DecoderStage Start(DecoderStage next) => new Stage(next);

    private sealed class Stage(DecoderStage next) : DecoderStage
    {
        private bool _started;

        public override void Push(ReadOnlySpan<byte> token, bool continues)
        {
            next.Push(token, _started);
            _started = true;
        }

        public override void Finish() => next.Finish();
    }
}
