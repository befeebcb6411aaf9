using System.Text;

namespace Stretto.Training.Data.Tales;

/// <summary>
/// A story while it is told. Sentences have slots: <c>{hero}</c> is a name or a thing bound to the word, <c>{hero.he}</c>,
/// <c>{hero.him}</c>, <c>{hero.his}</c> its pronouns, <c>{a.kite}</c> puts the right article before a thing.
/// </summary>
internal sealed class Story(ulong seed, long index)
{
    private readonly Dictionary<string, string> _slots = [];
    private readonly Dictionary<string, Character> _people = [];
    private readonly HashSet<string> _used = [];
    private readonly StringBuilder _text = new();
    private Dice _dice = new(seed, index);
    private bool _newParagraph;

    public World World { get; } = new();

    public string Text => _text.ToString();

    public int Roll(int sides) => _dice.Roll(sides);

    /// <summary>One of these, not used in this story before if possible.</summary>
    public string Pick(string[] words)
    {
        for (int attempt = 0; ; attempt++)
        {
            string word = words[_dice.Roll(words.Length)];
            if (_used.Add(word) || attempt > 20)
            {
                return word;
            }
        }
    }

    /// <summary>Binds a slot to some text and returns it.</summary>
    public string Let(string slot, string text)
    {
        _slots[slot] = text;
        return text;
    }

    /// <summary>Binds a slot to one of these words.</summary>
    public string Let(string slot, string[] words) => Let(slot, Pick(words));

    public Character Child(string slot)
    {
        bool female = _dice.Roll(2) == 0;
        return Bind(slot, Pick(female ? Words.Girls : Words.Boys), female ? "girl" : "boy", female);
    }

    public Character Animal(string slot) => Bind(slot, Pick(Words.PetNames), Pick(Words.Animals), _dice.Roll(2) == 0);

    /// <summary>A child or, now and then, an animal.</summary>
    public Character Someone(string slot) => _dice.Roll(3) == 0 ? Animal(slot) : Child(slot);

    /// <summary>A grown-up called by name and trade.</summary>
    public Character Adult(string slot)
    {
        bool female = _dice.Roll(2) == 0;
        string trade = Pick(Words.Adults);
        female &= trade is not ("fisherman" or "postman");
        return Bind(slot, (female ? "Mrs. " : "Mr. ") + Pick(female ? Words.Girls : Words.Boys), trade, female);
    }

    /// <summary>Mother, father or a grandparent of somebody, called by the kinship.</summary>
    public Character Kin(string slot)
    {
        (string name, bool female) = _dice.Roll(4) switch
        {
            0 => ("Mum", true),
            1 => ("Dad", false),
            2 => ("Grandma", true),
            _ => ("Grandpa", false),
        };
        return Bind(slot, name, "family", female);
    }

    /// <summary>A thing with a look or a colour, held by somebody or nobody.</summary>
    public Thing Thing(string slot, string[] nouns, Character? holder)
    {
        string look = Pick(_dice.Roll(2) == 0 ? Words.Colours : Words.Looks);
        return World.Add(Let(slot, $"{look} {Pick(nouns)}"), holder);
    }

    /// <summary>A place, bound with its article.</summary>
    public string Place(string slot) => Let(slot, "the " + Pick(_dice.Roll(3) == 0 ? Words.Buildings : Words.Outdoors));

    public void Paragraph() => _newParagraph = true;

    /// <summary>Says one of these, its slots filled, with a capital at the start.</summary>
    public void Say(params ReadOnlySpan<string> variants)
    {
        string sentence = Fill(variants[_dice.Roll(variants.Length)]);
        if (_text.Length > 0)
        {
            _text.Append(_newParagraph ? "\n\n" : " ");
        }

        _newParagraph = false;
        int first = sentence[0] == '"' ? 1 : 0;
        _text.Append(sentence, 0, first).Append(char.ToUpperInvariant(sentence[first])).Append(sentence, first + 1, sentence.Length - first - 1);
    }

    /// <summary>Says it in one story of some.</summary>
    public void Maybe(params ReadOnlySpan<string> variants)
    {
        if (_dice.Roll(2) == 0)
        {
            Say(variants);
        }
    }

    private Character Bind(string slot, string name, string kind, bool female)
    {
        Character character = new() { Name = name, Kind = kind, Trait = Pick(Words.GirlTraits), IsFemale = female };
        World.Add(character);
        _people[slot] = character;
        _slots[slot] = name;
        _slots[slot + ".kind"] = kind;
        _slots[slot + ".trait"] = character.Trait;
        _slots[slot + ".he"] = female ? "she" : "he";
        _slots[slot + ".him"] = female ? "her" : "him";
        _slots[slot + ".his"] = female ? "her" : "his";
        return character;
    }

    private string Fill(string template)
    {
        StringBuilder result = new(template.Length + 32);
        int at = 0;
        while (at < template.Length)
        {
            int open = template.IndexOf('{', at);
            if (open < 0)
            {
                result.Append(template, at, template.Length - at);
                break;
            }

            int close = template.IndexOf('}', open);
            string text = Slot(template[(open + 1)..close], result.Append(template, at, open - at));
            bool afterA = result.Length == 2 || (result.Length > 2 && result[^3] is ' ' or '"');
            if (afterA && result.Length >= 2 && result[^2] is 'a' or 'A' && result[^1] == ' ' && StartsWithVowel(text))
            {
                result.Insert(result.Length - 1, 'n');
            }

            result.Append(text);
            at = close + 1;
        }

        return result.ToString();
    }

    private string Slot(string name, StringBuilder before)
    {
        bool article = name.StartsWith("a.", StringComparison.Ordinal);
        string key = article ? name[2..] : char.ToLowerInvariant(name[0]) + name[1..];
        string text = _slots.TryGetValue(key, out string? value) ? value : throw new InvalidOperationException($"no '{key}' in this story");
        text = article ? (StartsWithVowel(text) ? "an " : "a ") + text : text;
        bool capital = char.IsUpper(name[0]) || (before.Length > 1 && before[^1] == ' ' && before[^2] is '.' or '!' or '?');
        return capital ? char.ToUpperInvariant(text[0]) + text[1..] : text;
    }

    private static bool StartsWithVowel(string text) => "aeiou".Contains(char.ToLowerInvariant(text[0]), StringComparison.Ordinal);
}
