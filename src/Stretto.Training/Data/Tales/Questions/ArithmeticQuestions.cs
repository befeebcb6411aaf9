using System.Globalization;
using Stretto.Training.Data.Tales.Words;

namespace Stretto.Training.Data.Tales.Questions;

/// <summary>Word problems with small numbers; the answer writes the sum before its result.</summary>
internal static class ArithmeticQuestions
{
    private static readonly string[] Nouns =
    [
        .. Things.Fruits.Concat(["marble", "shell", "button", "coin", "feather", "stone", "nut", "stamp", "book", "cookie"])
            .Select(Grammar.Plural),
    ];

    // {0} and {1} are people, {2} the things, {a} {b} {c} numbers. The result of each step is at least 0.
    private static readonly (string Sum, string Subject, string[] Texts)[] Problems =
    [
        ("a + b", "{0} has", [
            "{0} has {a} {2} and gets {b} more. How many {2} does {0} have now?",
            "{0} has {a} {2}. {1} gives {0} {b} more. How many {2} does {0} have now?",
            "{0} finds {a} {2} in the morning and {b} in the evening. How many {2} does {0} have in all?"]),
        ("a + b", "they have", [
            "{0} has {a} {2} and {1} has {b} {2}. How many {2} do they have together?",
            "{0} brings {a} {2} and {1} brings {b}. How many {2} do they have?"]),
        ("a - b", "{0} has", [
            "{0} has {a} {2} and gives {b} of them to {1}. How many {2} does {0} have left?",
            "{0} has {a} {2} and loses {b}. How many {2} does {0} have left?",
            "There are {a} {2} in the bag of {0}. {1} takes {b} out. How many {2} does {0} have left?"]),
        ("a * b", "{0} has", [
            "{0} has {a} bags with {b} {2} in each. How many {2} does {0} have in all?",
            "{0} finds {b} {2} a day for {a} days. How many {2} does {0} have then?"]),
        ("a + b - c", "{0} has", [
            "{0} has {a} {2}, gets {b} more and gives {c} to {1}. How many {2} does {0} have then?"]),
        ("a - b + c", "{0} has", [
            "{0} has {a} {2}, loses {b} and finds {c} others. How many {2} does {0} have then?"]),
    ];

    /// <summary>A problem with people of a story, or one of them and a stranger.</summary>
    public static TaleQuestion Make(World world, ref TaleDice dice)
    {
        string one = world.Characters[0].ShortName;
        string two = world.Characters.Count > 1 ? world.Characters[1].ShortName : dice.Pick(Names.Pets);
        two = two == one ? "Grandma" : two;
        string noun = dice.Pick(Nouns);
        (string sum, string subject, string[] texts) = dice.Pick(Problems);
        (int a, int b, int c) = Numbers(sum, ref dice);
        int result = Result(sum, a, b, c);
        string question = Fill(dice.Pick(texts));
        string written = string.Concat(sum.Select(s => s switch
        {
            'a' => Digits(a),
            'b' => Digits(b),
            'c' => Digits(c),
            _ => s.ToString(),
        }));
        return new TaleQuestion(QuestionKind.Arithmetic, question, $"{written} = {Digits(result)}, so {Fill(subject)} {Digits(result)} {noun}.");

        string Fill(string text) => text
            .Replace("{0}", one, StringComparison.Ordinal).Replace("{1}", two, StringComparison.Ordinal)
            .Replace("{2}", noun, StringComparison.Ordinal).Replace("{a}", Digits(a), StringComparison.Ordinal)
            .Replace("{b}", Digits(b), StringComparison.Ordinal).Replace("{c}", Digits(c), StringComparison.Ordinal);
    }

    // Every number is at least 2, so that the things can be in the plural; the result is not 1 for the same reason.
    private static (int A, int B, int C) Numbers(string sum, ref TaleDice dice)
    {
        int many = sum == "a * b" ? 4 : 12;
        while (true)
        {
            (int a, int b, int c) = (2 + dice.Roll(many), 2 + dice.Roll(many), 2 + dice.Roll(8));
            if ((b <= a || sum[2] != '-') && Result(sum, a, b, c) is >= 0 and not 1)
            {
                return (a, b, c);
            }
        }
    }

    private static int Result(string sum, int a, int b, int c) => sum switch
    {
        "a + b" => a + b,
        "a - b" => a - b,
        "a * b" => a * b,
        "a + b - c" => a + b - c,
        _ => a - b + c,
    };

    private static string Digits(int number) => number.ToString(CultureInfo.InvariantCulture);
}
