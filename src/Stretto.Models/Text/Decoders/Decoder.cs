namespace Stretto.Models.Text;

/// <summary>
/// Turns tokens back into the bytes of their text. Immutable; <see cref="Start"/> makes the state of one text.
/// </summary>
internal abstract class Decoder
{
    private const string Supported =
        "Sequence, ByteLevel, ByteFallback, Fuse, Replace, Strip, Metaspace, BPEDecoder, WordPiece and CTC";

    private const int MaxDepth = 8;

    /// <summary>A stage that hands what it makes to <paramref name="next"/>.</summary>
    public abstract DecoderStage Start(DecoderStage next);

    public static Decoder Read(PartJson json, int depth = 0) => json.Type switch
    {
        "Sequence" when depth < MaxDepth =>
            new Chain([.. json.Items("decoders", 64).Select(d => Read(d, depth + 1))]),
        "ByteLevel" => new ByteLevelDecoder(),
        "ByteFallback" => new ByteFallbackDecoder(),
        "Fuse" => new FuseDecoder(),
        "Replace" => new ReplaceDecoder(json),
        "Strip" => new StripDecoder(json),
        "Metaspace" => new MetaspaceDecoder(json),
        "BPEDecoder" => new SuffixDecoder(json),
        "WordPiece" => new WordPieceDecoder(json),
        "CTC" => new CtcDecoder(json),
        _ => throw json.Unsupported("decoder", Supported),
    };

    private sealed class Chain(Decoder[] steps) : Decoder
    {
        public override DecoderStage Start(DecoderStage next)
        {
            for (int i = steps.Length - 1; i >= 0; i--)
            {
                next = steps[i].Start(next);
            }

            return next;
        }
    }
}

/// <summary>
/// One decoder at work on one text. Bytes of a token are UTF-8 until a byte decoder has made raw bytes of them.
/// </summary>
internal abstract class DecoderStage
{
    /// <summary>Takes a token, or more of the token before when <paramref name="continues"/>.</summary>
    public abstract void Push(ReadOnlySpan<byte> token, bool continues);

    /// <summary>Takes an added token, which stands for its own text.</summary>
    public virtual void PushAdded(ReadOnlySpan<byte> token) => Push(token, continues: false);

    /// <summary>The text is over: releases what was held back.</summary>
    public abstract void Finish();
}
