using System.Numerics.Tensors;

namespace Stretto.Inference.Sampling;

/// <summary>A token and the natural logarithm of its probability.</summary>
/// <param name="Token">The token.</param>
/// <param name="LogProbability">Under the model's own distribution, before temperature, penalties and truncation.</param>
public readonly record struct TokenLogProbability(int Token, double LogProbability);

/// <summary>Log-probabilities of the model's own distribution.</summary>
internal static class LogProbabilities
{
    /// <summary>The logarithm of the sum of exponentials, in float64.</summary>
    public static double Normalizer(ReadOnlySpan<float> logits)
    {
        float top = TensorPrimitives.Max(logits);
        double sum = 0;
        foreach (float x in logits)
        {
            sum += Math.Exp((double)x - top);
        }

        return top + Math.Log(sum);
    }

    /// <summary>The likeliest tokens, best first; of equal ones the lower id.</summary>
    public static TokenLogProbability[] Top(ReadOnlySpan<float> logits, double normalizer, int count)
    {
        TokenLogProbability[] top = new TokenLogProbability[Math.Min(count, logits.Length)];
        int filled = 0;
        for (int id = 0; id < logits.Length && top.Length > 0; id++)
        {
            double value = logits[id] - normalizer;
            if (filled == top.Length && !(value > top[^1].LogProbability))
            {
                continue;
            }

            int at = filled < top.Length ? filled++ : filled - 1;
            for (; at > 0 && top[at - 1].LogProbability < value; at--)
            {
                top[at] = top[at - 1];
            }

            top[at] = new TokenLogProbability(id, value);
        }

        return top;
    }
}
