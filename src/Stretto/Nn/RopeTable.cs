namespace Stretto.Nn;

/// <summary>
/// How fast each pair of values turns with the position, and how texts longer than those of the training stretch it. The names and
/// figures are those of transformers' <c>rope_parameters</c>; frequencies are rounded to float32 as its models have them.
/// </summary>
public sealed class RopeTable
{
    private readonly Func<long, double[]> _frequencies;

    private RopeTable(Func<long, double[]> frequencies, double attentionFactor = 1, long stretches = long.MaxValue)
    {
        _frequencies = frequencies;
        AttentionFactor = attentionFactor;
        Stretches = stretches;
    }

    /// <summary>What multiplies cosine and sine.</summary>
    public double AttentionFactor { get; }

    /// <summary>Lengths above this turn otherwise than shorter ones.</summary>
    public long Stretches { get; }

    /// <summary>Radians per position of each pair, for a text of this many tokens (0: no longer than those of the training).</summary>
    public float[] Frequencies(long length) => Array.ConvertAll(_frequencies(length), f => (float)f);

    /// <summary>theta^(−2i / size). Su et al., RoFormer, 2021.</summary>
    public static RopeTable Default(double theta, int size) => new(_ => Powers(theta, size));

    /// <summary>Positions divided by the factor. Chen et al., 2023.</summary>
    public static RopeTable Linear(double theta, int size, double factor) =>
        new(_ => Array.ConvertAll(Powers(theta, size), f => f / factor));

    /// <summary>A base that grows with texts longer than <paramref name="maxPositions"/>: "dynamic NTK".</summary>
    public static RopeTable Dynamic(double theta, int size, double factor, int maxPositions) => new(
        length =>
        {
            double ratio = (factor * Math.Max(length, maxPositions) / maxPositions) - (factor - 1);
            return Powers(size > 2 ? theta * Math.Pow(ratio, size / (size - 2.0)) : theta, size);
        },
        stretches: maxPositions);

    /// <summary>Long wavelengths divided by the factor, short ones kept, a ramp between. Llama 3.1, 2024.</summary>
    public static RopeTable Llama3(
        double theta, int size, double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalMaxPositions) =>
        new(_ => Array.ConvertAll(Powers(theta, size), f =>
        {
            double rotations = originalMaxPositions * f / (2 * Math.PI);
            double share = (rotations - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
            share = Math.Clamp(share, 0, 1);
            return ((1 - share) * f / factor) + (share * f);
        }));

    /// <summary>
    /// Pairs that turn less than <paramref name="betaSlow"/> times within the original length are divided by the factor, those above
    /// <paramref name="betaFast"/> kept, a ramp between. Peng et al., YaRN, 2023.
    /// </summary>
    /// <param name="theta">The base.</param>
    /// <param name="size">Values that turn, two a pair.</param>
    /// <param name="factor">How many times longer texts become.</param>
    /// <param name="originalMaxPositions">Tokens of a text in training.</param>
    /// <param name="betaFast">Rotations above which a pair is kept.</param>
    /// <param name="betaSlow">Rotations below which a pair is divided.</param>
    /// <param name="truncate">The ends of the ramp are rounded to whole pairs.</param>
    /// <param name="attentionFactor">Null for what the others say: 0.1 · ln(factor) + 1 without <paramref name="mscale"/>.</param>
    /// <param name="mscale">DeepSeek's factor of the logarithm above the line.</param>
    /// <param name="mscaleAllDimensions">DeepSeek's factor of the logarithm below it.</param>
    public static RopeTable Yarn(
        double theta, int size, double factor, int originalMaxPositions, double betaFast = 32, double betaSlow = 1,
        bool truncate = true, double? attentionFactor = null, double? mscale = null, double? mscaleAllDimensions = null)
    {
        double Place(double rotations) =>
            size * Math.Log(originalMaxPositions / (rotations * 2 * Math.PI)) / (2 * Math.Log(theta));
        double Scale(double m) => factor <= 1 ? 1 : (0.1 * m * Math.Log(factor)) + 1;
        double low = Math.Max(truncate ? Math.Floor(Place(betaFast)) : Place(betaFast), 0);
        double high = Math.Min(truncate ? Math.Ceiling(Place(betaSlow)) : Place(betaSlow), size - 1);
        high += high == low ? 0.001 : 0;
        double attention = attentionFactor
            ?? (mscale is > 0 and double m && mscaleAllDimensions is > 0 and double all ? Scale(m) / Scale(all) : Scale(1));
        return new(
            _ =>
            {
                double[] powers = Powers(theta, size);
                for (int i = 0; i < powers.Length; i++)
                {
                    double divided = Math.Clamp((i - low) / (high - low), 0, 1);
                    powers[i] = (powers[i] / factor * divided) + (powers[i] * (1 - divided));
                }

                return powers;
            },
            attention);
    }

    /// <summary>A searched divisor per pair, one list for texts up to the original length, one beyond. Ding et al., LongRoPE, 2024.</summary>
    /// <exception cref="ArgumentException">A list does not have one number per pair.</exception>
    public static RopeTable LongRope(
        double theta, int size, double factor, int originalMaxPositions, IReadOnlyList<double> shortFactors,
        IReadOnlyList<double> longFactors, double? attentionFactor = null)
    {
        if (shortFactors.Count != size / 2 || longFactors.Count != size / 2)
        {
            throw new ArgumentException($"longrope: {shortFactors.Count} short and {longFactors.Count} long factors, {size / 2} pairs need one each");
        }

        return new(
            length =>
            {
                double[] powers = Powers(theta, size);
                for (int i = 0; i < powers.Length; i++)
                {
                    powers[i] /= length > originalMaxPositions ? longFactors[i] : shortFactors[i];
                }

                return powers;
            },
            attentionFactor ?? (factor <= 1 ? 1 : Math.Sqrt(1 + (Math.Log(factor) / Math.Log(originalMaxPositions)))),
            originalMaxPositions);
    }

    /// <summary>The first share of the pairs turns at frequencies of the whole head, the others do not turn.</summary>
    public static RopeTable Proportional(double theta, int headSize, double share, double factor = 1) => new(_ =>
    {
        double[] powers = Powers(theta, headSize);
        int turning = (int)(share * headSize / 2);
        for (int i = 0; i < powers.Length; i++)
        {
            powers[i] = i < turning ? powers[i] / factor : 0;
        }

        return powers;
    });

    private static double[] Powers(double theta, int size)
    {
        double[] powers = new double[size / 2];
        for (int i = 0; i < powers.Length; i++)
        {
            powers[i] = 1 / Math.Pow(theta, 2.0 * i / size);
        }

        return powers;
    }
}
