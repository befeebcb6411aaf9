using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// A convolution as a matrix product whose right operand, the windows, is never whole (implicit GEMM: Chetlur et al., cuDNN, 2014).
/// Register tiles read it where it lies in the planes, or, where that would compute too many places that no result has, in columns
/// packed a block at a time.
/// </summary>
internal static unsafe class ConvolutionForward
{
    private const long DepthBlock = 512;
    private const long MostColumns = 256;

    /// <param name="pool">Who works.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="x">The input.</param>
    /// <param name="weight">[groups, outputs, depth].</param>
    /// <param name="y">The result.</param>
    public static void Run(WorkerPool pool, ConvolutionShape shape, float* x, float* weight, float* y)
    {
        switch (Gemm.PathFor(shape.Images * shape.Places, sizeof(float), Gemm.Widest))
        {
            case GemmPath.Avx512: Groups<Single512>(pool, shape, x, weight, y); break;
            case GemmPath.Avx2: Groups<Single256>(pool, shape, x, weight, y); break;
            default: Groups<Single128>(pool, shape, x, weight, y); break;
        }
    }

    private static void Groups<V>(WorkerPool pool, ConvolutionShape shape, float* x, float* weight, float* y)
        where V : struct, ITileLanes<float>
    {
        using ConvolutionPlanes? planes = shape.IsPlain ? null : new ConvolutionPlanes(pool, shape, x);
        for (long group = 0; group < shape.Groups; group++)
        {
            GemmProduct<float> rows = new(shape.Outputs, 0, shape.Depth)
            {
                A = weight + (group * shape.Outputs * shape.Depth),
                ARow = shape.Depth,
                AColumn = 1,
            };
            using GemmDriver<V, float>.TiledRows tiles = new(pool, rows, mayStay: false);
            if (planes is not null && DirectJob<V>.IsCheaper(shape, planes))
            {
                fixed (long* offsets = planes.Offsets)
                {
                    DirectJob<V> job = new(shape, planes, offsets, tiles.Data, tiles.Tile, group, y);
                    pool.For(job.Parts, ref job);
                }
            }
            else
            {
                PackedJob<V> job = new(shape, planes, rows, tiles.Data, tiles.Tile, group, x, y, pool.Threads);
                pool.For(job.Parts, ref job);
            }
        }
    }

    /// <summary>
    /// Columns in the order of the planes, whose lines are longer than the result's: what lies between is computed and dropped. A part is
    /// a stretch of the columns of one image.
    /// </summary>
    private readonly struct DirectJob<V> : IParallelJob where V : struct, ITileLanes<float>
    {
        private const double PackedFlops = 24; // what packing an element costs, in fused multiply-adds
        private const long RowBlock = 192;

        private readonly ConvolutionShape _shape;
        private readonly ConvolutionPlanes _planes;
        private readonly long* _offsets;
        private readonly float* _tiles;
        private readonly int _tile;
        private readonly long _group;
        private readonly float* _y;
        private readonly long _columns;
        private readonly long _partsOfImage;

        public DirectJob(
            ConvolutionShape shape, ConvolutionPlanes planes, long* offsets, float* tiles, int tile, long group, float* y)
        {
            _shape = shape;
            _planes = planes;
            _offsets = offsets;
            _tiles = tiles;
            _tile = tile;
            _group = group;
            _y = y;
            long span = Span(shape, planes);
            long parts = (span + MostColumns - 1) / MostColumns;
            _columns = (((span + parts - 1) / parts) + Width - 1) / Width * Width;
            _partsOfImage = (span + _columns - 1) / _columns;
            Parts = checked((int)(shape.Images * _partsOfImage));
        }

        public int Parts { get; }

        private static int Width => 2 * V.Count;

        public static bool IsCheaper(ConvolutionShape shape, ConvolutionPlanes planes)
        {
            long computed = (Span(shape, planes) + Width - 1) / Width * Width;
            return (double)(computed - shape.Places) * shape.Outputs <= shape.Places * PackedFlops;
        }

        public void Run(int part)
        {
            (long image, long block) = Math.DivRem(part, _partsOfImage);
            long first = block * _columns;
            long count = Math.Min(_columns, Span(_shape, _planes) - first);
            long panels = (count + Width - 1) / Width;
            long cRow = panels * Width;
            using GemmScratch<float> result = new(_shape.Outputs * cRow);
            Multiply(_planes.Group(image, _group) + first, panels, result.Data, cRow);
            Place(result.Data, cRow, first, count, _y + _shape.ResultAt(image, _group));
        }

        private static long Span(ConvolutionShape shape, ConvolutionPlanes planes) =>
            ((shape.Result[0] - 1) * planes.Steps.Depth) + ((shape.Result[1] - 1) * planes.Steps.Height) + shape.Result[2];

        [MethodImpl(Compilation.Final)]
        private void Multiply(float* b, long panels, float* c, long cRow)
        {
            (long depth, long outputs) = (_shape.Depth, _shape.Outputs);
            long blocks = (depth + DepthBlock - 1) / DepthBlock;
            long step = (depth + blocks - 1) / blocks;
            long rowsAtOnce = Math.Max(1, RowBlock / _tile) * _tile;
            for (long k = 0; k < depth; k += step)
            {
                long steps = Math.Min(step, depth - k);
                for (long i = 0; i < outputs; i += rowsAtOnce)
                {
                    for (long panel = 0; panel < panels; panel++)
                    {
                        for (long row = i; row < Math.Min(i + rowsAtOnce, outputs); row += _tile)
                        {
                            GemmTile.Scattered<V>((int)Math.Min(_tile, outputs - row), new(
                                _tiles + (row * depth) + (k * _tile), 1, _tile, b + (panel * Width), 0,
                                c + (row * cRow) + (panel * Width), cRow, steps, k > 0, bOffsets: _offsets + k));
                        }
                    }
                }
            }
        }

        /// <summary>Copies the columns that are places of the result.</summary>
        [MethodImpl(Compilation.Final)]
        private void Place(float* from, long fromRow, long first, long count, float* to)
        {
            (long height, long depth) = _planes.Steps;
            (long d, long rest) = Math.DivRem(first, depth);
            long h = rest / height;
            (d, h) = h < _shape.Result[1] ? (d, h) : (d + 1, 0);
            for (long start = (d * depth) + (h * height); start < first + count; start = (d * depth) + (h * height))
            {
                long begin = Math.Max(start, first);
                long end = Math.Min(start + _shape.Result[2], first + count);
                float* target = to + (((d * _shape.Result[1]) + h) * _shape.Result[2]) + (begin - start);
                for (long o = 0; begin < end && o < _shape.Outputs; o++)
                {
                    new ReadOnlySpan<float>(from + (o * fromRow) + (begin - first), (int)(end - begin)).CopyTo(
                        new Span<float>(target + (o * _shape.Places), (int)(end - begin)));
                }

                if (++h == _shape.Result[1])
                {
                    (h, d) = (0, d + 1);
                }
            }
        }
    }

    /// <summary>A part is a stretch of columns; the columns of all images follow one another where whole panels do not fit one.</summary>
    private readonly struct PackedJob<V> : IParallelJob where V : struct, ITileLanes<float>
    {
        private readonly ConvolutionShape _shape;
        private readonly ConvolutionPlanes? _planes;
        private readonly GemmProduct<float> _rows;
        private readonly float* _tiles;
        private readonly int _tile;
        private readonly long _group;
        private readonly float* _x;
        private readonly float* _y;
        private readonly long _span;
        private readonly long _columns;
        private readonly long _partsOfSpan;

        public PackedJob(
            ConvolutionShape shape, ConvolutionPlanes? planes, GemmProduct<float> rows, float* tiles, int tile, long group,
            float* x, float* y, int threads)
        {
            _shape = shape;
            _planes = planes;
            _rows = rows;
            _tiles = tiles;
            _tile = tile;
            _group = group;
            _x = x;
            _y = y;
            long idle = (Width - (shape.Places % Width)) % Width;
            _span = idle * 16 <= shape.Places ? shape.Places : shape.Images * shape.Places;
            long spans = shape.Images * shape.Places / _span;
            long parts = Math.Max((_span + MostColumns - 1) / MostColumns, ((2L * threads) + spans - 1) / spans);
            _columns = (((_span + parts - 1) / parts) + Width - 1) / Width * Width;
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
            (long image, long place) = Math.DivRem(first, _shape.Places);
            if (place + count <= _shape.Places)
            {
                Multiply(first, count, _y + _shape.ResultAt(image, _group) + place, _shape.Places);
                return;
            }

            using GemmScratch<float> result = new(_shape.Outputs * count);
            Multiply(first, count, result.Data, count);
            for (long done = 0; done < count;)
            {
                (image, place) = Math.DivRem(first + done, _shape.Places);
                int run = (int)Math.Min(_shape.Places - place, count - done);
                float* target = _y + _shape.ResultAt(image, _group) + place;
                for (long o = 0; o < _shape.Outputs; o++)
                {
                    new ReadOnlySpan<float>(result.Data + (o * count) + done, run).CopyTo(new Span<float>(target + (o * _shape.Places), run));
                }

                done += run;
            }
        }

        private void Multiply(long first, long count, float* c, long cRow)
        {
            long blocks = (_shape.Depth + DepthBlock - 1) / DepthBlock;
            long step = (_shape.Depth + blocks - 1) / blocks;
            long panels = (count + Width - 1) / Width;
            using GemmScratch<float> packed = new(panels * Width * step);
            GemmProduct<float> product = _rows with { N = count, C = c, CRow = cRow };
            GemmJob<V, float> job = new(product, _tiles, _tile, packed.Data, step * Width, GemmColumns.Packed);
            for (long k = 0; k < _shape.Depth; k += step)
            {
                long depth = Math.Min(step, _shape.Depth - k);
                Pack(first, count, k, depth, packed.Data, step * Width);
                job.Block(k, depth);
            }
        }

        /// <summary>Rows from <paramref name="k"/> of the columns from <paramref name="first"/>, in panels.</summary>
        [MethodImpl(Compilation.Final)]
        private void Pack(long first, long count, long k, long depth, float* to, long panelStride)
        {
            (long image, long place) = Math.DivRem(first, _shape.Places);
            if (_planes is null && place + count <= _shape.Places)
            {
                float* rows = _x + _shape.InputAt(image, _group) + (k * _shape.Plane) + place;
                GemmPack.Groups(rows, 1, _shape.Plane, count, depth, Width, to, panelStride);
                return;
            }

            Span<(long From, int Length)> room = stackalloc (long, int)[Width];
            for (long column = 0; column < count; column += Width, to += panelStride)
            {
                long end = Math.Min(column + Width, count);
                if (end - column < Width)
                {
                    new Span<float>(to, checked((int)(depth * Width))).Clear();
                }

                for (long done = column; done < end;)
                {
                    (image, place) = Math.DivRem(first + done, _shape.Places);
                    long run = Math.Min(_shape.Places - place, end - done);
                    float* target = to + (done - column);
                    if (_planes is null)
                    {
                        Columns(_x + _shape.InputAt(image, _group) + (k * _shape.Plane) + place, _shape.Plane, depth, (int)run, target);
                    }
                    else
                    {
                        ConvolutionRuns runs = new(room, _shape, _planes.Steps, place, run);
                        Columns(_planes.Group(image, _group), runs, _planes.Offsets.AsSpan((int)k, (int)depth), target);
                    }

                    done += run;
                }
            }
        }

        [MethodImpl(Compilation.Final)]
        private static void Columns(float* rows, long rowStride, long depth, int count, float* to)
        {
            for (long k = 0; k < depth; k++)
            {
                new ReadOnlySpan<float>(rows + (k * rowStride), count).CopyTo(new Span<float>(to + (k * Width), count));
            }
        }

        [MethodImpl(Compilation.Final)]
        private static void Columns(float* planes, ConvolutionRuns runs, ReadOnlySpan<long> offsets, float* to)
        {
            for (int k = 0; k < offsets.Length; k++)
            {
                runs.Copy(planes + offsets[k], to + (k * Width));
            }
        }
    }
}
