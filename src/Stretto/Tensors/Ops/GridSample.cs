namespace Stretto;

/// <summary>What lies outside an image.</summary>
public enum SamplePadding
{
    /// <summary>Zeros.</summary>
    Zeros,
    /// <summary>The values of its edge.</summary>
    Border,
    /// <summary>Its mirror image, again and again.</summary>
    Reflection,
}

/// <summary>Sampling at given coordinates.</summary>
public sealed partial class Tensor
{
    /// <summary>
    /// The values of images [N, C, H, W] at grid [N, H', W', 2] of (x, y), each from −1 to 1 over the image → [N, C,
    /// H', W']; or of
    /// [N, C, D, H, W] at [N, D', H', W', 3] of (x, y, z). Jaderberg et al., Spatial Transformer Networks, 2015.
    /// </summary>
    /// <param name="input">The images.</param>
    /// <param name="grid">Where to look.</param>
    /// <param name="mode">Nearest, linear, or (two dimensions) bicubic.</param>
    /// <param name="padding">What lies outside.</param>
    /// <param name="alignCorners">Whether ±1 is the centre of a corner place instead of the image's edge.</param>
    /// <exception cref="ArgumentException">Sizes, dtypes or options do not fit.</exception>
    public static Tensor GridSample(
        Tensor input, Tensor grid, Interpolation mode = Interpolation.Linear, SamplePadding padding = SamplePadding.Zeros,
        bool alignCorners = false)
    {
        int rank = input.Rank - 2;
        Broadcasting.SameDevice("grid_sample", input, grid);
        if (rank is not (2 or 3) || grid.Rank != input.Rank || grid.Shape[-1] != rank || grid.Shape[0] != input.Shape[0]
            || grid.DType != input.DType || mode is Interpolation.NearestExact or Interpolation.Area
            || (mode == Interpolation.Bicubic && rank != 2))
        {
            throw new ArgumentException(
                $"grid_sample: images {input.Describe()} and grid {grid.Describe()} do not fit, or not with {mode}");
        }

        input.CheckImage("grid_sample", rank);
        long[] sizes = input.Shape.Sizes[2..].ToArray();
        (long batch, long channels, long places) =
            (input.Shape[0], input.Shape[1], CountOf(grid.Shape.Sizes[1..^1].ToArray()));
        Tensor points = grid.Reshape((long[])[batch, places, rank]);
        Tensor[] at = new Tensor[rank];
        for (int d = 0; d < rank; d++)
        {
            // The last coordinate belongs to the first dimension.
            Tensor c = Windows(points, new StridedWindow([batch, places], [places * rank, rank], rank - 1 - d, []));
            at[d] = alignCorners ? (c + 1) * ((sizes[d] - 1) / 2.0) : (((c + 1) * sizes[d]) - 1) / 2;
            at[d] = mode == Interpolation.Bicubic ? at[d] : Inside(at[d], sizes[d], padding, alignCorners);
        }

        (int first, int taps) =
            mode switch { Interpolation.Nearest => (0, 1), Interpolation.Linear => (0, 2), _ => (-1, 4) };
        double[][] floors =
        [
            .. at.Select(a => mode == Interpolation.Nearest ? a.Detach().Round() : a.Detach().Floor()).Select(a => a.ToArray<double>()),
        ];
        Tensor flat = input.Reshape((long[])[batch, channels, CountOf(sizes)]);
        Tensor result = Zeros([batch, channels, places], input.DType, input.Device);
        for (int corner = 0; corner < (int)Math.Pow(taps, rank); corner++)
        {
            Tensor? weight = null;
            long[] index = new long[batch * places];
            double[] visible = new double[index.Length];
            Array.Fill(visible, 1);
            for (int d = 0, rest = corner; d < rank; d++, rest /= taps)
            {
                int tap = first + (rest % taps);
                for (int i = 0; i < index.Length; i++)
                {
                    double place = floors[d][i] + tap;
                    place = mode == Interpolation.Bicubic ? Inside(place, sizes[d], padding, alignCorners).At : place;
                    visible[i] = place >= 0 && place < sizes[d] ? visible[i] : 0;
                    index[i] = (index[i] * sizes[d]) + (place > 0 ? (long)Math.Min(place, sizes[d] - 1) : 0);
                }

                if (mode != Interpolation.Nearest)
                {
                    Tensor floor = From(floors[d], at[d].Shape, input.Device).To(input.DType);
                    Tensor w = TapWeight(at[d] - floor, tap, mode == Interpolation.Bicubic);
                    weight = weight is null ? w : weight * w;
                }
            }

            Tensor mask = From(visible, [batch, places], input.Device).To(input.DType);
            weight = weight is null ? mask : weight * mask;
            Tensor where = From(index, [batch, 1, places], input.Device).Expand([batch, channels, places]);
            result += Pick(flat, where) * weight.Unsqueeze(1);
        }

        return result.Reshape((long[])[batch, channels, .. grid.Shape.Sizes[1..^1]]);
    }

    /// <summary>The weight of a tap at a whole distance from the floor, given the fraction t above it.</summary>
    private static Tensor TapWeight(Tensor t, int tap, bool cubic)
    {
        const double A = -0.75;
        Tensor x = tap <= 0 ? t - tap : tap - t;
        return !cubic ? 1 - x
            : tap is 0 or 1 ? ((((x * (A + 2)) - (A + 3)) * x * x) + 1)
            : (((((x - 5) * x) + 8) * x) - 4) * A;
    }

    /// <summary>
    /// Coordinates brought into the image; the slope is piecewise constant and flows into the gradient.
    /// </summary>
    private static Tensor Inside(Tensor at, long size, SamplePadding padding, bool alignCorners)
    {
        if (padding == SamplePadding.Zeros)
        {
            return at;
        }

        double[] values = at.Detach().ToArray<double>();
        double[] slopes = new double[values.Length];
        double[] offsets = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            (double inside, slopes[i]) = Inside(values[i], size, padding, alignCorners);
            offsets[i] = slopes[i] == 0 ? inside : inside - (slopes[i] * values[i]);
        }

        Tensor slope = From(slopes, at.Shape, at.Device).To(at.DType);
        return (at * slope) + From(offsets, at.Shape, at.Device).To(at.DType);
    }

    private static (double At, double Slope) Inside(double at, long size, SamplePadding padding, bool alignCorners)
    {
        double slope = 1;
        if (padding == SamplePadding.Reflection)
        {
            (double low, double span) = alignCorners ? (0.0, size - 1.0) : (-0.5, (double)size);
            if (span == 0)
            {
                return (0, 0);
            }

            double distance = at - low;
            slope = distance < 0 ? -1 : 1;
            distance = Math.Abs(distance);
            double flips = Math.Floor(distance / span);
            double extra = distance % span;
            bool even = flips % 2 == 0;
            at = low + (even ? extra : span - extra);
            slope = even ? slope : -slope;
        }

        return padding == SamplePadding.Zeros ? (at, 1) : at <= 0 ? (0, 0) : at >= size - 1 ? (size - 1, 0) : (at, slope);
    }
}
