namespace Stretto.Models.Text;

/// <summary>Cuts text into the pieces that the model then tokenizes one by one. Immutable and thread-safe.</summary>
internal abstract class PreTokenizer
{
    private const string Supported = "Sequence, ByteLevel, Split, Digits, Punctuation, Whitespace, WhitespaceSplit, "
        + "BertPreTokenizer, CharDelimiterSplit, FixedLength and Metaspace";

    private const int MaxDepth = 8;

    public abstract void Apply(Pieces pieces);

    public static PreTokenizer Read(PartJson json, int depth = 0) => json.Type switch
    {
        "Sequence" when depth < MaxDepth =>
            new Chain([.. json.Items("pretokenizers", 64).Select(p => Read(p, depth + 1))]),
        "ByteLevel" => new ByteLevelPreTokenizer(json),
        "Split" => new SplitPreTokenizer(json),
        "Digits" => new DigitsPreTokenizer(json),
        "Punctuation" => new ClassPreTokenizer(
            ScalarClasses.IsPunctuation, Cutting.Behavior(json, SplitBehavior.Isolated)),
        "WhitespaceSplit" => new ClassPreTokenizer(ScalarClasses.IsWhiteSpace, SplitBehavior.Removed),
        "CharDelimiterSplit" => ClassPreTokenizer.Delimiter(json),
        "Whitespace" => new WhitespacePreTokenizer(),
        "BertPreTokenizer" => new Chain(
            [
                new ClassPreTokenizer(ScalarClasses.IsWhiteSpace, SplitBehavior.Removed),
                new ClassPreTokenizer(ScalarClasses.IsPunctuation, SplitBehavior.Isolated),
            ]),
        "FixedLength" => new FixedLengthPreTokenizer(json),
        "Metaspace" => new MetaspacePreTokenizer(json),
        _ => throw json.Unsupported("pre-tokenizer", Supported),
    };

    private sealed class Chain(IEnumerable<PreTokenizer> parts) : PreTokenizer
    {
        // One flat list, so that growth is measured over all of it.
        private readonly PreTokenizer[] _steps = [.. parts.SelectMany(p => p is Chain inner ? inner._steps : [p])];

        public override void Apply(Pieces pieces)
        {
            int length = pieces.Text.Length;
            foreach (PreTokenizer step in _steps)
            {
                step.Apply(pieces);
                AlignedText.CheckGrowth(length, pieces.Text.Length);
            }
        }
    }
}
