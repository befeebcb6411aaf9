using System.Text;

namespace Stretto.Models.Text;

/// <summary>
/// Text of connectionist temporal classification (Graves et al. 2006): repeated tokens count once, padding goes, a
/// delimiter stands for a space.
/// </summary>
internal sealed class CtcDecoder(PartJson json) : Decoder
{
    private readonly string _pad = json.TextOrNull("pad_token") ?? "<pad>";
    private readonly string _delimiter = json.TextOrNull("word_delimiter_token") ?? "|";
    private readonly bool _cleanUp = json.Flag("cleanup", true);

    public override DecoderStage Start(DecoderStage next) => new Stage(this, next);

    private sealed class Stage(CtcDecoder decoder, DecoderStage next) : DecoderStage
    {
        private string? _last;

        public override void Push(ReadOnlySpan<byte> token, bool continues)
        {
            string text = Encoding.UTF8.GetString(token);
            bool repeated = text == _last;
            _last = text;
            if (repeated)
            {
                return;
            }

            text = decoder._pad.Length > 0 ? text.Replace(decoder._pad, "", StringComparison.Ordinal) : text;
            if (decoder._cleanUp)
            {
                text = WordPieceDecoder.CleanUp(text);
                text = decoder._delimiter.Length > 0
                    ? text.Replace(decoder._delimiter, " ", StringComparison.Ordinal)
                    : text;
            }

            next.Push(Encoding.UTF8.GetBytes(text), continues);
        }

        public override void Finish() => next.Finish();
    }
}
