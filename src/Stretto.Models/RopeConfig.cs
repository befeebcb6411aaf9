using Stretto.Nn;

namespace Stretto.Models;

/// <summary>
/// How positions turn queries and keys: the base of the frequencies and a scaling, in transformers' terms.
/// </summary>
/// <param name="Theta">The base of the frequencies.</param>
/// <param name="Type">transformers' name of the scaling, one of <see cref="Types"/>: <c>default</c> for none.</param>
public sealed record RopeConfig(double Theta, string Type = "default")
{
    /// <summary>The scalings that a configuration may name. Which of them a model computes, the model says.</summary>
    public static IReadOnlyList<string> Types { get; } = ["default", "linear", "dynamic", "llama3", "yarn", "longrope"];

    /// <summary>How many times longer texts become; 1 where the scaling has no such number.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>
    /// Tokens of a text before scaling (llama3, yarn, longrope); null for <see cref="ModelConfig.MaxPositions"/>.
    /// </summary>
    public int? OriginalMaxPositions { get; init; }

    /// <summary>
    /// What multiplies cosine and sine (yarn, longrope); null for what the scaling's paper derives from the factor.
    /// </summary>
    public double? AttentionFactor { get; init; }

    /// <summary>Rotations within the original length above which a frequency is kept (yarn).</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>Rotations within the original length below which a frequency is divided by the factor (yarn).</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>Whether the ends of the ramp are rounded to whole dimensions (yarn).</summary>
    public bool Truncate { get; init; } = true;

    /// <summary>DeepSeek's factor of the attention factor's numerator (yarn).</summary>
    public double? MScale { get; init; }

    /// <summary>DeepSeek's factor of the attention factor's denominator (yarn).</summary>
    public double? MScaleAllDimensions { get; init; }

    /// <summary>Wavelengths above the original length over this are divided by the factor (llama3).</summary>
    public double LowFrequencyFactor { get; init; } = 1;

    /// <summary>Wavelengths below the original length over this are kept (llama3).</summary>
    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary>A divisor per frequency for texts up to the original length (longrope).</summary>
    public IReadOnlyList<double> ShortFactors { get; init; } = [];

    /// <summary>A divisor per frequency for longer texts (longrope).</summary>
    public IReadOnlyList<double> LongFactors { get; init; } = [];

    /// <summary>The frequencies of heads of this size in a model of this many positions.</summary>
    /// <exception cref="InvalidOperationException">The type is none of <see cref="Types"/>.</exception>
    public RopeTable Table(int headSize, int maxPositions) => Type switch
    {
        "default" => RopeTable.Default(Theta, headSize),
        "linear" => RopeTable.Linear(Theta, headSize, Factor),
        "dynamic" => RopeTable.Dynamic(Theta, headSize, Factor, maxPositions),
        "llama3" => RopeTable.Llama3(
            Theta, headSize, Factor, LowFrequencyFactor, HighFrequencyFactor, OriginalMaxPositions ?? maxPositions),
        "yarn" => RopeTable.Yarn(
            Theta, headSize, Factor, OriginalMaxPositions ?? maxPositions, BetaFast, BetaSlow, Truncate, AttentionFactor, MScale,
            MScaleAllDimensions),
        "longrope" => RopeTable.LongRope(
            Theta, headSize, Factor, OriginalMaxPositions ?? maxPositions, ShortFactors, LongFactors, AttentionFactor),
        _ => throw new InvalidOperationException($"rope_type '{Type}' is not known; known: {string.Join(", ", Types)}"),
    };

    /// <summary>The first key of config.json whose value makes no rotation, and what its range is.</summary>
    internal (string Key, string Problem)? Problem(int headSize)
    {
        (string, string)? range = Outside("rope_theta", Theta, 1, 1e15) ?? Outside("factor", Factor, 1e-3, 1e6)
            ?? Outside("original_max_position_embeddings", OriginalMaxPositions ?? 1, 1, ModelConfig.MostPositions)
            ?? Outside("attention_factor", AttentionFactor ?? 1, 1e-6, 1e6) ?? Outside("beta_fast", BetaFast, 1e-6, 1e6)
            ?? Outside("beta_slow", BetaSlow, 1e-6, 1e6) ?? Outside("mscale", MScale ?? 1, 0, 1e6)
            ?? Outside("mscale_all_dim", MScaleAllDimensions ?? 1, 0, 1e6)
            ?? Outside("low_freq_factor", LowFrequencyFactor, 1e-6, 1e6)
            ?? Outside("high_freq_factor", HighFrequencyFactor, 1e-6, 1e6);
        if (range is not null)
        {
            return range;
        }

        return Type switch
        {
            _ when !Types.Contains(Type) => ("rope_type", $"'{Type}' is not known; known: {string.Join(", ", Types)}"),
            "yarn" when BetaSlow >= BetaFast => ("beta_slow", $"{BetaSlow} must be below beta_fast {BetaFast}"),
            "llama3" when LowFrequencyFactor >= HighFrequencyFactor =>
                ("low_freq_factor", $"{LowFrequencyFactor} must be below high_freq_factor {HighFrequencyFactor}"),
            "longrope" => Factors("short_factor", ShortFactors, headSize / 2)
                ?? Factors("long_factor", LongFactors, headSize / 2),
            _ => null,
        };
    }

    private static (string, string)? Outside(string key, double value, double least, double most) =>
        value >= least && value <= most ? null : (key, $"{value} must lie between {least} and {most}");

    private static (string, string)? Factors(string key, IReadOnlyList<double> factors, int count) =>
        factors.Count != count ? (key, $"{factors.Count} numbers; half of head_dim, {count}, are needed")
            : factors.Select(factor => Outside(key, factor, 1e-6, 1e6)).FirstOrDefault(problem => problem is not null);
}
