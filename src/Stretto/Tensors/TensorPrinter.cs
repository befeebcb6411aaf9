using System.Globalization;
using System.Text;

namespace Stretto;

/// <summary>Shows values as PyTorch does: four digits, columns of one width, the middle of large tensors left out.</summary>
internal static class TensorPrinter
{
    private const int Edge = 3;
    private const long Threshold = 1000;

    public static string Print(Tensor tensor)
    {
        StringBuilder text = new("tensor(");
        Values values = new(tensor);
        Append(text, values, 0, 0, "tensor(".Length);
        if (tensor.Count == 0)
        {
            text.Append($", size={tensor.Shape}");
        }

        if (tensor.DType is not (DType.Float32 or DType.Int64 or DType.Bool))
        {
            text.Append($", dtype={tensor.DType.Name()}");
        }

        if (tensor.Device != Device.Cpu)
        {
            text.Append($", device={tensor.Device}");
        }

        if (tensor.Gradients?.Function is { } function)
        {
            text.Append($", grad_fn=<{function.Name}>");
        }
        else if (tensor.RequiresGrad)
        {
            text.Append(", requires_grad=True");
        }

        return text.Append(')').ToString();
    }

    private static void Append(StringBuilder text, Values values, int dim, long offset, int indent)
    {
        Shape shape = values.Shape;
        if (dim == shape.Rank)
        {
            text.Append(values[offset]);
            return;
        }

        text.Append('[');
        long size = shape.Sizes[dim];
        long stride = 1;
        for (int d = dim + 1; d < shape.Rank; d++)
        {
            stride *= shape.Sizes[d];
        }

        bool last = dim == shape.Rank - 1;
        string between = last ? ", " : "," + new string('\n', shape.Rank - dim - 1) + new string(' ', indent + 1);
        for (long i = 0; i < size; i++)
        {
            text.Append(i == 0 ? "" : between);
            if (values.Summarised && size > 2 * Edge && i == Edge)
            {
                text.Append("...");
                i = size - Edge - 1;
                continue;
            }

            Append(text, values, dim + 1, offset + (i * stride), indent + 1);
        }

        text.Append(']');
    }

    /// <summary>The elements as text of one width.</summary>
    private sealed class Values
    {
        private readonly double[] _numbers;
        private readonly long[] _integers;
        private readonly bool _floating;
        private readonly bool _bool;
        private readonly string _format;
        private readonly int _width;

        public Values(Tensor tensor)
        {
            Shape = tensor.Shape;
            Summarised = tensor.Count > Threshold;
            _floating = tensor.DType.IsFloatingPoint();
            _bool = tensor.DType == DType.Bool;
            _numbers = _floating ? tensor.ToArray<double>() : [];
            _integers = _floating ? [] : tensor.ToArray<long>();
            _format = FormatFor(_numbers);
            _width = tensor.Rank == 0 ? 0 : Shown().Select(i => Text(i).Length).DefaultIfEmpty(0).Max();
        }

        public Shape Shape { get; }

        public bool Summarised { get; }

        public string this[long index] => Text(index).PadLeft(_width);

        private string Text(long index) => _bool ? (_integers[index] != 0 ? "True" : "False")
            : !_floating ? _integers[index].ToString(CultureInfo.InvariantCulture)
            : double.IsNaN(_numbers[index]) ? "nan"
            : double.IsInfinity(_numbers[index]) ? (_numbers[index] > 0 ? "inf" : "-inf")
            : _numbers[index].ToString(_format, CultureInfo.InvariantCulture);

        /// <summary>Whole numbers end in a point; very large or spread ones take an exponent.</summary>
        private static string FormatFor(double[] numbers)
        {
            double[] finite = [.. numbers.Where(double.IsFinite).Select(Math.Abs)];
            double largest = finite.DefaultIfEmpty(0).Max();
            double smallest = finite.Where(x => x > 0).DefaultIfEmpty(1).Min();
            bool whole = finite.All(x => x == Math.Floor(x));
            return whole
                ? largest / smallest > 1000 || largest > 1e8 ? "0.0000e+00" : "0'.'"
                : largest / smallest > 1000 || largest > 1e8 || smallest < 1e-4 ? "0.0000e+00" : "0.0000";
        }

        private IEnumerable<long> Shown()
        {
            for (long i = 0; i < Shape.Count; i++)
            {
                long rest = i;
                bool shown = true;
                for (int d = Shape.Rank - 1; d >= 0; d--)
                {
                    long size = Shape.Sizes[d];
                    long at = rest % size;
                    rest /= size;
                    shown &= !Summarised || size <= 2 * Edge || at < Edge || at >= size - Edge;
                }

                if (shown)
                {
                    yield return i;
                }
            }
        }
    }
}
