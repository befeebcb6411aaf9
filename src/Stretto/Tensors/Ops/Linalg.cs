namespace Stretto;

/// <summary>
/// Linear algebra of matrices [..., N, N] in float32 or float64; leading dimensions are a batch and broadcast.
/// </summary>
public static class Linalg
{
    /// <summary>
    /// X [..., N, K] with A · X = B, or with X · A = B if not <paramref name="left"/>. B may be vectors [..., N].
    /// </summary>
    /// <exception cref="ArgumentException">Sizes or dtypes do not fit, or a matrix is singular.</exception>
    public static Tensor Solve(Tensor a, Tensor b, bool left = true)
    {
        Check("linalg.solve", a);
        if (b.Rank == 1 || (b.Rank == a.Rank - 1 && b.Shape == Shape.Create(a.Shape.Sizes[..^1])))
        {
            return left ? Solve(a, b.Unsqueeze(-1)).Squeeze(-1) : Solve(a, b.Unsqueeze(-2), false).Squeeze(-2);
        }

        if (!left)
        {
            return Solve(a.Transpose(-1, -2), b.Transpose(-1, -2)).Transpose(-1, -2);
        }

        (a, b) = Together("linalg.solve", a, b);
        return Solved("linalg.solve", a, b);
    }

    /// <summary>The inverses.</summary>
    /// <exception cref="ArgumentException">Not square matrices, or a matrix is singular.</exception>
    public static Tensor Inv(Tensor a)
    {
        Check("linalg.inv", a);
        return Solved("linalg.inv", a, Triangle(a, diagonal: 1, below: 0, above: 0).Expand(a.Shape));
    }

    /// <summary>
    /// X with A · X = B, or with X · A = B if not <paramref name="left"/>, where A counts as triangular: its other half
    /// is not read, nor
    /// its diagonal if <paramref name="unitriangular"/>.
    /// </summary>
    /// <exception cref="ArgumentException">Sizes or dtypes do not fit.</exception>
    public static Tensor SolveTriangular(Tensor a, Tensor b, bool upper, bool left = true, bool unitriangular = false)
    {
        Check("linalg.solve_triangular", a);
        if (!left)
        {
            return SolveTriangular(a.Transpose(-1, -2), b.Transpose(-1, -2), !upper, true, unitriangular).Transpose(-1, -2);
        }

        (a, b) = Together("linalg.solve_triangular", a, b);
        return SolvedTriangular(a, b, upper, unitriangular);
    }

    /// <summary>
    /// The lower factor L with L · Lᵀ = A of symmetric positive definite matrices, or the upper one Lᵀ. Gradients are
    /// symmetric.
    /// </summary>
    /// <exception cref="ArgumentException">Not square matrices, or a matrix is not positive definite.</exception>
    public static Tensor Cholesky(Tensor a, bool upper = false)
    {
        Check("linalg.cholesky", a);
        if (upper)
        {
            return Cholesky(a.Transpose(-1, -2)).Transpose(-1, -2);
        }

        Tensor l = Tensor.Uninitialized(a.Shape, a.DType, a.Device);
        long bad = a.Backend.Cholesky(Batch(a), Batch(l));
        if (bad >= 0)
        {
            throw new ArgumentException($"linalg.cholesky: matrix {bad} of {a.Describe()} is not positive definite");
        }

        return Tensor.Record("linalg.cholesky", l, [a], [l], (f, g) =>
        {
            // Murray, Differentiation of the Cholesky decomposition, 2016, equation 10.
            Tensor factor = f.Saved(0);
            Tensor phi =
                Tensor.MatMul(factor.Transpose(-1, -2), g) * Triangle(factor, diagonal: 0.5, below: 1, above: 0);
            Tensor s = SolveTriangular(factor, SolveTriangular(factor.Transpose(-1, -2), phi, upper: true), upper: false, left: false);
            return [(s + s.Transpose(-1, -2)) * 0.5];
        });
    }

    /// <summary>The determinants [...].</summary>
    /// <exception cref="ArgumentException">Not square matrices.</exception>
    public static Tensor Det(Tensor a)
    {
        Check("linalg.det", a);
        Tensor det = Tensor.Uninitialized(BatchShape(a), a.DType, a.Device);
        a.Backend.Determinant(Batch(a), det.View.With(Layout.Contiguous([det.Count])));
        return Tensor.Record("linalg.det", det, [a], [a], (f, g) =>
        {
            Tensor matrix = f.Saved(0);
            Tensor weight = g.Unsqueeze(-1).Unsqueeze(-1);
            if (GradientMode.Enabled)
            {
                return [Inv(matrix).Transpose(-1, -2) * (Det(matrix).Unsqueeze(-1).Unsqueeze(-1) * weight)];
            }

            Tensor cofactors = Tensor.Uninitialized(matrix.Shape, matrix.DType, matrix.Device);
            matrix.Backend.Cofactors(Batch(matrix), Batch(cofactors));
            return [cofactors * weight];
        });
    }

    /// <summary>
    /// The sign (−1, 0 or 1) and the logarithm of the absolute value of each determinant [...]; the sign takes no
    /// gradient.
    /// </summary>
    /// <exception cref="ArgumentException">Not square matrices.</exception>
    public static (Tensor Sign, Tensor LogAbsDet) Slogdet(Tensor a)
    {
        Check("linalg.slogdet", a);
        Tensor sign = Tensor.Uninitialized(BatchShape(a), a.DType, a.Device);
        Tensor logarithm = Tensor.Uninitialized(BatchShape(a), a.DType, a.Device);
        Layout line = Layout.Contiguous([sign.Count]);
        a.Backend.LogDeterminant(Batch(a), sign.View.With(line), logarithm.View.With(line));
        return (sign, Tensor.Record(
            "linalg.slogdet", logarithm, [a], [a],
            (f, g) => [Inv(f.Saved(0)).Transpose(-1, -2) * g.Unsqueeze(-1).Unsqueeze(-1)]));
    }

    /// <summary>
    /// The sums of Aᵏ / k!. Scaling and squaring of a Taylor series, in float64. Moler and Van Loan, Nineteen Dubious
    /// Ways, 2003.
    /// </summary>
    /// <exception cref="ArgumentException">Not square matrices.</exception>
    public static Tensor MatrixExp(Tensor a)
    {
        Check("linalg.matrix_exp", a);
        if (a.Count == 0)
        {
            return a.Clone();
        }

        double norm = a.Shape[-1] * a.Detach().ToArray<double>().Max(Math.Abs);
        int squarings = double.IsFinite(norm) && norm > 0.5 ? (int)Math.Ceiling(Math.Log2(norm)) + 1 : 0;
        Tensor x = a.To(DType.Float64) * Math.Pow(2, -squarings);
        Tensor one = Triangle(x, diagonal: 1, below: 0, above: 0);

        // Horner's scheme: the term after the last is below 0.5^15 / 15! of the first.
        Tensor sum = one + (x / 14);
        for (int k = 13; k >= 1; k--)
        {
            sum = one + (Tensor.MatMul(x, sum) / k);
        }

        for (int i = 0; i < squarings; i++)
        {
            sum = Tensor.MatMul(sum, sum);
        }

        return sum.To(a.DType);
    }

    private static Tensor Solved(string op, Tensor a, Tensor b)
    {
        Tensor x = Tensor.Uninitialized(b.Shape, a.DType, a.Device);
        long singular = a.Backend.Solve(Batch(a), Batch(b), Batch(x));
        if (singular >= 0)
        {
            throw new ArgumentException($"{op}: matrix {singular} of {a.Describe()} is singular");
        }

        return Tensor.Record(op, x, [a, b], [a, x], (f, g) =>
        {
            Tensor ofB = Solved(op, f.Saved(0).Transpose(-1, -2), g);
            return [f.Needs(0) ? -Tensor.MatMul(ofB, f.Saved(1).Transpose(-1, -2)) : null, f.Needs(1) ? ofB : null];
        });
    }

    private static Tensor SolvedTriangular(Tensor a, Tensor b, bool upper, bool unit)
    {
        Tensor x = Tensor.Uninitialized(b.Shape, a.DType, a.Device);
        a.Backend.SolveTriangular(Batch(a), Batch(b), Batch(x), upper, unit);
        return Tensor.Record("linalg.solve_triangular", x, [a, b], [a, x], (f, g) =>
        {
            Tensor ofB = SolvedTriangular(f.Saved(0).Transpose(-1, -2), g, !upper, unit);
            Tensor read = Triangle(f.Saved(0), unit ? 0 : 1, below: upper ? 0 : 1, above: upper ? 1 : 0);
            return [f.Needs(0) ? -Tensor.MatMul(ofB, f.Saved(1).Transpose(-1, -2)) * read : null, f.Needs(1) ? ofB : null];
        });
    }

    /// <summary>One matrix of the size of others, from what stands on, below and above its diagonal.</summary>
    private static Tensor Triangle(Tensor like, double diagonal, double below, double above)
    {
        int n = checked((int)like.Shape[-1]);
        double[] values = new double[checked(n * n)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = i / n == i % n ? diagonal : i / n > i % n ? below : above;
        }

        return Tensor.From(values, [n, n], like.Device).To(like.DType);
    }

    private static TensorView Batch(Tensor t)
    {
        Tensor dense = t.Contiguous();
        return dense.View.With(Layout.Contiguous([BatchShape(t).Count, t.Shape[-2], t.Shape[-1]]));
    }

    private static Shape BatchShape(Tensor a) => Shape.Create(a.Shape.Sizes[..^2]);

    private static (Tensor A, Tensor B) Together(string op, Tensor a, Tensor b)
    {
        Broadcasting.SameDevice(op, a, b);
        if (b.Rank < 2 || a.DType != b.DType || b.Shape[-2] != a.Shape[-1])
        {
            throw new ArgumentException(
                $"{op}: {a.Describe()} and {b.Describe()} do not fit; rows and dtypes must be equal");
        }

        Shape batch = Broadcasting.Common(op, a.BatchOf(), b.BatchOf());
        return (a.Expand([.. batch.Sizes, .. a.Shape.Sizes[^2..]]), b.Expand([.. batch.Sizes, .. b.Shape.Sizes[^2..]]));
    }

    private static void Check(string op, Tensor a)
    {
        if (a.Rank < 2 || a.Shape[-1] != a.Shape[-2] || a.DType is not (DType.Float32 or DType.Float64))
        {
            throw new ArgumentException($"{op}: {a.Describe()} holds no square matrices of float32 or float64");
        }
    }
}
