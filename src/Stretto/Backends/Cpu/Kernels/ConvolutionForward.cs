using System.Runtime.Intrinsics;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// A convolution as a matrix product whose right operand, the windows, exists only as the packed columns of the part that is being
/// computed (implicit GEMM: Chetlur et al., cuDNN, 2014).
/// </summary>
internal static unsafe class ConvolutionForward
{
    public static void Run(WorkerPool pool, Patches patches, float* x, float* weight, float* y)
    {
        switch (Gemm.PathFor(patches.Images * patches.Places, sizeof(float), Gemm.Widest))
        {
            case GemmPath.Avx512: Groups<Single512>(pool, patches, x, weight, y); break;
            case GemmPath.Avx2: Groups<Single256>(pool, patches, x, weight, y); break;
            default: Groups<Single128>(pool, patches, x, weight, y); break;
        }
    }

    private static void Groups<V>(WorkerPool pool, Patches patches, float* x, float* weight, float* y) where V : struct, ITileLanes<float>
    {
        for (long group = 0; group < patches.Groups; group++)
        {
            GemmProduct<float> rows = new(patches.Outputs, 0, patches.Depth)
            {
                A = weight + (group * patches.Outputs * patches.Depth),
                ARow = patches.Depth,
                AColumn = 1,
            };
            using GemmDriver<V, float>.TiledRows tiles = new(pool, rows);
            Job<V> job = new(patches, rows, tiles.Data, tiles.Tile, group, x, y, pool.Threads);
            pool.For(job.Parts, ref job);
        }
    }

    /// <summary>A part is a stretch of columns; the columns of all images follow one another.</summary>
    private readonly struct Job<V> : IParallelJob where V : struct, ITileLanes<float>
    {
        private const long PanelElements = 256 * 1024; // of windows at once: they stay in the second-level cache
        private const long MostColumns = 256;

        private readonly Patches _patches;
        private readonly GemmProduct<float> _rows;
        private readonly float* _tiles;
        private readonly int _tile;
        private readonly long _group;
        private readonly float* _x;
        private readonly float* _y;
        private readonly long _span;
        private readonly long _columns;
        private readonly long _partsOfSpan;

        public Job(Patches patches, GemmProduct<float> rows, float* tiles, int tile, long group, float* x, float* y, int threads)
        {
            _patches = patches;
            _rows = rows;
            _tiles = tiles;
            _tile = tile;
            _group = group;
            _x = x;
            _y = y;
            long idle = (Width - (patches.Places % Width)) % Width;

            // Where whole panels would waste too much of each image, images share panels.
            _span = idle * 16 <= patches.Places ? patches.Places : patches.Images * patches.Places;
            long most = Math.Clamp(PanelElements / patches.Depth / Width, 1, MostColumns / Width) * Width;
            long spans = patches.Images * patches.Places / _span;
            long wanted = Math.Max((_span + most - 1) / most, ((2L * threads) + spans - 1) / spans);
            _columns = ((_span + wanted - 1) / wanted + Width - 1) / Width * Width;
            _partsOfSpan = (_span + _columns - 1) / _columns;
            Parts = checked((int)(spans * _partsOfSpan));
        }

        public int Parts { get; }

        private static int Width => 2 * V.Count;

        public void Run(int part)
        {
            (long span, long within) = Math.DivRem(part, _partsOfSpan);
            long first = (span * _span) + (within * _columns);
            long count = Math.Min(_columns, _span - (within * _columns));
            long panels = (count + Width - 1) / Width;
            using GemmScratch<float> packed = new(panels * Width * _patches.Depth);
            using GemmScratch<float> line = new(panels * Width);
            Pack(first, count, panels, line.Data, packed.Data);
            (long image, long place) = Math.DivRem(first, _patches.Places);
            if (place + count <= _patches.Places)
            {
                Multiply(packed.Data, count, _patches.Output(_y, image, _group) + place, _patches.Places);
                return;
            }

            using GemmScratch<float> result = new(_patches.Outputs * count);
            Multiply(packed.Data, count, result.Data, count);
            for (long done = 0; done < count;)
            {
                (image, place) = Math.DivRem(first + done, _patches.Places);
                int run = (int)Math.Min(_patches.Places - place, count - done);
                float* target = _patches.Output(_y, image, _group) + place;
                for (long o = 0; o < _patches.Outputs; o++)
                {
                    new ReadOnlySpan<float>(result.Data + (o * count) + done, run).CopyTo(new Span<float>(target + (o * _patches.Places), run));
                }

                done += run;
            }
        }

        private void Multiply(float* panels, long count, float* c, long cRow)
        {
            GemmProduct<float> product = _rows with { N = count, C = c, CRow = cRow };
            new GemmJob<V, float>(product, _tiles, _tile, panels, _patches.Depth * Width, GemmColumns.Packed).Run(0);
        }

        /// <summary>Columns from <paramref name="first"/> in panels, the last filled up with zeros.</summary>
        private void Pack(long first, long count, long panels, float* line, float* to)
        {
            long depth = _patches.Depth;
            (long image, long place) = Math.DivRem(first, _patches.Places);
            if (_patches.IsPlain && place + count <= _patches.Places)
            {
                float* rows = _patches.Input(_x, image, _group) + place;
                GemmPack.Groups(rows, 1, _patches.Plane, count, depth, Width, to, depth * Width);
                return;
            }

            new Span<float>(line + count, (int)((panels * Width) - count)).Clear();
            for (long row = 0; row < depth; row++)
            {
                for (long done = 0; done < count;)
                {
                    (image, place) = Math.DivRem(first + done, _patches.Places);
                    long run = Math.Min(_patches.Places - place, count - done);
                    _patches.Read(_patches.Input(_x, image, _group), row, place, run, line + done);
                    done += run;
                }

                for (long panel = 0; panel < panels; panel++)
                {
                    float* from = line + (panel * Width);
                    float* target = to + (((panel * depth) + row) * Width);
                    for (int i = 0; i < Width; i += Vector256<float>.Count)
                    {
                        Vector256.Load(from + i).Store(target + i);
                    }
                }
            }
        }
    }
}
