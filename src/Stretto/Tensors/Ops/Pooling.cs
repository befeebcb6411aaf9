namespace Stretto;

/// <summary>
/// How a pooling window moves; every list holds one number a spatial dimension, or one for all of them.
/// </summary>
/// <param name="Kernel">The size of a window.</param>
public sealed record PoolingOptions(IReadOnlyList<int> Kernel)
{
    /// <summary>The step between two windows; null is the window's size.</summary>
    public IReadOnlyList<int>? Stride { get; init; }

    /// <summary>
    /// Places added at each end, at most half the window; they are never a maximum and weigh 0 in an average.
    /// </summary>
    public IReadOnlyList<int> Padding { get; init; } = [0];

    /// <summary>Maximum only: the step between two places of a window.</summary>
    public IReadOnlyList<int> Dilation { get; init; } = [1];

    /// <summary>Whether a last window may reach over the end.</summary>
    public bool CeilMode { get; init; }

    /// <summary>Average only: whether padding counts in the divisor.</summary>
    public bool CountIncludePad { get; init; } = true;

    /// <summary>Average only: the divisor instead of a window's size.</summary>
    public int? DivisorOverride { get; init; }
}

/// <summary>
/// Pooling over the last one to three dimensions; leading ones are channels and, where given, the batch.
/// </summary>
public sealed partial class Tensor
{
    /// <summary>The largest of each window of [N, C, L] or [C, L], and its place (int64) in L.</summary>
    /// <exception cref="ArgumentException">Sizes or options do not fit.</exception>
    public (Tensor Values, Tensor Indices) MaxPool1d(PoolingOptions options) => MaxPool("max_pool1d", 1, options);

    /// <summary>
    /// The largest of each window of [N, C, H, W] or [C, H, W], and its place (int64) in the plane H · W.
    /// </summary>
    /// <exception cref="ArgumentException">Sizes or options do not fit.</exception>
    public (Tensor Values, Tensor Indices) MaxPool2d(PoolingOptions options) => MaxPool("max_pool2d", 2, options);

    /// <summary>
    /// The largest of each window of [N, C, D, H, W] or [C, D, H, W], and its place (int64) in D · H · W.
    /// </summary>
    /// <exception cref="ArgumentException">Sizes or options do not fit.</exception>
    public (Tensor Values, Tensor Indices) MaxPool3d(PoolingOptions options) => MaxPool("max_pool3d", 3, options);

    /// <summary>The mean of each window of [N, C, L] or [C, L].</summary>
    /// <exception cref="ArgumentException">Sizes or options do not fit.</exception>
    public Tensor AvgPool1d(PoolingOptions options) => AvgPool("avg_pool1d", 1, options);

    /// <summary>The mean of each window of [N, C, H, W] or [C, H, W].</summary>
    /// <exception cref="ArgumentException">Sizes or options do not fit.</exception>
    public Tensor AvgPool2d(PoolingOptions options) => AvgPool("avg_pool2d", 2, options);

    /// <summary>The mean of each window of [N, C, D, H, W] or [C, D, H, W].</summary>
    /// <exception cref="ArgumentException">Sizes or options do not fit.</exception>
    public Tensor AvgPool3d(PoolingOptions options) => AvgPool("avg_pool3d", 3, options);

    /// <summary>The means of <paramref name="size"/> windows that cover L of [N, C, L] or [C, L].</summary>
    public Tensor AdaptiveAvgPool1d(long size) => AdaptiveAvgPool("adaptive_avg_pool1d", [size]);

    /// <summary>
    /// The means of windows that cover [N, C, H, W] or [C, H, W]: so many rows and columns of them; −1 keeps the
    /// input's size.
    /// </summary>
    public Tensor AdaptiveAvgPool2d(long height, long width) => AdaptiveAvgPool("adaptive_avg_pool2d", [height, width]);

    /// <summary>The means of windows that cover [N, C, D, H, W] or [C, D, H, W]; −1 keeps the input's size.</summary>
    public Tensor AdaptiveAvgPool3d(long depth, long height, long width) =>
        AdaptiveAvgPool("adaptive_avg_pool3d", [depth, height, width]);

    /// <summary>The largest of <paramref name="size"/> windows that cover L of [N, C, L] or [C, L], and their places (int64) in L.</summary>
    public (Tensor Values, Tensor Indices) AdaptiveMaxPool1d(long size) => AdaptiveMaxPool("adaptive_max_pool1d", [size]);

    /// <summary>
    /// The largest of windows that cover [N, C, H, W] or [C, H, W], and their places (int64) in H · W; −1 keeps the input's size.
    /// </summary>
    public (Tensor Values, Tensor Indices) AdaptiveMaxPool2d(long height, long width) =>
        AdaptiveMaxPool("adaptive_max_pool2d", [height, width]);

    /// <summary>
    /// The largest of windows that cover [N, C, D, H, W] or [C, D, H, W], and their places (int64) in D · H · W; −1 keeps the input's size.
    /// </summary>
    public (Tensor Values, Tensor Indices) AdaptiveMaxPool3d(long depth, long height, long width) =>
        AdaptiveMaxPool("adaptive_max_pool3d", [depth, height, width]);

    private (Tensor Values, Tensor Indices) MaxPool(string op, int rank, PoolingOptions options)
    {
        if (options.DivisorOverride is not null || !options.CountIncludePad)
        {
            throw new ArgumentException(
                $"{op}: a maximum has no divisor; {nameof(options.DivisorOverride)} and {nameof(options.CountIncludePad)} are for averages");
        }

        Grid grid = PoolingGrid(op, rank, options);
        long[][] along = new long[rank][];
        long[] sizes = Shape.Sizes[^rank..].ToArray();
        for (int d = 0; d < rank; d++)
        {
            along[d] = new long[grid.Places[d] * grid.Kernel[d]];
            for (int i = 0; i < along[d].Length; i++)
            {
                // A place in the padding stands for the nearest one of its window that is real: the maximum is the same.
                long at =
                    (i / grid.Kernel[d] * grid.Stride[d]) - grid.Padding[d] + (i % grid.Kernel[d] * grid.Dilation[d]);
                at += at < 0 ? (grid.Dilation[d] - 1 - at) / grid.Dilation[d] * grid.Dilation[d] : 0;
                at -= at >= sizes[d] ? ((at - sizes[d]) / grid.Dilation[d] * grid.Dilation[d]) + grid.Dilation[d] : 0;
                along[d][i] = Math.Clamp(at, 0, sizes[d] - 1);
            }
        }

        return LargestOf(along, grid.Places, grid.Kernel);
    }

    private (Tensor Values, Tensor Indices) AdaptiveMaxPool(string op, long[] wanted)
    {
        CheckImage(op, wanted.Length);
        long[] sizes = Shape.Sizes[^wanted.Length..].ToArray();
        long[] to = [.. wanted.Select((n, d) => n == -1 ? sizes[d] : n)];
        if (to.Any(n => n < 0))
        {
            throw new ArgumentException($"{op}: there are no [{string.Join(", ", wanted)}] windows over {Describe()}");
        }

        // Windows differ in length: the short ones meet their last place again.
        long[] taps = [.. to.Select((n, d) => n == 0 ? 1 : (sizes[d] / n) + 2)];
        long[][] along = [.. to.Select((n, d) => Enumerable.Range(0, (int)(n * taps[d])).Select(i =>
        {
            long window = i / taps[d];
            long end = (((window + 1) * sizes[d]) + n - 1) / n;
            return Math.Min((window * sizes[d] / n) + (i % taps[d]), end - 1);
        }).ToArray())];
        return LargestOf(along, to, taps);
    }

    /// <summary>The largest of windows that are given dimension by dimension: each one's places, one window after the other.</summary>
    private (Tensor Values, Tensor Indices) LargestOf(long[][] along, long[] windowsOf, long[] tapsOf)
    {
        int rank = along.Length;
        long[] sizes = Shape.Sizes[^rank..].ToArray();
        long lines = Shape.Create(Shape.Sizes[..^rank]).Count;
        long places = CountOf(windowsOf);
        long taps = CountOf(tapsOf);
        int[] order =
            [.. Enumerable.Range(0, rank).Select(d => 2 * d), .. Enumerable.Range(0, rank).Select(d => (2 * d) + 1)];
        Shape pairs =
            [.. Enumerable.Range(0, 2 * rank).Select(i => i % 2 == 0 ? windowsOf[i / 2] : tapsOf[i / 2])];
        Tensor positions =
            Places(sizes, along, Device).Reshape(pairs).Permute(order).Reshape((long[])[1, places * taps]);
        Tensor flat = Reshape((long[])[lines, CountOf(sizes)]);
        Tensor windows =
            Pick(flat.Detach(), positions.Expand([lines, places * taps])).Reshape((long[])[lines, places, taps]);
        Tensor best = windows.Argmax(-1, keepDims: true);
        Tensor index = Pick(positions.Reshape((long[])[1, places, taps]).Expand([lines, places, taps]), best)
            .Reshape((long[])[lines, places]);
        Shape result = [.. Shape.Sizes[..^rank], .. windowsOf];
        return (Pick(flat, index).Reshape(result), index.Reshape(result));
    }

    private Tensor AvgPool(string op, int rank, PoolingOptions options)
    {
        if (options.Dilation.Any(d => d != 1))
        {
            throw new ArgumentException($"{op}: windows of averages have no gaps; {nameof(options.Dilation)} is for maxima");
        }

        Grid grid = PoolingGrid(op, rank, options);
        long[] right = new long[rank];
        double[] divisors = [1];
        for (int d = 0; d < rank; d++)
        {
            long size = Shape[d - rank];
            right[d] = Math.Max(0, ((grid.Places[d] - 1) * grid.Stride[d]) + grid.Kernel[d] - size - grid.Padding[d]);
            double[] along = new double[grid.Places[d]];
            for (int i = 0; i < along.Length; i++)
            {
                long start = (i * grid.Stride[d]) - grid.Padding[d];
                long end = Math.Min(start + grid.Kernel[d], size + grid.Padding[d]);
                along[i] = options.CountIncludePad ? end - start : Math.Min(end, size) - Math.Max(start, 0);
            }

            divisors = [.. divisors.SelectMany(_ => along, (a, b) => a * b)];
        }

        Array.Fill(divisors, options.DivisorOverride ?? 0, 0, options.DivisorOverride is null ? 0 : divisors.Length);
        Tensor padded = ZeroPad(grid.Padding, right);
        long lines = Shape.Create(Shape.Sizes[..^rank]).Count;
        long[] steps = Layout.Contiguous(padded.Shape).Strides[^rank..].ToArray();
        StridedWindow window = new(
            [lines, .. grid.Places, .. grid.Kernel],
            [CountOf(padded.Shape.Sizes[^rank..].ToArray()), .. steps.Select((s, d) => s * grid.Stride[d]), .. steps], 0,
            [.. Enumerable.Range(1 + rank, rank)]);
        Tensor sums = Windows(padded, window).Sum([.. Enumerable.Range(1 + rank, rank)]);
        Tensor divisor = From(divisors, Shape.Create(grid.Places), Device).To(DType);
        return (sums / divisor).Reshape((long[])[.. Shape.Sizes[..^rank], .. grid.Places]);
    }

    private Tensor AdaptiveAvgPool(string op, long[] sizes)
    {
        CheckImage(op, sizes.Length);
        Tensor result = this;
        for (int d = 0; d < sizes.Length; d++)
        {
            int dim = Rank - sizes.Length + d;
            (long from, long to) = (Shape[dim], sizes[d] == -1 ? Shape[dim] : sizes[d]);
            if (to < 0)
            {
                throw new ArgumentException($"{op}: there are no {to} windows over {Describe()}");
            }

            double[] matrix = new double[from * to];
            for (long o = 0; o < to; o++)
            {
                (long start, long end) = (o * from / to, (((o + 1) * from) + to - 1) / to);
                matrix.AsSpan((int)((o * from) + start), (int)(end - start)).Fill(1.0 / (end - start));
            }

            result = result.MapLines(dim, matrix, to);
        }

        return result;
    }

    private Grid PoolingGrid(string op, int rank, PoolingOptions options)
    {
        CheckImage(op, rank);
        long[] kernel = PerDimension(op, "kernel", options.Kernel, rank, 1);
        Grid grid = new(
            new long[rank], kernel, PerDimension(op, "stride", options.Stride ?? options.Kernel, rank, 1),
            PerDimension(op, "padding", options.Padding, rank, 0), PerDimension(op, "dilation", options.Dilation, rank, 1));
        for (int d = 0; d < rank; d++)
        {
            (long size, long pad, long stride) = (Shape[d - rank], grid.Padding[d], grid.Stride[d]);
            long slack = size + (2 * pad) - (grid.Dilation[d] * (kernel[d] - 1)) - 1;
            if (slack < 0 || pad > kernel[d] / 2 || options.DivisorOverride == 0)
            {
                throw new ArgumentException(
                    $"{op}: a window of {kernel[d]} with padding {pad} and dilation {grid.Dilation[d]} does not fit {Describe()}; "
                    + "it must not be larger than the padded input, nor the padding than half of it, nor a divisor 0");
            }

            long places = ((slack + (options.CeilMode ? stride - 1 : 0)) / stride) + 1;

            // A window that would begin in the far padding is left out.
            grid.Places[d] = options.CeilMode && (places - 1) * stride >= size + pad ? places - 1 : places;
        }

        return grid;
    }

    private void CheckImage(string op, int rank)
    {
        if ((Rank != rank + 1 && Rank != rank + 2) || !DType.IsFloatingPoint() || Shape.Sizes[^rank..].Contains(0))
        {
            throw new ArgumentException(
                $"{op}: {Describe()} is not a floating-point image of {rank} non-empty dimensions after channels and, if there is one, a batch");
        }
    }

    private sealed record Grid(long[] Places, long[] Kernel, long[] Stride, long[] Padding, long[] Dilation);
}
