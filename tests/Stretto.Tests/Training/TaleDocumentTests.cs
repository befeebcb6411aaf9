using Stretto.Cli;
using Stretto.Models.Text;
using Stretto.Training.Data;
using Stretto.Training.Data.Tales;
using Stretto.Training.Data.Tales.Questions;

namespace Stretto.Tests.Training;

/// <summary>What a model learns from: chats about stories, their answers, their special tokens and what counts for the loss.</summary>
public sealed class TaleDocumentTests
{
    private static readonly Lazy<TaleDocument[]> Documents =
        new(() => [.. Enumerable.Range(0, 3_000).Select(i => new TaleGenerator(5).Document(i))]);

    private static readonly Lazy<Tokenizer> Trained = new(() => TaleTokenizer.Train(5, 300, 700));

    [Fact]
    public void ADocumentDependsOnSeedAndIndexAlone()
    {
        Assert.Equal(Documents.Value[123].Text, new TaleGenerator(5).Document(123).Text);
        Assert.NotEqual(Documents.Value[123].Text, new TaleGenerator(6).Document(123).Text);
    }

    [Fact]
    public void StoriesChatsAndAllKindsOfQuestionsComeOften()
    {
        TaleDocument[] all = Documents.Value;
        Assert.InRange(all.Count(d => d.Questions.Count == 0 && d.Text == d.Tale.Text), all.Length * 0.2, all.Length * 0.3);
        Assert.InRange(all.Count(d => d.Text.StartsWith(ChatMarkup.TurnStart, StringComparison.Ordinal)), all.Length * 0.2, all.Length * 0.4);
        foreach (QuestionKind kind in Enum.GetValues<QuestionKind>())
        {
            Assert.True(all.Sum(d => d.Questions.Count(q => q.Kind == kind)) > all.Length / 10, $"{kind}");
        }

        int asked = all.SelectMany(d => d.Questions).Select(q => q.Question).Distinct().Count();
        Assert.True(asked > all.Length, $"{asked} different questions");
    }

    [Fact]
    public void TheAssistantsWordsAndTheStoriesCountForTheLoss()
    {
        foreach (TaleDocument document in Documents.Value)
        {
            string role = "";
            foreach (TextSegment part in document.Segments)
            {
                Assert.Equal(!part.IsMarkup && role != "user" || part.Text == ChatMarkup.TurnEnd, part.CountsForLoss);
                role = part.IsMarkup ? part.Text.Split(ChatMarkup.TurnStart)[^1].Trim() : role;
            }

            Assert.True(document.Segments.Where(p => !p.IsMarkup).All(p => !p.Text.Contains("<|", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void AnswersAreClean()
    {
        foreach (TaleQuestion question in Documents.Value.SelectMany(d => d.Questions))
        {
            Assert.True(question.IsAnsweredBy(question.Answer), $"{question}");
            Assert.DoesNotMatch(@"[{}]|  |\.\.", question.Question);
            Assert.Matches(@"^[A-Z].*[.?]$", question.Question);
            if (question.Kind != QuestionKind.Json)
            {
                Assert.DoesNotMatch(@"[{}]|  |\.\.", question.Answer);
                Assert.Matches(@"^[A-Z0-9].*\.$", question.Answer);
            }
        }
    }

    [Fact]
    public void TheStorySaysWhatIsAskedFor()
    {
        // Who has a thing, gave it, went somewhere or is called what: the words of the answer stand in the story.
        int checkedAnswers = 0;
        foreach (TaleDocument document in Documents.Value)
        {
            foreach (TaleQuestion question in document.Questions.Where(q => q.Kind == QuestionKind.Story && q.Question.StartsWith("Who ", StringComparison.Ordinal)))
            {
                string answer = question.Answer[..^1];
                bool isSaid = document.Tale.Text.Contains(answer, StringComparison.Ordinal)
                    || document.Tale.Text.Contains(answer.Split(' ')[^1], StringComparison.OrdinalIgnoreCase);
                Assert.True(isSaid || answer == "Nobody", $"{question} in: {document.Tale.Text}");
                checkedAnswers++;
            }
        }

        Assert.True(checkedAnswers > 500, $"{checkedAnswers} answers");
    }

    [Theory]
    [InlineData(QuestionKind.Story, "The red kite.", "the red kite", true)]
    [InlineData(QuestionKind.Story, "The red kite.", "The kite.", false)]
    [InlineData(QuestionKind.Arithmetic, "3 + 4 = 7, so Mia has 7 apples.", "7", true)]
    [InlineData(QuestionKind.Arithmetic, "3 + 4 = 7, so Mia has 7 apples.", "3 + 4 = 8", false)]
    [InlineData(QuestionKind.Arithmetic, "3 - 3 = 0, so Mia has 0 apples.", "none", false)]
    [InlineData(QuestionKind.Arithmetic, "7 - 3 = 4, so Mia has 4 apples.", "She has -4.", false)]
    [InlineData(QuestionKind.Json, """{"a":"b","c":null}""", """ { "c": null, "a": "b" } """, true)]
    [InlineData(QuestionKind.Json, """{"a":"b","c":null}""", """{"a":"b"}""", false)]
    [InlineData(QuestionKind.Json, """{"a":"b"}""", """{"a":"b"} Here it is.""", false)]
    [InlineData(QuestionKind.Json, """["a"]""", "", false)]
    public void AnAnswerIsGradedByItsKind(QuestionKind kind, string expected, string given, bool isRight)
    {
        Assert.Equal(isRight, new TaleQuestion(kind, "?", expected).IsAnsweredBy(given));
    }

    [Fact]
    public void ChatTokensAreSingleTokens()
    {
        Tokenizer tokenizer = Trained.Value;
        for (int i = 0; i < ChatMarkup.SpecialTokens.Count; i++)
        {
            Assert.Equal([i], tokenizer.Encode(ChatMarkup.SpecialTokens[i]));
            Assert.True(tokenizer.Encode(ChatMarkup.SpecialTokens[i], parseSpecial: false).Length > 1, "users can forge it");
        }

        Assert.Equal(0, tokenizer.EosId);
        Assert.Equal(ChatMarkup.Template, tokenizer.Settings.ChatTemplate);
    }

    [Fact]
    public void APromptHasTheTokensOfTraining()
    {
        Tokenizer tokenizer = Trained.Value;
        TaleDocuments source = new(5, TaleSplit.HeldOut, (text, markup) => tokenizer.Encode(text, parseSpecial: markup), 0);
        for (int i = 0; i < 60; i++)
        {
            TaleDocument document = new TaleGenerator(5).Document(TaleGenerator.IndexOf(TaleSplit.HeldOut, i));
            TokenDocument tokens = source.Document(i);
            Assert.Equal([0, .. tokenizer.Encode(document.Text), 0], tokens.Tokens);
            Assert.Equal(ChatMarkup.EndOfText + document.Text + ChatMarkup.EndOfText, tokenizer.Decode(tokens.Tokens));

            long[] targets = new long[tokens.Tokens.Length];
            tokens.WriteTargets(targets, -100);
            string learned = tokenizer.Decode([.. targets.Where(t => t != -100).Select(t => (int)t)]);
            Assert.Equal(string.Concat(document.Segments.Where(s => s.CountsForLoss).Select(s => s.Text)) + ChatMarkup.EndOfText, learned);
            if (document.Questions is [.., { } last] && document.Segments[0].Text == document.Tale.Text && document.Questions.Count == 1)
            {
                string prompt = TaleDocument.Prompt(document.Tale.Text, last.Question);
                Assert.StartsWith(prompt + last.Answer + ChatMarkup.TurnEnd, document.Text, StringComparison.Ordinal);
            }
        }
    }
}
