namespace Stretto.Backends;

/// <summary>
/// Convolutions, ring 2: the product of input x [N, C, S…] and weight [O, C / groups, K…] to y [N, O, P…], and its two adjoints. Each is
/// linear in both operands, so the gradients of all three are among them. All views are contiguous.
/// </summary>
internal abstract partial class Backend
{
    /// <summary>y = the windows of x, each times the weight.</summary>
    public virtual void Convolution(TensorView x, TensorView weight, TensorView y, ConvolutionGeometry geometry)
    {
        Windows windows = new(x.Shape, weight.Shape, y.Shape, geometry);
        using Temporary columns = Columns(x, windows);
        MatMul(windows.Rows(weight), columns.View.With(windows.AsColumns), y.With(windows.AsOutput), accumulate: false);
    }

    /// <summary>dx = what the gradient dy of y gives the input: each place of y spread over its window.</summary>
    public virtual void ConvolutionInput(TensorView dy, TensorView weight, TensorView dx, ConvolutionGeometry geometry)
    {
        Windows windows = new(dx.Shape, weight.Shape, dy.Shape, geometry);
        using Temporary columns = Temp(dx.DType, windows.Shape);
        using Temporary padded = Temp(dx.DType, windows.Padded);
        TensorView rows = windows.Rows(weight);
        MatMul(rows.With(rows.Layout.Permute([0, 1, 3, 2])), dy.With(windows.AsOutput), columns.View.With(windows.AsColumns), accumulate: false);
        Fill(padded.View, 0);
        AddPieces(columns.View, padded.View.With(windows.Over), [.. Enumerable.Range(3, windows.Rank)]);
        Copy(padded.View.With(windows.Inside), dx);
    }

    /// <summary>dWeight = what the gradient dy of y gives the weight.</summary>
    public virtual void ConvolutionWeight(TensorView x, TensorView dy, TensorView dWeight, ConvolutionGeometry geometry)
    {
        Windows windows = new(x.Shape, dWeight.Shape, dy.Shape, geometry);
        using Temporary columns = Columns(x, windows);
        TensorView patches = columns.View.With(windows.AsColumns.Permute([0, 1, 3, 2]));
        TensorView gradient = dy.With(windows.AsOutput);
        TensorView rows = windows.Rows(dWeight);
        Fill(dWeight, 0);
        for (long n = 0; n < dy.Size(0); n++)
        {
            MatMul(
                gradient.With(gradient.Layout.Slice(0, n, 1, 1)), patches.With(patches.Layout.Slice(0, n, 1, 1)),
                rows.With(rows.Layout.Slice(0, 0, 1, 1)), accumulate: true);
        }
    }

    /// <summary>
    /// Adds each element to its place, where elements that differ in the given dimensions may share one: within one index of these no
    /// place is met twice.
    /// </summary>
    public void AddPieces(TensorView from, TensorView into, ReadOnlySpan<int> overlapping)
    {
        if (overlapping.IsEmpty)
        {
            Binary(BinaryOp.Add, into, from, into);
            return;
        }

        for (long i = 0; i < from.Size(overlapping[0]); i++)
        {
            AddPieces(
                from.With(from.Layout.Slice(overlapping[0], i, 1, 1)), into.With(into.Layout.Slice(overlapping[0], i, 1, 1)),
                overlapping[1..]);
        }
    }

    private Temporary Columns(TensorView x, Windows windows)
    {
        using Temporary padded = Temp(x.DType, windows.Padded);
        Fill(padded.View, 0);
        Copy(x, padded.View.With(windows.Inside));
        Temporary columns = Temp(x.DType, windows.Shape);
        Copy(padded.View.With(windows.Over), columns.View);
        return columns;
    }

    /// <summary>The windows [N, groups, C / groups, K…, P…] over the padded input, and the matrices that they make.</summary>
    private sealed class Windows
    {
        private readonly long _outputs;
        private readonly long _places;
        private readonly long _depth;
        private readonly int _groups;

        public Windows(Shape input, Shape weight, Shape output, ConvolutionGeometry geometry)
        {
            Rank = input.Rank - 2;
            _groups = geometry.Groups;
            _outputs = weight[0] / _groups;
            long[] padded = input.ToArray();
            for (int d = 0; d < Rank; d++)
            {
                long reach = ((output[2 + d] - 1) * geometry.Stride[d]) + (geometry.Dilation[d] * (weight[2 + d] - 1)) + 1;
                padded[2 + d] = Math.Max(geometry.Padding[d] + input[2 + d], reach);
            }

            Padded = Shape.Create(padded);
            long[] steps = Layout.Contiguous(Padded).Strides.ToArray();
            long[] shape = [input[0], _groups, input[1] / _groups, .. weight.Sizes[2..], .. output.Sizes[2..]];
            long[] strides = new long[shape.Length];
            (strides[0], strides[1], strides[2]) = (steps[0], shape[2] * steps[1], steps[1]);
            long offset = 0;
            (_depth, _places) = (shape[2], 1);
            for (int d = 0; d < Rank; d++)
            {
                strides[3 + d] = geometry.Dilation[d] * steps[2 + d];
                strides[3 + Rank + d] = geometry.Stride[d] * steps[2 + d];
                offset += geometry.Padding[d] * steps[2 + d];
                _depth *= weight[2 + d];
                _places *= output[2 + d];
            }

            Shape = Shape.Create(shape);
            Over = new Layout(Shape, strides, 0);
            Inside = new Layout(input, steps, offset);
        }

        public int Rank { get; }

        public Shape Shape { get; }

        public Shape Padded { get; }

        public Layout Over { get; }

        public Layout Inside { get; }

        public Layout AsColumns => Layout.Contiguous([Shape[0], _groups, _depth, _places]);

        public Layout AsOutput => Layout.Contiguous([Shape[0], _groups, _outputs, _places]);

        /// <summary>[N, groups, O / groups, depth], the same for every image.</summary>
        public TensorView Rows(TensorView weight) => weight.With(
            Layout.Contiguous([1, _groups, _outputs, _depth]).Expand([Shape[0], _groups, _outputs, _depth]));
    }
}
