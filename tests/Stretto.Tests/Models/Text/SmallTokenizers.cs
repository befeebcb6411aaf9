using Stretto.Models.Text;

namespace Stretto.Tests.Models.Text;

/// <summary>Tokenizers for tests, trained on the spot.</summary>
internal static class SmallTokenizers
{
    public static readonly string[] Texts =
    [
        "Once upon a time there was a fox who wanted a lantern.",
        "The fox asked the owl, and the owl said: \"It's in the old mill, isn't it?\"",
        "In 1987 they'd counted 12345 lanterns;\n\n  only 3 were lit.",
        "\u00c4rger, na\u00efve, \u4f60\u597d, \ud83e\udd8a!",
    ];

    public static Tokenizer ByteLevel(int size = 400) => BpeTrainer.Train(
        Texts,
        new BpeTrainerOptions
        {
            VocabularySize = size,
            SpecialTokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
            Settings = new TokenizerSettings { EosToken = "<|endoftext|>", BosToken = "<|im_start|>" },
        });
}
