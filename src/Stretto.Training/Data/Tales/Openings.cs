namespace Stretto.Training.Data.Tales;

/// <summary>How stories begin and end.</summary>
internal static class Openings
{
    /// <summary>Presents a character that has the slot hero.</summary>
    public static void Begin(this Story s)
    {
        Character hero = s.World.Characters[0];
        s.Let("home", Words.Homes);
        s.Let("weather", Words.Weather);
        s.Let("season", Words.Seasons);
        s.Let("day", Words.Days);
        if (hero.Kind is "girl" or "boy")
        {
            s.Say(
                "once upon a time there was a {hero.trait} {hero.kind} named {hero}.",
                "once upon a time, in a small {home}, there lived a {hero.kind} called {hero}.",
                "once upon a time, a {hero.trait} {hero.kind} named {hero} lived near a {home}.",
                "there was once a {hero.kind} whose name was {hero}. {hero.he} was very {hero.trait}.",
                "{hero} was a {hero.trait} {hero.kind} who lived in a little {home}.",
                "one {weather} day, a {hero.kind} named {hero} woke up early.",
                "in a far {home} lived {hero}, a {hero.trait} {hero.kind}.",
                "it was a {weather} morning in {season}, and {hero} could not stay in bed.");
        }
        else
        {
            s.Say(
                "once upon a time there was {a.hero.trait} {hero.kind} named {hero}.",
                "once upon a time, {a.hero.kind} called {hero} lived near a {home}.",
                "once upon a time, in a {weather} {season}, {a.hero.kind} named {hero} lived all alone.",
                "{hero} was {a.hero.trait} {hero.kind} with a warm little home.",
                "there was once {a.hero.kind} whose name was {hero}. {hero.he} was very {hero.trait}.",
                "at the edge of the {home} lived {hero} the {hero.kind}.");
        }

        s.Maybe(
            "it was a {weather} {day}.",
            "{hero} liked the {season} best of all.",
            "that {season} was very {weather}.",
            "everybody in the {home} liked {hero.him}.",
            "every {day}, {hero} got up before the sun.");
    }

    /// <summary>Closes the story on a good note.</summary>
    public static void End(this Story s)
    {
        s.Let("feeling", Words.Feelings);
        s.Let("feeling2", Words.Feelings);
        s.Say(
            "{hero} was {feeling}, and so was everyone else.",
            "that night {hero} fell asleep with a smile.",
            "from that day on, {hero} was {feeling} and {feeling2}.",
            "{hero} felt {feeling} all the way home.",
            "and they lived happily ever after.",
            "{hero} never forgot that day.",
            "when the sun went down, {hero} was {feeling}.",
            "everyone clapped, and {hero} laughed out loud.",
            "it was the best {day} of the whole {season}.");
    }

    /// <summary>Closes the story with what it teaches.</summary>
    public static void Moral(this Story s, string lesson)
    {
        s.World.Note("learn", s.World.Characters[0], lesson);
        s.Let("lesson", lesson);
        s.Say(
            "{hero} learned that {lesson}.",
            "and so {hero} found out that {lesson}.",
            "since then {hero} has known that {lesson}.",
            "the lesson was simple: {lesson}.");
    }
}
