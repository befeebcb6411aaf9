using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// The order in which the channels of an input make every row of the windows one stretch, however large the stride: with their zeros
/// around them and, for strides above 1, split by the remainder of the place.
/// </summary>
internal sealed unsafe class ConvolutionPlaneOrder
{
    private readonly ConvolutionShape _shape;
    private readonly long[] _size = new long[3];
    private readonly long[] _phases = new long[3];

    public ConvolutionPlaneOrder(ConvolutionShape shape)
    {
        _shape = shape;
        for (int d = 0; d < 3; d++)
        {
            long reach = shape.Dilation[d] * (shape.Kernel[d] - 1);
            _size[d] = shape.Result[d] + (reach / shape.Stride[d]);
            _phases[d] = Math.Min(reach + 1, shape.Stride[d]);
        }
    }

    /// <summary>The step to the next place of the result along the height, and along the depth.</summary>
    public (long Height, long Depth) Steps => (_size[2], _size[1] * _size[2]);

    /// <summary>Elements of one channel.</summary>
    public long Channel => _phases[0] * _phases[1] * _phases[2] * Plane;

    private long Plane => _size[0] * _size[1] * _size[2];

    /// <summary>Where column 0 of a row of the windows stands, from the first channel of its group.</summary>
    public long Offset(long row)
    {
        (long line, long width) = Math.DivRem(row, _shape.Kernel[2]);
        (line, long height) = Math.DivRem(line, _shape.Kernel[1]);
        (long channel, long depth) = Math.DivRem(line, _shape.Kernel[0]);
        (long d, long dPhase) = Math.DivRem(depth * _shape.Dilation[0], _shape.Stride[0]);
        (long h, long hPhase) = Math.DivRem(height * _shape.Dilation[1], _shape.Stride[1]);
        (long w, long wPhase) = Math.DivRem(width * _shape.Dilation[2], _shape.Stride[2]);
        long phase = (((dPhase * _phases[1]) + hPhase) * _phases[2]) + wPhase;
        return (channel * Channel) + (phase * Plane) + (((d * _size[1]) + h) * _size[2]) + w;
    }

    /// <summary>Writes one channel in this order.</summary>
    [MethodImpl(Compilation.Final)]
    public void Arrange(float* channel, float* planes)
    {
        for (Lines line = new(this); line.Next(); planes += _size[2])
        {
            float* from = channel + line.At;
            long step = _shape.Stride[2];
            (int first, int end) = ((int)line.First, (int)line.End);
            new Span<float>(planes, first).Clear();
            if (step == 1)
            {
                new ReadOnlySpan<float>(from + first, end - first).CopyTo(new Span<float>(planes + first, end - first));
            }

            for (long w = first; step > 1 && w < end; w++)
            {
                planes[w] = from[w * step];
            }

            new Span<float>(planes + end, (int)_size[2] - end).Clear();
        }
    }

    /// <summary>Writes one channel from this order; places that no window meets become 0.</summary>
    [MethodImpl(Compilation.Final)]
    public void Restore(float* planes, float* channel)
    {
        new Span<float>(channel, checked((int)_shape.Plane)).Clear();
        for (Lines line = new(this); line.Next(); planes += _size[2])
        {
            float* to = channel + line.At;
            for (long w = line.First; w < line.End; w++)
            {
                to[w * _shape.Stride[2]] = planes[w];
            }
        }
    }

    /// <summary>
    /// The lines of the planes of a channel. Element w, from <see cref="First"/> to <see cref="End"/>, is the image's at <see cref="At"/> +
    /// w · stride; the others lie outside.
    /// </summary>
    private ref struct Lines(ConvolutionPlaneOrder order)
    {
        private readonly ConvolutionShape _shape = order._shape;
        private long _dPhase;
        private long _hPhase;
        private long _wPhase;
        private long _d;
        private long _h = -1;

        public long At { get; private set; }

        public long First { get; private set; }

        public long End { get; private set; }

        public bool Next()
        {
            if (++_h == order._size[1])
            {
                _h = 0;
                if (++_d == order._size[0])
                {
                    _d = 0;
                    NextPhase();
                }
            }

            if (_dPhase == order._phases[0])
            {
                return false;
            }

            long depth = (_d * _shape.Stride[0]) + _dPhase - _shape.Padding[0];
            long height = (_h * _shape.Stride[1]) + _hPhase - _shape.Padding[1];
            bool inside = (ulong)depth < (ulong)_shape.Size[0] && (ulong)height < (ulong)_shape.Size[1];
            (long size, long step, long length) = (_shape.Size[2], _shape.Stride[2], order._size[2]);
            long start = _wPhase - _shape.Padding[2];
            At = (((depth * _shape.Size[1]) + height) * size) + start;
            if (step == 1)
            {
                First = Math.Clamp(-start, 0, length);
                End = inside ? Math.Clamp(size - start, 0, length) : 0;
            }
            else
            {
                First = start >= 0 ? 0 : Math.Min((-start + step - 1) / step, length);
                End = !inside || start >= size ? 0 : Math.Min(((size - 1 - start) / step) + 1, length);
            }

            First = Math.Min(First, End);
            return true;
        }

        private void NextPhase()
        {
            if (++_wPhase == order._phases[2])
            {
                _wPhase = 0;
                if (++_hPhase == order._phases[1])
                {
                    _hPhase = 0;
                    _dPhase++;
                }
            }
        }
    }
}
