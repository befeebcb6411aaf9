namespace Stretto.Inference.Sampling;

/// <summary>How a token is chosen from the model's distribution.</summary>
public sealed record SamplingOptions
{
    /// <summary>Divides the logits; 0 always takes the most likely token.</summary>
    public double Temperature { get; init; } = 0.8;

    /// <summary>Keeps only the k most likely tokens; 0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Keeps the most likely tokens that together reach this probability. Holtzman et al., 2020.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Keeps tokens at least this share as likely as the most likely one. Nguyen et al., 2024.</summary>
    public double MinP { get; init; }

    /// <summary>Fixes the random numbers; null takes new ones for each request.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentException">A value is outside its range; the message names both.</exception>
    public SamplingOptions Validate()
    {
        Range("temperature", Temperature, 0, 100);
        Range("top_k", TopK, 0, int.MaxValue);
        Range("top_p", TopP, double.Epsilon, 1);
        Range("min_p", MinP, 0, 1);
        return this;
    }

    private static void Range(string name, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
        {
            throw new ArgumentException($"{name} {value} must lie between {(least == double.Epsilon ? "0 (exclusive)" : least)} and {most}");
        }
    }
}
