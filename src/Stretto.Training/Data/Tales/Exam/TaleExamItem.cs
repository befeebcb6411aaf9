using Stretto.Training.Data.Tales.Questions;

namespace Stretto.Training.Data.Tales.Exam;

/// <summary>One task of an exam: a prompt, and what a good completion of it is.</summary>
public sealed class TaleExamItem
{
    internal TaleExamItem(Tale tale, TaleQuestion question)
    {
        Tale = tale;
        Question = question;
        Prompt = TaleDocument.Prompt(tale.Text, question.Question);
        Position = tale.Text.Length;
        Answer = question.Answer;
    }

    internal TaleExamItem(Tale tale, int position)
    {
        Tale = tale;
        Prompt = tale.Text[..position];
        Position = position;
        Answer = tale.Text[position..];
    }

    /// <summary>The held-out story.</summary>
    public Tale Tale { get; }

    /// <summary>What is asked about it; null when the story is to be told to its end.</summary>
    public TaleQuestion? Question { get; }

    /// <summary>What the model gets, special tokens written out, without the end token that stands before a document.</summary>
    public string Prompt { get; }

    /// <summary>Characters of the story in the prompt.</summary>
    public int Position { get; }

    /// <summary>What the corpus has in this place.</summary>
    public string Answer { get; }
}
