namespace Stretto.Models.Text;

/// <summary>Rewrites text before it is cut into pieces. Immutable and thread-safe.</summary>
internal abstract class Normalizer
{
    private const string Supported =
        "Sequence, NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents, Prepend, Replace, Nmt, BertNormalizer "
        + "and ByteLevel";

    private const int MaxDepth = 8;

    public abstract AlignedText Apply(AlignedText text);

    public static Normalizer Read(PartJson json, int depth = 0) => json.Type switch
    {
        "Sequence" when depth < MaxDepth =>
            new Chain([.. json.Items("normalizers", 64).Select(n => Read(n, depth + 1))]),
        "NFC" => new UnicodeNormalizer(compatible: false, compose: true),
        "NFD" => new UnicodeNormalizer(compatible: false, compose: false),
        "NFKC" => new UnicodeNormalizer(compatible: true, compose: true),
        "NFKD" => new UnicodeNormalizer(compatible: true, compose: false),
        "Lowercase" => new LowercaseNormalizer(),
        "Strip" => new StripNormalizer(json),
        "StripAccents" => CharacterFilter.StripMarks,
        "Prepend" => new PrependNormalizer(json),
        "Replace" => new ReplaceNormalizer(json),
        "Nmt" => CharacterFilter.Nmt,
        "BertNormalizer" => new BertNormalizer(json),
        "ByteLevel" => new ByteLevelNormalizer(),
        _ => throw json.Unsupported("normalizer", Supported),
    };

    internal sealed class Chain(IEnumerable<Normalizer> parts) : Normalizer
    {
        // One flat list, so that growth is measured over all of it.
        private readonly Normalizer[] _steps = [.. parts.SelectMany(p => p is Chain inner ? inner._steps : [p])];

        public override AlignedText Apply(AlignedText text)
        {
            AlignedText now = text;
            foreach (Normalizer step in _steps)
            {
                now = step.Apply(now);
                AlignedText.CheckGrowth(text.Text.Length, now.Text.Length);
            }

            return now;
        }
    }
}
