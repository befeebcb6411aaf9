namespace Stretto.Training.Data.Tales;

/// <summary>Someone in a story.</summary>
public sealed class Character
{
    /// <summary>What the story calls it.</summary>
    public required string Name { get; init; }

    /// <summary>girl, boy, an animal or a trade.</summary>
    public required string Kind { get; init; }

    /// <summary>brave, shy, ….</summary>
    public required string Trait { get; init; }

    /// <summary>Whether the story says she; otherwise he.</summary>
    public required bool IsFemale { get; init; }

    /// <summary>What it wants, as the story said it; null when nothing was said.</summary>
    public string? Want { get; set; }

    /// <summary>Where it is, as the story said it.</summary>
    public string? Place { get; set; }
}

/// <summary>A thing that someone may hold.</summary>
public sealed class Thing
{
    /// <summary>For example <c>red kite</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Who has it; null when nobody does.</summary>
    public Character? Holder { get; internal set; }
}

/// <summary>Something that happened, in the order of the story.</summary>
/// <param name="What">want, find, lose, give, take, make, break, mend, go, learn.</param>
/// <param name="Who">Who did it.</param>
/// <param name="Thing">With what.</param>
/// <param name="Other">To or with whom, or where.</param>
public sealed record TaleEvent(string What, string Who, string? Thing, string? Other);

/// <summary>What is true in a story: who is there, who wants what, who holds what.</summary>
public sealed class World
{
    private readonly List<Character> _characters = [];
    private readonly List<Thing> _things = [];
    private readonly List<TaleEvent> _events = [];

    /// <summary>Everybody, in the order of appearance.</summary>
    public IReadOnlyList<Character> Characters => _characters;

    /// <summary>Everything that has or had a holder.</summary>
    public IReadOnlyList<Thing> Things => _things;

    /// <summary>What happened.</summary>
    public IReadOnlyList<TaleEvent> Events => _events;

    internal void Add(Character character) => _characters.Add(character);

    internal Thing Add(string name, Character? holder)
    {
        Thing thing = new() { Name = name, Holder = holder };
        _things.Add(thing);
        return thing;
    }

    internal void Note(string what, Character who, string? thing = null, string? other = null) =>
        _events.Add(new TaleEvent(what, who.Name, thing, other));

    internal void Want(Character who, string want)
    {
        who.Want = want;
        Note("want", who, want);
    }

    internal void Go(Character who, string place)
    {
        who.Place = place;
        Note("go", who, null, place);
    }

    /// <summary>A thing changes hands; only its holder can give it.</summary>
    internal void Give(Character from, Character to, Thing thing)
    {
        Require(thing.Holder == from, $"{from.Name} does not hold the {thing.Name}");
        thing.Holder = to;
        Note("give", from, thing.Name, to.Name);
    }

    internal void Take(Character who, Thing thing)
    {
        thing.Holder = who;
        Note("take", who, thing.Name);
    }

    internal void Find(Character who, Thing thing)
    {
        Require(thing.Holder is null, $"the {thing.Name} is not lost");
        thing.Holder = who;
        Note("find", who, thing.Name);
    }

    internal void Lose(Character who, Thing thing)
    {
        Require(thing.Holder == who, $"{who.Name} does not hold the {thing.Name}");
        thing.Holder = null;
        Note("lose", who, thing.Name);
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"a plot contradicts its world: {message}");
        }
    }
}
