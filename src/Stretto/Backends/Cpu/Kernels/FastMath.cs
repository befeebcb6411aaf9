using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// Elementary functions of float32 lanes, within a few units in the last place, for use inside other kernels.
/// Reductions and polynomials of exp, log and tanh: Moshier, Cephes mathematical library (single precision).
/// </summary>
internal static class FastMath
{
    private const float Log2E = 1.44269504f;
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    /// <summary>2^23 · 1.5: adding it leaves a float rounded to an integer in the low bits.</summary>
    private const float RoundingBias = 12582912f;

    /// <summary>e^x; overflow gives +∞, results below the normal range are subnormal, NaN stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<V>(V x) where V : unmanaged, ILanes<V>
    {
        // Beyond these the result is +∞ and 0; Min and Max keep a NaN in their second operand.
        x = V.Max(V.Create(-104f), V.Min(V.Create(89f), x));
        V n = V.MultiplyAdd(x, V.Create(Log2E), V.Create(RoundingBias)) - V.Create(RoundingBias);
        V r = V.MultiplyAdd(n, V.Create(-Ln2High), x);
        r = V.MultiplyAdd(n, V.Create(-Ln2Low), r);
        V p = V.MultiplyAdd(V.Create(1.9875691500e-4f), r, V.Create(1.3981999507e-3f));
        p = V.MultiplyAdd(p, r, V.Create(8.3334519073e-3f));
        p = V.MultiplyAdd(p, r, V.Create(4.1665795894e-2f));
        p = V.MultiplyAdd(p, r, V.Create(1.6666665459e-1f));
        p = V.MultiplyAdd(p, r, V.Create(5.0000001201e-1f));
        p = V.MultiplyAdd(p, r * r, r) + V.Create(1f);
        return V.Scale(p, n);
    }

    /// <summary>The natural logarithm; 0 gives −∞, a negative number NaN, NaN stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log<V>(V x) where V : unmanaged, ILanes<V>
    {
        V one = V.Create(1f);
        V subnormal = V.LessThan(x, V.Create(1.17549435e-38f));
        V normal = V.Select(subnormal, x * V.Create(8388608f), x);
        V e = V.Exponent(normal) - (subnormal & V.Create(23f));
        V m = V.Significand(normal);
        V large = V.LessThan(V.Create(1.41421356f), m);
        m = V.Select(large, m * V.Create(0.5f), m) - one;
        e = V.Select(large, e + one, e);
        V z = m * m;
        V p = V.MultiplyAdd(V.Create(7.0376836292e-2f), m, V.Create(-1.1514610310e-1f));
        p = V.MultiplyAdd(p, m, V.Create(1.1676998740e-1f));
        p = V.MultiplyAdd(p, m, V.Create(-1.2420140846e-1f));
        p = V.MultiplyAdd(p, m, V.Create(1.4249322787e-1f));
        p = V.MultiplyAdd(p, m, V.Create(-1.6668057665e-1f));
        p = V.MultiplyAdd(p, m, V.Create(2.0000714765e-1f));
        p = V.MultiplyAdd(p, m, V.Create(-2.4999993993e-1f));
        p = V.MultiplyAdd(p, m, V.Create(3.3333331174e-1f));
        V y = V.MultiplyAdd(e, V.Create(Ln2Low), m * z * p);
        y = V.MultiplyAdd(V.Create(-0.5f), z, y);
        V result = V.MultiplyAdd(e, V.Create(Ln2High), m + y);
        V infinity = V.Create(float.PositiveInfinity);
        result = V.Select(V.LessThan(x, infinity), result, x);
        V zero = V.Create(0f);
        result = V.Select(V.Equals(x, zero), -infinity, result);
        return V.Select(V.LessThan(x, zero), V.Create(float.NaN), result);
    }

    /// <summary>1 / (1 + e^−x), without overflow on either side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<V>(V x) where V : unmanaged, ILanes<V>
    {
        V one = V.Create(1f);
        V e = Exp(-V.Abs(x));
        return V.Select(V.LessThan(x, V.Create(0f)), e, one) / (one + e);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<V>(V x) where V : unmanaged, ILanes<V>
    {
        V one = V.Create(1f);
        V a = V.Abs(x);
        V z = x * x;
        V p = V.MultiplyAdd(V.Create(-5.70498872745e-3f), z, V.Create(2.06390887954e-2f));
        p = V.MultiplyAdd(p, z, V.Create(-5.37397155531e-2f));
        p = V.MultiplyAdd(p, z, V.Create(1.33314422036e-1f));
        p = V.MultiplyAdd(p, z, V.Create(-3.33332819422e-1f));
        V near = V.MultiplyAdd(p * z, x, x);
        V far = one - (V.Create(2f) / (Exp(a + a) + one));
        far = V.Select(V.LessThan(x, V.Create(0f)), -far, far);
        return V.Select(V.LessThan(a, V.Create(0.625f)), near, far);
    }

    /// <summary>1 − erf(a) for a ≥ 0 to a relative 1.2e-7: Press et al., Numerical Recipes, erfcc.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ErfComplement<V>(V a) where V : unmanaged, ILanes<V>
    {
        V t = V.Create(1f) / V.MultiplyAdd(a, V.Create(0.5f), V.Create(1f));
        V p = V.MultiplyAdd(V.Create(0.17087277f), t, V.Create(-0.82215223f));
        p = V.MultiplyAdd(p, t, V.Create(1.48851587f));
        p = V.MultiplyAdd(p, t, V.Create(-1.13520398f));
        p = V.MultiplyAdd(p, t, V.Create(0.27886807f));
        p = V.MultiplyAdd(p, t, V.Create(-0.18628806f));
        p = V.MultiplyAdd(p, t, V.Create(0.09678418f));
        p = V.MultiplyAdd(p, t, V.Create(0.37409196f));
        p = V.MultiplyAdd(p, t, V.Create(1.00002368f));
        p = V.MultiplyAdd(p, t, V.Create(-1.26551223f));
        return t * Exp(V.MultiplyAdd(-a, a, p));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erf<V>(V x) where V : unmanaged, ILanes<V>
    {
        // Near 0 the Taylor series keeps the relative error small: 2/√π · Σ (−1)^n x^(2n+1) / (n! (2n+1)).
        V z = x * x;
        V p = V.MultiplyAdd(V.Create(1.12837917f / 9360f), z, V.Create(-1.12837917f / 1320f));
        p = V.MultiplyAdd(p, z, V.Create(1.12837917f / 216f));
        p = V.MultiplyAdd(p, z, V.Create(-1.12837917f / 42f));
        p = V.MultiplyAdd(p, z, V.Create(1.12837917f / 10f));
        p = V.MultiplyAdd(p, z, V.Create(-1.12837917f / 3f));
        V near = x * V.MultiplyAdd(p, z, V.Create(1.12837917f));
        V a = V.Abs(x);
        V far = V.Create(1f) - ErfComplement(a);
        far = V.Select(V.LessThan(x, V.Create(0f)), -far, far);
        return V.Select(V.LessThan(a, V.Create(0.5f)), near, far);
    }

    /// <summary>
    /// The normal distribution function Φ(x) = (1 + erf(x/√2)) / 2 to a small relative error in both tails.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V NormalDistribution<V>(V x) where V : unmanaged, ILanes<V>
    {
        V half = V.Create(0.5f) * ErfComplement(V.Abs(x) * V.Create(0.707106781f));
        return V.Select(V.LessThan(x, V.Create(0f)), half, V.Create(1f) - half);
    }
}
