using System.Diagnostics;

namespace Stretto.Inference.Generation;

/// <summary>The course of one text, or of one search: what it wants of each pass and what it makes of the logits.</summary>
internal abstract class Generation(RequestStream stream, GenerationRequest request)
{
    private readonly long _submitted = Stopwatch.GetTimestamp();
    private long _admitted;
    private long _firstToken;

    public RequestStream Stream { get; } = stream;

    /// <summary>Other samples of the request. They begin when this one has computed the prompt.</summary>
    public Queue<Generation> Followers { get; } = new();

    /// <summary>Set when the text is complete.</summary>
    public FinishReason? Finish { get; protected set; }

    public int PromptTokens => Request.Prompt.Count;

    public int CachedTokens { get; protected set; }

    public int Written { get; protected set; }

    public int Drafted { get; protected set; }

    public int Accepted { get; protected set; }

    /// <summary>Whether the prompt is computed.</summary>
    public bool Started => _firstToken != 0;

    /// <summary>Whether more than what one pass gives must be computed before the next token.</summary>
    public abstract bool Prefilling { get; }

    /// <summary>How many pages it still takes until its next token.</summary>
    public abstract int PagesWanted { get; }

    protected GenerationRequest Request { get; } = request;

    protected int Passes { get; set; }

    protected int Drawn { get; set; }

    /// <summary>Finds what earlier texts left of this one. Called when it has no pages.</summary>
    public abstract void Enter(PagedKvCache cache);

    /// <summary>Adds its part to a pass, of about a number of tokens.</summary>
    /// <returns>False where the cache has no room; then nothing was added.</returns>
    public abstract bool Plan(Pass pass, PagedKvCache cache, int budget);

    /// <summary>Reads the logits of the pass, writes tokens and may finish.</summary>
    public abstract void Take(Pass pass, PagedKvCache cache);

    /// <summary>Gives back all pages; what they held is computed again if the text goes on.</summary>
    public abstract void Release(PagedKvCache cache);

    /// <summary>Writes the last events: why it ended, and figures.</summary>
    public abstract void WriteEnd(FinishReason reason);

    public void Admitted() => _admitted = _admitted == 0 ? Stopwatch.GetTimestamp() : _admitted;

    protected void Start() => _firstToken = _firstToken == 0 ? Stopwatch.GetTimestamp() : _firstToken;

    protected GenerationStatistics Figures(int written)
    {
        TimeSpan Between(long from, long to) => from == 0 || to == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(from, to);
        return new GenerationStatistics(
            PromptTokens, written, Between(_submitted, _firstToken), Between(_admitted, _firstToken),
            Between(_firstToken, Stopwatch.GetTimestamp()), Passes, Drawn, Drafted, Accepted)
        { CachedTokens = CachedTokens };
    }
}
