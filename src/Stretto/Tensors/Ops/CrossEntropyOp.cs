using Stretto.Backends;

namespace Stretto;

/// <summary>Cross-entropy.</summary>
public sealed partial class Tensor
{
    /// <summary>Rows of logits that exist at once in <see cref="LinearCrossEntropy"/>.</summary>
    private const long CrossEntropyChunk = 512;

    /// <summary>
    /// The sum of −log softmax(logits)[target] over rows whose target is not <paramref name="ignoreIndex"/>; divide by
    /// <see cref="TargetCount"/> for the mean.
    /// </summary>
    /// <param name="logits">[rows, classes].</param>
    /// <param name="targets">int64 [rows].</param>
    /// <param name="ignoreIndex">The target of rows that do not count.</param>
    /// <param name="labelSmoothing">The share of the target's probability that all classes share, 0 to 1.</param>
    /// <param name="zLoss">The coefficient of (log Σ eˣ)², added for each row that counts. Chowdhery et al., PaLM, 2022.</param>
    /// <exception cref="ArgumentException">Shapes or dtypes do not fit, or the smoothing is outside [0, 1].</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is neither a class nor ignored.</exception>
    public static Tensor CrossEntropySum(
        Tensor logits, Tensor targets, long ignoreIndex = -100, double labelSmoothing = 0, double zLoss = 0)
    {
        CheckTargets("cross_entropy", logits, targets, labelSmoothing);
        CrossEntropyOptions options = new(ignoreIndex, labelSmoothing, zLoss);
        Tensor x = logits.Contiguous();
        Tensor loss = Uninitialized(Shape.Scalar, logits.DType, logits.Device);
        Tensor lse = Uninitialized([logits.Shape[0]], DType.Float64, logits.Device);
        loss.Backend.CrossEntropy(x.View, targets.View, loss.View, lse.View, options);
        return Record("cross_entropy", loss, [x], [x, targets, lse], (f, g) =>
        {
            if (GradientMode.Enabled)
            {
                return [CrossEntropySlope(f.Saved(0), f.Saved(1), options) * g];
            }

            Tensor dx = Uninitialized(x.Shape, x.DType, x.Device);
            g.Backend.CrossEntropyBackward(f.Saved(0).View, f.Saved(1).View, f.Saved(2).View, g.Item(), dx.View, options);
            return [dx];
        });
    }

    /// <summary>
    /// <see cref="CrossEntropySum"/> of hidden [rows, n] · weightᵀ [classes, n] without ever holding all logits: forward and backward
    /// walk the rows in chunks, and the gradients are made on the way forward. Only a gradient of the gradient needs them whole.
    /// </summary>
    /// <param name="hidden">[rows, n].</param>
    /// <param name="weight">[classes, n].</param>
    /// <param name="targets">int64 [rows].</param>
    /// <param name="ignoreIndex">The target of rows that do not count.</param>
    /// <param name="labelSmoothing">The share of the target's probability that all classes share, 0 to 1.</param>
    /// <param name="zLoss">The coefficient of (log Σ eˣ)², added for each row that counts.</param>
    /// <exception cref="ArgumentException">Shapes or dtypes do not fit, or the smoothing is outside [0, 1].</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is neither a class nor ignored.</exception>
    public static Tensor LinearCrossEntropy(
        Tensor hidden, Tensor weight, Tensor targets, long ignoreIndex = -100, double labelSmoothing = 0, double zLoss = 0)
    {
        Broadcasting.SameDevice("linear_cross_entropy", hidden, weight);
        if (weight.Rank != 2 || hidden.Rank != 2 || hidden.Shape[1] != weight.Shape[1] || hidden.DType != weight.DType)
        {
            throw new ArgumentException(
                $"linear_cross_entropy: hidden {hidden.Describe()} must be [rows, n], and weight {weight.Describe()} [classes, n] of one dtype");
        }

        CheckTargets("linear_cross_entropy", hidden, targets, labelSmoothing);
        CrossEntropyOptions options = new(ignoreIndex, labelSmoothing, zLoss);
        Tensor loss = Zeros(Shape.Scalar, hidden.DType, hidden.Device);
        if (!Wanted(loss, [hidden, weight]))
        {
            EachChunk(hidden, targets, (rows, t) =>
                loss.AddInPlace(CrossEntropySum(Linear(rows, weight), t, ignoreIndex, labelSmoothing, zLoss)));
            return loss;
        }

        Tensor dHidden = Uninitialized(hidden.Shape, hidden.DType, hidden.Device);
        Tensor dWeight = Zeros(weight.Shape, weight.DType, weight.Device);
        using (GradientMode.NoGrad())
        {
            long start = 0;
            EachChunk(hidden, targets, (rows, t) =>
            {
                Backend backend = hidden.Backend;
                Tensor logits = Linear(rows, weight);
                Tensor part = Uninitialized(Shape.Scalar, hidden.DType, hidden.Device);
                Tensor lse = Uninitialized([rows.Shape[0]], DType.Float64, hidden.Device);
                backend.CrossEntropy(logits.View, t.View, part.View, lse.View, options);
                loss.AddInPlace(part);
                backend.CrossEntropyBackward(logits.View, t.View, lse.View, 1, logits.View, options);
                backend.MatMul(logits.View, weight.View, dHidden.Narrow(0, start, rows.Shape[0]).View, accumulate: false);
                backend.MatMul(logits.Transpose(0, 1).View, rows.View, dWeight.View, accumulate: true);
                start += rows.Shape[0];
            });
        }

        return Record("linear_cross_entropy", loss, [hidden, weight], [dHidden, dWeight, hidden, weight], (f, g) =>
        {
            if (GradientMode.Enabled)
            {
                Tensor again = CrossEntropySum(Linear(f.Saved(2), f.Saved(3)), targets, ignoreIndex, labelSmoothing, zLoss);
                Tensor[] wanted = [.. Enumerable.Range(0, 2).Where(f.Needs).Select(i => f.Saved(i + 2))];
                Tensor?[] found = Autograd.Grad([again], wanted, [g], createGraph: true);
                return [f.Needs(0) ? found[0] : null, f.Needs(1) ? found[^1] : null];
            }

            double factor = g.Item();
            return [f.Needs(0) ? f.Saved(0) * factor : null, f.Needs(1) ? f.Saved(1) * factor : null];
        });
    }

    /// <summary>How many targets count.</summary>
    public static long TargetCount(Tensor targets, long ignoreIndex = -100)
    {
        long count = 0;
        foreach (long target in targets.ToArray<long>())
        {
            count += target == ignoreIndex ? 0 : 1;
        }

        return count;
    }

    private static void EachChunk(Tensor hidden, Tensor targets, Action<Tensor, Tensor> chunk)
    {
        for (long start = 0; start < hidden.Shape[0]; start += CrossEntropyChunk)
        {
            using TensorScope scope = TensorScope.Begin();
            long rows = Math.Min(CrossEntropyChunk, hidden.Shape[0] - start);
            chunk(hidden.Narrow(0, start, rows), targets.Narrow(0, start, rows));
        }
    }

    /// <summary>The gradient of the logits, in operations that can be differentiated again.</summary>
    private static Tensor CrossEntropySlope(Tensor logits, Tensor targets, CrossEntropyOptions options)
    {
        Tensor column = targets.Unsqueeze(1);
        Tensor counts = Pairwise("ne", BinaryOp.NotEqual, column, column.Constant(options.IgnoreIndex));
        Tensor hit = Pairwise("eq", BinaryOp.Equal, column, Arange(0, logits.Shape[1], 1, DType.Int64, logits.Device)).Converted(logits.DType);
        Tensor softmax = logits.Softmax(-1);
        if (options.ZLoss != 0)
        {
            softmax *= 1 + (logits.LogSumOfRows() * (2 * options.ZLoss));
        }

        Tensor wanted = (hit * (1 - options.Smoothing)) + (options.Smoothing / Math.Max(1, logits.Shape[1]));
        return Choose(counts, softmax - wanted, 0);
    }

    private static void CheckTargets(string op, Tensor rows, Tensor targets, double labelSmoothing)
    {
        Broadcasting.SameDevice(op, rows, targets);
        if (rows.Rank != 2 || targets.Rank != 1 || targets.DType != DType.Int64 || targets.Shape[0] != rows.Shape[0])
        {
            throw new ArgumentException(
                $"{op}: {rows.Describe()} must be [rows, n] and targets {targets.Describe()} int64 [rows]");
        }

        if (labelSmoothing is not (>= 0 and <= 1))
        {
            throw new ArgumentException($"{op}: label smoothing {labelSmoothing} is outside [0, 1]", nameof(labelSmoothing));
        }
    }
}
