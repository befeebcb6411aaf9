using Stretto.Backends;

namespace Stretto;

/// <summary>What a loss gives of its elements.</summary>
public enum Reduction
{
    /// <summary>Their mean; weighted where the loss says so.</summary>
    Mean,
    /// <summary>Their sum.</summary>
    Sum,
    /// <summary>Each by itself.</summary>
    None,
    /// <summary>Their sum over the first size: the divergence of <see cref="Tensor.KlDiv"/>.</summary>
    BatchMean,
}

/// <summary>Losses of pairs of values. Input and target broadcast; both may take gradients.</summary>
public sealed partial class Tensor
{
    /// <summary>(x − target)², each times its weight (of this shape); the mean divides by the sum of the weights.</summary>
    /// <exception cref="ArgumentException">The weight has another shape, or shapes do not broadcast.</exception>
    public Tensor MseLoss(Tensor target, Reduction reduction = Reduction.Mean, Tensor? weight = null) =>
        Weighted("mse_loss", (this - target).Square(), weight, reduction);

    /// <summary>|x − target|, each times its weight (of this shape); the mean divides by the sum of the weights.</summary>
    /// <exception cref="ArgumentException">The weight has another shape, or shapes do not broadcast.</exception>
    public Tensor L1Loss(Tensor target, Reduction reduction = Reduction.Mean, Tensor? weight = null) =>
        Weighted("l1_loss", (this - target).Abs(), weight, reduction);

    /// <summary>
    /// e² / 2 for errors within delta, delta · (|e| − delta / 2) beyond, each times its weight (of this shape); the mean divides by
    /// the number of elements. Huber, 1964.
    /// </summary>
    /// <exception cref="ArgumentException">delta is not positive, or the weight has another shape.</exception>
    public Tensor HuberLoss(Tensor target, Reduction reduction = Reduction.Mean, double delta = 1, Tensor? weight = null)
    {
        if (!(delta > 0))
        {
            throw new ArgumentException($"huber_loss: delta {delta} must be positive");
        }

        Tensor error = (this - target).Abs();
        Tensor loss = Choose(error.Against(BinaryOp.LessOrEqual, delta), error.Square() * 0.5, (error - (delta / 2)) * delta);
        return weight is null || reduction != Reduction.Mean
            ? Weighted("huber_loss", loss, weight, reduction)
            : Weighted("huber_loss", loss, weight, Reduction.None).Mean();
    }

    /// <summary>e² / (2 · beta) for errors within beta, |e| − beta / 2 beyond. Girshick, Fast R-CNN, 2015.</summary>
    /// <exception cref="ArgumentException">beta is negative.</exception>
    public Tensor SmoothL1Loss(Tensor target, Reduction reduction = Reduction.Mean, double beta = 1)
    {
        if (!(beta >= 0))
        {
            throw new ArgumentException($"smooth_l1_loss: beta {beta} must not be negative");
        }

        Tensor error = (this - target).Abs();
        return (beta == 0 ? error : Choose(error.Against(BinaryOp.Less, beta), error.Square() * (0.5 / beta), error - (beta / 2)))
            .Reduced("smooth_l1_loss", reduction);
    }

    /// <summary>−(target · log x + (1 − target) · log(1 − x)) of probabilities; logarithms end at −100.</summary>
    /// <param name="target">Probabilities of this shape.</param>
    /// <param name="weight">Multiplies each element, broadcast; null for 1.</param>
    /// <param name="reduction">What is given of the elements.</param>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    public Tensor BinaryCrossEntropy(Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
    {
        if (target.Shape != Shape)
        {
            throw new ArgumentException($"binary_cross_entropy: {Describe()} and target {target.Describe()} must have one shape");
        }

        Tensor loss;
        using (GradientMode.NoGrad())
        {
            loss = -((target * Log().AtLeast(-100)) + ((1 - target) * (-this).Log1p().AtLeast(-100)));
        }

        loss = Record("binary_cross_entropy", loss, [this, target], [this, target], (f, g) =>
        [
            f.Needs(0) ? g * (f.Saved(0) - f.Saved(1)) / ((1 - f.Saved(0)) * f.Saved(0)).AtLeast(1e-12) : null,
            f.Needs(1) ? g * ((-f.Saved(0)).Log1p() - f.Saved(0).Log()) : null,
        ]);
        return (weight is null ? loss : loss * weight).Reduced("binary_cross_entropy", reduction);
    }

    /// <summary><see cref="BinaryCrossEntropy"/> of sigmoid(x), without its overflow.</summary>
    /// <param name="target">Probabilities of this shape.</param>
    /// <param name="weight">Multiplies each element, broadcast; null for 1.</param>
    /// <param name="reduction">What is given of the elements.</param>
    /// <param name="positiveWeight">Multiplies the part of the target, broadcast; null for 1.</param>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    public Tensor BinaryCrossEntropyWithLogits(
        Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? positiveWeight = null)
    {
        if (target.Shape != Shape)
        {
            throw new ArgumentException($"binary_cross_entropy_with_logits: {Describe()} and target {target.Describe()} must have one shape");
        }

        Tensor softplus = LogSigmoid();
        Tensor loss = ((1 - target) * this)
            - (positiveWeight is null ? softplus : (1 + (target * (positiveWeight - 1))) * softplus);
        return (weight is null ? loss : loss * weight).Reduced("binary_cross_entropy_with_logits", reduction);
    }

    /// <summary>
    /// target · (log target − x) for log-probabilities x; 0 · log 0 counts as 0. <see cref="Reduction.Mean"/> divides by all elements,
    /// <see cref="Reduction.BatchMean"/> by the first size, which is the Kullback-Leibler divergence.
    /// </summary>
    /// <param name="target">Probabilities.</param>
    /// <param name="reduction">What is given of the elements.</param>
    /// <param name="logTarget">The target holds log-probabilities.</param>
    public Tensor KlDiv(Tensor target, Reduction reduction = Reduction.Mean, bool logTarget = false)
    {
        Tensor loss;
        if (logTarget)
        {
            loss = target.Exp() * (target - this);
        }
        else
        {
            Tensor zero = target.Against(BinaryOp.Equal, 0);
            Tensor entropy = Choose(zero, 0, target * Choose(zero, 1, target).Log());
            loss = entropy - (target * this);
        }

        return reduction != Reduction.BatchMean
            ? loss.Reduced("kl_div", reduction)
            : loss.Sum() / (Rank == 0 ? 1 : Shape[0]);
    }

    /// <summary>x1 · x2 / (max(‖x1‖, ε) · max(‖x2‖, ε)) along a dimension; both broadcast.</summary>
    public static Tensor CosineSimilarity(Tensor x1, Tensor x2, int dim = 1, double epsilon = 1e-8)
    {
        Shape shape = Broadcasting.Common("cosine_similarity", x1, x2);
        (Tensor a, Tensor b) = (x1.Expand(shape), x2.Expand(shape));
        Tensor norms = a.NormOver(2, [dim]).AtLeast(epsilon) * b.NormOver(2, [dim]).AtLeast(epsilon);
        return ((a * b).Sum([dim], true) / norms).Squeeze(dim);
    }

    /// <summary>max(0, margin − target · (x1 − x2)), target 1 where the first should rank higher, −1 where the second.</summary>
    public static Tensor MarginRankingLoss(
        Tensor x1, Tensor x2, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean) =>
        (margin - (target * (x1 - x2))).Relu().Reduced("margin_ranking_loss", reduction);

    private Tensor Weighted(string name, Tensor loss, Tensor? weight, Reduction reduction)
    {
        if (weight is null)
        {
            return loss.Reduced(name, reduction);
        }

        if (weight.Shape != Shape)
        {
            throw new ArgumentException($"{name}: {Describe()} and weight {weight.Describe()} must have one shape");
        }

        Tensor weighted = loss * weight;
        return reduction == Reduction.Mean ? weighted.Sum() / weight.Sum() : weighted.Reduced(name, reduction);
    }

    private Tensor Reduced(string name, Reduction reduction) => reduction switch
    {
        Reduction.Mean => Mean(),
        Reduction.Sum => Sum(),
        Reduction.None => this,
        _ => throw new ArgumentException($"{name}: no reduction {reduction}; take Mean, Sum or None"),
    };
}
