using Stretto.Training.Data.Tales.Questions;

namespace Stretto.Training.Data.Tales.Exam;

/// <summary>How many of how many.</summary>
/// <param name="Right">Right ones.</param>
/// <param name="Total">All.</param>
public readonly record struct ExamScore(int Right, int Total)
{
    /// <summary>Per cent; 0 of none.</summary>
    public double Percent => Total == 0 ? 0 : 100.0 * Right / Total;

    internal ExamScore Plus(int right, int total = 1) => new(Right + right, Total + total);

    internal ExamScore Plus(bool right) => Plus(right ? 1 : 0);
}

/// <summary>What an exam found.</summary>
public sealed record TaleExamReport
{
    /// <summary>Questions that the story decides, answered exactly.</summary>
    public ExamScore ExactAnswers { get; init; }

    /// <summary>Extractions that are JSON at all: one object or array and nothing else.</summary>
    public ExamScore ValidJson { get; init; }

    /// <summary>Extractions that are the right JSON value.</summary>
    public ExamScore ExactJson { get; init; }

    /// <summary>Word problems with the right number at the end.</summary>
    public ExamScore Arithmetic { get; init; }

    /// <summary>
    /// Mentions of people and things in stories told to the end that agree with the world; a story without a mention counts as one that does not.
    /// </summary>
    public ExamScore EntityConsistency { get; init; }

    /// <summary>The report with one more task graded.</summary>
    /// <param name="item">The task.</param>
    /// <param name="answer">What the model wrote.</param>
    public TaleExamReport With(TaleExamItem item, string answer)
    {
        if (item.Question is not { } question)
        {
            EntityMentions mentions = EntityChecker.Check(item.Tale, item.Position, answer);
            return this with { EntityConsistency = EntityConsistency.Plus(mentions.Consistent, Math.Max(1, mentions.Total)) };
        }

        bool right = question.IsAnsweredBy(answer);
        return question.Kind switch
        {
            QuestionKind.Story => this with { ExactAnswers = ExactAnswers.Plus(right) },
            QuestionKind.Arithmetic => this with { Arithmetic = Arithmetic.Plus(right) },
            _ => this with { ExactJson = ExactJson.Plus(right), ValidJson = ValidJson.Plus(JsonText.IsValid(answer)) },
        };
    }
}
