namespace Stretto.Inference.Generation;

/// <summary>What an engine does now, and did since it began. Each number is right at some moment of the last pass.</summary>
/// <param name="Running">Texts that passes work on.</param>
/// <param name="Queued">Texts that wait.</param>
/// <param name="PageLimit">Pages of 64 tokens that the cache may have.</param>
/// <param name="PagesUsed">Pages that hold running texts.</param>
/// <param name="PagesIdle">Pages that hold beginnings of earlier texts, for reuse.</param>
/// <param name="Passes">Passes of the model.</param>
/// <param name="PromptTokens">Tokens of all prompts that were computed.</param>
/// <param name="CachedTokens">How many of them were taken over from other texts.</param>
/// <param name="GeneratedTokens">Tokens written.</param>
/// <param name="DraftedTokens">Tokens proposed by drafters.</param>
/// <param name="AcceptedTokens">Proposed tokens that were kept.</param>
/// <param name="Preemptions">How often a text gave its room to an older one.</param>
/// <param name="Finished">Texts that ended by themselves.</param>
/// <param name="Cancelled">Texts that were cancelled.</param>
/// <param name="Failed">Texts that ended with an error.</param>
public sealed record EngineStatistics(
    int Running, int Queued, int PageLimit, int PagesUsed, int PagesIdle, long Passes, long PromptTokens, long CachedTokens,
    long GeneratedTokens, long DraftedTokens, long AcceptedTokens, long Preemptions, long Finished, long Cancelled, long Failed)
{
    /// <summary>Pages that no running text holds.</summary>
    public int PagesFree => PageLimit - PagesUsed;
}
