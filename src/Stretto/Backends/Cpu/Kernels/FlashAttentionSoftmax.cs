using System.Runtime.CompilerServices;

namespace Stretto.Backends.Cpu.Kernels;

/// <summary>
/// The online softmax of one row and one block of keys, on scores in powers of two: 2^x is cheaper than e^x.
/// </summary>
internal static unsafe class FlashAttentionSoftmax
{
    public const double Log2E = 1.4426950408889634;

    /// <summary>
    /// What queries are multiplied by, so that scores come out in powers of two; a cap needs them as they are first.
    /// </summary>
    public static float QueryFactor(in AttentionOptions options) =>
        (float)(options.Scale * (options.SoftCap == 0 ? Log2E : 1));

    /// <summary>2^x for x ≤ 1, about 1 unit in the last place, what is below 2^−126 perhaps 0; 2^−∞ = 0 and NaN stays.</summary>
    /// <remarks>
    /// Interpolates (2^r − 1) / r at six Chebyshev nodes of |r| ≤ 1/2: relative error 9e-9 before rounding.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V PowerOfTwo<V>(V x) where V : unmanaged, ILanes<V>
    {
        // Max keeps a NaN in its second operand.
        x = V.Max(V.Create(V.ScaledToZero), x);
        V shifted = x + V.Create(ILanes<V>.Shift);
        V n = shifted - V.Create(ILanes<V>.Shift);
        V r = x - n;
        V p = V.MultiplyAdd(V.Create(0.000154531634f), r, V.Create(0.00133908633f));
        p = V.MultiplyAdd(p, r, V.Create(0.00961808302f));
        p = V.MultiplyAdd(p, r, V.Create(0.0555035695f));
        p = V.MultiplyAdd(p, r, V.Create(0.240226507f));
        p = V.MultiplyAdd(p, r, V.Create(0.693147182f));
        p = V.MultiplyAdd(p, r, V.Create(1f));
        return V.ScaleShifted(p, shifted);
    }

    /// <summary>2^(score − top), the factor that brings a sum to a larger top; 0 for a sum of nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Weight<V>(float score, float top) where V : unmanaged, ILanes<V> =>
        float.IsNegativeInfinity(score) ? default : PowerOfTwo(V.Create(score) - V.Create(top));

    /// <summary>cap · tanh(score / cap) over a whole block, then in powers of two.</summary>
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Row<V>(float* scores, int width, float* largest, float* total, float* sum, long size)
        where V : unmanaged, ILanes<V>
    {
        V top = V.Load(scores);
        for (int j = V.Count; j < width; j += V.Count)
        {
            top = V.Max(top, V.Load(scores + j));
        }

        float before = *largest;
        float now = Math.Max(before, top.MaxLane());
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
        for (int j = 0; j < width; j += 2 * V.Count)
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Slopes<V>(float* scores, float* slopes, int low, int high, float logSum, float dot, float cap)
        where V : unmanaged, ILanes<V>
    {
        V shift = V.Create(logSum);
        V mean = V.Create(dot);
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
}
