using System.Text.RegularExpressions;
using Stretto.Training.Data.Tales.Words;

namespace Stretto.Training.Data.Tales.Exam;

/// <summary>How many mentions of people and things agree with the world of a story.</summary>
/// <param name="Consistent">Mentions that agree.</param>
/// <param name="Total">All mentions.</param>
public readonly record struct EntityMentions(int Consistent, int Total);

/// <summary>
/// Checks how a story goes on against the grammar's own world at the place where it was cut: a name belongs to somebody who is in the story or
/// is presented first, keeps its kind, and goes with its trade; a thing keeps its look; and who gives it away has it.
/// </summary>
public sealed partial class EntityChecker
{
    // Without those of the family: everybody has a Mum.
    private static readonly HashSet<string> AllNames = [.. Names.Girls, .. Names.Boys, .. Names.Pets];

    private static readonly HashSet<string> AllLooks = [.. Things.Colours, .. Things.Looks];

    private readonly HashSet<string> _names = [];
    private readonly Dictionary<string, string> _kinds = [];
    private readonly HashSet<string> _called = [];
    private readonly Dictionary<string, HashSet<string>> _looks = [];
    private readonly Dictionary<string, string?> _holders = [];
    private int _consistent;
    private int _total;

    private EntityChecker(Tale tale, int position)
    {
        foreach (Character one in tale.World.Characters)
        {
            _names.Add(one.ShortName);
            _called.Add(one.Name);
            _kinds[one.ShortName] = one.Kind;
        }

        foreach (Thing thing in tale.World.Things)
        {
            AddLook(thing.Noun, thing.Name);
            _holders[thing.Name] = thing.Owner?.ShortName;
        }

        foreach (TaleEvent e in tale.Events.Where(e => e.Position < position && e.Object is not null && _holders.ContainsKey(e.Object)))
        {
            _holders[e.Object!] = e.Act switch
            {
                TaleAct.Find or TaleAct.Make or TaleAct.Take => Short(e.Who),
                TaleAct.Give => Short(e.Other!),
                TaleAct.Lose or TaleAct.Use => null,
                _ => _holders[e.Object!],
            };
        }
    }

    /// <summary>Checks a continuation.</summary>
    /// <param name="tale">The story that was cut.</param>
    /// <param name="position">Characters of it that were given.</param>
    /// <param name="continuation">What was told instead of the rest.</param>
    public static EntityMentions Check(Tale tale, int position, string continuation)
    {
        EntityChecker checker = new(tale, position);
        foreach (string sentence in Sentence().Split(continuation))
        {
            checker.Present(sentence);
            checker.CheckNames(sentence);
            checker.CheckThings(sentence);
            checker.CheckHands(sentence);
        }

        return new EntityMentions(checker._consistent, checker._total);
    }

    private static string Short(string name) => name[(name.LastIndexOf(' ') + 1)..];

    private void Count(bool consistent)
    {
        _total++;
        _consistent += consistent ? 1 : 0;
    }

    private void AddLook(string noun, string name)
    {
        if (!_looks.TryGetValue(noun, out HashSet<string>? names))
        {
            _looks[noun] = names = [];
        }

        names.Add(name);
    }

    // "a shy fox named Pip" presents Pip, when nobody of that name is there.
    private void Present(string sentence)
    {
        foreach (Match match in Presented().Matches(sentence))
        {
            (string kind, string name) = (match.Groups["kind"].Value, match.Groups["name"].Value);
            if (_names.Add(name))
            {
                _called.Add(name);
                _called.Add(char.ToUpperInvariant(kind[0]) + kind[1..] + " " + name);
                _kinds[name] = kind;
            }
            else
            {
                Count(!_kinds.TryGetValue(name, out string? known) || known == kind);
            }
        }
    }

    private void CheckNames(string sentence)
    {
        foreach (Match match in Capitalised().Matches(sentence))
        {
            string name = match.Value;
            if (!AllNames.Contains(name) && !_names.Contains(name))
            {
                continue;
            }

            string before = Title().Match(sentence[..match.Index]).Groups[1].Value;
            bool titled = before.Length > 0 && (People.Trades.Contains(before.ToLowerInvariant()) || before is "Aunt" or "Uncle");
            Count(_names.Contains(name) && (!titled || _called.Contains(before + " " + name)));
            Match kind = TheKind().Match(sentence[(match.Index + match.Length)..]);
            if (kind.Success && _kinds.TryGetValue(name, out string? known) && IsKind(kind.Groups[1].Value))
            {
                Count(known == kind.Groups[1].Value);
            }
        }
    }

    private void CheckThings(string sentence)
    {
        foreach (Match match in LookAndNoun().Matches(sentence))
        {
            (string look, string noun) = (match.Groups["look"].Value, match.Groups["noun"].Value);
            if (!AllLooks.Contains(look) || !_looks.TryGetValue(noun, out HashSet<string>? names))
            {
                continue;
            }

            string name = look + " " + noun;
            if (match.Groups["article"].Value is "a" or "an")
            {
                names.Add(name);
            }
            else
            {
                Count(names.Contains(name));
            }
        }
    }

    private void CheckHands(string sentence)
    {
        foreach (Match match in Gave().Matches(sentence))
        {
            (string giver, string thing) = (match.Groups["giver"].Value, match.Groups["thing"].Value);
            if (_names.Contains(giver) && _holders.TryGetValue(thing, out string? holder))
            {
                Count(holder is null || holder == giver);
                string receiver = match.Groups["receiver"].Value;
                _holders[thing] = _names.Contains(receiver) ? receiver : null;
            }
        }

        // Another hand may have taken it, and pronouns do not say whose: then nothing is known any more.
        if (Moved().IsMatch(sentence) && !Gave().IsMatch(sentence))
        {
            foreach (string thing in _holders.Keys.Where(t => sentence.Contains(t, StringComparison.Ordinal)).ToArray())
            {
                _holders[thing] = null;
            }
        }
    }

    private static bool IsKind(string word) =>
        word is "girl" or "boy" || People.Animals.Contains(word) || People.Birds.Contains(word) || People.Big.Contains(word)
        || People.Trades.Contains(word);

    [GeneratedRegex(@"(?<=[.!?]""?)\s+")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"\b[Aa]n? (?:[a-z]+ )?(?<kind>[a-z]+) (?:named|called) (?<name>[A-Z][a-z]+)")]
    private static partial Regex Presented();

    [GeneratedRegex(@"\b[A-Z][a-z]+\b")]
    private static partial Regex Capitalised();

    [GeneratedRegex(@"\b([A-Z][a-z]+) $")]
    private static partial Regex Title();

    [GeneratedRegex(@"^ the ([a-z]+)\b")]
    private static partial Regex TheKind();

    [GeneratedRegex(@"\b(?<article>the|his|her|my|your|an?) (?<look>[a-z]+) (?<noun>[a-z-]+)\b", RegexOptions.IgnoreCase)]
    private static partial Regex LookAndNoun();

    [GeneratedRegex(
        @"\b(?<giver>[A-Z][a-z]+) gave (?:the (?<thing>[a-z]+(?: [a-z-]+)?) (?:back )?to (?:[A-Z][a-z]+ )?(?<receiver>[A-Z][a-z]+)"
        + @"|(?:[A-Z][a-z]+ )?(?<receiver>[A-Z][a-z]+|him|her) (?:back )?the (?<thing>[a-z]+(?: [a-z-]+)?)\b)")]
    private static partial Regex Gave();

    [GeneratedRegex(@"\b(took|stole|found|got|handed|held|lost|brought|picked|gone|gave)\b")]
    private static partial Regex Moved();
}
