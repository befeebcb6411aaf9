namespace Stretto.Backends.Cpu.Kernels;

/// <summary>The online softmax of one row and one block of keys.</summary>
internal static unsafe class FlashAttentionSoftmax
{
    /// <summary>cap · tanh(score / cap) over a whole block.</summary>
    public static void Cap<V>(float* scores, float cap) where V : unmanaged, ILanes<V>
    {
        for (int j = 0; j < FlashAttention.Keys; j += V.Count)
        {
            (FastMath.Tanh(V.Load(scores + j) * V.Create(1 / cap)) * V.Create(cap)).Store(scores + j);
        }
    }

    /// <summary>−∞ in the first <paramref name="width"/> columns but <paramref name="low"/> to <paramref name="high"/> − 1.</summary>
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
    /// Scores become e^(score − largest); what was summed before is brought to the new largest score. A column of −∞ gives 0 and
    /// changes no bit of the rest.
    /// </summary>
    public static void Row<V>(float* scores, int width, ref float largest, ref float total, float* sum, long size)
        where V : unmanaged, ILanes<V>
    {
        V top = V.Load(scores);
        for (int j = V.Count; j < width; j += V.Count)
        {
            top = V.Max(top, V.Load(scores + j));
        }

        float before = largest;
        float now = Math.Max(before, top.MaxLane());
        if (now != before)
        {
            largest = now;
            if (!float.IsNegativeInfinity(before))
            {
                float factor = MathF.Exp(before - now);
                total *= factor;
                for (long j = 0; j < size; j += V.Count)
                {
                    (V.Load(sum + j) * V.Create(factor)).Store(sum + j);
                }
            }
        }

        V shift = V.Create(float.IsNegativeInfinity(now) ? 0 : now);
        V part = default;
        for (int j = 0; j < width; j += V.Count)
        {
            V p = FastMath.Exp(V.Load(scores + j) - shift);
            p.Store(scores + j);
            part += p;
        }

        total += part.Sum();
    }

    /// <summary>
    /// The row again for its gradients: scores become P = e^(score − lse), and dO · V becomes the gradient of q · k but for the scale,
    /// both 0 outside of <paramref name="low"/> to <paramref name="high"/> − 1.
    /// </summary>
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
                x = V.Select(V.Equals(x, V.Create(float.NegativeInfinity)), x, t * V.Create(cap));
            }

            V p = FastMath.Exp(x - shift);
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
