using Stretto.Nn;
using Stretto.Training.Data;

namespace Stretto.Training;

/// <summary>The loss of next-token prediction on packed documents.</summary>
public static class LanguageLoss
{
    /// <summary>The target of a token that predicts nothing: the last of each document, and those before tokens that do not count.</summary>
    public const long Ignored = -100;

    /// <summary>The summed cross-entropy and the number of target tokens.</summary>
    public static (Tensor Sum, long Targets) Sum(CausalLM model, IReadOnlyList<TokenDocument> documents)
    {
        Batch batch = Batch.Packed([.. documents.Select(d => d.Tokens)], model.Device);
        long[] targets = new long[batch.Positions.Count];
        long count = 0;
        int at = 0;
        foreach (TokenDocument document in documents)
        {
            document.WriteTargets(targets.AsSpan(at, document.Tokens.Length), Ignored);
            at += document.Tokens.Length;
            count += document.Targets;
        }

        return (Tensor.LinearCrossEntropy(model.Hidden(batch), model.OutputWeight, Tensor.From(targets, model.Device), Ignored), count);
    }

    /// <summary>The mean loss in nats a token, without gradients, over batches of documents.</summary>
    public static double Mean(CausalLM model, IEnumerable<IReadOnlyList<TokenDocument>> batches)
    {
        using GradientMode.Restore off = GradientMode.NoGrad();
        double loss = 0;
        long targets = 0;
        foreach (IReadOnlyList<TokenDocument> documents in batches)
        {
            using TensorScope scope = TensorScope.Begin();
            (Tensor sum, long count) = Sum(model, documents);
            loss += sum.Item();
            targets += count;
        }

        return loss / Math.Max(1, targets);
    }
}
