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
    public static Tensor CrossEntropySum(Tensor logits, Tensor targets, long ignoreIndex = -100)
    {
        CheckTargets(logits, targets);
        Tensor x = logits.Contiguous();
        Tensor loss = Uninitialized(Shape.Scalar, logits.DType, logits.Device);
        Tensor lse = Uninitialized([logits.Shape[0]], DType.Float64, logits.Device);
        loss.Backend.CrossEntropy(x.View, targets.View, loss.View, lse.View, ignoreIndex);
        return Record("cross_entropy", loss, [x], [x, targets, lse], (f, g) =>
        {
            if (GradientMode.Enabled)
            {
                Tensor onehot = OneHot(f.Saved(1), f.Saved(0), ignoreIndex, out Tensor counts);
                return [((f.Saved(0).Softmax(-1) * counts) - onehot) * g];
            }

            Tensor dx = Uninitialized(x.Shape, x.DType, x.Device);
            g.Backend.CrossEntropyBackward(f.Saved(0).View, f.Saved(1).View, f.Saved(2).View, g.Item(), dx.View, ignoreIndex);
            return [dx];
        });
    }

    /// <summary>
    /// <see cref="CrossEntropySum"/> of hidden [rows, n] · weightᵀ [classes, n] without ever holding all logits: forward and backward
    /// walk the rows in chunks, and the gradients are made on the way forward.
    /// </summary>
    /// <param name="hidden">[rows, n].</param>
    /// <param name="weight">[classes, n].</param>
    /// <param name="targets">int64 [rows].</param>
    /// <param name="ignoreIndex">The target of rows that do not count.</param>
    public static Tensor LinearCrossEntropy(Tensor hidden, Tensor weight, Tensor targets, long ignoreIndex = -100)
    {
        if (hidden.Rank != 2 || weight.Rank != 2 || hidden.Shape[1] != weight.Shape[1] || targets.Rank != 1 || targets.Shape[0] != hidden.Shape[0])
        {
            throw new ArgumentException(
                $"linear_cross_entropy: hidden {hidden.Describe()}, weight {weight.Describe()} and targets {targets.Describe()} do not fit");
        }

        Tensor loss = Zeros(Shape.Scalar, hidden.DType, hidden.Device);
        if (!Wanted(loss, [hidden, weight]))
        {
            EachChunk(hidden, targets, (rows, t) => loss.AddInPlace(CrossEntropySum(Linear(rows, weight), t, ignoreIndex)));
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
                backend.CrossEntropy(logits.View, t.View, part.View, lse.View, ignoreIndex);
                loss.AddInPlace(part);
                backend.CrossEntropyBackward(logits.View, t.View, lse.View, 1, logits.View, ignoreIndex);
                backend.MatMul(logits.View, weight.View, dHidden.Narrow(0, start, rows.Shape[0]).View, accumulate: false);
                backend.MatMul(logits.Transpose(0, 1).View, rows.View, dWeight.View, accumulate: true);
                start += rows.Shape[0];
            });
        }

        return Record("linear_cross_entropy", loss, [hidden, weight], [dHidden, dWeight, hidden, weight], (f, g) =>
        {
            if (GradientMode.Enabled)
            {
                Tensor again = CrossEntropySum(Linear(f.Saved(2), f.Saved(3)), targets, ignoreIndex);
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

    private static Tensor OneHot(Tensor targets, Tensor logits, long ignoreIndex, out Tensor counts)
    {
        long[] rows = targets.ToArray<long>();
        double[] onehot = new double[logits.Count];
        double[] kept = new double[rows.Length];
        for (int row = 0; row < rows.Length; row++)
        {
            if (rows[row] != ignoreIndex)
            {
                onehot[(row * logits.Shape[1]) + rows[row]] = 1;
                kept[row] = 1;
            }
        }

        counts = From(kept, [rows.Length, 1], logits.Device).To(logits.DType);
        return From(onehot, logits.Shape, logits.Device).To(logits.DType);
    }

    private static void CheckTargets(Tensor logits, Tensor targets)
    {
        if (logits.Rank != 2 || targets.Rank != 1 || targets.DType != DType.Int64 || targets.Shape[0] != logits.Shape[0])
        {
            throw new ArgumentException(
                $"cross_entropy: logits {logits.Describe()} must be [rows, classes] and targets {targets.Describe()} int64 [rows]");
        }
    }
}
