namespace Stretto.Training.Data.Tales;

/// <summary>Someone in a story.</summary>
public sealed class Character
{
    /// <summary>What the story calls them: <c>Mia</c>, <c>Farmer Ben</c>, <c>Grandma</c>.</summary>
    public required string Name { get; init; }

    /// <summary><c>girl</c>, <c>boy</c>, an animal, a trade, or a kinship such as <c>mother</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>One word for their nature, such as <c>brave</c>.</summary>
    public required string Trait { get; init; }

    /// <summary>Whether the story says she and her; otherwise he and him.</summary>
    public required bool IsFemale { get; init; }

    /// <summary>What they wanted last, such as <c>to find the red kite</c>; null when they wanted nothing.</summary>
    public string? Want { get; internal set; }

    /// <summary>Where they went last, such as <c>in the forest</c>; null when the story did not say.</summary>
    public string? Place { get; internal set; }

    internal bool IsAnimal { get; init; }

    /// <summary>Whether the text says the kind; set by the sentence that does.</summary>
    internal bool IsKindTold { get; set; }

    /// <summary>Whether the text says the trait.</summary>
    internal bool IsTraitTold { get; set; }

    /// <summary>The name without the trade: <c>Ben</c> of <c>Farmer Ben</c>.</summary>
    internal string ShortName => Name[(Name.LastIndexOf(' ') + 1)..];
}

/// <summary>Something that somebody can have.</summary>
public sealed class Thing
{
    /// <summary>Look and noun, such as <c>red kite</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The noun alone, such as <c>kite</c>.</summary>
    public required string Noun { get; init; }

    /// <summary>Who had it when the story began; null when nobody did.</summary>
    public required Character? Owner { get; init; }

    /// <summary>Who has it at the end; null when nobody does.</summary>
    public Character? Holder { get; internal set; }

    /// <summary>Whether it is broken at the end.</summary>
    public bool IsBroken { get; internal set; }
}

/// <summary>What is true in a story: who is there, who wants what, who holds what, where everybody is.</summary>
public sealed class World
{
    private readonly List<Character> _characters = [];
    private readonly List<Thing> _things = [];
    private readonly List<TaleEvent> _events = [];
    private readonly List<TaleFact> _facts = [];

    /// <summary>Everybody, in the order of casting; the hero is the first.</summary>
    public IReadOnlyList<Character> Characters => _characters;

    /// <summary>Every thing that somebody has or had.</summary>
    public IReadOnlyList<Thing> Things => _things;

    /// <summary>What happened, in the order of the story.</summary>
    public IReadOnlyList<TaleEvent> Events => _events;

    /// <summary>What only this plot knows: numbers, parts, promises.</summary>
    public IReadOnlyList<TaleFact> Facts => _facts;

    /// <summary>Characters of text told so far; events remember it.</summary>
    internal int Position { get; set; }

    internal void Add(TaleFact fact) => _facts.Add(fact);

    internal void Add(Character character) => _characters.Add(character);

    internal void Add(Thing thing) => _things.Add(thing);

    internal void Note(TaleAct act, Character who, string? what = null, Character? other = null) =>
        _events.Add(new TaleEvent(act, who.Name, what, other?.Name, Position));

    internal void Want(Character who, string want)
    {
        who.Want = want;
        Note(TaleAct.Want, who, want);
    }

    internal void Go(Character who, string place)
    {
        who.Place = place;
        Note(TaleAct.Go, who, place);
    }

    internal void Give(Character from, Character to, Thing thing)
    {
        Require(thing.Holder == from, from, thing, "does not hold");
        thing.Holder = to;
        Note(TaleAct.Give, from, thing.Name, to);
    }

    internal void Take(Character who, Thing thing)
    {
        Require(thing.Holder is not null && thing.Holder != who, who, thing, "cannot take");
        Character? before = thing.Holder;
        thing.Holder = who;
        Note(TaleAct.Take, who, thing.Name, before);
    }

    internal void Find(Character who, Thing thing) => Gain(TaleAct.Find, who, thing);

    /// <summary>Somebody makes a thing that nobody had.</summary>
    internal void Make(Character who, Thing thing) => Gain(TaleAct.Make, who, thing);

    internal void Lose(Character who, Thing thing) => Drop(TaleAct.Lose, who, thing);

    internal void Use(Character who, Thing thing) => Drop(TaleAct.Use, who, thing);

    internal void Break(Character who, Thing thing)
    {
        Require(!thing.IsBroken, who, thing, "cannot break again");
        thing.IsBroken = true;
        Note(TaleAct.Break, who, thing.Name);
    }

    internal void Mend(Character who, Thing thing)
    {
        Require(thing.IsBroken, who, thing, "cannot mend");
        thing.IsBroken = false;
        Note(TaleAct.Mend, who, thing.Name);
    }

    private void Gain(TaleAct act, Character who, Thing thing)
    {
        Require(thing.Holder is null, who, thing, "cannot get");
        thing.Holder = who;
        Note(act, who, thing.Name);
    }

    private void Drop(TaleAct act, Character who, Thing thing)
    {
        Require(thing.Holder == who, who, thing, "does not hold");
        thing.Holder = null;
        Note(act, who, thing.Name);
    }

    private static void Require(bool holds, Character who, Thing thing, string problem)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"A plot breaks its world: {who.Name} {problem} the {thing.Name}.");
        }
    }
}
