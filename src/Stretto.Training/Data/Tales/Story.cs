using System.Text;
using Stretto.Training.Data.Tales.Words;

namespace Stretto.Training.Data.Tales;

/// <summary>Somewhere to go: <c>in</c>, <c>the forest</c>.</summary>
internal sealed record Place(string Preposition, string Name);

/// <summary>
/// A story while it is told. Plots bind slots to characters, things, places and words, change the world, and say
/// sentences with slots in them:
/// <c>{hero}</c> the name; <c>{he} {him} {his} {himself}</c> the hero's pronouns, <c>{friend.he}</c> another's;
/// <c>{friend.kind}</c>, <c>{friend.trait}</c>; <c>{a friend}</c> "a shy fox named Pip", <c>{the friend}</c> "Pip the
/// fox"; <c>{toy}</c> "red kite", <c>{a toy}</c> "a red kite", <c>{toy.noun}</c> "kite"; <c>{place}</c> "the forest",
/// <c>{at place}</c> "in the forest". A capital letter in a slot asks for a capital; sentences get theirs unasked.
/// </summary>
internal sealed class Story(TaleDice dice)
{
    private readonly List<(string Name, object Value)> _slots = [];
    private readonly HashSet<string> _used = [];
    private readonly StringBuilder _text = new(1200);
    private TaleDice _dice = dice;
    private string _separator = "";

    public World World { get; } = new();

    public string Text => _text.ToString();

    public int Roll(int sides) => _dice.Roll(sides);

    /// <summary>True in one story of <paramref name="n"/>.</summary>
    public bool OneIn(int n) => _dice.Roll(n) == 0;

    /// <summary>One of these, which this story did not use before if there is another.</summary>
    public string Pick(string[] words)
    {
        string word = words[_dice.Roll(words.Length)];
        for (int attempt = 0; attempt < 20 && !_used.Add(word); attempt++)
        {
            word = words[_dice.Roll(words.Length)];
        }

        return word;
    }

    /// <summary>Binds a slot to a character, a thing, a place or some text.</summary>
    public T Let<T>(string slot, T value)
        where T : class
    {
        for (int i = 0; i < _slots.Count; i++)
        {
            if (_slots[i].Name == slot)
            {
                _slots[i] = (slot, value);
                return value;
            }
        }

        _slots.Add((slot, value));
        return value;
    }

    /// <summary>Binds a slot to one of these words.</summary>
    public string LetOne(string slot, params string[] words) => Let(slot, Pick(words));

    public Character Child(string slot)
    {
        bool female = OneIn(2);
        return Cast(slot, Pick(female ? Names.Girls : Names.Boys), female ? "girl" : "boy", female);
    }

    public Character Animal(string slot) => Animal(slot, People.Animals);

    public Character Animal(string slot, params string[] kinds) =>
        Cast(slot, Pick(Names.Pets), Pick(kinds), OneIn(2), true);

    /// <summary>A child, or now and then an animal.</summary>
    public Character Someone(string slot) => OneIn(3) ? Animal(slot) : Child(slot);

    /// <summary>A grown-up, called by trade and name: <c>Farmer Ben</c>.</summary>
    public Character Adult(string slot) => Adult(slot, People.Trades);

    public Character Adult(string slot, params string[] trades)
    {
        bool female = OneIn(2);
        string trade = Pick(trades);
        string name = Pick(female ? Names.Girls : Names.Boys);
        return Cast(slot, char.ToUpperInvariant(trade[0]) + trade[1..] + " " + name, trade, female);
    }

    /// <summary>Somebody of the family, called by kinship.</summary>
    public Character Kin(string slot)
    {
        (string name, string kind, bool female) = People.Kin[_dice.Roll(People.Kin.Length)];
        return Cast(slot, name, kind, female);
    }

    /// <summary>A thing with a colour or a look, held by somebody or nobody.</summary>
    public Thing Thing(string slot, string[] nouns, Character? holder)
    {
        string noun = Pick(nouns);
        return Thing(slot, Pick(OneIn(2) ? Things.Colours : Things.Looks), noun, holder);
    }

    public Thing Thing(string slot, string look, string noun, Character? holder)
    {
        string name = look.Length == 0 ? noun : look + " " + noun;
        Thing thing = new() { Name = name, Noun = noun, Owner = holder, Holder = holder };
        World.Add(thing);
        return Let(slot, thing);
    }

    /// <summary>Who is bound to a slot.</summary>
    public Character Who(string slot) => (Character)Find(slot);

    public Place Place(string slot) => Place(slot, OneIn(3) ? Places.Buildings : Places.Outdoors);

    /// <summary>One of these, each written as <c>in forest</c>.</summary>
    public Place Place(string slot, params string[] places)
    {
        string place = Pick(places);
        int space = place.IndexOf(' ', StringComparison.Ordinal);
        return Let(slot, new Place(place[..space], "the " + place[(space + 1)..]));
    }

    public void Want(Character who, string want) => World.Want(who, Fill(want));

    public void Help(Character who, Character other) => World.Note(TaleAct.Help, who, null, other);

    public void Go(Character who, string placeSlot)
    {
        Place place = (Place)Find(placeSlot);
        World.Go(who, place.Preposition + " " + place.Name);
    }

    /// <summary>What can be asked about this plot; every variant of the text must say it.</summary>
    public void Fact(string question, string answer) => World.Add(new TaleFact(Fill(question), Fill(answer)));

    /// <summary>The next sentence starts a paragraph.</summary>
    public void Paragraph() => _separator = "\n\n";

    /// <summary>Says one of these.</summary>
    public void Say(params ReadOnlySpan<string> variants)
    {
        _text.Append(_text.Length == 0 ? "" : _separator);
        Append(variants[_dice.Roll(variants.Length)], _text, true);
        _separator = " ";
        World.Position = _text.Length;
    }

    /// <summary>Says one of these in every second story.</summary>
    public void Maybe(params ReadOnlySpan<string> variants)
    {
        if (OneIn(2))
        {
            Say(variants);
        }
    }

    /// <summary>A text with its slots filled, as inside a sentence.</summary>
    public string Fill(string template)
    {
        StringBuilder result = new(template.Length + 16);
        Append(template, result, false);
        return result.ToString();
    }

    private Character Cast(string slot, string name, string kind, bool female, bool animal = false)
    {
        Character character = new()
        {
            Name = name,
            Kind = kind,
            Trait = Pick(People.Traits),
            IsFemale = female,
            IsAnimal = animal,
        };
        World.Add(character);
        return Let(slot, character);
    }

    private object Find(ReadOnlySpan<char> slot)
    {
        foreach ((string name, object value) in _slots)
        {
            if (slot.SequenceEqual(name))
            {
                return value;
            }
        }

        throw new InvalidOperationException($"The story has no slot '{slot}'.");
    }

    private void Append(string template, StringBuilder result, bool capital)
    {
        ReadOnlySpan<char> rest = template;
        while (!rest.IsEmpty)
        {
            int open = rest.IndexOf('{');
            ReadOnlySpan<char> plain = open < 0 ? rest : rest[..open];
            AppendText(plain, result, capital);
            if (open < 0)
            {
                return;
            }

            capital = plain.IsEmpty || plain is "\"" ? capital : StartsSentence(plain);
            int close = rest.IndexOf('}');
            ReadOnlySpan<char> slot = rest[(open + 1)..close];
            capital |= char.IsUpper(slot[0]);
            string name = char.IsUpper(slot[0]) ? $"{char.ToLowerInvariant(slot[0])}{slot[1..]}" : slot.ToString();
            AppendText(Render(name), result, capital);
            capital = false;
            rest = rest[(close + 1)..];
        }
    }

    // After a full stop a slot starts a sentence; after a closing quote it may not, so there a template asks.
    private static bool StartsSentence(ReadOnlySpan<char> before) =>
        before is [.., '.' or '!' or '?', ' '] or [.., '.' or '!' or '?', ' ', '"'] or [.., ',', ' ', '"'];

    private static void AppendText(ReadOnlySpan<char> text, StringBuilder result, bool capital)
    {
        int first = capital && text is ['"', ..] ? 1 : 0;
        result.Append(text[..first]);
        text = text[first..];
        if (capital && !text.IsEmpty)
        {
            result.Append(char.ToUpperInvariant(text[0]));
            text = text[1..];
        }

        result.Append(text);
    }

    private string Render(string slot)
    {
        int space = slot.IndexOf(' ', StringComparison.Ordinal);
        if (space >= 0)
        {
            string name = slot[(space + 1)..];
            int end = name.IndexOf('.', StringComparison.Ordinal);
            object target = Find(end < 0 ? name : name.AsSpan(0, end));
            return (slot[..space], target) switch
            {
                ("a", Character c) when end < 0 => Introduce(c),
                ("a", _) => Grammar.WithArticle(Render(name)),
                ("the", Character c) when end < 0 => c.IsAnimal ? c.Name + " the " + Told(c).Kind : c.Name,
                ("the", _) => "the " + Render(name),
                ("at", Place p) => p.Preposition + " " + p.Name,
                _ => throw new InvalidOperationException($"Nobody understands the slot '{slot}'."),
            };
        }

        int dot = slot.IndexOf('.', StringComparison.Ordinal);
        if (dot >= 0)
        {
            return Property(Find(slot.AsSpan(0, dot)), slot[(dot + 1)..]);
        }

        return slot is "he" or "him" or "his" or "himself"
            ? Property(World.Characters[0], slot)
            : Find(slot) switch
            {
                Character c => c.Name,
                Thing t => t.Name,
                Place p => p.Name,
                object text => (string)text,
            };
    }

    private string Introduce(Character c)
    {
        string kind = OneIn(2) ? Told(c).Kind : Described(c).Trait + " " + Told(c).Kind;
        return $"{Grammar.WithArticle(kind)} {(OneIn(2) ? "named" : "called")} {c.ShortName}";
    }

    private static Character Told(Character c)
    {
        c.IsKindTold = true;
        return c;
    }

    private static Character Described(Character c)
    {
        c.IsTraitTold = true;
        return c;
    }

    private static string Property(object value, string property) => (value, property) switch
    {
        (Character c, "he") => c.IsFemale ? "she" : "he",
        (Character c, "him") => c.IsFemale ? "her" : "him",
        (Character c, "his") => c.IsFemale ? "her" : "his",
        (Character c, "himself") => c.IsFemale ? "herself" : "himself",
        (Character c, "short") => c.ShortName,
        (Character c, "kind") => Told(c).Kind,
        (Character c, "trait") => Described(c).Trait,
        (Thing t, "noun") => t.Noun,
        (string word, "s") => Grammar.Plural(word),
        _ => throw new InvalidOperationException($"Nobody understands the property '{property}'."),
    };
}
