namespace Stretto;

/// <summary>Joining, repeating and reordering.</summary>
public sealed partial class Tensor
{
    /// <summary>Tensors of one shape joined along a new dimension.</summary>
    /// <exception cref="ArgumentException">None are given, or the shapes differ.</exception>
    public static Tensor Stack(IReadOnlyList<Tensor> tensors, int dim = 0)
    {
        if (tensors.Count == 0)
        {
            throw new ArgumentException("stack: no tensors given", nameof(tensors));
        }

        return tensors.FirstOrDefault(t => t.Shape != tensors[0].Shape) is { } other
            ? throw new ArgumentException($"stack: {other.Describe()} has another shape than {tensors[0].Describe()}", nameof(tensors))
            : Cat([.. tensors.Select(t => t.Unsqueeze(dim))], dim);
    }

    /// <summary>The order of the elements reversed along dimensions.</summary>
    public Tensor Flip(params ReadOnlySpan<int> dims)
    {
        Tensor result = this;
        foreach (int d in dims.IsEmpty ? [] : Dims(dims))
        {
            long n = Shape.Sizes[d];
            result = result.IndexSelect(d, (n - 1) - Arange(0, n, 1, DType.Int64, Device));
        }

        return result;
    }

    /// <summary>
    /// Elements moved on along dimensions; what leaves at the end enters at the start. Without dimensions the flat
    /// order rolls.
    /// </summary>
    public Tensor Roll(ReadOnlySpan<long> shifts, ReadOnlySpan<int> dims)
    {
        if (dims.IsEmpty)
        {
            return shifts.Length == 1
                ? Flatten().Roll(shifts, [0]).Reshape(Shape)
                : throw new ArgumentException($"roll: {shifts.Length} shifts without dimensions for {Describe()}");
        }

        if (shifts.Length != dims.Length)
        {
            throw new ArgumentException($"roll: {shifts.Length} shifts for {dims.Length} dimensions of {Describe()}");
        }

        Tensor result = this;
        for (int i = 0; i < dims.Length; i++)
        {
            long n = Shape[dims[i]];
            long cut = n == 0 ? 0 : (((-shifts[i]) % n) + n) % n;
            result = cut == 0
                ? result
                : Cat([result.Narrow(dims[i], cut, n - cut), result.Narrow(dims[i], 0, cut)], dims[i]);
        }

        return result;
    }

    /// <summary>The whole repeated along each dimension; more counts than dimensions add leading ones.</summary>
    public Tensor Repeat(params ReadOnlySpan<long> counts)
    {
        int missing = counts.Length - Rank;
        if (missing < 0)
        {
            throw new ArgumentException($"repeat: {counts.Length} counts for {Describe()}; every dimension needs one");
        }

        List<long> apart = [];
        List<long> repeated = [];
        List<long> joined = [];
        for (int d = 0; d < counts.Length; d++)
        {
            long size = d < missing ? 1 : Shape.Sizes[d - missing];
            apart.AddRange([1, size]);
            repeated.AddRange([counts[d], size]);
            joined.Add(counts[d] * size);
        }

        return Reshape(Shape.Create([.. apart])).Expand(Shape.Create([.. repeated])).Reshape(Shape.Create([.. joined]));
    }

    /// <summary>As <see cref="Repeat"/>, but missing counts are leading ones.</summary>
    public Tensor Tile(params ReadOnlySpan<long> counts) =>
        Repeat([.. Enumerable.Repeat(1L, Math.Max(0, Rank - counts.Length)), .. counts]);

    /// <summary>
    /// Every element (or place of a dimension) repeated as often; without a dimension the result is flat.
    /// </summary>
    public Tensor RepeatInterleave(long count, int? dim = null)
    {
        Tensor source = dim is null ? Flatten() : this;
        return source.RepeatInterleave(Full([source.Shape[dim ?? 0]], count, DType.Int64, Device), dim ?? 0);
    }

    /// <summary>
    /// Every element (or place of a dimension) repeated as its integer in <paramref name="counts"/> says.
    /// </summary>
    public Tensor RepeatInterleave(Tensor counts, int? dim = null)
    {
        Tensor source = dim is null || Rank == 0 ? Flatten() : this;
        long[] times = counts.ToArray<long>();
        long n = source.Shape[dim ?? 0];
        if (counts.DType.IsFloatingPoint() || counts.Rank > 1 || (times.Length != n && times.Length != 1) || times.Any(t => t < 0))
        {
            throw new ArgumentException(
                $"repeat_interleave: {counts.Describe()} must hold {n} integers that are not negative");
        }

        List<long> places = [];
        for (long i = 0; i < n; i++)
        {
            long repeats = times[times.Length == 1 ? 0 : i];
            for (long k = 0; k < repeats; k++)
            {
                places.Add(i);
            }
        }

        return source.IndexSelect(dim ?? 0, From<long>([.. places], Device));
    }

    /// <summary>The elements on and below a diagonal of the last two dimensions, zeros above.</summary>
    public Tensor Tril(long diagonal = 0) => MaskedFill(Triangle(Backends.BinaryOp.Greater, diagonal), 0);

    /// <summary>The elements on and above a diagonal of the last two dimensions, zeros below.</summary>
    public Tensor Triu(long diagonal = 0) => MaskedFill(Triangle(Backends.BinaryOp.Less, diagonal), 0);

    /// <summary>
    /// Channels become pixels: [*, c · r², h, w] → [*, c, h · r, w · r]. Shi et al., Sub-Pixel Convolutional
    /// Network, 2016.
    /// </summary>
    public Tensor PixelShuffle(long factor)
    {
        if (Rank < 3 || factor < 1 || Shape[-3] % (factor * factor) != 0)
        {
            throw new ArgumentException($"pixel_shuffle: the channels of {Describe()} are no multiple of {factor}²");
        }

        long[] lead = Shape.ToArray()[..^3];
        (long c, long h, long w) = (Shape[-3] / (factor * factor), Shape[-2], Shape[-1]);
        int n = lead.Length;
        int[] order = [.. Enumerable.Range(0, n + 1), n + 3, n + 1, n + 4, n + 2];
        return Reshape(Shape.Create([.. lead, c, factor, factor, h, w])).Permute(order)
            .Reshape(Shape.Create([.. lead, c, h * factor, w * factor]));
    }

    /// <summary>Pixels become channels: [*, c, h · r, w · r] → [*, c · r², h, w].</summary>
    public Tensor PixelUnshuffle(long factor)
    {
        if (Rank < 3 || factor < 1 || Shape[-2] % factor != 0 || Shape[-1] % factor != 0)
        {
            throw new ArgumentException(
                $"pixel_unshuffle: height and width of {Describe()} are no multiples of {factor}");
        }

        long[] lead = Shape.ToArray()[..^3];
        (long c, long h, long w) = (Shape[-3], Shape[-2] / factor, Shape[-1] / factor);
        int n = lead.Length;
        int[] order = [.. Enumerable.Range(0, n + 1), n + 2, n + 4, n + 1, n + 3];
        return Reshape(Shape.Create([.. lead, c, h, factor, w, factor])).Permute(order)
            .Reshape(Shape.Create([.. lead, c * factor * factor, h, w]));
    }

    /// <summary>All products of the elements of two vectors: [n] and [m] → [n, m].</summary>
    public Tensor Outer(Tensor other) => Rank == 1 && other.Rank == 1
        ? Unsqueeze(1) * other.Unsqueeze(0)
        : throw new ArgumentException($"outer: {Describe()} and {other.Describe()} must be vectors");

    /// <summary>
    /// The patches that a convolution sees, as columns: [n, c, h, w] → [n, c · kernel height · kernel width,
    /// patches]; also without n.
    /// Each argument is (vertical, horizontal).
    /// </summary>
    public Tensor UnfoldPatches(
        (long H, long W) kernel, (long H, long W)? dilation = null, (long H, long W)? padding = null, (long H, long W)? stride = null)
    {
        if (Rank is not (3 or 4))
        {
            throw new ArgumentException($"unfold: {Describe()} must be [n, c, h, w] or [c, h, w]");
        }

        if (Rank == 3)
        {
            return Unsqueeze(0).UnfoldPatches(kernel, dilation, padding, stride).Squeeze(0);
        }

        (long H, long W) pad = padding ?? (0, 0);
        Tensor x = Pad([pad.W, pad.W, pad.H, pad.H]);
        Tensor rows = PatchPlaces(x.Shape[2], kernel.H, dilation?.H ?? 1, stride?.H ?? 1, Device);
        Tensor columns = PatchPlaces(x.Shape[3], kernel.W, dilation?.W ?? 1, stride?.W ?? 1, Device);
        (long down, long right) = (rows.Count / kernel.H, columns.Count / kernel.W);
        return x.IndexSelect(2, rows).IndexSelect(3, columns)
            .Reshape(x.Shape[0], x.Shape[1], kernel.H, down, kernel.W, right).Permute(0, 1, 2, 4, 3, 5)
            .Reshape(x.Shape[0], x.Shape[1] * kernel.H * kernel.W, down * right);
    }

    private static Tensor PatchPlaces(long size, long kernel, long dilation, long stride, Device device)
    {
        if (kernel < 1 || dilation < 1 || stride < 1 || size < (dilation * (kernel - 1)) + 1)
        {
            throw new ArgumentException(
                $"unfold: a kernel of {kernel}, dilation {dilation}, stride {stride} does not fit {size} pixels");
        }

        long patches = ((size - (dilation * (kernel - 1)) - 1) / stride) + 1;
        long[] places = new long[kernel * patches];
        for (long i = 0; i < places.Length; i++)
        {
            places[i] = (i / patches * dilation) + (i % patches * stride);
        }

        return From(places, device);
    }

    private Tensor Triangle(Backends.BinaryOp outside, long diagonal)
    {
        if (Rank < 2)
        {
            throw new ArgumentException($"tril and triu: {Describe()} must have two dimensions or more");
        }

        Tensor rows = Arange(0, Shape[-2], 1, DType.Int64, Device).Unsqueeze(1) + diagonal;
        return Pairwise("tril", outside, Arange(0, Shape[-1], 1, DType.Int64, Device), rows);
    }
}
