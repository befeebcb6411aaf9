using System.Text;

namespace Stretto.Models.Text;

/// <summary>A suffix that ends a word becomes a space, but not at the end of the text.</summary>
internal sealed class SuffixDecoder(PartJson json) : Decoder
{
    private readonly string _suffix = json.TextOrNull("suffix") ?? "</w>";

    public override DecoderStage Start(DecoderStage next) => new Stage(this, next);

    private sealed class Stage(SuffixDecoder decoder, DecoderStage next) : DecoderStage
    {
        private string? _last;

        public override void Push(ReadOnlySpan<byte> token, bool continues)
        {
            string text = Encoding.UTF8.GetString(token);
            if (_last is not null)
            {
                Release(" ");
            }

            // The suffix's own text waits, because only the next token tells what becomes of it.
            int at = decoder._suffix.Length == 0 ? -1 : text.IndexOf(decoder._suffix, StringComparison.Ordinal);
            _last = at < 0 ? "" : text[at..];
            next.Push(Encoding.UTF8.GetBytes(at < 0 ? text : text[..at]), continues);
        }

        public override void Finish()
        {
            Release("");
            next.Finish();
        }

        private void Release(string replacement)
        {
            if (_last is { Length: > 0 })
            {
                string text = _last.Replace(decoder._suffix, replacement, StringComparison.Ordinal);
                next.Push(Encoding.UTF8.GetBytes(text), continues: true);
            }
        }
    }
}
