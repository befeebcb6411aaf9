namespace Stretto.Backends.Cpu.Kernels;

/// <summary>The two adjoints of a convolution, as products with windows of which only some rows exist at a time.</summary>
internal static unsafe class ConvolutionBackward
{
    private const long BlockElements = 256 * 1024;

    /// <summary>dx from dy and the weight: the windows' gradients, some channels at a time, added where they overlap.</summary>
    public static void Input(WorkerPool pool, Patches patches, float* dy, float* weight, float* dx)
    {
        InputJob job = new(pool, patches, dy, weight, dx);
        pool.For(job.Parts, ref job);
    }

    /// <summary>dWeight from x and dy, some rows of the windows at a time.</summary>
    public static void Weight(WorkerPool pool, Patches patches, float* x, float* dy, float* dWeight)
    {
        WeightJob job = new(pool, patches, x, dy, dWeight);
        pool.For(job.Parts, ref job);
    }

    /// <summary>A part is some channels of a group of an image.</summary>
    private readonly struct InputJob : IParallelJob
    {
        private readonly WorkerPool _pool;
        private readonly Patches _patches;
        private readonly float* _dy;
        private readonly float* _weight;
        private readonly float* _dx;
        private readonly long _channels;
        private readonly long _places;
        private readonly long _partsOfGroup;

        public InputJob(WorkerPool pool, Patches patches, float* dy, float* weight, float* dx)
        {
            _pool = pool;
            _patches = patches;
            _dy = dy;
            _weight = weight;
            _dx = dx;
            long images = patches.Images * patches.Groups;
            long shared = ((pool.Threads * 2L) + images - 1) / images;
            _channels = Math.Clamp(patches.Channels / shared, 1, Math.Max(1, 192 / patches.Taps));
            _places = Math.Clamp(BlockElements / (_channels * patches.Taps), Math.Min(64, patches.Places), patches.Places);
            _partsOfGroup = (patches.Channels + _channels - 1) / _channels;
            Parts = checked((int)(images * _partsOfGroup));
        }

        public int Parts { get; }

        public void Run(int part)
        {
            (long of, long block) = Math.DivRem(part, _partsOfGroup);
            (long image, long group) = Math.DivRem(of, _patches.Groups);
            long channel = block * _channels;
            long channels = Math.Min(_channels, _patches.Channels - channel);
            long rows = channels * _patches.Taps;
            float* target = _patches.Input(_dx, image, group) + (channel * _patches.Plane);
            float* result = _patches.Output(_dy, image, group);
            float* weight = _weight + (group * _patches.Outputs * _patches.Depth) + (channel * _patches.Taps);
            if (_patches.IsPlain)
            {
                Multiply(rows, _patches.Places, weight, result, target, _patches.Plane);
                return;
            }

            for (long c = 0; c < channels; c++)
            {
                new Span<float>(target + (c * _patches.Plane), checked((int)_patches.Plane)).Clear();
            }

            using GemmScratch<float> windows = new(rows * _places);
            for (long place = 0; place < _patches.Places; place += _places)
            {
                long count = Math.Min(_places, _patches.Places - place);
                Multiply(rows, count, weight, result + place, windows.Data, count);
                for (long row = 0; row < rows; row++)
                {
                    _patches.Add(target, row, place, count, windows.Data + (row * count));
                }
            }
        }

        private void Multiply(long rows, long places, float* weight, float* result, float* c, long cRow) =>
            Gemm.Run(_pool, rows, places, _patches.Outputs, weight, 1, _patches.Depth, result, _patches.Places, 1, c, cRow, false);
    }

    /// <summary>A part is some rows of the windows of a group, over all images.</summary>
    private readonly struct WeightJob : IParallelJob
    {
        private readonly WorkerPool _pool;
        private readonly Patches _patches;
        private readonly float* _x;
        private readonly float* _dy;
        private readonly float* _dWeight;
        private readonly long _rows;
        private readonly long _places;
        private readonly long _partsOfGroup;

        public WeightJob(WorkerPool pool, Patches patches, float* x, float* dy, float* dWeight)
        {
            _pool = pool;
            _patches = patches;
            _x = x;
            _dy = dy;
            _dWeight = dWeight;
            long shared = ((pool.Threads * 2L) + patches.Groups - 1) / patches.Groups;
            _rows = Math.Clamp((patches.Depth + shared - 1) / shared, Math.Min(32, patches.Depth), 256);
            _places = Math.Clamp(BlockElements / _rows, Math.Min(64, patches.Places), patches.Places);
            _partsOfGroup = (patches.Depth + _rows - 1) / _rows;
            Parts = checked((int)(patches.Groups * _partsOfGroup));
        }

        public int Parts { get; }

        public void Run(int part)
        {
            (long group, long block) = Math.DivRem(part, _partsOfGroup);
            long first = block * _rows;
            long rows = Math.Min(_rows, _patches.Depth - first);
            float* c = _dWeight + (group * _patches.Outputs * _patches.Depth) + first;
            using GemmScratch<float> windows = new(rows * _places);
            for (long image = 0; image < _patches.Images; image++)
            {
                float* channels = _patches.Input(_x, image, group);
                for (long place = 0; place < _patches.Places; place += _places)
                {
                    long count = Math.Min(_places, _patches.Places - place);
                    for (long row = 0; row < rows; row++)
                    {
                        _patches.Read(channels, first + row, place, count, windows.Data + (row * count));
                    }

                    Gemm.Run(
                        _pool, _patches.Outputs, rows, count, _patches.Output(_dy, image, group) + place, _patches.Places, 1,
                        windows.Data, 1, count, c, _patches.Depth, accumulate: image > 0 || place > 0);
                }
            }
        }
    }
}
