namespace Stretto;

/// <summary>What stands outside the borders of a padded tensor.</summary>
public enum PaddingMode
{
    /// <summary>One number.</summary>
    Constant,
    /// <summary>The inner elements mirrored, without the border itself.</summary>
    Reflect,
    /// <summary>The border's element again.</summary>
    Replicate,
    /// <summary>The elements of the other side.</summary>
    Circular,
}

/// <summary>Padding.</summary>
public sealed partial class Tensor
{
    /// <summary>
    /// Elements added before and after, or cut off where the number is negative: (left, right) of the last
    /// dimension first, then
    /// of the one before it, and so on.
    /// </summary>
    /// <exception cref="ArgumentException">An odd count, more pairs than dimensions, or a mirror longer than the
    /// dimension.</exception>
    public Tensor Pad(ReadOnlySpan<long> padding, PaddingMode mode = PaddingMode.Constant, double value = 0)
    {
        if (padding.Length % 2 != 0 || padding.Length / 2 > Rank)
        {
            throw new ArgumentException(
                $"pad: {padding.Length} numbers do not pad {Describe()}; give pairs, the last dimension first");
        }

        Tensor result = this;
        long[] before = new long[Rank];
        long[] sizes = Shape.ToArray();
        for (int i = 0; i < padding.Length / 2; i++)
        {
            int dim = Rank - 1 - i;
            (long left, long right) = (padding[2 * i], padding[(2 * i) + 1]);
            long size = sizes[dim];
            if (size + left + right < 0)
            {
                throw new ArgumentException(
                    $"pad: {left} and {right} cut more than dimension {dim} of {Describe()} has");
            }

            if (mode != PaddingMode.Constant && (left != 0 || right != 0))
            {
                result = result.IndexSelect(dim, PaddedPlaces(mode, size, left, right, dim));
            }
            else if (mode == PaddingMode.Constant)
            {
                long start = Math.Max(-left, 0);
                result = result.Slice(dim, start, Math.Max(size - Math.Max(-right, 0), start));
                before[dim] = Math.Max(left, 0);
                sizes[dim] = size + left + right;
            }
        }

        return mode == PaddingMode.Constant ? result.Framed(Shape.Create(sizes), before, value) : result;
    }

    private Tensor PaddedPlaces(PaddingMode mode, long size, long left, long right, int dim)
    {
        long reach = mode switch { PaddingMode.Reflect => size - 1, PaddingMode.Circular => size, _ => long.MaxValue };
        if (left > reach || right > reach || size == 0)
        {
            throw new ArgumentException(
                $"pad: {left} and {right} in mode {mode} reach beyond dimension {dim} of {Describe()}");
        }

        long[] places = new long[size + left + right];
        for (long i = 0; i < places.Length; i++)
        {
            long at = i - left;
            places[i] = mode switch
            {
                PaddingMode.Reflect => at < 0 ? -at : at >= size ? (2 * (size - 1)) - at : at,
                PaddingMode.Circular => (at + size) % size,
                _ => Math.Clamp(at, 0, size - 1),
            };
        }

        return From(places, Device);
    }

    /// <summary>This tensor inside a larger one of one number.</summary>
    private Tensor Framed(Shape shape, long[] before, double value)
    {
        if (shape == Shape)
        {
            return this;
        }

        Layout Inside(Layout layout)
        {
            for (int d = 0; d < Rank; d++)
            {
                layout = layout.Slice(d, before[d], Shape.Sizes[d], 1);
            }

            return layout;
        }

        Tensor whole = Full(shape, value, DType, Device);
        Backend.Copy(View, whole.WithLayout(Inside(whole.Layout)).View);
        return Record("pad", whole, [this], [], (_, g) => [g.ViewOf("pad", Inside)]);
    }
}
