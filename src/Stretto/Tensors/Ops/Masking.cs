namespace Stretto;

/// <summary>Choosing by masks.</summary>
public sealed partial class Tensor
{
    /// <summary>A number where the mask (bool, broadcast) is true.</summary>
    public Tensor MaskedFill(Tensor mask, double value) => Either(mask, Scalar(value, DType, Device), this);

    /// <summary>
    /// The only element of another tensor where the mask (bool, broadcast) is true; gradients of those places go
    /// to it.
    /// </summary>
    public Tensor MaskedFill(Tensor mask, Tensor value) => value.Rank == 0
        ? Either(mask, value.To(DType), this)
        : throw new ArgumentException($"masked_fill: {value.Describe()} must be a single number");

    /// <summary>The elements where the mask (bool, broadcast) is true, in row-major order: [n].</summary>
    public Tensor MaskedSelect(Tensor mask)
    {
        CheckMask("masked_select", mask);
        Shape common = Broadcasting.Common("masked_select", this, mask);
        return Expand(common).Reshape(common.Count).IndexSelect(0, TruePlaces(mask.Detach().Expand(common)));
    }

    /// <summary>The places of the elements that are not zero, in row-major order: int64 [n, rank].</summary>
    public Tensor Nonzero()
    {
        Tensor flat = TruePlaces(this);
        Tensor[] columns = new Tensor[Rank];
        long inner = 1;
        for (int d = Rank - 1; d >= 0; d--)
        {
            Tensor place = flat.MapScalar(Backends.BinaryOp.FloorDivide, inner);
            columns[d] = place.MapScalar(Backends.BinaryOp.Remainder, Math.Max(Shape.Sizes[d], 1));
            inner *= Math.Max(Shape.Sizes[d], 1);
        }

        return Rank == 0 ? Empty([flat.Count, 0], DType.Int64, Device) : Stack(columns, 1);
    }

    /// <summary>a where the mask is true, b elsewhere; all broadcast.</summary>
    private static Tensor Either(Tensor mask, Tensor a, Tensor b)
    {
        CheckMask("masked_fill", mask);
        Broadcasting.SameDevice("masked_fill", a, b);
        Broadcasting.SameDevice("masked_fill", mask, b);
        Shape shape = Broadcasting.Common("masked_fill", mask, b);
        Tensor result = Uninitialized(shape, b.DType, b.Device);
        result.Backend.Where(Spread(mask, shape), Spread(a, shape), Spread(b, shape), result.View);
        return Record("masked_fill", result, [a, b], [mask], (f, g) =>
        {
            Tensor zero = Scalar(0, g.DType, g.Device);
            return
            [
                f.Needs(0) ? Either(f.Saved(0), g, zero.Expand(g.Shape)).SumTo(a.Shape, a.DType) : null,
                f.Needs(1) ? Either(f.Saved(0), zero, g).SumTo(b.Shape, b.DType) : null,
            ];
        });
    }

    private static TensorView Spread(Tensor t, Shape shape) => t.View.With(t.Layout.Expand(shape).At(0));

    private static void CheckMask(string op, Tensor mask)
    {
        if (mask.DType != DType.Bool)
        {
            throw new ArgumentException(
                $"{op}: the mask {mask.Describe()} must be bool; compare, or use To(DType.Bool)");
        }
    }

    /// <summary>Whether each element is this number, outside the graph.</summary>
    private Tensor Is(double value) => Pairwise("eq", Backends.BinaryOp.Equal, this, Scalar(value, DType, Device));

    /// <summary>The flat places of elements that are not zero: int64 [n].</summary>
    private static Tensor TruePlaces(Tensor t)
    {
        bool[] set = t.Converted(DType.Bool).ToArray<bool>();
        List<long> places = [];
        for (int i = 0; i < set.Length; i++)
        {
            if (set[i])
            {
                places.Add(i);
            }
        }

        return From<long>([.. places], t.Device);
    }
}
