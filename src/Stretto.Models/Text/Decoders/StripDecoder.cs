using System.Text;

namespace Stretto.Models.Text;

/// <summary>Removes up to so many of a character from the ends of each token.</summary>
internal sealed class StripDecoder(PartJson json) : Decoder
{
    private const int MaxCount = 1024;
    private readonly byte[] _content = Encoding.UTF8.GetBytes(json.ShortText("content", 16));
    private readonly int _start = json.Integer("start", 0, MaxCount);
    private readonly int _stop = json.Integer("stop", 0, MaxCount);

    public override DecoderStage Start(DecoderStage next) => new Stage(this, next);

    private sealed class Stage(StripDecoder decoder, DecoderStage next) : DecoderStage
    {
        private readonly List<byte> _held = [];
        private int _left;

        public override void Push(ReadOnlySpan<byte> token, bool continues)
        {
            if (!continues)
            {
                ReleaseEnd();
                _left = decoder._content.Length == 0 ? 0 : decoder._start;
            }

            while (_left > 0 && token.StartsWith(decoder._content))
            {
                token = token[decoder._content.Length..];
                _left--;
            }

            _left = token.Length > 0 ? 0 : _left;
            if (decoder._stop == 0 || decoder._content.Length == 0)
            {
                next.Push(token, continues);
                return;
            }

            // What may yet be stripped at the end waits for the next token.
            _held.AddRange(token);
            byte[] all = [.. _held];
            int keep = all.Length;
            for (int i = 0; i < decoder._stop && all.AsSpan(0, keep).EndsWith(decoder._content); i++)
            {
                keep -= decoder._content.Length;
            }

            next.Push(all.AsSpan(0, keep), continues);
            _held.RemoveRange(0, keep);
        }

        public override void Finish()
        {
            ReleaseEnd();
            next.Finish();
        }

        private void ReleaseEnd() => _held.Clear();
    }
}
