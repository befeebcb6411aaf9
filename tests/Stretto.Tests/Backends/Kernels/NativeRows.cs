using System.Runtime.InteropServices;
using Xunit;

namespace Stretto.Tests.Backends.Kernels;

/// <summary>Rows in native memory with marked gaps between and around them, so that stray writes show.</summary>
internal sealed unsafe class NativeRows : IDisposable
{
    private const float Marker = -12345.678f;
    private const int Margin = 32;

    private readonly float* _memory;
    private readonly long _length;

    public NativeRows(long rows, long n, long gap)
    {
        Rows = rows;
        N = n;
        Stride = n + gap;
        _length = (rows * Stride) + (2 * Margin);
        _memory = (float*)NativeMemory.AlignedAlloc((nuint)(_length * sizeof(float)), 64);
        new Span<float>(_memory, (int)_length).Fill(Marker);
    }

    public long Rows { get; }

    public long N { get; }

    public long Stride { get; }

    public float* Data => _memory + Margin;

    public Span<float> Row(long row) => new(Data + (row * Stride), (int)N);

    public double[] RowAsDouble(long row) => Array.ConvertAll(Row(row).ToArray(), v => (double)v);

    public NativeRows Clone(long from, long count)
    {
        NativeRows copy = new(count, N, Stride - N);
        for (long row = 0; row < count; row++)
        {
            Row(from + row).CopyTo(copy.Row(row));
        }

        return copy;
    }

    public void AssertGapsIntact()
    {
        for (long i = 0; i < _length; i++)
        {
            long inside = i - Margin;
            bool row = inside >= 0 && inside < Rows * Stride && inside % Stride < N;
            if (!row && _memory[i] != Marker)
            {
                Assert.Fail($"wrote {_memory[i]} outside the rows, at {inside} of stride {Stride}");
            }
        }
    }

    public void Dispose() => NativeMemory.AlignedFree(_memory);
}

/// <summary>Numbers that depend on a seed and a position alone.</summary>
internal static class Noise
{
    public static uint Bits(ulong seed, long i)
    {
        ulong z = (seed * 0x9E3779B97F4A7C15) + ((ulong)i * 0xD1342543DE82EF95) + 0x632BE59BD9B4E019;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (uint)((z ^ (z >> 31)) >> 32);
    }

    /// <summary>About normal: the sum of four uniforms.</summary>
    public static float Normal(ulong seed, long i)
    {
        double sum = 0;
        for (int k = 0; k < 4; k++)
        {
            sum += (Bits(seed + 77, (4 * i) + k) / 4294967296.0) - 0.5;
        }

        return (float)(sum * 1.7320508);
    }

    public static void Fill(Span<float> values, ulong seed)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Normal(seed, i);
        }
    }
}
