using Stretto.Models.Text;
using Stretto.Training.Data;
using Stretto.Training.Data.Tales;

namespace Stretto.Cli;

/// <summary>The tokenizer of a model that learns from the tales.</summary>
internal static class TaleTokenizer
{
    /// <summary>Trains byte-pair encoding on documents of the training side; the special tokens come first.</summary>
    public static Tokenizer Train(ulong seed, int documents, int vocabularySize)
    {
        TaleGenerator generator = new(seed);
        IEnumerable<string> texts = Enumerable.Range(0, documents)
            .Select(i => WithoutSpecialTokens(generator.Document(TaleGenerator.IndexOf(TaleSplit.Training, i))));
        return BpeTrainer.Train(texts, new BpeTrainerOptions
        {
            VocabularySize = vocabularySize,
            SpecialTokens = [.. ChatMarkup.SpecialTokens],
            Settings = new TokenizerSettings
            {
                BosToken = ChatMarkup.EndOfText,
                EosToken = ChatMarkup.EndOfText,
                ChatTemplate = ChatMarkup.Template,
            },
        });
    }

    private static string WithoutSpecialTokens(TaleDocument document) =>
        ChatMarkup.SpecialTokens.Aggregate(document.Text, (text, token) => text.Replace(token, "\n", StringComparison.Ordinal));
}
