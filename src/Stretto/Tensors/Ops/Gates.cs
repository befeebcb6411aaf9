namespace Stretto;

/// <summary>Activations that cut, shrink or gate, composed of other operations.</summary>
public sealed partial class Tensor
{
    /// <summary>x between two bounds. Collobert, 2004.</summary>
    public Tensor Hardtanh(double min = -1, double max = 1) => Clamp(min, max);

    /// <summary>x / (1 + |x|).</summary>
    public Tensor Softsign() => this / (Abs() + 1);

    /// <summary>x − tanh x.</summary>
    public Tensor Tanhshrink() => this - Tanh();

    /// <summary>x where it is above the threshold, else <paramref name="value"/>.</summary>
    public Tensor Threshold(double threshold, double value) => Where(this.Gt(threshold), this, value);

    /// <summary>x where |x| is above lambda, else 0.</summary>
    public Tensor Hardshrink(double lambda = 0.5) => Where(Abs().Gt(lambda), this, 0);

    /// <summary>x moved towards 0 by lambda, at most onto it.</summary>
    public Tensor Softshrink(double lambda = 0.5) => lambda >= 0
        ? Where(this.Gt(lambda), this - lambda, Where(this.Lt(-lambda), this + lambda, this * 0))
        : throw new ArgumentOutOfRangeException(nameof(lambda), lambda, "softshrink: lambda must not be negative");

    /// <summary>x where positive, else x · weight, one number for all or one for each channel (the second dimension). He et al., 2015.</summary>
    public Tensor Prelu(Tensor weight)
    {
        if (weight.Rank != 1 || (weight.Count != 1 && (Rank < 2 || Shape[1] != weight.Count)))
        {
            throw new ArgumentException($"prelu: weight {weight.Describe()} is neither one number nor one for each channel of {Describe()}");
        }

        Shape perChannel = weight.Count == 1 ? [1] : [weight.Count, .. Enumerable.Repeat(1L, Rank - 2)];
        return Where(this.Gt(0), this, this * weight.Reshape(perChannel));
    }

    /// <summary>The first half times the sigmoid of the second. Dauphin et al., 2017.</summary>
    /// <exception cref="ArgumentException">The size is odd.</exception>
    public Tensor Glu(int dim = -1)
    {
        long size = Shape[dim];
        return size % 2 == 0
            ? Narrow(dim, 0, size / 2) * Narrow(dim, size / 2, size / 2).Sigmoid()
            : throw new ArgumentException($"glu: dimension {dim} of {Describe()} has no two halves");
    }

    /// <summary>Whole channels 0 with probability p, the others divided by 1 − p. Tompson et al., 2015.</summary>
    /// <param name="p">The share of channels.</param>
    /// <param name="random">Where the mask is drawn from.</param>
    /// <param name="spatial">How many dimensions stand behind the channels.</param>
    /// <param name="training">Otherwise nothing changes.</param>
    public Tensor DropoutChannels(double p, Generator random, int spatial, bool training = true)
    {
        if (Rank <= spatial)
        {
            throw new ArgumentException($"dropout: {Describe()} has no channels before {spatial} dimensions");
        }

        Shape channels = [.. Shape.Sizes[..^spatial], .. Enumerable.Repeat(1L, spatial)];
        return training && p != 0 ? this * Ones(channels, DType, Device).Dropout(p, random) : Dropout(p, random, training: false);
    }

    /// <summary>Dropout that keeps mean 0 and variance 1 of what SELU gives. Klambauer et al., 2017.</summary>
    public Tensor AlphaDropout(double p, Generator random, bool training = true)
    {
        if (!training || p == 0)
        {
            return Dropout(p, random, training: false);
        }

        // What dropped values become: SELU's limit on the left.
        const double saturated = -1.6732632423543772848170429916717 * 1.0507009873554804934193349852946;
        Tensor kept = Ones(Shape, DType, Device).Dropout(p, random) * (1 - p);
        double scale = p == 1 ? 0 : 1 / Math.Sqrt((1 - p) * (1 + (p * saturated * saturated)));
        return (((this * kept) + ((1 - kept) * saturated)) * scale) - (scale * p * saturated);
    }
}
