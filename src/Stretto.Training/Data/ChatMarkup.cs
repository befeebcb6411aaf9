namespace Stretto.Training.Data;

/// <summary>The special tokens of chats and documents (ChatML), each of them one token.</summary>
public static class ChatMarkup
{
    /// <summary>Ends a document, and stands before each.</summary>
    public const string EndOfText = "<|endoftext|>";

    /// <summary>Begins a turn; the role and a line break follow.</summary>
    public const string TurnStart = "<|im_start|>";

    /// <summary>Ends a turn; a line break follows.</summary>
    public const string TurnEnd = "<|im_end|>";

    /// <summary>
    /// The turns as a Jinja template over <c>messages</c>, for <c>tokenizer_config.json</c>.
    /// </summary>
    public const string Template =
        "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}" +
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    /// <summary>All of them; their order is that of their ids in a tokenizer trained here.</summary>
    public static IReadOnlyList<string> SpecialTokens { get; } = [EndOfText, TurnStart, TurnEnd];

    /// <summary>What stands before the words of a role.</summary>
    /// <param name="role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
    public static string Header(string role) => $"{TurnStart}{role}\n";
}
