using System.Numerics.Tensors;

namespace Stretto.Inference.Sampling;

/// <summary>
/// Draws tokens from logits: temperature, top-k, top-p, min-p, then one random number. The number for the i-th token of a text depends
/// on the seed and on i alone, so the text does not depend on how many tokens a pass gave.
/// </summary>
internal sealed class Sampler
{
    private readonly SamplingOptions _options;
    private readonly ulong _seed;
    private readonly float[] _probabilities;
    private readonly int[] _order;

    public Sampler(SamplingOptions options, int vocabulary)
    {
        _options = options.Validate();
        _seed = options.Seed ?? (ulong)DateTime.UtcNow.Ticks;
        _probabilities = new float[vocabulary];
        _order = new int[vocabulary];
    }

    /// <summary>Token number <paramref name="index"/> of the text, from the logits at its place.</summary>
    /// <exception cref="InvalidOperationException">A logit is not a number.</exception>
    public int Draw(ReadOnlySpan<float> logits, int index)
    {
        int best = TensorPrimitives.IndexOfMax(logits);
        if (float.IsNaN(logits[best]))
        {
            throw new InvalidOperationException("the model's output is not a number; check its weights");
        }

        return _options.Temperature == 0 || _options.TopK == 1 ? best : Pick(logits, best, index);
    }

    private int Pick(ReadOnlySpan<float> logits, int best, int index)
    {
        Span<float> p = _probabilities;
        float top = logits[best];
        TensorPrimitives.Subtract(logits, top, p);
        TensorPrimitives.Divide(p, (float)_options.Temperature, p);
        TensorPrimitives.Exp(p, p);
        int count = Keep(p);
        double total = 0;
        for (int i = 0; i < count; i++)
        {
            total += p[_order[i]];
        }

        double threshold = new Generator(_seed, (ulong)index).NextDouble() * total;
        for (int i = 0; i < count; i++)
        {
            threshold -= p[_order[i]];
            if (threshold < 0)
            {
                return _order[i];
            }
        }

        return _order[count - 1];
    }

    /// <summary>Fills the front of the order with the tokens that stay; the most likely one has weight 1.</summary>
    private int Keep(ReadOnlySpan<float> p)
    {
        int count = 0;
        float least = (float)_options.MinP;
        for (int i = 0; i < p.Length; i++)
        {
            if (p[i] >= least)
            {
                _order[count++] = i;
            }
        }

        bool limited = _options.TopK > 0 && _options.TopK < count;
        if (!limited && _options.TopP >= 1)
        {
            return count;
        }

        float[] weights = _probabilities;
        Span<int> kept = _order.AsSpan(0, count);
        kept.Sort((a, b) => weights[a] == weights[b] ? a.CompareTo(b) : weights[b].CompareTo(weights[a]));
        count = limited ? _options.TopK : count;
        double total = 0;
        for (int i = 0; i < count; i++)
        {
            total += p[_order[i]];
        }

        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += p[_order[i]];
            if (sum >= _options.TopP * total)
            {
                return i + 1;
            }
        }

        return count;
    }
}
