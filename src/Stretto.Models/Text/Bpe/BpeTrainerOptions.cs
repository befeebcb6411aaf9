namespace Stretto.Models.Text;

/// <summary>How a byte-pair vocabulary is trained.</summary>
public sealed record BpeTrainerOptions
{
    /// <summary>Tokens in all: special tokens, alphabet and merges.</summary>
    public int VocabularySize { get; init; } = 4096;

    /// <summary>Special tokens, which get the first ids in this order.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = ["<|endoftext|>"];

    /// <summary>A pair that is seen less often does not merge.</summary>
    public long MinFrequency { get; init; }

    /// <summary>Characters that are tokens whether seen or not; null stands for all 256 byte characters.</summary>
    public IReadOnlyList<string>? InitialAlphabet { get; init; }

    /// <summary>Keeps only so many characters, the most frequent; null keeps all.</summary>
    public int? LimitAlphabet { get; init; }

    /// <summary>
    /// A merge needs the two lengths to add up to less than this, but for two single characters; null is no limit.
    /// </summary>
    public int? MaxTokenLength { get; init; }

    /// <summary>Marks every character but the first of a word; empty for byte-level.</summary>
    public string ContinuingSubwordPrefix { get; init; } = "";

    /// <summary>Marks the last character of a word; empty for byte-level.</summary>
    public string EndOfWordSuffix { get; init; } = "";

    /// <summary>The normalizer as <c>tokenizer.json</c> writes it; null for none.</summary>
    public string? Normalizer { get; init; }

    /// <summary>
    /// The pre-tokenizer as <c>tokenizer.json</c> writes it: words with their leading space, single digits
    /// (as in Qwen2), runs of punctuation, line breaks apart; then bytes.
    /// </summary>
    public string? PreTokenizer { get; init; } =
        """{"type":"Sequence","pretokenizers":[{"type":"Split","behavior":"Isolated","invert":false,"""
        + """ "pattern":{"Regex":"""
        + """ "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"""
        + """|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}},"""
        + """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}]}""";

    /// <summary>The decoder as <c>tokenizer.json</c> writes it.</summary>
    public string? Decoder { get; init; } =
        """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}""";

    /// <summary>Roles of tokens and the chat template.</summary>
    public TokenizerSettings Settings { get; init; } = new() { EosToken = "<|endoftext|>" };

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public void Validate()
    {
        if (VocabularySize is < 1 or > 1 << 22)
        {
            throw new ArgumentException($"VocabularySize is {VocabularySize}; it must be from 1 to {1 << 22}");
        }

        if (SpecialTokens.Any(string.IsNullOrEmpty) || SpecialTokens.Distinct().Count() != SpecialTokens.Count)
        {
            throw new ArgumentException("SpecialTokens must be different and not empty");
        }

        if (LimitAlphabet < 0 || MaxTokenLength < 1 || MinFrequency < 0)
        {
            throw new ArgumentException("LimitAlphabet, MaxTokenLength and MinFrequency must not be negative");
        }
    }
}
