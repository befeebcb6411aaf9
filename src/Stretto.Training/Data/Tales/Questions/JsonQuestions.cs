using System.Text.Json;

namespace Stretto.Training.Data.Tales.Questions;

/// <summary>"Give it as JSON": a character, several of them, who has what, a gift. The question names the keys.</summary>
internal static class JsonQuestions
{
    private static readonly string[] Forms = ["Write {0} as JSON{1}.", "Say {0} as JSON{1}.", "Answer in JSON{1}: {0}."];

    private static readonly string[] CharacterForms = ["Give {0} as JSON{1}.", "Describe {0} as JSON{1}.", "Write {0} as JSON{1}."];

    /// <summary>One such task, or null when the story tells too little.</summary>
    public static TaleQuestion? About(Tale tale, ref TaleDice dice)
    {
        StoryFacts facts = new(tale);
        List<(string What, string Keys, Action<Utf8JsonWriter> Write)> tasks = [];
        AddCharacters(facts, tasks);
        List<Thing> things = [.. facts.Things.Where(t => t.Holder is null || facts.People.Contains(t.Holder))];
        if (things.Count > 0)
        {
            tasks.Add((
                $"who has {string.Join(" and ", things.Select(t => "the " + t.Name))} at the end", " with the things as keys",
                json => Object(json, [.. things.Select(t => (t.Name, t.Holder?.Name))])));
        }

        foreach (TaleEvent gift in facts.Gifts)
        {
            tasks.Add((
                $"who gave the {gift.Object} to whom", " with the keys \"giver\", \"thing\" and \"receiver\"",
                json => Object(json, ("giver", gift.Who), ("thing", gift.Object), ("receiver", gift.Other))));
        }

        if (tasks.Count == 0)
        {
            return null;
        }

        (string what, string keys, Action<Utf8JsonWriter> write) = dice.Pick(tasks);
        string form = dice.Pick(what.StartsWith("who ", StringComparison.Ordinal) ? Forms : CharacterForms);
        string question = form.Replace("{0}", what, StringComparison.Ordinal).Replace("{1}", keys, StringComparison.Ordinal);
        return new TaleQuestion(QuestionKind.Json, question, JsonText.Write(write));
    }

    private static void AddCharacters(StoryFacts facts, List<(string What, string Keys, Action<Utf8JsonWriter> Write)> tasks)
    {
        List<Character> known = [.. facts.World.Characters.Where(c => c.IsKindTold)];
        if (known.Count > 1)
        {
            tasks.Add((
                string.Join(" and ", known.Select(c => c.ShortName)), ", a list of objects with the keys \"name\" and \"kind\"",
                json =>
                {
                    json.WriteStartArray();
                    foreach (Character one in known)
                    {
                        Object(json, ("name", one.ShortName), ("kind", one.Kind));
                    }

                    json.WriteEndArray();
                }
            ));
        }

        foreach (Character one in known)
        {
            List<(string Key, string? Value)> entries = [("name", one.ShortName), ("kind", one.Kind)];
            AddIf(entries, "trait", one.IsTraitTold ? one.Trait : null);
            AddIf(entries, "wants", facts.Wants.FirstOrDefault(w => w.Who == one.Name).Want);
            AddIf(entries, "place", facts.Places.FirstOrDefault(p => p.Who == one.Name).Place);
            string keys = string.Join(", ", entries.SkipLast(1).Select(e => $"\"{e.Key}\"")) + $" and \"{entries[^1].Key}\"";
            tasks.Add((one.ShortName, " with the keys " + keys, json => Object(json, [.. entries])));
        }
    }

    private static void AddIf(List<(string Key, string? Value)> entries, string key, string? value)
    {
        if (value is not null)
        {
            entries.Add((key, value));
        }
    }

    private static void Object(Utf8JsonWriter json, params ReadOnlySpan<(string Key, string? Value)> entries)
    {
        json.WriteStartObject();
        foreach ((string key, string? value) in entries)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }
}
