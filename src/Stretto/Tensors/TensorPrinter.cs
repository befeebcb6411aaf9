using System.Globalization;
using System.Text;
using Stretto.Backends;

namespace Stretto;

/// <summary>
/// Shows values as PyTorch does (<c>torch/_tensor_str.py</c>): four digits, columns of one width, lines of 80 characters, of more than a
/// thousand elements only three at each end of a dimension. It reads only what it shows.
/// </summary>
internal static class TensorPrinter
{
    private const string Prefix = "tensor(";
    private const int Edge = 3;
    private const long Threshold = 1000;
    private const int LineWidth = 80;

    public static string Print(Tensor tensor)
    {
        StringBuilder text = new(Prefix);
        if (tensor.Count == 0)
        {
            text.Append("[]");
        }
        else
        {
            new Values(tensor).Append(text, 0, 0, Prefix.Length);
        }

        string all = text.ToString();
        int line = all.Length - all.LastIndexOf('\n') + 1;
        foreach (string suffix in Suffixes(tensor))
        {
            bool fits = line + suffix.Length + 2 <= LineWidth;
            text.Append(fits ? ", " : ",\n" + new string(' ', Prefix.Length)).Append(suffix);
            line = fits ? line + suffix.Length + 2 : Prefix.Length + suffix.Length;
        }

        return text.Append(')').ToString();
    }

    private static IEnumerable<string> Suffixes(Tensor tensor)
    {
        if (tensor.Device != Device.Cpu)
        {
            yield return $"device={tensor.Device}";
        }

        if (tensor.Count == 0 && tensor.Rank != 1)
        {
            yield return $"size=({string.Join(", ", tensor.Shape.ToArray())})";
        }

        // Elements tell int64 and bool by themselves; where there are none the dtype must be said.
        if (tensor.DType != DType.Float32 && (tensor.Count == 0 || tensor.DType is not (DType.Int64 or DType.Bool)))
        {
            yield return $"dtype={tensor.DType.Name()}";
        }

        if (tensor.Gradients?.Function is { } function)
        {
            yield return $"grad_fn=<{function.Name}>";
        }
        else if (tensor.RequiresGrad)
        {
            yield return "requires_grad=True";
        }
    }

    /// <summary>The elements that are shown, as text of one width.</summary>
    private sealed class Values
    {
        private readonly TensorView _view;
        private readonly bool _summarised;
        private readonly string? _format;
        private readonly bool _whole;
        private readonly int _width = 1;

        public Values(Tensor tensor)
        {
            _view = tensor.View;
            _summarised = tensor.Count > Threshold;
            List<long> shown = [];
            Collect(shown, 0, 0);
            IEnumerable<long> deciding = shown;
            if (tensor.DType.IsFloatingPoint())
            {
                double[] sizes = [.. shown.Select(Read).Where(x => double.IsFinite(x) && x != 0).Select(Math.Abs)];
                _whole = sizes.All(x => x == Math.Ceiling(x));
                double largest = sizes.DefaultIfEmpty(1).Max();
                double smallest = sizes.DefaultIfEmpty(1).Min();
                bool exponent = largest / smallest > 1000 || largest > 1e8 || (!_whole && smallest < 1e-4);
                _format = exponent ? "0.0000e+00" : _whole ? "F0" : "F4";
                _whole &= !exponent;
                deciding = shown.Where(at => Read(at) is var x && double.IsFinite(x) && x != 0);
            }

            foreach (long at in deciding)
            {
                _width = Math.Max(_width, Text(at).Length);
            }
        }

        public void Append(StringBuilder text, int dim, long at, int indent)
        {
            if (dim == _view.Rank)
            {
                text.Append(Text(at).PadLeft(_width));
                return;
            }

            bool last = dim == _view.Rank - 1;
            int onLine = last ? Math.Max(1, (LineWidth - indent) / (_width + 2)) : 1;
            string newLine = "," + new string('\n', last ? 1 : _view.Rank - dim - 1) + new string(' ', indent + 1);
            int count = 0;
            long previous = -1;
            text.Append('[');
            foreach (long i in Places(_view.Size(dim)))
            {
                if (i != previous + 1)
                {
                    text.Append(count % onLine == 0 ? newLine : ", ").Append(last ? " ..." : "...");
                    count++;
                }

                text.Append(count == 0 ? "" : count % onLine == 0 ? newLine : ", ");
                count++;
                previous = i;
                Append(text, dim + 1, at + (i * _view.Stride(dim)), indent + 1);
            }

            text.Append(']');
        }

        private void Collect(List<long> shown, int dim, long at)
        {
            if (dim == _view.Rank)
            {
                shown.Add(at);
                return;
            }

            foreach (long i in Places(_view.Size(dim)))
            {
                Collect(shown, dim + 1, at + (i * _view.Stride(dim)));
            }
        }

        private IEnumerable<long> Places(long size)
        {
            bool cut = _summarised && size > 2 * Edge;
            for (long i = 0; i < size; i++)
            {
                i = cut && i == Edge ? size - Edge : i;
                yield return i;
            }
        }

        private string Text(long at)
        {
            if (_format is null)
            {
                long integer = ReadInteger(at);
                return _view.DType == DType.Bool ? (integer != 0 ? "True" : "False") : integer.ToString(CultureInfo.InvariantCulture);
            }

            double value = Read(at);
            return double.IsNaN(value) ? "nan"
                : double.IsInfinity(value) ? (value > 0 ? "inf" : "-inf")
                : value.ToString(_format, CultureInfo.InvariantCulture) + (_whole ? "." : "");
        }

        private unsafe double Read(long at) => Elements.ReadDouble(_view.Data + (at * _view.DType.Size()), _view.DType);

        private unsafe long ReadInteger(long at) => Elements.ReadInteger(_view.Data + (at * _view.DType.Size()), _view.DType);
    }
}
