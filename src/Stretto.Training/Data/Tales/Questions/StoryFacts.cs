namespace Stretto.Training.Data.Tales.Questions;

/// <summary>What can be asked about a story because its text says it.</summary>
internal sealed class StoryFacts(Tale tale)
{
    private readonly HashSet<string> _words = [.. tale.Text.Split([' ', '\n', '.', ',', '!', '?', '"'], StringSplitOptions.RemoveEmptyEntries)];

    public World World => tale.World;

    /// <summary>Who is called by their whole name.</summary>
    public List<Character> People => [.. World.Characters.Where(c => IsSaid(c.Name))];

    /// <summary>Things that the text calls by a name that no other has.</summary>
    public List<Thing> Things =>
        [.. World.Things.Where(t => IsSaid(t.Name) && World.Things.Count(u => u.Name == t.Name) == 1)];

    /// <summary>The places of those who went to one place only, without its preposition.</summary>
    public IEnumerable<(string Who, string Place)> Places =>
        from e in Only(TaleAct.Go, e => e.Who)
        let place = e.Object![(e.Object!.IndexOf(' ', StringComparison.Ordinal) + 1)..]
        where IsSaid(e.Who) && IsSaid(place)
        select (e.Who, place);

    /// <summary>The wants of those who want one thing only, as far as the text has all words of them.</summary>
    public IEnumerable<(string Who, string Want)> Wants =>
        from e in Only(TaleAct.Want, e => e.Who)
        where IsSaid(e.Who) && e.Object!.Split(' ').All(_words.Contains)
        select (e.Who, e.Object!);

    /// <summary>Those things that were given once.</summary>
    public IEnumerable<TaleEvent> Gifts =>
        Only(TaleAct.Give, e => e.Object!).Where(e => Things.Exists(t => t.Name == e.Object) && IsSaid(e.Who) && IsSaid(e.Other!));

    /// <summary>The events of a kind that are the only ones with their key.</summary>
    public IEnumerable<TaleEvent> Only(TaleAct act, Func<TaleEvent, string> key) =>
        World.Events.Where(e => e.Act == act).GroupBy(key).Where(g => g.Count() == 1).Select(g => g.First());

    public bool IsSaid(string words) => tale.Text.Contains(words, StringComparison.Ordinal);
}
