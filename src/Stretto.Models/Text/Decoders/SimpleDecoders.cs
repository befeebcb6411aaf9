using System.Globalization;
using System.Text;

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

/// <summary>All tokens become one.</summary>
internal sealed class FuseDecoder : Decoder
{
    public override DecoderStage Start(DecoderStage next) => new Stage(next);

    private sealed class Stage(DecoderStage next) : DecoderStage
    {
        private bool started;

        public override void Push(ReadOnlySpan<byte> token, bool continues)
        {
            next.Push(token, started);
            started = true;
        }

        public override void Finish() => next.Finish();
    }
}

/// <summary>Replaces within each token.</summary>
internal sealed class ReplaceDecoder(PartJson json) : Decoder
{
    private const int MaxToken = 1 << 20;
    private readonly TextPattern pattern = new(json["pattern"]);
    private readonly string content = json.ShortText("content", 1024);

    public override DecoderStage Start(DecoderStage next) => new Stage(this, next);

    private sealed class Stage(ReplaceDecoder decoder, DecoderStage next) : DecoderStage
    {
        public override void Push(ReadOnlySpan<byte> token, bool continues)
        {
            string text = Encoding.UTF8.GetString(token);
            List<(int Start, int End)> matches = [];
            decoder.pattern.Matches(text, matches);
            if (matches.Count == 0)
            {
                next.Push(token, continues);
                return;
            }

            StringBuilder builder = new();
            int at = 0;
            foreach ((int start, int end) in matches)
            {
                builder.Append(text, at, start - at).Append(decoder.content);
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

/// <summary>Removes up to so many of a character from the ends of each token.</summary>
internal sealed class StripDecoder(PartJson json) : Decoder
{
    private const int MaxCount = 1024;
    private readonly byte[] content = Encoding.UTF8.GetBytes(json.ShortText("content", 16));
    private readonly int start = json.Integer("start", 0, MaxCount);
    private readonly int stop = json.Integer("stop", 0, MaxCount);

    public override DecoderStage Start(DecoderStage next) => new Stage(this, next);

    private sealed class Stage(StripDecoder decoder, DecoderStage next) : DecoderStage
    {
        private readonly List<byte> held = [];
        private int left;

        public override void Push(ReadOnlySpan<byte> token, bool continues)
        {
            if (!continues)
            {
                ReleaseEnd();
                left = decoder.content.Length == 0 ? 0 : decoder.start;
            }

            while (left > 0 && token.StartsWith(decoder.content))
            {
                token = token[decoder.content.Length..];
                left--;
            }

            left = token.Length > 0 ? 0 : left;
            if (decoder.stop == 0 || decoder.content.Length == 0)
            {
                next.Push(token, continues);
                return;
            }

            // What may yet be stripped at the end waits for the next token.
            held.AddRange(token);
            byte[] all = [.. held];
            int keep = all.Length;
            for (int i = 0; i < decoder.stop && all.AsSpan(0, keep).EndsWith(decoder.content); i++)
            {
                keep -= decoder.content.Length;
            }

            next.Push(all.AsSpan(0, keep), continues);
            held.RemoveRange(0, keep);
        }

        public override void Finish()
        {
            ReleaseEnd();
            next.Finish();
        }

        private void ReleaseEnd() => held.Clear();
    }
}

/// <summary>The visible sign back to a space; the one put in front goes.</summary>
internal sealed class MetaspaceDecoder(PartJson json) : Decoder
{
    private readonly byte[] sign = Encoding.UTF8.GetBytes(MetaspacePreTokenizer.Sign(json).ToString());
    private readonly bool dropFirst = MetaspacePreTokenizer.Scheme(json) != "never";

    public override DecoderStage Start(DecoderStage next) => new Stage(this, next);

    private sealed class Stage(MetaspaceDecoder decoder, DecoderStage next) : DecoderStage
    {
        private bool started;

        public override void Push(ReadOnlySpan<byte> token, bool continues)
        {
            List<byte> output = new(token.Length);
            while (token.Length > 0)
            {
                bool sign = token.StartsWith(decoder.sign);
                if (!sign)
                {
                    output.Add(token[0]);
                }
                else if (started || !decoder.dropFirst)
                {
                    output.Add((byte)' ');
                }

                token = token[(sign ? decoder.sign.Length : 1)..];
            }

            started = true;
            next.Push([.. output], continues);
        }

        public override void Finish() => next.Finish();
    }
}

/// <summary>A suffix that ends a word becomes a space, but not at the end of the text.</summary>
internal sealed class SuffixDecoder(PartJson json) : Decoder
{
    private readonly string suffix = json.TextOrNull("suffix") ?? "</w>";

    public override DecoderStage Start(DecoderStage next) => new Stage(this, next);

    private sealed class Stage(SuffixDecoder decoder, DecoderStage next) : DecoderStage
    {
        private string? last;

        public override void Push(ReadOnlySpan<byte> token, bool continues)
        {
            string text = Encoding.UTF8.GetString(token);
            if (last is not null)
            {
                Release(" ");
            }

            // The suffix's own text waits, because only the next token tells what becomes of it.
            int at = decoder.suffix.Length == 0 ? -1 : text.IndexOf(decoder.suffix, StringComparison.Ordinal);
            last = at < 0 ? "" : text[at..];
            next.Push(Encoding.UTF8.GetBytes(at < 0 ? text : text[..at]), continues);
        }

        public override void Finish()
        {
            Release("");
            next.Finish();
        }

        private void Release(string replacement)
        {
            if (last is { Length: > 0 })
            {
                string text = last.Replace(decoder.suffix, replacement, StringComparison.Ordinal);
                next.Push(Encoding.UTF8.GetBytes(text), continues: true);
            }
        }
    }
}
