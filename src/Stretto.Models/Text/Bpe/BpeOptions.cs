namespace Stretto.Models.Text;

/// <summary>The settings of a byte-pair model besides its vocabulary and merges.</summary>
internal sealed record BpeOptions
{
    public string? UnknownToken { get; init; }

    /// <summary>Unknown characters in a row become one unknown token.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>Unknown characters become tokens such as &lt;0x0A&gt; when the vocabulary has all of them.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>A whole piece that is in the vocabulary is taken as it is.</summary>
    public bool IgnoreMerges { get; init; }

    /// <summary>Stands before every character but the first of a piece.</summary>
    public string ContinuingSubwordPrefix { get; init; } = "";

    /// <summary>Stands after the last character of a piece.</summary>
    public string EndOfWordSuffix { get; init; } = "";
}
