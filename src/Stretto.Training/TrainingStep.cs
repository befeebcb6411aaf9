using Stretto.Nn;
using Stretto.Training.Data;
using Stretto.Training.Optimizers;

namespace Stretto.Training;

/// <summary>What one optimizer step did.</summary>
/// <param name="Loss">Mean cross-entropy in nats over the step's target tokens.</param>
/// <param name="GradientNorm">2-norm of the gradient of that mean, before clipping.</param>
/// <param name="Targets">Target tokens.</param>
public readonly record struct StepResult(double Loss, double GradientNorm, long Targets);

/// <summary>
/// One optimizer step of a language model: forward and backward of each micro-batch, gradients of summed losses divided once by all
/// target tokens of the step, clipping, update.
/// </summary>
public static class TrainingStep
{
    /// <summary>Trains on micro-batches of documents; within a document a token predicts the next where that counts.</summary>
    /// <param name="model">The model.</param>
    /// <param name="optimizer">Over the model's parameters.</param>
    /// <param name="microBatches">Each a list of documents that are packed without padding.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="clip">Largest gradient norm, 0 for none.</param>
    /// <exception cref="InvalidOperationException">The loss or the gradient is not finite: nothing was changed.</exception>
    public static StepResult Run(
        CausalLM model, Optimizer optimizer, IReadOnlyList<IReadOnlyList<TokenDocument>> microBatches, double rate, double clip)
    {
        double loss = 0;
        long targets = 0;
        optimizer.ZeroGradients();
        foreach (IReadOnlyList<TokenDocument> documents in microBatches)
        {
            using TensorScope scope = TensorScope.Begin();
            (Tensor sum, long count) = LanguageLoss.Sum(model, documents);
            sum.Backward();
            loss += sum.Item();
            targets += count;
        }

        loss /= Math.Max(targets, 1);
        double norm = optimizer.GradientNorm() / Math.Max(targets, 1);
        if (!double.IsFinite(loss) || !double.IsFinite(norm))
        {
            throw new InvalidOperationException(
                $"step {optimizer.Steps}: loss {loss}, gradient norm {norm}; the parameters are unchanged: lower the learning rate or the clip, and resume from the last checkpoint");
        }

        double coefficient = clip > 0 ? Math.Min(1, clip / (norm + 1e-6)) : 1;
        optimizer.Step(rate, coefficient / Math.Max(targets, 1));
        return new StepResult(loss, norm, targets);
    }
}
