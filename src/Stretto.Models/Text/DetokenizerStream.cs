namespace Stretto.Models.Text;

/// <summary>
/// Decodes one text token by token. Each piece holds only whole characters; at most three bytes that may still become
/// one wait for the next token. The pieces and the flush together are the text that <see cref="Tokenizer.Decode"/>
/// gives. For one text and one thread at a time.
/// </summary>
public sealed class DetokenizerStream
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecialTokens;
    private readonly CharacterSink _sink = new();
    private DecoderStage _stage;

    internal DetokenizerStream(Tokenizer tokenizer, bool skipSpecialTokens)
    {
        _tokenizer = tokenizer;
        _skipSpecialTokens = skipSpecialTokens;
        _stage = tokenizer.Decoding.Start(_sink);
    }

    /// <summary>
    /// Takes the next token and returns the text that is now certain, often one word, sometimes nothing.
    /// </summary>
    public string Append(int id)
    {
        _tokenizer.Push(_stage, id, _skipSpecialTokens);
        return _sink.Take();
    }

    /// <summary>
    /// Ends the text: returns what was held back (U+FFFD for bytes that became no character) and starts anew.
    /// </summary>
    public string Flush()
    {
        _stage.Finish();
        _stage = _tokenizer.Decoding.Start(_sink);
        return _sink.Take();
    }
}
