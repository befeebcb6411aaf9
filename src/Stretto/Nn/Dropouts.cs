namespace Stretto.Nn;

/// <summary>What dropout layers share: the share, and the generator that masks are drawn from.</summary>
public abstract class DropoutLayer : Layer
{
    private readonly Generator? _generator;

    private protected DropoutLayer(double p, Generator? generator)
    {
        if (p is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, "dropout: the probability must be from 0 to 1");
        }

        (P, _generator) = (p, generator);
    }

    /// <summary>The probability of a 0.</summary>
    public double P { get; }

    /// <inheritdoc/>
    protected override string Options => $"p={Format(P)}";

    private protected Generator Random => _generator ?? Generator.Default;
}

/// <summary>In training each element 0 with probability p, the others divided by 1 − p. Srivastava et al., 2014.</summary>
/// <param name="p">The probability.</param>
/// <param name="generator">Where masks are drawn from; null for <see cref="Generator.Default"/>.</param>
public sealed class Dropout(double p = 0.5, Generator? generator = null) : DropoutLayer(p, generator)
{
    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.Dropout(P, Random, IsTraining);
}

/// <summary>In training whole channels of [n, channels, length] 0 with probability p. Tompson et al., 2015.</summary>
/// <param name="p">The probability.</param>
/// <param name="generator">Where masks are drawn from; null for <see cref="Generator.Default"/>.</param>
public sealed class Dropout1d(double p = 0.5, Generator? generator = null) : DropoutLayer(p, generator)
{
    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.DropoutChannels(P, Random, 1, IsTraining);
}

/// <summary>In training whole channels of [n, channels, height, width] 0 with probability p. Tompson et al., 2015.</summary>
/// <param name="p">The probability.</param>
/// <param name="generator">Where masks are drawn from; null for <see cref="Generator.Default"/>.</param>
public sealed class Dropout2d(double p = 0.5, Generator? generator = null) : DropoutLayer(p, generator)
{
    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.DropoutChannels(P, Random, 2, IsTraining);
}

/// <summary>In training whole channels of [n, channels, depth, height, width] 0 with probability p.</summary>
/// <param name="p">The probability.</param>
/// <param name="generator">Where masks are drawn from; null for <see cref="Generator.Default"/>.</param>
public sealed class Dropout3d(double p = 0.5, Generator? generator = null) : DropoutLayer(p, generator)
{
    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.DropoutChannels(P, Random, 3, IsTraining);
}

/// <summary>Dropout that keeps mean 0 and variance 1 of what SELU gives. Klambauer et al., 2017.</summary>
/// <param name="p">The probability.</param>
/// <param name="generator">Where masks are drawn from; null for <see cref="Generator.Default"/>.</param>
public sealed class AlphaDropout(double p = 0.5, Generator? generator = null) : DropoutLayer(p, generator)
{
    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor x) => x.AlphaDropout(P, Random, IsTraining);
}
