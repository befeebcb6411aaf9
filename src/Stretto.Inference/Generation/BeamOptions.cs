namespace Stretto.Inference.Generation;

/// <summary>
/// Beam search: the likeliest whole texts that a search of a given width finds, in place of a random one. Temperature and truncations
/// play no part; biases and penalties act on log-probabilities.
/// </summary>
public sealed record BeamOptions
{
    /// <summary>How many texts are followed at a time.</summary>
    public required int Width { get; init; }

    /// <summary>A text scores the sum of its log-probabilities, divided by its length to this power: above 0 favours long texts.</summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary>When the search ends.</summary>
    public BeamStop Stop { get; init; }

    internal void Validate(int vocabulary)
    {
        if (Width < 1 || Width > Math.Min(vocabulary / 2, 128))
        {
            throw new ArgumentException($"beams {Width} must lie between 1 and {Math.Min(vocabulary / 2, 128)}");
        }

        if (!(Math.Abs(LengthPenalty) <= 100))
        {
            throw new ArgumentException(FormattableString.Invariant($"length_penalty {LengthPenalty} must lie between -100 and 100"));
        }
    }
}

/// <summary>When a beam search that has as many finished texts as beams ends.</summary>
public enum BeamStop
{
    /// <summary>When the best running text, taken as it is, does not beat the worst finished one.</summary>
    WhenWorse,

    /// <summary>At once.</summary>
    WhenFull,

    /// <summary>When no running text can beat the worst finished one, however long it gets.</summary>
    WhenHopeless,
}
