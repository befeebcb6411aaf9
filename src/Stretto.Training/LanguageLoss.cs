using Stretto.Nn;

namespace Stretto.Training;

/// <summary>The loss of next-token prediction on packed documents.</summary>
public static class LanguageLoss
{
    /// <summary>The target of a token that predicts nothing: the last of each document.</summary>
    public const long Ignored = -100;

    /// <summary>The summed cross-entropy and the number of target tokens.</summary>
    public static (Tensor Sum, long Targets) Sum(CausalLM model, IReadOnlyList<int[]> documents)
    {
        Batch batch = Batch.Packed(documents, model.Device);
        long[] targets = new long[batch.Positions.Count];
        long count = 0;
        int at = 0;
        foreach (int[] document in documents)
        {
            for (int i = 0; i < document.Length; i++)
            {
                targets[at++] = i + 1 < document.Length ? document[i + 1] : Ignored;
            }

            count += Math.Max(0, document.Length - 1);
        }

        return (Tensor.LinearCrossEntropy(model.Hidden(batch), model.OutputWeight, Tensor.From(targets, model.Device), Ignored), count);
    }

    /// <summary>The mean loss in nats a token, without gradients, over batches of documents.</summary>
    public static double Mean(CausalLM model, IEnumerable<IReadOnlyList<int[]>> batches)
    {
        using GradientMode.Restore off = GradientMode.NoGrad();
        double loss = 0;
        long targets = 0;
        foreach (IReadOnlyList<int[]> documents in batches)
        {
            using TensorScope scope = TensorScope.Begin();
            (Tensor sum, long count) = Sum(model, documents);
            loss += sum.Item();
            targets += count;
        }

        return loss / Math.Max(1, targets);
    }
}
