using Stretto.Backends;

namespace Stretto;

/// <summary>
/// A source of random numbers whose whole state is a seed and a position: the same two give the same numbers on every backend and
/// thread count, and a checkpoint saves them. Philox 4×32-10 (Salmon et al., 2011).
/// </summary>
public sealed class Generator(ulong seed, ulong position = 0)
{
    /// <summary>Which stream.</summary>
    public ulong Seed { get; } = seed;

    /// <summary>How many numbers were drawn.</summary>
    public ulong Position { get; private set; } = position;

    /// <summary>A number in [0, 1).</summary>
    public double NextDouble()
    {
        (uint x0, uint x1, _, _) = Philox.Bits(Seed, Position++);
        return (((ulong)x0 << 21) + (x1 >> 11)) * (1.0 / (1UL << 53));
    }

    /// <summary>A number from 0 to <paramref name="limit"/> − 1.</summary>
    public long NextInt(long limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return Math.Min((long)(NextDouble() * limit), limit - 1);
    }

    /// <summary>Overwrites a tensor with numbers uniform in [low, high).</summary>
    public Tensor Uniform(Tensor tensor, double low = 0, double high = 1) => Draw(tensor, RandomKind.Uniform, high - low, low);

    /// <summary>Overwrites a tensor with normal numbers.</summary>
    public Tensor Normal(Tensor tensor, double mean = 0, double deviation = 1) => Draw(tensor, RandomKind.Normal, deviation, mean);

    private Tensor Draw(Tensor tensor, RandomKind kind, double scale, double shift)
    {
        string name = kind == RandomKind.Uniform ? "uniform_" : "normal_";
        tensor.BeforeWrite(name);
        tensor.Backend.Random(kind, tensor.View, Seed, Position);
        Position += (ulong)tensor.Count;
        tensor.Backend.BinaryScalar(BinaryOp.Multiply, tensor.View, scale, tensor.View);
        tensor.Backend.BinaryScalar(BinaryOp.Add, tensor.View, shift, tensor.View);
        tensor.RecordInPlace(name, [], [], (_, _) => [null]);
        return tensor;
    }
}
