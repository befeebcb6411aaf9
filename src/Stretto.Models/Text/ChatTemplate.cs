namespace Stretto.Models.Text;

/// <summary>
/// How the turns of a conversation become tokens. ChatML where the tokenizer has its two tokens; for a model that knows no turns, the
/// texts one after the other. What a turn says never becomes a special token.
/// </summary>
public sealed class ChatTemplate
{
    private const string TurnStart = "<|im_start|>";
    private const string TurnEnd = "<|im_end|>";

    private readonly Tokenizer _tokenizer;
    private readonly bool _turns;

    private ChatTemplate(Tokenizer tokenizer)
    {
        _tokenizer = tokenizer;
        _turns = tokenizer.AddedTokens.Any(t => t.Content == TurnStart) && tokenizer.AddedTokens.Any(t => t.Content == TurnEnd);
    }

    /// <summary>The template of a model.</summary>
    public static ChatTemplate For(Tokenizer tokenizer) => new(tokenizer);

    /// <summary>The token that ends a turn, if the model knows turns.</summary>
    public int? TurnEndId => _turns ? _tokenizer.TokenToId(TurnEnd) : null;

    /// <summary>The conversation as a prompt, which the answer of the assistant continues.</summary>
    /// <param name="turns">The turns, oldest first.</param>
    /// <exception cref="ArgumentException">There is no turn.</exception>
    public int[] Encode(IReadOnlyList<ChatTurn> turns)
    {
        if (turns.Count == 0)
        {
            throw new ArgumentException("the conversation is empty; give at least one turn");
        }

        List<int> ids = _tokenizer.BosId is { } begin ? [begin] : [];
        if (!_turns)
        {
            ids.AddRange(_tokenizer.Encode(string.Join("\n\n", turns.Select(t => t.Text)), parseSpecial: false));
            return [.. ids];
        }

        foreach (ChatTurn turn in turns)
        {
            ids.AddRange(_tokenizer.Encode(TurnStart));
            ids.AddRange(_tokenizer.Encode(turn.Role + "\n" + turn.Text, parseSpecial: false));
            ids.AddRange(_tokenizer.Encode(TurnEnd + "\n"));
        }

        ids.AddRange(_tokenizer.Encode(TurnStart + "assistant\n"));
        return [.. ids];
    }
}

/// <summary>What one side says.</summary>
/// <param name="Role"><c>system</c>, <c>user</c>, <c>assistant</c> or <c>tool</c>.</param>
/// <param name="Text">The words.</param>
public readonly record struct ChatTurn(string Role, string Text);
