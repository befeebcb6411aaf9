using Stretto.Backends;

namespace Stretto;

/// <summary>
/// Losses of classes. Scores are [classes], [n, classes] or [n, classes, ...]; targets are int64 without the dimension of classes.
/// </summary>
public sealed partial class Tensor
{
    /// <summary>−log softmax(x)[target], with all that PyTorch offers.</summary>
    /// <param name="target">int64 classes, or probabilities of this tensor's shape.</param>
    /// <param name="weight">[classes]: how much each class counts; null for 1. Takes no gradient.</param>
    /// <param name="ignoreIndex">The target of places that do not count.</param>
    /// <param name="reduction">Mean divides by the weights of the targets that count; by their number where targets are probabilities.</param>
    /// <param name="labelSmoothing">The share of the target's probability that all classes share.</param>
    /// <exception cref="ArgumentException">Shapes or dtypes do not fit, a target is no class, or the smoothing is outside [0, 1].</exception>
    public Tensor CrossEntropy(
        Tensor target, Tensor? weight = null, long ignoreIndex = -100, Reduction reduction = Reduction.Mean, double labelSmoothing = 0)
    {
        CheckClasses("cross_entropy", target, weight, soft: target.DType.IsFloatingPoint());
        if (!(labelSmoothing is >= 0 and <= 1))
        {
            throw new ArgumentException($"cross_entropy: label smoothing {labelSmoothing} is outside [0, 1]");
        }

        if (IsShort)
        {
            return To(DType.Float32).CrossEntropy(target, weight, ignoreIndex, reduction, labelSmoothing).To(DType);
        }

        Tensor rows = ClassesLast();
        if (target.DType.IsFloatingPoint())
        {
            return SoftCrossEntropy(rows, target, weight, reduction, labelSmoothing);
        }

        if (weight is null && labelSmoothing == 0 && reduction is Reduction.Mean or Reduction.Sum)
        {
            Tensor flat = target.Reshape(target.Count);
            CheckRange("cross_entropy", flat, Classes, ignoreIndex);
            Tensor sum = CrossEntropySum(rows, flat, ignoreIndex);
            return reduction == Reduction.Sum ? sum : sum / TargetCount(flat, ignoreIndex);
        }

        return NegativeLogLikelihood("cross_entropy", rows.LogSoftmax(-1), target, weight, ignoreIndex, reduction, labelSmoothing);
    }

    /// <summary>−x[target] of log-probabilities x; the parameters are those of <see cref="CrossEntropy"/>.</summary>
    public Tensor NllLoss(Tensor target, Tensor? weight = null, long ignoreIndex = -100, Reduction reduction = Reduction.Mean)
    {
        CheckClasses("nll_loss", target, weight, soft: false);
        return NegativeLogLikelihood("nll_loss", ClassesLast(), target, weight, ignoreIndex, reduction, 0);
    }

    /// <summary>log softmax(x)[target] for each token of [..., classes], target int64 [...].</summary>
    public Tensor SequenceLogProb(Tensor target)
    {
        if (Rank == 0 || target.DType != DType.Int64 || target.Shape != Shape.Create(Shape.Sizes[..^1]))
        {
            throw new ArgumentException($"sequence_log_prob: {Describe()} must be [..., classes] and target {target.Describe()} int64 [...]");
        }

        Tensor flat = target.Reshape(target.Count, 1);
        CheckRange("sequence_log_prob", flat, Shape[-1], null);
        return Reshape(target.Count, Shape[-1]).LogSoftmax(-1).PickedFromRows(flat).Reshape(target.Shape);
    }

    /// <summary>coefficient · mean over rows of (log Σ eˣ)²: keeps logits near 0. Chowdhery et al., PaLM, 2022.</summary>
    public Tensor ZLoss(double coefficient) => LogSumOfRows().Square().Mean() * coefficient;

    /// <summary>The mean of <see cref="CrossEntropy"/> and <see cref="ZLoss"/> over rows whose target is not the ignored one.</summary>
    public Tensor CrossEntropyZLoss(Tensor target, double coefficient, long ignoreIndex = -100)
    {
        CheckClasses("cross_entropy_z_loss", target, null, soft: false);
        Tensor rows = ClassesLast();
        Tensor flat = target.Reshape(target.Count, 1);
        Tensor kept = Pairwise("ne", BinaryOp.NotEqual, flat, flat.Constant(ignoreIndex));
        Tensor squares = Choose(kept, rows.LogSumOfRows().Square(), 0).Sum();
        return CrossEntropy(target, null, ignoreIndex) + (squares * coefficient / TargetCount(flat, ignoreIndex));
    }

    private long Classes => Shape[Rank == 1 ? 0 : 1];

    /// <summary>[places, classes]: the classes moved last.</summary>
    private Tensor ClassesLast()
    {
        if (Rank <= 2)
        {
            return Rank == 1 ? Unsqueeze(0) : this;
        }

        int[] order = [0, .. Enumerable.Range(2, Rank - 2), 1];
        return Permute(order).Reshape(Classes == 0 ? 0 : Count / Classes, Classes);
    }

    private static Tensor NegativeLogLikelihood(
        string name, Tensor rows, Tensor target, Tensor? weight, long ignoreIndex, Reduction reduction, double smoothing)
    {
        Tensor flat = target.Reshape(target.Count, 1);
        CheckRange(name, flat, rows.Shape[1], ignoreIndex);
        Tensor kept = Pairwise(name, BinaryOp.NotEqual, flat, flat.Constant(ignoreIndex));
        Tensor index = Choose(kept, flat, 0);
        Tensor weights = Choose(
            kept, weight is null ? rows.Constant(1) : weight.Detach().IndexSelect(index.Reshape(index.Count)).Unsqueeze(1), 0.0);
        Tensor losses = Choose(kept, rows.PickedFromRows(index) * -weights, 0);
        if (smoothing > 0)
        {
            Tensor all = Choose(kept, -(weight is null ? rows : rows * weight.Detach()).Sum([-1], true), 0);
            losses = (losses * (1 - smoothing)) + (all * (smoothing / rows.Shape[1]));
        }

        return reduction switch
        {
            Reduction.None => losses.Reshape(target.Shape),
            Reduction.Sum => losses.Sum(),
            Reduction.Mean => losses.Sum() / weights.Sum(),
            _ => throw new ArgumentException($"{name}: no reduction {reduction}; take Mean, Sum or None"),
        };
    }

    private Tensor SoftCrossEntropy(Tensor rows, Tensor target, Tensor? weight, Reduction reduction, double smoothing)
    {
        Tensor wanted = target.ClassesLast();
        wanted = smoothing > 0 ? (wanted * (1 - smoothing)) + (smoothing / Classes) : wanted;
        Tensor terms = rows.LogSoftmax(-1) * wanted;
        Tensor losses = -(weight is null ? terms : terms * weight.Detach()).Sum([-1]);
        long[] places = [.. Rank == 1 ? [] : Shape.Sizes[..1], .. Rank <= 2 ? [] : Shape.Sizes[2..]];
        return reduction == Reduction.None ? losses.Reshape(Shape.Create(places)) : losses.Reduced("cross_entropy", reduction);
    }

    private void CheckClasses(string name, Tensor target, Tensor? weight, bool soft)
    {
        long[] places = Rank == 0 ? [] : [.. Rank == 1 ? [] : Shape.Sizes[..1], .. Rank <= 2 ? [] : Shape.Sizes[2..]];
        bool fits = Rank > 0 && (soft ? target.Shape == Shape : target.DType == DType.Int64 && target.Shape == Shape.Create(places));
        if (!fits || (weight is not null && (weight.Rank != 1 || weight.Count != Classes)))
        {
            throw new ArgumentException(
                $"{name}: scores {Describe()} must be [n, classes, ...], targets {target.Describe()} int64 [n, ...]"
                + (weight is null ? "" : $" and weight {weight.Describe()} [classes]"));
        }
    }

    private static void CheckRange(string name, Tensor target, long classes, long? ignoreIndex)
    {
        foreach (long t in target.ToArray<long>())
        {
            if ((t < 0 || t >= classes) && t != ignoreIndex)
            {
                throw new ArgumentException($"{name}: target {t} is none of the {classes} classes; mark what does not count as the ignored index");
            }
        }
    }
}
