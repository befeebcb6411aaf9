using System.Text;

namespace Stretto.Models.Text;

/// <summary>Replaces within each token.</summary>
internal sealed class ReplaceDecoder(PartJson json) : Decoder
{
    private const int MaxToken = 1 << 20;
    private readonly TextPattern _pattern = new(json["pattern"]);
    private readonly string _content = json.ShortText("content", 1024);

    public override DecoderStage Start(DecoderStage next) => new Stage(this, next);

    private sealed class Stage(ReplaceDecoder decoder, DecoderStage next) : DecoderStage
    {
        public override void Push(ReadOnlySpan<byte> token, bool continues)
        {
            string text = Encoding.UTF8.GetString(token);
            List<(int Start, int End)> matches = [];
            decoder._pattern.Matches(text, matches);
            if (matches.Count == 0)
            {
                next.Push(token, continues);
                return;
            }

            StringBuilder builder = new();
            int at = 0;
            foreach ((int start, int end) in matches)
            {
                builder.Append(text, at, start - at).Append(decoder._content);
                at = end;
                if (builder.Length > MaxToken)
                {
                    throw new InvalidDataException("the tokenizer's decoder makes a token longer than a mebibyte");
                }
            }

            builder.Append(text, at, text.Length - at);
            next.Push(Encoding.UTF8.GetBytes(builder.ToString()), continues);
        }

        public override void Finish() => next.Finish();
    }
}
