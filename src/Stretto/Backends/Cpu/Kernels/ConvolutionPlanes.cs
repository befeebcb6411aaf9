using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>An input in the order of <see cref="ConvolutionPlaneOrder"/>.</summary>
internal sealed unsafe class ConvolutionPlanes : IDisposable
{
    /// <summary>Register tiles read so far behind the last element.</summary>
    private const int Slack = 64;

    private readonly ConvolutionShape _shape;
    private readonly ConvolutionPlaneOrder _order;
    private readonly Block _block;

    public ConvolutionPlanes(WorkerPool pool, ConvolutionShape shape, float* input)
    {
        _shape = shape;
        _order = new ConvolutionPlaneOrder(shape);
        Offsets = new long[shape.Depth];
        for (long row = 0; row < shape.Depth; row++)
        {
            Offsets[row] = _order.Offset(row);
        }

        long channels = shape.Images * shape.Groups * shape.Channels;
        _block = CachingAllocator.Shared.Rent(checked(((channels * _order.Channel) + Slack) * sizeof(float)));
        new Span<float>(Data + (channels * _order.Channel), Slack).Clear();
        Job job = new(this, input);
        pool.For(checked((int)channels), ref job);
    }

    /// <summary>Where column 0 of each row of the windows stands, from <see cref="Group"/>.</summary>
    public long[] Offsets { get; }

    /// <summary>See <see cref="ConvolutionPlaneOrder.Steps"/>.</summary>
    public (long Height, long Depth) Steps => _order.Steps;

    private float* Data => (float*)_block.Address;

    public float* Group(long image, long group) => Data + (((image * _shape.Groups) + group) * _shape.Channels * _order.Channel);

    public void Dispose() => CachingAllocator.Shared.Return(_block);

    private readonly struct Job(ConvolutionPlanes planes, float* input) : IParallelJob
    {
        public void Run(int part) => planes._order.Arrange(
            input + (part * planes._shape.Plane), planes.Data + (part * planes._order.Channel));
    }
}

/// <summary>Columns of the windows as stretches that are contiguous in the planes.</summary>
internal readonly unsafe ref struct ConvolutionRuns
{
    private readonly Span<(long From, int Length)> _runs;

    /// <param name="room">As many as there are places.</param>
    /// <param name="shape">The convolution.</param>
    /// <param name="steps">See <see cref="ConvolutionPlanes.Steps"/>.</param>
    /// <param name="first">The first column.</param>
    /// <param name="count">How many columns.</param>
    public ConvolutionRuns(
        Span<(long From, int Length)> room, ConvolutionShape shape, (long Height, long Depth) steps, long first, long count)
    {
        int runs = 0;
        for (long place = first; place < first + count;)
        {
            (long line, long width) = Math.DivRem(place, shape.Result[2]);
            (long depth, long height) = Math.DivRem(line, shape.Result[1]);
            long length = Math.Min(shape.Result[2] - width, first + count - place);
            long from = (depth * steps.Depth) + (height * steps.Height) + width;
            bool follows = runs > 0 && room[runs - 1].From + room[runs - 1].Length == from;
            if (follows)
            {
                room[runs - 1].Length += (int)length;
            }
            else
            {
                room[runs++] = (from, (int)length);
            }

            place += length;
        }

        _runs = room[..runs];
    }

    /// <summary>Copies a row.</summary>
    [MethodImpl(Compilation.Final)]
    public void Copy(float* row, float* to)
    {
        foreach ((long from, int length) in _runs)
        {
            float* source = row + from;
            int i = 0;
            for (; i + Vector256<float>.Count <= length; i += Vector256<float>.Count)
            {
                Vector256.Load(source + i).Store(to + i);
            }

            if (i < length && length >= Vector256<float>.Count)
            {
                i = length - Vector256<float>.Count;
                Vector256.Load(source + i).Store(to + i);
            }
            else
            {
                for (; i < length; i++)
                {
                    to[i] = source[i];
                }
            }

            to += length;
        }
    }

    /// <summary>Adds a row where <see cref="Copy"/> takes it from.</summary>
    [MethodImpl(Compilation.Final)]
    public void Add(float* row, float* from)
    {
        foreach ((long at, int length) in _runs)
        {
            float* target = row + at;
            int i = 0;
            for (; i + Vector256<float>.Count <= length; i += Vector256<float>.Count)
            {
                (Vector256.Load(target + i) + Vector256.Load(from + i)).Store(target + i);
            }

            for (; i < length; i++)
            {
                target[i] += from[i];
            }

            from += length;
        }
    }
}
