namespace Stretto.Training.Data.Tales.Questions;

/// <summary>What a question tests.</summary>
public enum QuestionKind
{
    /// <summary>Something that the story decides, answered in a few words.</summary>
    Story,

    /// <summary>A word problem with small numbers.</summary>
    Arithmetic,

    /// <summary>Facts of the story as JSON.</summary>
    Json,
}

/// <summary>A question with the answer that the corpus gives.</summary>
/// <param name="Kind">What it tests.</param>
/// <param name="Question">What the user says.</param>
/// <param name="Answer">What the assistant says.</param>
public sealed record TaleQuestion(QuestionKind Kind, string Question, string Answer)
{
    /// <summary>
    /// Whether an answer is right: the same words (case and a stop at the end aside), the same last number, or the same JSON value.
    /// </summary>
    public bool IsAnsweredBy(string answer) => Kind switch
    {
        QuestionKind.Story => string.Equals(Plain(answer), Plain(Answer), StringComparison.OrdinalIgnoreCase),
        QuestionKind.Arithmetic => LastNumber(answer) is { } number && number == LastNumber(Answer),
        _ => JsonText.AreEqual(answer, Answer),
    };

    private static string Plain(string text) => text.Trim().TrimEnd('.');

    private static int? LastNumber(string text)
    {
        int end = text.Length;
        while (end > 0 && !char.IsAsciiDigit(text[end - 1]))
        {
            end--;
        }

        int start = end;
        while (start > 0 && char.IsAsciiDigit(text[start - 1]))
        {
            start--;
        }

        bool negative = start > 0 && text[start - 1] == '-' && (start == 1 || text[start - 2] == ' ');
        return int.TryParse(text.AsSpan(start, end - start), null, out int number) ? negative ? -number : number : null;
    }
}
