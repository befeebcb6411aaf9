namespace Stretto;

/// <summary>Shorthands of matrix products.</summary>
public sealed partial class Tensor
{
    /// <summary>Matrix [M, K] · vector [K] → [M].</summary>
    /// <exception cref="ArgumentException">Not a matrix and a vector that fit.</exception>
    public Tensor Mv(Tensor vector) => WithRanks("mv", this, 2, vector, 1, MatMul);

    /// <summary>Matrix [M, K] · matrix [K, N] → [M, N], without broadcasting.</summary>
    /// <exception cref="ArgumentException">Not two matrices that fit.</exception>
    public Tensor Mm(Tensor other) => WithRanks("mm", this, 2, other, 2, MatMul);

    /// <summary>Matrices [B, M, K] · [B, K, N] → [B, M, N], without broadcasting.</summary>
    /// <exception cref="ArgumentException">Not two batches of matrices that fit.</exception>
    public Tensor Bmm(Tensor other) => Shape.Rank == 3 && other.Rank == 3 && Shape[0] != other.Shape[0]
        ? throw new ArgumentException($"bmm: {Describe()} and {other.Describe()} have different batches")
        : WithRanks("bmm", this, 3, other, 3, MatMul);

    /// <summary>The sum of the products of two vectors [K].</summary>
    /// <exception cref="ArgumentException">Not two vectors of one length.</exception>
    public Tensor Dot(Tensor other) => WithRanks("dot", this, 1, other, 1, MatMul);

    /// <summary>The sum of the diagonal of a matrix.</summary>
    /// <exception cref="ArgumentException">Not a matrix.</exception>
    public Tensor Trace() => Rank == 2 ? DiagonalOf(0, 1).Sum() : throw new ArgumentException(
        $"trace: {Describe()} is no matrix");

    /// <summary>
    /// beta · input + alpha · (a · b), where input broadcasts to [M, N]; with beta 0 input is not read.
    /// </summary>
    /// <exception cref="ArgumentException">Sizes, dtypes or devices do not fit.</exception>
    public static Tensor Addmm(Tensor input, Tensor a, Tensor b, double beta = 1, double alpha = 1) =>
        Sum("addmm", input, a.Mm(b), beta, alpha);

    /// <summary>
    /// beta · input + alpha · (a · b), where input broadcasts to [B, M, N]; with beta 0 input is not read.
    /// </summary>
    /// <exception cref="ArgumentException">Sizes, dtypes or devices do not fit.</exception>
    public static Tensor Baddbmm(Tensor input, Tensor a, Tensor b, double beta = 1, double alpha = 1) =>
        Sum("baddbmm", input, a.Bmm(b), beta, alpha);

    /// <summary>beta · input + alpha · (a · b), where input broadcasts to [M]; with beta 0 input is not read.</summary>
    /// <exception cref="ArgumentException">Sizes, dtypes or devices do not fit.</exception>
    public static Tensor Addmv(Tensor input, Tensor a, Tensor b, double beta = 1, double alpha = 1) =>
        Sum("addmv", input, a.Mv(b), beta, alpha);

    /// <summary>
    /// first [..., I], second [..., J], weight [O, I, J], bias [O] → [..., O]: each weight between each pair of
    /// numbers.
    /// </summary>
    /// <exception cref="ArgumentException">Sizes, dtypes or devices do not fit.</exception>
    public static Tensor Bilinear(Tensor first, Tensor second, Tensor weight, Tensor? bias = null)
    {
        if (weight.Rank != 3 || first.Rank == 0 || first.Rank != second.Rank || first.Shape[-1] != weight.Shape[1]
            || second.Shape[-1] != weight.Shape[2] || !first.Shape.Sizes[..^1].SequenceEqual(second.Shape.Sizes[..^1])
            || (bias is not null && (bias.Rank != 1 || bias.Count != weight.Shape[0])))
        {
            throw new ArgumentException(
                $"bilinear: {first.Describe()}, {second.Describe()} and weight {weight.Describe()} do not fit");
        }

        Tensor y = Einsum("...i,oij,...j->...o", first, weight, second);
        return bias is null ? y : y + bias;
    }

    private static Tensor Sum(string op, Tensor input, Tensor product, double beta, double alpha)
    {
        if (input.DType != product.DType || Broadcasting.Common(op, input, product) != product.Shape)
        {
            throw new ArgumentException($"{op}: {input.Describe()} does not broadcast to {product.Describe()}");
        }

        Tensor scaled = alpha == 1 ? product : product * alpha;
        return beta == 0 ? scaled : scaled + (beta == 1 ? input : input * beta);
    }

    private static Tensor WithRanks(
        string op, Tensor a, int rankOfA, Tensor b, int rankOfB, Func<Tensor, Tensor, Tensor> product) =>
        a.Rank == rankOfA && b.Rank == rankOfB && a.DType == b.DType
            ? product(a, b)
            : throw new ArgumentException(
                $"{op}: {a.Describe()} and {b.Describe()} given; {rankOfA} and {rankOfB} dimensions of one dtype are needed");

    /// <summary>
    /// The elements with equal indices in two dimensions: they become one, in the place of the first.
    /// </summary>
    private Tensor DiagonalOf(int first, int second)
    {
        long[] sizes = Shape.ToArray();
        long[] strides = Layout.Contiguous(Shape).Strides.ToArray();
        sizes[first] = Math.Min(sizes[first], sizes[second]);
        strides[first] += strides[second];
        StridedWindow window = new(
            [.. sizes.Where((_, d) => d != second)], [.. strides.Where((_, d) => d != second)], 0, []);
        return Windows(this, window);
    }
}
