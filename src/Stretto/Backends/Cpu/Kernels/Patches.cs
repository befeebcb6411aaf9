using System.Runtime.Intrinsics;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// The windows of images as a matrix that is never whole: row r is a channel and a tap of the kernel, column p a place of the result.
/// Fewer than three spatial dimensions are three whose first ones have size 1.
/// </summary>
internal sealed unsafe class Patches
{
    private readonly long[] _size = [1, 1, 1];
    private readonly long[] _kernel = [1, 1, 1];
    private readonly long[] _result = [1, 1, 1];
    private readonly long[] _stride = [1, 1, 1];
    private readonly long[] _padding = [0, 0, 0];
    private readonly long[] _dilation = [1, 1, 1];

    /// <param name="input">[N, C, S…].</param>
    /// <param name="weight">[O, C / groups, K…].</param>
    /// <param name="result">[N, O, P…].</param>
    /// <param name="geometry">How the kernel moves.</param>
    public Patches(Shape input, Shape weight, Shape result, ConvolutionGeometry geometry)
    {
        (Images, Groups, Channels, Outputs) = (input[0], geometry.Groups, weight[1], weight[0] / geometry.Groups);
        int rank = input.Rank - 2;
        for (int d = 0; d < rank; d++)
        {
            int at = 3 - rank + d;
            (_size[at], _kernel[at], _result[at]) = (input[2 + d], weight[2 + d], result[2 + d]);
            (_stride[at], _padding[at], _dilation[at]) = (geometry.Stride[d], geometry.Padding[d], geometry.Dilation[d]);
        }

        Taps = _kernel[0] * _kernel[1] * _kernel[2];
        Places = _result[0] * _result[1] * _result[2];
        Plane = _size[0] * _size[1] * _size[2];
        IsPlain = Taps == 1 && Places == Plane && _stride.All(s => s == 1) && _padding.All(p => p == 0);
    }

    public long Images { get; }

    public long Groups { get; }

    /// <summary>Input channels of a group.</summary>
    public long Channels { get; }

    /// <summary>Output channels of a group.</summary>
    public long Outputs { get; }

    public long Taps { get; }

    /// <summary>Places of one result.</summary>
    public long Places { get; }

    /// <summary>Elements of one channel of the input.</summary>
    public long Plane { get; }

    /// <summary>Rows of the matrix.</summary>
    public long Depth => Channels * Taps;

    /// <summary>Whether the input's channels are the rows.</summary>
    public bool IsPlain { get; }

    /// <summary>The first channel of a group of an image.</summary>
    public float* Input(float* x, long image, long group) => x + (((image * Groups) + group) * Channels * Plane);

    /// <summary>The first output channel of a group of an image.</summary>
    public float* Output(float* y, long image, long group) => y + (((image * Groups) + group) * Outputs * Places);

    /// <summary>line [count] = row r, columns from <paramref name="first"/>, of the windows over a group's channels.</summary>
    public void Read(float* channels, long row, long first, long count, float* line)
    {
        for (Runs run = new(this, row, first, count); run.Next(); line += run.Length)
        {
            new Span<float>(line, (int)run.From).Clear();
            long step = run.Step;
            float* source = channels + run.Offset;
            if (step == 1)
            {
                new ReadOnlySpan<float>(source, (int)(run.To - run.From)).CopyTo(new Span<float>(line + run.From, (int)(run.To - run.From)));
            }
            else
            {
                for (long i = run.From; i < run.To; i++, source += step)
                {
                    line[i] = *source;
                }
            }

            new Span<float>(line + run.To, (int)(run.Length - run.To)).Clear();
        }
    }

    /// <summary>Adds a line to the places that <see cref="Read"/> takes it from.</summary>
    public void Add(float* channels, long row, long first, long count, float* line)
    {
        for (Runs run = new(this, row, first, count); run.Next(); line += run.Length)
        {
            float* target = channels + run.Offset;
            long step = run.Step;
            long i = run.From;
            for (; step == 1 && i + Vector256<float>.Count <= run.To; i += Vector256<float>.Count, target += Vector256<float>.Count)
            {
                (Vector256.Load(target) + Vector256.Load(line + i)).Store(target);
            }

            for (; i < run.To; i++, target += step)
            {
                *target += line[i];
            }
        }
    }

    /// <summary>The columns of a row in runs along the last dimension, and the part of each run that lies inside the image.</summary>
    private ref struct Runs
    {
        private readonly Patches _of;
        private readonly long _channel;
        private readonly long _depthTap;
        private readonly long _heightTap;
        private readonly long _widthTap;
        private long _depth;
        private long _height;
        private long _width;
        private long _left;

        public Runs(Patches of, long row, long first, long count)
        {
            _of = of;
            (long line, long widthTap) = Math.DivRem(row, of._kernel[2]);
            (line, long heightTap) = Math.DivRem(line, of._kernel[1]);
            (long channel, long depthTap) = Math.DivRem(line, of._kernel[0]);
            _channel = channel * of.Plane;
            _depthTap = (depthTap * of._dilation[0]) - of._padding[0];
            _heightTap = (heightTap * of._dilation[1]) - of._padding[1];
            _widthTap = (widthTap * of._dilation[2]) - of._padding[2];
            (line, _width) = Math.DivRem(first, of._result[2]);
            (_depth, _height) = Math.DivRem(line, of._result[1]);
            _left = count;
        }

        public readonly long Step => _of._stride[2];

        public long Length { get; private set; }

        /// <summary>The first column of the run inside the image.</summary>
        public long From { get; private set; }

        /// <summary>The first behind these.</summary>
        public long To { get; private set; }

        /// <summary>Where the element of column <see cref="From"/> lies.</summary>
        public long Offset { get; private set; }

        public bool Next()
        {
            if (_left == 0)
            {
                return false;
            }

            Length = Math.Min(_of._result[2] - _width, _left);
            long depth = (_depth * _of._stride[0]) + _depthTap;
            long height = (_height * _of._stride[1]) + _heightTap;
            long width = (_width * Step) + _widthTap;
            bool inside = (ulong)depth < (ulong)_of._size[0] && (ulong)height < (ulong)_of._size[1];
            (From, To) = inside ? Inside(width) : (0, 0);
            Offset = _channel + (((depth * _of._size[1]) + height) * _of._size[2]) + width + (From * Step);
            _left -= Length;
            _width = 0;
            if (++_height == _of._result[1])
            {
                (_height, _depth) = (0, _depth + 1);
            }

            return true;
        }

        private readonly (long From, long To) Inside(long width)
        {
            long size = _of._size[2];
            if (Step == 1)
            {
                long start = Math.Clamp(-width, 0, Length);
                return (start, Math.Clamp(size - width, start, Length));
            }

            long from = width >= 0 ? 0 : Math.Min((-width + Step - 1) / Step, Length);
            long to = width >= size ? 0 : Math.Min(((size - 1 - width) / Step) + 1, Length);
            return (from, Math.Max(from, to));
        }
    }
}
