using Stretto.Training.Data.Tales.Words;

namespace Stretto.Training.Data.Tales;

/// <summary>What happens in many stories: beginnings, ways, meetings, feelings, thanks and endings.</summary>
internal static class Scenes
{
    /// <summary>Binds the hero and begins.</summary>
    public static Character Hero(this Story s) => s.Begin(s.Someone("hero"));

    /// <summary>Binds a child as the hero and begins.</summary>
    public static Character ChildHero(this Story s) => s.Begin(s.Child("hero"));

    /// <summary>Binds an animal as the hero and begins.</summary>
    public static Character AnimalHero(this Story s, params string[] kinds) =>
        s.Begin(kinds.Length == 0 ? s.Animal("hero") : s.Animal("hero", kinds));

    /// <summary>Presents the hero; also binds home, weather, season, day and hobby.</summary>
    public static Character Begin(this Story s, Character hero)
    {
        s.LetOne("home", Places.Homes);
        s.LetOne("weather", Places.Weather);
        s.LetOne("season", Places.Seasons);
        s.LetOne("day", Places.Days);
        s.LetOne("hobby", People.Hobbies);
        s.LetOne("hobby2", People.Hobbies);
        s.LetOne("number", Places.Numbers);
        if (s.OneIn(3))
        {
            s.Say(
                "once upon a time there was {a hero.trait} {hero.kind} named {hero.short}.",
                "once upon a time, in a small {home}, there lived {a hero}.",
                "once upon a time, {a hero} lived at the edge of a {home}.",
                "once upon a time there lived {a hero.trait} {hero.kind}. {his} name was {hero.short}.",
                "once upon a time, in a {home} far away, there was {a hero.kind} called {hero.short}.");
        }
        else
        {
            s.Say(
                "there was once {a hero.kind} whose name was {hero.short}.",
                "{hero.short} was {a hero.trait} {hero.kind} who lived in a little {home}.",
                "in a quiet {home} lived {a hero}.",
                "on a {weather} {day} in {season}, {a hero} woke up early.",
                "it was a {weather} morning, and {a hero} looked out of the window.",
                "long ago, in a {home} between two hills, lived {a hero}.",
                "this is the story of {a hero}.",
                "one {weather} morning in {season}, {a hero} went outside.",
                "far away, where the river meets the sea, lived {a hero}.",
                "not far from here, in a little house, lived {a hero}.",
                "{hero.short} was {a hero.kind}, and everyone said that {he} was very {hero.trait}.");
        }

        s.Maybe(
            "{he} liked to {hobby}.",
            "{he} loved to {hobby} and to {hobby2}.",
            "every {day}, {he} liked to {hobby}.",
            "more than anything, {he} loved to {hobby}.",
            "in {season}, {he} liked to {hobby}.",
            "{he} was always very {hero.trait}.",
            "everybody in the {home} knew {him}.",
            "{his} house was small, but it was warm and cosy.");
        return hero;
    }

    /// <summary>Somebody goes to the place of the slot.</summary>
    public static void Walk(this Story s, Character who, string place)
    {
        s.Go(who, place);
        s.Let("who", who);
        s.Let("to", s.Fill("{" + place + "}"));
        s.LetOne("went", Moods.Went);
        s.Say(
            "{who} {went} to {to}.",
            "{who} {went} all the way to {to}.",
            "then {who} {went} to {to}.",
            "over hill and field, {who} {went} to {to}.",
            "{who} set off and {went} to {to}.",
            "with quick steps, {who} {went} to {to}.");
    }

    /// <summary>Somebody meets another, who is new in the story.</summary>
    public static void Meet(this Story s, Character who, string other)
    {
        Character newcomer = s.Let("other", s.Who(other));
        s.Let("who", who);
        s.World.Note(TaleAct.Meet, who, null, newcomer);
        s.Say(
            "there {who.he} met {a other}.",
            "on the way, {who} met {a other}.",
            "just then {a other} came by.",
            "soon {a other} came along the road.",
            "a little later, {who} saw {a other}.");
    }

    public static void Sad(this Story s, Character who) => s.Feel(who, Moods.Sad,
        "{who} was very {mood}.", "{who} felt {mood}.", "{who} sat down and began to cry.",
        "this made {who} {mood}.", "{who} was so {mood} that {who.he} could not eat.",
        "a big tear rolled down {who}'s nose.");

    public static void Glad(this Story s, Character who) => s.Feel(who, Moods.Glad,
        "{who} was very {mood}.", "{who} felt {mood}.", "{who} jumped for joy.", "{who} clapped and laughed.",
        "{who} was so {mood} that {who.he} danced in a circle.", "{who} smiled from ear to ear.");

    public static void Afraid(this Story s, Character who) => s.Feel(who, Moods.Afraid,
        "{who} was very {mood}.", "{who} felt {mood}.", "{who}'s heart beat fast.", "{who}'s knees began to shake.",
        "{who} was so {mood} that {who.he} wanted to run away.");

    public static void Cross(this Story s, Character who) => s.Feel(who, Moods.Cross,
        "{who} was very {mood}.", "{who} was {mood} and stamped on the ground.",
        "{who} turned red, for {who.he} was {mood}.",
        "this made {who} {mood}.");

    /// <summary>One thanks another.</summary>
    public static void Thank(this Story s, Character who, Character other)
    {
        s.Let("who", who);
        s.Let("other", other);
        s.Say(
            "\"Thank you so much, {other}!\" said {who}.",
            "\"Thank you, {other},\" said {who}. \"You are very kind.\"",
            "{who} thanked {other} again and again.",
            "{who} gave {other} a big hug.",
            "\"How can I ever thank you?\" asked {who}.",
            "\"You are a true friend, {other},\" said {who}.");
    }

    /// <summary>Somebody looks for something and finds nothing yet.</summary>
    public static void Search(this Story s, Character who, string[] spots)
    {
        s.Let("who", who);
        s.LetOne("hidden1", spots);
        s.LetOne("hidden2", spots);
        s.Say(
            "{who} looked {hidden1} and {hidden2}, but found nothing.",
            "first {who} searched {hidden1}. Then {who.he} searched {hidden2}.",
            "was it {hidden1}? No. Was it {hidden2}? No.",
            "{who} looked {hidden1}. Nothing was there.");
    }

    /// <summary>Closes the story on a good note.</summary>
    public static void End(this Story s)
    {
        s.LetOne("glad1", Moods.Glad);
        s.LetOne("glad2", Moods.Glad);
        s.Say(
            "in the end {hero} was {glad1}, and so was everyone else.",
            "that night {hero} fell asleep with a smile.",
            "from that day on, {hero} was {glad1} and {glad2}.",
            "{hero} felt {glad1} all the way home.",
            "and they all lived happily ever after.",
            "{hero} never forgot that day.",
            "when the sun went down, {hero} was tired but {glad1}.",
            "it was the best {day} of the whole {season}.",
            "what a day that was!",
            "{hero} told everyone at home about it.",
            "that evening the stars were very bright, and {hero} was {glad1}.",
            "and whenever it is {weather}, {hero} still thinks of that day.");
    }

    /// <summary>Closes the story with what it teaches.</summary>
    public static void Moral(this Story s, string lesson)
    {
        if (s.OneIn(3))
        {
            s.End();
            return;
        }

        s.World.Note(TaleAct.Learn, s.World.Characters[0], lesson);
        s.Let("lesson", lesson);
        s.Say(
            "that day {hero} learned that {lesson}.",
            "and so {hero} found out that {lesson}.",
            "since then, {hero} has known that {lesson}.",
            "{hero} never forgot that {lesson}.",
            "now {hero} knew that {lesson}.",
            "remember: {lesson}.");
    }

    private static void Feel(
        this Story s, Character who, string[] moods, params ReadOnlySpan<string> variants)
    {
        s.Let("who", who);
        s.LetOne("mood", moods);
        s.Say(variants);
    }
}
