namespace Stretto.Backends.Cpu.Kernels;

/// <summary>The two adjoints of a convolution, as products with windows of which only some rows exist at a time.</summary>
internal static unsafe class ConvolutionBackward
{
    private const long BlockElements = 256 * 1024;

    /// <summary>dx from dy and the weight.</summary>
    public static void Input(WorkerPool pool, ConvolutionShape shape, float* dy, float* weight, float* dx)
    {
        if (!shape.IsPlain && shape.Turned() is { } turned)
        {
            using GemmScratch<float> kernel = new(shape.Groups * shape.Outputs * shape.Depth);
            Turn(shape, weight, kernel.Data);
            ConvolutionForward.Run(pool, turned, dy, kernel.Data, dx);
            return;
        }

        InputJob job = new(pool, shape, dy, weight, dx);
        pool.For(job.Parts, ref job);
    }

    /// <summary>dWeight from x and dy.</summary>
    public static void Weight(WorkerPool pool, ConvolutionShape shape, float* x, float* dy, float* dWeight)
    {
        using ConvolutionPlanes? planes = shape.IsPlain ? null : new ConvolutionPlanes(pool, shape, x);
        WeightJob job = new(pool, shape, planes, x, dy, dWeight);
        pool.For(job.Parts, ref job);
    }

    /// <summary>[outputs, channels, taps] → [channels, outputs, taps from the last to the first], in every group.</summary>
    private static void Turn(ConvolutionShape shape, float* weight, float* to)
    {
        (long taps, long channels, long outputs) = (shape.Taps, shape.Channels, shape.Outputs);
        for (long group = 0; group < shape.Groups; group++)
        {
            float* from = weight + (group * outputs * channels * taps);
            for (long c = 0; c < channels; c++)
            {
                for (long o = 0; o < outputs; o++, to += taps)
                {
                    float* kernel = from + (((o * channels) + c) * taps);
                    for (long t = 0; t < taps; t++)
                    {
                        to[t] = kernel[taps - 1 - t];
                    }
                }
            }
        }
    }

    /// <summary>
    /// A part is some channels of a group of an image. The gradient of each row of the windows is added to its stretch of the planes of a
    /// channel, and these are then put back into the image's order.
    /// </summary>
    private readonly struct InputJob : IParallelJob
    {
        private readonly WorkerPool _pool;
        private readonly ConvolutionShape _shape;
        private readonly ConvolutionPlaneOrder _order;
        private readonly float* _dy;
        private readonly float* _weight;
        private readonly float* _dx;
        private readonly long _channels;
        private readonly long _places;
        private readonly long _partsOfGroup;

        public InputJob(WorkerPool pool, ConvolutionShape shape, float* dy, float* weight, float* dx)
        {
            _pool = pool;
            _shape = shape;
            _order = new ConvolutionPlaneOrder(shape);
            _dy = dy;
            _weight = weight;
            _dx = dx;
            long images = shape.Images * shape.Groups;
            long shared = ((pool.Threads * 2L) + images - 1) / images;
            _channels = Math.Clamp(shape.Channels / shared, 1, Math.Max(1, 192 / shape.Taps));
            _places = Math.Clamp(BlockElements / (_channels * shape.Taps), Math.Min(64, shape.Places), shape.Places);
            _partsOfGroup = (shape.Channels + _channels - 1) / _channels;
            Parts = checked((int)(images * _partsOfGroup));
        }

        public int Parts { get; }

        public void Run(int part)
        {
            (long of, long block) = Math.DivRem(part, _partsOfGroup);
            (long image, long group) = Math.DivRem(of, _shape.Groups);
            long channel = block * _channels;
            long channels = Math.Min(_channels, _shape.Channels - channel);
            long rows = channels * _shape.Taps;
            float* target = _dx + _shape.InputAt(image, group) + (channel * _shape.Plane);
            float* result = _dy + _shape.ResultAt(image, group);
            float* weight = _weight + (group * _shape.Outputs * _shape.Depth) + (channel * _shape.Taps);
            if (_shape.IsPlain)
            {
                Multiply(rows, _shape.Places, weight, result, target, _shape.Plane);
                return;
            }

            using GemmScratch<float> planes = new(channels * _order.Channel);
            using GemmScratch<float> windows = new(rows * _places);
            (long From, int Length)[] room = new (long, int)[_places];
            new Span<float>(planes.Data, checked((int)(channels * _order.Channel))).Clear();
            for (long place = 0; place < _shape.Places; place += _places)
            {
                long count = Math.Min(_places, _shape.Places - place);
                Multiply(rows, count, weight, result + place, windows.Data, count);
                ConvolutionRuns runs = new(room, _shape, _order.Steps, place, count);
                for (long row = 0; row < rows; row++)
                {
                    runs.Add(planes.Data + _order.Offset(row), windows.Data + (row * count));
                }
            }

            for (long c = 0; c < channels; c++)
            {
                _order.Restore(planes.Data + (c * _order.Channel), target + (c * _shape.Plane));
            }
        }

        private void Multiply(long rows, long places, float* weight, float* result, float* c, long cRow) =>
            Gemm.Run(_pool, rows, places, _shape.Outputs, weight, 1, _shape.Depth, result, _shape.Places, 1, c, cRow, false);
    }

    /// <summary>A part is some rows of the windows of a group, over all images.</summary>
    private readonly struct WeightJob : IParallelJob
    {
        private readonly WorkerPool _pool;
        private readonly ConvolutionShape _shape;
        private readonly ConvolutionPlanes? _planes;
        private readonly float* _x;
        private readonly float* _dy;
        private readonly float* _dWeight;
        private readonly long _rows;
        private readonly long _places;
        private readonly long _partsOfGroup;

        public WeightJob(WorkerPool pool, ConvolutionShape shape, ConvolutionPlanes? planes, float* x, float* dy, float* dWeight)
        {
            _pool = pool;
            _shape = shape;
            _planes = planes;
            _x = x;
            _dy = dy;
            _dWeight = dWeight;
            long shared = ((pool.Threads * 2L) + shape.Groups - 1) / shape.Groups;
            _rows = Math.Clamp((shape.Depth + shared - 1) / shared, Math.Min(32, shape.Depth), 256);
            _places = Math.Clamp(BlockElements / _rows, Math.Min(64, shape.Places), shape.Places);
            _partsOfGroup = (shape.Depth + _rows - 1) / _rows;
            Parts = checked((int)(shape.Groups * _partsOfGroup));
        }

        public int Parts { get; }

        public void Run(int part)
        {
            (long group, long block) = Math.DivRem(part, _partsOfGroup);
            long first = block * _rows;
            long rows = Math.Min(_rows, _shape.Depth - first);
            float* c = _dWeight + (group * _shape.Outputs * _shape.Depth) + first;
            using GemmScratch<float> windows = new(_planes is null ? 0 : rows * _places);
            (long From, int Length)[] room = new (long, int)[_planes is null ? 0 : _places];
            for (long image = 0; image < _shape.Images; image++)
            {
                for (long place = 0; place < _shape.Places; place += _places)
                {
                    long count = Math.Min(_places, _shape.Places - place);
                    float* b = _x + _shape.InputAt(image, group) + (first * _shape.Plane) + place;
                    if (_planes is not null)
                    {
                        b = windows.Data;
                        ConvolutionRuns runs = new(room, _shape, _planes.Steps, place, count);
                        for (long row = 0; row < rows; row++)
                        {
                            runs.Copy(_planes.Group(image, group) + _planes.Offsets[first + row], b + (row * count));
                        }
                    }

                    Gemm.Run(
                        _pool, _shape.Outputs, rows, count, _dy + _shape.ResultAt(image, group) + place, _shape.Places, 1,
                        b, 1, _planes is null ? _shape.Plane : count, c, _shape.Depth, accumulate: image > 0 || place > 0);
                }
            }
        }
    }
}
