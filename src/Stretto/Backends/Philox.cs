namespace Stretto.Backends;

/// <summary>
/// Philox 4×32-10: random bits as a pure function of a seed and a counter, so that any position of a stream can be
/// computed alone and the state of a generator is two numbers. Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3, 2011.
/// </summary>
internal static class Philox
{
    /// <summary>The 128 random bits at a counter.</summary>
    public static (uint X0, uint X1, uint X2, uint X3) Bits(ulong seed, ulong counter)
    {
        (uint x0, uint x1, uint x2, uint x3) = ((uint)counter, (uint)(counter >> 32), 0u, 0u);
        (uint k0, uint k1) = ((uint)seed, (uint)(seed >> 32));
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = 0xD2511F53UL * x0;
            ulong p1 = 0xCD9E8D57UL * x2;
            (x0, x1, x2, x3) = ((uint)(p1 >> 32) ^ x1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ x3 ^ k1, (uint)p0);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }

        return (x0, x1, x2, x3);
    }

    /// <summary>A uniform number in [0, 1), a multiple of 2^−<paramref name="digits"/> (at most 53).</summary>
    public static double Uniform(ulong seed, ulong counter, int digits)
    {
        (uint x0, uint x1, _, _) = Bits(seed, counter);
        return Math.ScaleB((((ulong)x0 << 32) | x1) >> (64 - digits), -digits);
    }

    /// <summary>A standard normal number by the transform of Box and Muller.</summary>
    public static double Normal(ulong seed, ulong counter)
    {
        (uint x0, uint x1, uint x2, uint x3) = Bits(seed, counter);
        double u = (((ulong)x0 << 21) + (x1 >> 11) + 1) * (1.0 / (1UL << 53));
        double v = (((ulong)x2 << 21) + (x3 >> 11)) * (1.0 / (1UL << 53));
        return Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * v);
    }
}
