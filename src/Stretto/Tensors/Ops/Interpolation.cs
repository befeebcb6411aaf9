namespace Stretto;

/// <summary>How values between the places of an image are found.</summary>
public enum Interpolation
{
    /// <summary>The place at the floor of the scaled index: PyTorch's and OpenCV's old choice.</summary>
    Nearest,
    /// <summary>The place whose centre is nearest, as in Pillow.</summary>
    NearestExact,
    /// <summary>Straight lines: PyTorch's "linear", "bilinear" and "trilinear", by the number of dimensions.</summary>
    Linear,
    /// <summary>
    /// Cubic convolution over four places; two-dimensional images only. Keys, Cubic Convolution Interpolation, 1981.
    /// </summary>
    Bicubic,
    /// <summary>Means of the places under each new one.</summary>
    Area,
}

/// <summary>Resampling.</summary>
public sealed partial class Tensor
{
    /// <summary>
    /// An image [N, C, L], [N, C, H, W] or [N, C, D, H, W] in another size: one matrix a dimension. Give either the
    /// size or the factor,
    /// one number a dimension or one for all.
    /// </summary>
    /// <param name="size">The new sizes.</param>
    /// <param name="scaleFactor">New over old size; coordinates use this factor as given.</param>
    /// <param name="mode">How values between places are found.</param>
    /// <param name="alignCorners">Corner places keep their place, instead of the image's edges. Linear and bicubic
    /// only.</param>
    /// <param name="recomputeScaleFactor">Coordinates use the ratio of the sizes instead of the factor.</param>
    /// <param name="antialias">Widen the filter when shrinking, as Pillow does. Linear and bicubic, two-dimensional
    /// images only.</param>
    /// <exception cref="ArgumentException">Sizes or options do not fit.</exception>
    public Tensor Interpolate(
        IReadOnlyList<long>? size = null, IReadOnlyList<double>? scaleFactor = null, Interpolation mode = Interpolation.Nearest,
        bool alignCorners = false, bool recomputeScaleFactor = false, bool antialias = false)
    {
        int rank = Rank - 2;
        int given = size?.Count ?? scaleFactor?.Count ?? 0;
        bool smooth = mode is Interpolation.Linear or Interpolation.Bicubic;
        if (rank is < 1 or > 3 || (size is null) == (scaleFactor is null) || (given != 1 && given != rank)
            || (mode == Interpolation.Bicubic && rank != 2) || (antialias && (rank != 2 || !smooth)) || (alignCorners && !smooth))
        {
            throw new ArgumentException(
                $"interpolate: {Describe()} with {given} sizes or factors, {mode}, align corners {alignCorners}, antialias {antialias} do not "
                + "fit: either sizes or factors, 1 or one a dimension; corners and antialias for linear and bicubic; these two in two dimensions");
        }

        CheckImage("interpolate", rank);
        long[] sizes = new long[rank];
        double[] scales = new double[rank];
        for (int d = 0; d < rank; d++)
        {
            int from = given == 1 ? 0 : d;
            long input = Shape[2 + d];
            double output = size is null ? Math.Floor(input * scaleFactor![from]) : size[from];
            if (!(output is >= 1 and < int.MaxValue))
            {
                throw new ArgumentException(
                    $"interpolate: {Describe()} cannot have {output} places in dimension {2 + d}");
            }

            sizes[d] = (long)output;
            scales[d] = alignCorners ? sizes[d] > 1 ? (input - 1.0) / (sizes[d] - 1) : 0
                : scaleFactor is not null && !recomputeScaleFactor ? 1 / scaleFactor[from] : (double)input / sizes[d];
        }

        return mode switch
        {
            Interpolation.Area => AdaptiveAvgPool("interpolate", sizes),
            Interpolation.Linear or Interpolation.Bicubic => Filtered(sizes, scales, mode == Interpolation.Bicubic, alignCorners, antialias),
            _ => Nearest(sizes, scales, mode == Interpolation.NearestExact ? 0.5 : 0),
        };
    }

    private Tensor Nearest(long[] sizes, double[] scales, double centre)
    {
        long[] old = Shape.Sizes[2..].ToArray();
        long[][] along = [.. sizes.Select((n, d) => Enumerable.Range(0, (int)n)
            .Select(i => Math.Min((long)Math.Floor((i + centre) * scales[d]), old[d] - 1)).ToArray())];
        (long lines, long places) = (Shape[0] * Shape[1], CountOf(sizes));
        Tensor index = Places(old, along, Device).Unsqueeze(0).Expand([lines, places]);
        return Pick(Reshape((long[])[lines, CountOf(old)]), index).Reshape((long[])[Shape[0], Shape[1], .. sizes]);
    }

    private Tensor Filtered(long[] sizes, double[] scales, bool cubic, bool alignCorners, bool antialias)
    {
        Tensor result = this;
        for (int d = 0; d < sizes.Length; d++)
        {
            long input = Shape[2 + d];
            double[] matrix = new double[checked(input * sizes[d])];
            for (long o = 0; o < sizes[d]; o++)
            {
                Span<double> row = matrix.AsSpan(checked((int)(o * input)), (int)input);
                if (antialias)
                {
                    WideTaps(row, (o + 0.5) * scales[d], Math.Max(scales[d], 1), cubic);
                }
                else
                {
                    Taps(row, alignCorners ? o * scales[d] : ((o + 0.5) * scales[d]) - 0.5, cubic);
                }
            }

            result = result.MapLines(2 + d, matrix, sizes[d]);
        }

        return result;
    }

    private static void Taps(Span<double> row, double at, bool cubic)
    {
        at = cubic ? at : Math.Clamp(at, 0, row.Length - 1);
        double floor = Math.Floor(at);
        for (int tap = cubic ? -1 : 0; tap <= (cubic ? 2 : 1); tap++)
        {
            double distance = Math.Abs(at - floor - tap);
            row[(int)Math.Clamp(floor + tap, 0, row.Length - 1)] += cubic ? Cubic(distance, -0.75) : 1 - distance;
        }
    }

    private static void WideTaps(Span<double> row, double centre, double scale, bool cubic)
    {
        double support = (cubic ? 2 : 1) * scale;
        int first = (int)Math.Max(centre - support + 0.5, 0);
        int end = (int)Math.Min(centre + support + 0.5, row.Length);
        double sum = 0;
        for (int i = first; i < end; i++)
        {
            double distance = Math.Abs((i - centre + 0.5) / scale);
            row[i] = cubic ? Cubic(distance, -0.5) : Math.Max(1 - distance, 0);
            sum += row[i];
        }

        for (int i = first; i < end; i++)
        {
            row[i] /= sum == 0 ? 1 : sum;
        }
    }

    private static double Cubic(double x, double a) => x <= 1 ? ((((a + 2) * x) - (a + 3)) * x * x) + 1
        : x < 2 ? ((((((x - 5) * x) + 8) * x) - 4) * a) : 0;
}
