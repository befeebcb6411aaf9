namespace Stretto.Models.Text;

/// <summary>
/// Puts template tokens around one or two encoded texts and trims offsets. Immutable and thread-safe.
/// </summary>
internal abstract class PostProcessor
{
    private const string Supported = "Sequence, ByteLevel, TemplateProcessing, RobertaProcessing and BertProcessing";
    private const int MaxDepth = 8;

    /// <param name="encodings">One or two texts, or what the processor before made of them.</param>
    /// <param name="addTemplate">Whether template tokens are wanted.</param>
    /// <param name="text">The text of a token id.</param>
    public abstract List<TokenEncoding> Apply(List<TokenEncoding> encodings, bool addTemplate, Func<int, string?> text);

    public static PostProcessor Read(PartJson json, int depth = 0) => json.Type switch
    {
        "Sequence" when depth < MaxDepth =>
            new Chain([.. json.Items("processors", 64).Select(p => Read(p, depth + 1))]),
        "ByteLevel" => new ByteLevelPostProcessor(json),
        "TemplateProcessing" => new TemplatePostProcessor(json),
        "RobertaProcessing" => new BertPostProcessor(json, roberta: true),
        "BertProcessing" => new BertPostProcessor(json, roberta: false),
        _ => throw json.Unsupported("post-processor", Supported),
    };

    private sealed class Chain(PostProcessor[] steps) : PostProcessor
    {
        public override List<TokenEncoding> Apply(
            List<TokenEncoding> encodings, bool addTemplate, Func<int, string?> text) =>
            steps.Aggregate(encodings, (now, step) => step.Apply(now, addTemplate, text));
    }
}
