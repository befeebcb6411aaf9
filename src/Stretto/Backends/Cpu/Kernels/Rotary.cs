using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>Where the vectors that turn lie: [tokens, heads, size], the last dimension contiguous.</summary>
internal readonly record struct HeadLayout(long Tokens, long Heads, long Size);

/// <summary>The cosines and sines of a rotation: rows of rotary / 2 values, one row a token or a position.</summary>
/// <remarks>Without positions token t takes row t; with them row positions[t].</remarks>
internal readonly unsafe struct RotaryTable(float* cos, float* sin, long rows, long stride, long* positions)
{
    public float* Cos { get; } = cos;

    public float* Sin { get; } = sin;

    public long Rows { get; } = rows;

    public long Stride { get; } = stride;

    public long* Positions { get; } = positions;
}

/// <summary>
/// Rotary position embedding: pairs of a head's first <c>rotary</c> values turn by their token's angles, the rest
/// is copied. Su et al., RoFormer, 2021. The gradient is the rotation back.
/// </summary>
internal static unsafe class Rotary
{
    /// <param name="pool">Threads.</param>
    /// <param name="layout">Tokens, heads and head size of both x and y.</param>
    /// <param name="x">Input, with strides in elements from token to token and from head to head.</param>
    /// <param name="xToken">x's token stride.</param>
    /// <param name="xHead">x's head stride.</param>
    /// <param name="y">Output; may be x with the same strides, otherwise must not overlap it.</param>
    /// <param name="yToken">y's token stride.</param>
    /// <param name="yHead">y's head stride.</param>
    /// <param name="table">The angles.</param>
    /// <param name="rotary">How many values of a head turn, even, at most its size.</param>
    /// <param name="interleaved">Pairs are (2i, 2i + 1); otherwise (i, i + rotary / 2).</param>
    /// <param name="inverse">Turn back.</param>
    /// <exception cref="ArgumentException">rotary is odd or outside the head.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A position is outside the table.</exception>
    public static void Apply(
        WorkerPool pool, HeadLayout layout, float* x, long xToken, long xHead, float* y, long yToken, long yHead,
        in RotaryTable table, long rotary, bool interleaved, bool inverse)
    {
        if ((rotary & 1) != 0 || rotary < 0 || rotary > layout.Size)
        {
            throw new ArgumentException(
                $"rotary: {rotary} values cannot turn in heads of {layout.Size}", nameof(rotary));
        }

        for (long t = 0; t < layout.Tokens; t++)
        {
            long row = table.Positions == null ? t : table.Positions[t];
            if ((ulong)row >= (ulong)table.Rows)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(table), $"rotary: position {row} of token {t} is outside a table of {table.Rows} rows");
            }
        }

        RowJobs.Run(pool, layout.Tokens, 2 * layout.Heads * layout.Size, new Job(
            layout, x, xToken, xHead, y, yToken, yHead, table, rotary, interleaved, inverse ? -1 : 1));
    }

    private readonly struct Job(
        HeadLayout layout, float* x, long xToken, long xHead, float* y, long yToken, long yHead,
        RotaryTable table, long rotary, bool interleaved, float sign) : IRowJob
    {
        [MethodImpl(Compilation.Final)]
        public void Rows<V>(long from, long to) where V : unmanaged, ILanes<V>
        {
            for (long t = from; t < to; t++)
            {
                long row = table.Positions == null ? t : table.Positions[t];
                float* cos = table.Cos + (row * table.Stride);
                float* sin = table.Sin + (row * table.Stride);
                for (long head = 0; head < layout.Heads; head++)
                {
                    float* input = x + (t * xToken) + (head * xHead);
                    float* output = y + (t * yToken) + (head * yHead);
                    if (interleaved)
                    {
                        Interleaved<V>(input, output, cos, sin);
                    }
                    else
                    {
                        Halves<V>(input, output, cos, sin);
                    }

                    if (input != output && rotary < layout.Size)
                    {
                        long bytes = (layout.Size - rotary) * sizeof(float);
                        Buffer.MemoryCopy(input + rotary, output + rotary, bytes, bytes);
                    }
                }
            }
        }

        [MethodImpl(Compilation.Final)]
        private void Halves<V>(float* input, float* output, float* cos, float* sin) where V : unmanaged, ILanes<V>
        {
            long half = rotary / 2;
            V turn = V.Create(sign);
            long i = 0;
            for (; i <= half - V.Count; i += V.Count)
            {
                Pair(input, output, V.Load(cos + i), V.Load(sin + i) * turn, half, i, V.Count);
            }

            if (i < half)
            {
                Pair(input, output, V.Load(cos + i, half - i), V.Load(sin + i, half - i) * turn, half, i, half - i);
            }
        }

        private static void Pair<V>(float* input, float* output, V c, V s, long half, long i, long count)
            where V : unmanaged, ILanes<V>
        {
            V a = V.Load(input + i, count);
            V b = V.Load(input + half + i, count);
            V.MultiplyAdd(a, c, -(b * s)).Store(output + i, count);
            V.MultiplyAdd(b, c, a * s).Store(output + half + i, count);
        }

        /// <summary>y₀ = x₀ c − x₁ s, y₁ = x₁ c + x₀ s: x times cosines plus its swapped pairs times ∓ sines.</summary>
        [MethodImpl(Compilation.Final)]
        private void Interleaved<V>(float* input, float* output, float* cos, float* sin) where V : unmanaged, ILanes<V>
        {
            V turn = V.Create(sign);
            long i = 0;
            for (; i <= rotary - V.Count; i += V.Count)
            {
                V value = V.Load(input + i);
                V s = V.NegateEven(V.LoadTwice(sin + (i / 2)) * turn);
                V.MultiplyAdd(value, V.LoadTwice(cos + (i / 2)), V.SwapPairs(value) * s).Store(output + i);
            }

            if (i < rotary)
            {
                long count = rotary - i;
                float* twice = stackalloc float[V.Count];
                V.Load(cos + (i / 2), count / 2).Store(twice);
                V c = V.LoadTwice(twice);
                V.Load(sin + (i / 2), count / 2).Store(twice);
                V s = V.NegateEven(V.LoadTwice(twice) * turn);
                V value = V.Load(input + i, count);
                V.MultiplyAdd(value, c, V.SwapPairs(value) * s).Store(output + i, count);
            }
        }
    }
}
