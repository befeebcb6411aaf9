namespace Stretto.Models.Text;

/// <summary>
/// Decodes one text token by token. Each piece holds only whole characters; at most three bytes that may still become
/// one
/// wait for the next token. The pieces and the flush together are the text that <see cref="Tokenizer.Decode"/> gives.
/// For one text and one thread at a time.
/// </summary>
public sealed class DetokenizerStream
{
    private readonly Tokenizer tokenizer;
    private readonly bool skipSpecialTokens;
    private readonly CharacterSink sink = new();
    private DecoderStage stage;

    internal DetokenizerStream(Tokenizer tokenizer, bool skipSpecialTokens)
    {
        this.tokenizer = tokenizer;
        this.skipSpecialTokens = skipSpecialTokens;
        stage = tokenizer.Decoding.Start(sink);
    }

    /// <summary>
    /// Takes the next token and returns the text that is now certain, often one word, sometimes nothing.
    /// </summary>
    public string Append(int id)
    {
        tokenizer.Push(stage, id, skipSpecialTokens);
        return sink.Take();
    }

    /// <summary>
    /// Ends the text: returns what was held back (U+FFFD for bytes that became no character) and starts anew.
    /// </summary>
    public string Flush()
    {
        stage.Finish();
        stage = tokenizer.Decoding.Start(sink);
        return sink.Take();
    }
}
