using Stretto.Training.Data.Tales.Questions;

namespace Stretto.Training.Data.Tales.Exam;

/// <summary>
/// Examines a model on held-out stories: questions about them, JSON extractions, word problems, and stories to be told to the end. Number
/// i of a seed is always the same task, and the four kinds take turns.
/// </summary>
/// <param name="questions">How many tasks.</param>
/// <param name="seed">Which stream of stories.</param>
public sealed class TaleExam(int questions, ulong seed = 1)
{
    private const int Kinds = 4;

    private readonly TaleGenerator _generator = new(seed);

    /// <summary>How many tasks there are.</summary>
    public int Count { get; } = questions > 0 ? questions : throw new ArgumentException($"questions {questions} must be at least 1");

    /// <summary>Task number <paramref name="number"/>, from 0 on.</summary>
    public TaleExamItem this[int number]
    {
        get
        {
            int kind = number % Kinds;
            for (long story = number; ; story += Count)
            {
                long index = TaleGenerator.IndexOf(TaleSplit.HeldOut, story);
                Tale tale = _generator.Generate(index);
                TaleDice dice = _generator.Dice(index);
                TaleQuestion? question = kind switch
                {
                    0 => StoryQuestions.About(tale, ref dice)[0],
                    1 => JsonQuestions.About(tale, ref dice),
                    2 => ArithmeticQuestions.Make(tale.World, ref dice),
                    _ => null,
                };
                if (question is not null)
                {
                    return new TaleExamItem(tale, question);
                }

                int cut = kind < Kinds - 1 ? -1 : tale.Text.IndexOf("\n\n", StringComparison.Ordinal);
                if (cut > 0 && EntityChecker.Check(tale, cut, tale.Text[cut..]).Total > 0)
                {
                    return new TaleExamItem(tale, cut);
                }
            }
        }
    }

    /// <summary>Lets a model do all tasks, one after the other, and grades them.</summary>
    /// <param name="complete">Continues a prompt up to the end of the turn or document, end tokens left out.</param>
    /// <param name="onItem">Called after each task with its number and the report so far.</param>
    /// <param name="cancellation">Ends it with an exception between two tasks.</param>
    public async Task<TaleExamReport> RunAsync(
        Func<string, CancellationToken, Task<string>> complete, Action<int, TaleExamReport>? onItem = null, CancellationToken cancellation = default)
    {
        TaleExamReport report = new();
        for (int i = 0; i < Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            TaleExamItem item = this[i];
            report = report.With(item, await complete(item.Prompt, cancellation).ConfigureAwait(false));
            onItem?.Invoke(i, report);
        }

        return report;
    }
}
