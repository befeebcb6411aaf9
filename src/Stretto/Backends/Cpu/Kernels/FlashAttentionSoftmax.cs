using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// The online softmax of one row and one block of keys, on scores in powers of two: 2^x is cheaper than e^x.
/// </summary>
internal static unsafe class FlashAttentionSoftmax
{
    public const double Log2E = 1.4426950408889634;

    // (2^r − 1) / r at six Chebyshev nodes of |r| ≤ 1/2: relative error 9e-9 before rounding.
    private const float C1 = 0.693147182f;
    private const float C2 = 0.240226507f;
    private const float C3 = 0.0555035695f;
    private const float C4 = 0.00961808302f;
    private const float C5 = 0.00133908633f;
    private const float C6 = 0.000154531634f;

    /// <summary>
    /// What queries are multiplied by, so that scores come out in powers of two; a cap needs them as they are first.
    /// </summary>
    public static float QueryFactor(in AttentionOptions options) =>
        (float)(options.Scale * (options.SoftCap == 0 ? Log2E : 1));

    /// <summary>2^x for x ≤ 1, about 1 unit in the last place, what is below 2^−126 perhaps 0; 2^−∞ = 0 and NaN stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V PowerOfTwo<V>(V x) where V : unmanaged, ILanes<V>
    {
        // Max keeps a NaN in its second operand.
        x = V.Max(V.Create(V.ScaledToZero), x);
        V shifted = x + V.Create(ILanes<V>.Shift);
        V n = shifted - V.Create(ILanes<V>.Shift);
        V r = x - n;
        V p = V.MultiplyAdd(V.Create(C6), r, V.Create(C5));
        p = V.MultiplyAdd(p, r, V.Create(C4));
        p = V.MultiplyAdd(p, r, V.Create(C3));
        p = V.MultiplyAdd(p, r, V.Create(C2));
        p = V.MultiplyAdd(p, r, V.Create(C1));
        p = V.MultiplyAdd(p, r, V.Create(1f));
        return V.ScaleShifted(p, shifted);
    }

    /// <summary>
    /// The same of four registers step by step, so that a step of one waits while those of the others run: what waits
    /// fills the scheduler, and one after the other the four take twice the time.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PowersOfTwo<V>(ref V a, ref V b, ref V c, ref V d) where V : unmanaged, ILanes<V>
    {
        a = V.Max(V.Create(V.ScaledToZero), a);
        b = V.Max(V.Create(V.ScaledToZero), b);
        c = V.Max(V.Create(V.ScaledToZero), c);
        d = V.Max(V.Create(V.ScaledToZero), d);
        V shiftedA = a + V.Create(ILanes<V>.Shift);
        V shiftedB = b + V.Create(ILanes<V>.Shift);
        V shiftedC = c + V.Create(ILanes<V>.Shift);
        V shiftedD = d + V.Create(ILanes<V>.Shift);
        V nA = shiftedA - V.Create(ILanes<V>.Shift);
        V nB = shiftedB - V.Create(ILanes<V>.Shift);
        V nC = shiftedC - V.Create(ILanes<V>.Shift);
        V nD = shiftedD - V.Create(ILanes<V>.Shift);
        a -= nA;
        b -= nB;
        c -= nC;
        d -= nD;
        V pA = V.MultiplyAdd(V.Create(C6), a, V.Create(C5));
        V pB = V.MultiplyAdd(V.Create(C6), b, V.Create(C5));
        V pC = V.MultiplyAdd(V.Create(C6), c, V.Create(C5));
        V pD = V.MultiplyAdd(V.Create(C6), d, V.Create(C5));
        Step(C4, a, b, c, d, ref pA, ref pB, ref pC, ref pD);
        Step(C3, a, b, c, d, ref pA, ref pB, ref pC, ref pD);
        Step(C2, a, b, c, d, ref pA, ref pB, ref pC, ref pD);
        Step(C1, a, b, c, d, ref pA, ref pB, ref pC, ref pD);
        Step(1f, a, b, c, d, ref pA, ref pB, ref pC, ref pD);
        a = V.ScaleShifted(pA, shiftedA);
        b = V.ScaleShifted(pB, shiftedB);
        c = V.ScaleShifted(pC, shiftedC);
        d = V.ScaleShifted(pD, shiftedD);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<V>(float term, V a, V b, V c, V d, ref V pA, ref V pB, ref V pC, ref V pD)
        where V : unmanaged, ILanes<V>
    {
        pA = V.MultiplyAdd(pA, a, V.Create(term));
        pB = V.MultiplyAdd(pB, b, V.Create(term));
        pC = V.MultiplyAdd(pC, c, V.Create(term));
        pD = V.MultiplyAdd(pD, d, V.Create(term));
    }

    /// <summary>2^(score − top), the factor that brings a sum to a larger top; 0 for a sum of nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Weight<V>(float score, float top) where V : unmanaged, ILanes<V> =>
        float.IsNegativeInfinity(score) ? default : PowerOfTwo(V.Create(score) - V.Create(top));

    /// <summary>cap · tanh(score / cap) over a whole block, then in powers of two.</summary>
    [MethodImpl(Compilation.Final)]
    public static void Cap<V>(float* scores, float cap) where V : unmanaged, ILanes<V>
    {
        for (int j = 0; j < FlashAttention.Keys; j += V.Count)
        {
            (FastMath.Tanh(V.Load(scores + j) * V.Create(1 / cap)) * V.Create((float)(cap * Log2E))).Store(scores + j);
        }
    }

    /// <summary>
    /// −∞ in the first <paramref name="width"/> columns but <paramref name="low"/> to <paramref name="high"/> − 1.
    /// </summary>
    [MethodImpl(Compilation.Final)]
    public static void Cut<V>(float* scores, int low, int high, int width) where V : unmanaged, ILanes<V>
    {
        V hidden = V.Create(float.NegativeInfinity);
        for (int j = 0; j < width; j += V.Count)
        {
            V x = V.Select(V.First(high - j), V.Load(scores + j), hidden);
            (low > j ? V.Select(V.First(low - j), hidden, x) : x).Store(scores + j);
        }
    }

    /// <summary>
    /// Scores become 2^(score − largest); what was summed before is brought to the new largest score. A column of −∞
    /// gives 0 and changes no bit of the rest.
    /// </summary>
    [MethodImpl(Compilation.Final)]
    public static void Row<V>(float* scores, int width, float* largest, float* total, float* sum, long size)
        where V : unmanaged, ILanes<V>
    {
        float before = *largest;
        V top = V.Max(V.Create(before), V.Load(scores));
        V other = V.Load(scores + V.Count);
        for (int j = 2 * V.Count; j < width; j += 2 * V.Count)
        {
            top = V.Max(top, V.Load(scores + j));
            other = V.Max(other, V.Load(scores + j + V.Count));
        }

        float now = V.Max(top, other).MaxLane();
        V part = V.Load(total);
        if (now != before)
        {
            *largest = now;
            if (!float.IsNegativeInfinity(before))
            {
                V factor = PowerOfTwo(V.Create(before) - V.Create(now));
                part *= factor;
                for (long j = 0; j < size; j += V.Count)
                {
                    (V.Load(sum + j) * factor).Store(sum + j);
                }
            }
        }

        V shift = V.Create(float.IsNegativeInfinity(now) ? 0 : now);
        int done = 0;
        for (; done + (4 * V.Count) <= width; done += 4 * V.Count)
        {
            V a = V.Load(scores + done) - shift;
            V b = V.Load(scores + done + V.Count) - shift;
            V c = V.Load(scores + done + (2 * V.Count)) - shift;
            V d = V.Load(scores + done + (3 * V.Count)) - shift;
            PowersOfTwo(ref a, ref b, ref c, ref d);
            a.Store(scores + done);
            b.Store(scores + done + V.Count);
            c.Store(scores + done + (2 * V.Count));
            d.Store(scores + done + (3 * V.Count));
            part = part + a + b + c + d;
        }

        for (int j = done; j < width; j += 2 * V.Count)
        {
            V p = PowerOfTwo(V.Load(scores + j) - shift);
            V q = PowerOfTwo(V.Load(scores + j + V.Count) - shift);
            p.Store(scores + j);
            q.Store(scores + j + V.Count);
            part = part + p + q;
        }

        part.Store(total);
    }

    /// <summary>
    /// The row again for its gradients: scores become P = 2^(score − lse), and dO · V becomes the gradient of q · k but
    /// for the scale, both 0 outside of <paramref name="low"/> to <paramref name="high"/> − 1.
    /// </summary>
    [MethodImpl(Compilation.Final)]
    public static void Slopes<V>(float* scores, float* slopes, int low, int high, float logSum, float dot, float cap)
        where V : unmanaged, ILanes<V>
    {
        V shift = V.Create(logSum);
        V mean = V.Create(dot);
        if (cap == 0 && low == 0 && high == FlashAttention.Keys)
        {
            for (int j = 0; j < FlashAttention.Keys; j += 4 * V.Count)
            {
                V a = V.Load(scores + j) - shift;
                V b = V.Load(scores + j + V.Count) - shift;
                V c = V.Load(scores + j + (2 * V.Count)) - shift;
                V d = V.Load(scores + j + (3 * V.Count)) - shift;
                PowersOfTwo(ref a, ref b, ref c, ref d);
                Slope(scores + j, slopes + j, a, mean);
                Slope(scores + j + V.Count, slopes + j + V.Count, b, mean);
                Slope(scores + j + (2 * V.Count), slopes + j + (2 * V.Count), c, mean);
                Slope(scores + j + (3 * V.Count), slopes + j + (3 * V.Count), d, mean);
            }

            return;
        }

        for (int j = 0; j < FlashAttention.Keys; j += V.Count)
        {
            if (j + V.Count <= low || j >= high)
            {
                default(V).Store(scores + j);
                default(V).Store(slopes + j);
                continue;
            }

            V x = V.Load(scores + j);
            V d = V.Load(slopes + j) - mean;
            if (cap != 0)
            {
                // tanh's slope is 1 − tanh²; a hidden score of −∞ stays so.
                V t = FastMath.Tanh(x * V.Create(1 / cap));
                d *= V.Create(1f) - (t * t);
                x = V.Select(V.Equals(x, V.Create(float.NegativeInfinity)), x, t * V.Create((float)(cap * Log2E)));
            }

            V p = PowerOfTwo(x - shift);
            if (low > j || high < j + V.Count)
            {
                V seen = V.First(high - j);
                p &= seen;
                d &= seen;
                p = V.Select(V.First(low - j), default, p);
                d = V.Select(V.First(low - j), default, d);
            }

            p.Store(scores + j);
            (p * d).Store(slopes + j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Slope<V>(float* scores, float* slopes, V p, V mean) where V : unmanaged, ILanes<V>
    {
        (p * (V.Load(slopes) - mean)).Store(slopes);
        p.Store(scores);
    }
}
