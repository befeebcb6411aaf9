namespace Stretto.Bench;

/// <summary>The same numbers on every side: fractions between −½ and ½ from a multiplicative hash, without a pattern that could cancel.</summary>
internal static class Numbers
{
    public static float[] Array(long count, uint seed, float scale = 1)
    {
        float[] values = new float[count];
        Fill(values, seed, scale);
        return values;
    }

    public static void Fill(Span<float> values, uint seed, float scale = 1)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = scale * ((Bits(i, seed) / (float)(1 << 24)) - 0.5f);
        }
    }

    /// <summary>Integers from 0 to <paramref name="below"/> − 1.</summary>
    public static long[] Integers(long count, uint seed, int below)
    {
        long[] values = new long[count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (long)(Bits(i, seed) % (ulong)below);
        }

        return values;
    }

    /// <summary>Depends on every element and its place.</summary>
    public static double Checksum(ReadOnlySpan<float> values)
    {
        double sum = 0;
        for (int i = 0; i < values.Length; i++)
        {
            sum += Math.Abs(values[i]) * (1 + (i % 7));
        }

        return sum;
    }

    private static ulong Bits(int i, uint seed)
    {
        ulong bits = ((ulong)i + 1) * 0x9E3779B97F4A7C15 * ((seed * 2) + 1);
        return ((bits ^ (bits >> 29)) * 0xBF58476D1CE4E5B9) >> 40;
    }
}
