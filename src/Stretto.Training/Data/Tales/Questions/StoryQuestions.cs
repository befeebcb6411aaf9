using Stretto.Training.Data.Tales.Words;

namespace Stretto.Training.Data.Tales.Questions;

/// <summary>Questions whose answers the story decides: who, what, where, yes or no, and what it does not say.</summary>
internal static class StoryQuestions
{
    private static readonly string[] Unsaid =
    [
        "How old was {0}?", "What was the favourite number of {0}?", "On which day was {0} born?", "How tall was {0}?",
    ];

    /// <summary>All that can be asked about a story, in random order; most stories give six or more.</summary>
    public static List<TaleQuestion> About(Tale tale, ref TaleDice dice)
    {
        StoryFacts facts = new(tale);
        List<(string Question, string Answer)> all =
        [
            .. Nature(facts, ref dice), .. Aims(facts, ref dice), .. Deeds(facts), .. Possessions(facts, ref dice),
            .. tale.World.Facts.Select(f => (f.Question, f.Answer)),
        ];
        if (all.Count < 2 || dice.OneIn(2))
        {
            all.Add((Fill(dice.Pick(Unsaid), dice.Pick(tale.World.Characters).ShortName), "the story does not say"));
        }

        dice.Shuffle(all);
        return [.. all.Select(q => new TaleQuestion(QuestionKind.Story, q.Question, Sentence(q.Answer)))];
    }

    private static List<(string Question, string Answer)> Nature(StoryFacts facts, ref TaleDice dice)
    {
        List<(string, string)> result = [];
        foreach (Character one in facts.World.Characters)
        {
            if (one.IsKindTold && dice.OneIn(2))
            {
                result.Add((Fill(dice.Pick(["What was {0}?", "Who or what was {0}?"]), one.ShortName), Grammar.WithArticle(one.Kind)));
            }
            else if (one.IsKindTold)
            {
                string kind = dice.OneIn(2) ? one.Kind : one.IsAnimal ? dice.Pick(People.Animals) : dice.Pick(["girl", "boy", "fox", "baker"]);
                result.Add(($"Was {one.ShortName} {Grammar.WithArticle(kind)}?", kind == one.Kind ? "yes" : "no"));
            }

            if (one.IsTraitTold)
            {
                result.Add((Fill(dice.Pick(["What was {0} like?", "Which word does the story use for {0}?"]), one.ShortName), one.Trait));
            }
        }

        return result;
    }

    private static List<(string Question, string Answer)> Aims(StoryFacts facts, ref TaleDice dice)
    {
        List<(string, string)> result = [];
        foreach ((string who, string want) in facts.Wants)
        {
            result.Add((Fill(dice.Pick(["What did {0} want?", "What was it that {0} wanted?"]), who), want));
        }

        foreach ((string who, string place) in facts.Places)
        {
            result.Add((Fill(dice.Pick(["Where did {0} go?", "To which place did {0} go?"]), who), "to " + place));
        }

        foreach (TaleEvent learned in facts.Only(TaleAct.Learn, e => e.Who).Where(e => facts.IsSaid(e.Who)))
        {
            result.Add((Fill(dice.Pick(["What did {0} learn?", "What does the story teach {0}?"]), learned.Who), "that " + learned.Object));
        }

        return result;
    }

    private static List<(string Question, string Answer)> Deeds(StoryFacts facts)
    {
        List<(string, string)> result = [];
        foreach (TaleEvent gift in facts.Gifts)
        {
            result.Add(($"Who gave the {gift.Object} to {gift.Other}?", gift.Who));
            result.Add(($"To whom did {gift.Who} give the {gift.Object}?", gift.Other!));
        }

        foreach (TaleEvent help in facts.Only(TaleAct.Help, e => e.Other!).Where(e => facts.IsSaid(e.Who) && facts.IsSaid(e.Other!)))
        {
            result.Add(($"Who helped {help.Other}?", help.Who));
        }

        foreach (TaleEvent find in facts.Only(TaleAct.Find, e => e.Object!).Where(e => facts.IsSaid(" found ") && facts.IsSaid(e.Object!)))
        {
            result.Add(($"Who found the {find.Object}?", find.Who));
        }

        foreach (TaleEvent harm in facts.Only(TaleAct.Break, e => e.Object!).Where(e => facts.IsSaid(" broke") && facts.IsSaid(e.Object!)))
        {
            result.Add(("What broke in the story?", "the " + harm.Object));
        }

        return result;
    }

    private static List<(string Question, string Answer)> Possessions(StoryFacts facts, ref TaleDice dice)
    {
        List<(string, string)> result = [];
        List<Character> people = facts.People;
        foreach (Thing thing in facts.Things.Where(t => t.Holder is null || people.Contains(t.Holder)))
        {
            result.Add((Fill(dice.Pick(["Who has the {0} at the end?", "Who has the {0} in the end?"]), thing.Name), thing.Holder?.Name ?? "nobody"));
            if (people.Count > 0)
            {
                Character one = dice.OneIn(2) && thing.Holder is { } holder ? holder : dice.Pick(people);
                result.Add(($"Does {one.Name} have the {thing.Name} at the end?", one == thing.Holder ? "yes" : "no"));
            }
        }

        return result;
    }

    private static string Fill(string text, string name) => text.Replace("{0}", name, StringComparison.Ordinal);

    private static string Sentence(string answer) => char.ToUpperInvariant(answer[0]) + answer[1..] + ".";
}
