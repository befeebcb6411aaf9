using Stretto.Training.Data.Tales.Questions;

namespace Stretto.Training.Data.Tales;

/// <summary>A stretch of the text of a document.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsMarkup">Whether special tokens in it are meant as such; they never are in words of stories, users and assistants.</param>
/// <param name="CountsForLoss">Whether a model is to predict it: stories and what the assistant says.</param>
public readonly record struct TextSegment(string Text, bool IsMarkup, bool CountsForLoss);

/// <summary>
/// A document of the corpus: a story, a story with chat turns about it behind, a chat in which the assistant tells it, or a chat with
/// arithmetic alone.
/// </summary>
public sealed class TaleDocument
{
    private static readonly string[] Requests =
    [
        "Tell me a story about {0}.", "Please tell me a story about {0}.", "Can you tell me a story about {0}?",
        "I would like to hear a story about {0}.", "Write a short story about {0}.",
    ];

    private readonly List<TextSegment> _segments = [];
    private readonly List<TaleQuestion> _questions = [];

    private TaleDocument(Tale tale) => Tale = tale;

    /// <summary>The story that it is about.</summary>
    public Tale Tale { get; }

    /// <summary>What is asked in it, with the answers that it gives.</summary>
    public IReadOnlyList<TaleQuestion> Questions => _questions;

    /// <summary>Its text, without the end tokens around it.</summary>
    public IReadOnlyList<TextSegment> Segments => _segments;

    /// <summary>The whole text.</summary>
    public string Text => string.Concat(_segments.Select(s => s.Text));

    /// <summary>What a model that has read a story gets, when asked; it goes on with the answer and <see cref="ChatMarkup.TurnEnd"/>.</summary>
    public static string Prompt(string story, string question) =>
        story + ChatMarkup.Header("user") + question + ChatMarkup.TurnEnd + "\n" + ChatMarkup.Header("assistant");

    internal static TaleDocument Compose(Tale tale, TaleDice dice)
    {
        TaleDocument document = new(tale);
        switch (dice.Roll(20))
        {
            case < 5:
                document._segments.Add(new TextSegment(tale.Text, false, true));
                break;
            case < 14:
                document._segments.Add(new TextSegment(tale.Text, false, true));
                document.Ask(ref dice);
                break;
            case < 18:
                document.Turn(string.Format(null, dice.Pick(Requests), Subject(tale.World.Characters[0], ref dice)), tale.Text);
                document.Ask(ref dice);
                break;
            default:
                for (int left = 2 + dice.Roll(3); left > 0; left--)
                {
                    document.Turn(ArithmeticQuestions.Make(tale.World, ref dice));
                }

                break;
        }

        return document;
    }

    private static string Subject(Character hero, ref TaleDice dice) => dice.Roll(3) switch
    {
        0 => Grammar.WithArticle(hero.Kind),
        1 => $"{Grammar.WithArticle(hero.Kind)} named {hero.ShortName}",
        _ => $"{Grammar.WithArticle(hero.Trait)} {hero.Kind} named {hero.ShortName}",
    };

    private void Ask(ref TaleDice dice)
    {
        List<TaleQuestion> about = StoryQuestions.About(Tale, ref dice);
        int turns = 1 + dice.Roll(4);
        for (int i = 0; i < turns; i++)
        {
            int kind = dice.Roll(5);
            TaleQuestion? next = kind switch
            {
                0 => ArithmeticQuestions.Make(Tale.World, ref dice),
                1 => JsonQuestions.About(Tale, ref dice),
                _ when i < about.Count => about[i],
                _ => null,
            };
            if (next is not null && !_questions.Exists(q => q.Question == next.Question || (q.Kind == QuestionKind.Json && q.Answer == next.Answer)))
            {
                Turn(next);
            }
        }
    }

    private void Turn(TaleQuestion question)
    {
        _questions.Add(question);
        Turn(question.Question, question.Answer);
    }

    private void Turn(string user, string assistant)
    {
        _segments.Add(new TextSegment(ChatMarkup.Header("user"), true, false));
        _segments.Add(new TextSegment(user, false, false));
        _segments.Add(new TextSegment(ChatMarkup.TurnEnd + "\n" + ChatMarkup.Header("assistant"), true, false));
        _segments.Add(new TextSegment(assistant, false, true));
        _segments.Add(new TextSegment(ChatMarkup.TurnEnd, true, true));
        _segments.Add(new TextSegment("\n", true, false));
    }
}
