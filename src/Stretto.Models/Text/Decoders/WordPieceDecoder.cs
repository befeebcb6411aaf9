using System.Text;

namespace Stretto.Models.Text;

/// <summary>
/// A space before every token but the first, unless it continues a word; optionally none before punctuation.
/// </summary>
internal sealed class WordPieceDecoder(PartJson json) : Decoder
{
    private static readonly (string From, string To)[] Replacements =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    private readonly string _prefix = json.TextOrNull("prefix") ?? "##";
    private readonly bool _cleanUp = json.Flag("cleanup", true);

    public override DecoderStage Start(DecoderStage next) => new Stage(this, next);

    /// <summary>English without the spaces that cutting put before punctuation and contractions.</summary>
    public static string CleanUp(string text) =>
        Replacements.Aggregate(text, (now, pair) => now.Replace(pair.From, pair.To, StringComparison.Ordinal));

    private sealed class Stage(WordPieceDecoder decoder, DecoderStage next) : DecoderStage
    {
        private bool _started;

        public override void Push(ReadOnlySpan<byte> token, bool continues)
        {
            string text = Encoding.UTF8.GetString(token);
            if (_started)
            {
                text = decoder._prefix.Length > 0 && text.StartsWith(decoder._prefix, StringComparison.Ordinal)
                    ? text[decoder._prefix.Length..]
                    : " " + text;
            }

            _started = true;
            text = decoder._cleanUp ? CleanUp(text) : text;
            next.Push(Encoding.UTF8.GetBytes(text), continues);
        }

        public override void Finish() => next.Finish();
    }
}
