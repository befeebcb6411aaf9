using Stretto.Training.Data.Tales.Words;

namespace Stretto.Training.Data.Tales.Families;

/// <summary>Races, contests, games and shows.</summary>
internal static class Contests
{
    public static readonly Plot[] All =
    [
        new("the race", Race), new("cake contest", CakeContest), new("school play", SchoolPlay),
        new("hide and seek", HideAndSeek), new("learning to swim", Swim), new("riddle contest", Riddle),
        new("boat race", BoatRace), new("music lesson", Music),
    ];

    private static void Race(Story s)
    {
        Character hero = s.AnimalHero();
        Character rival = s.Animal("rival");
        s.Place("place", Places.Outdoors);
        s.Say(
            "every year there was a big race to {place}.",
            "on {day} all the animals met for the great race to {place}.");
        s.Want(hero, "to win the race");
        s.Say(
            "{hero} wanted to win it, and so did {a rival}.",
            "\"This year I want to win,\" said {hero}. But there was also {a rival}.");
        s.Say(
            "\"You are too slow,\" laughed {rival}. \"I could sleep and still win.\"",
            "\"Nobody can beat me,\" said {rival}, and {rival.he} winked at everyone.");
        s.Say(
            "ready, steady, go! {rival} shot away like an arrow.",
            "the whistle blew, and {rival} was soon far ahead.");
        s.Paragraph();
        s.Say(
            "but {rival} was so sure of {rival.himself} that {rival.he} stopped to rest under a tree.",
            "then {rival} stopped to pick some berries, because {rival.he} thought that {rival.he} had time.");
        s.Say(
            "{hero} did not stop. Step by step {he} went on.",
            "{hero} kept going, even when {his} legs were tired.");
        s.Say(
            "{rival} fell asleep. When {rival.he} woke up, {hero} was already at the end.",
            "when {rival} looked up again, {hero} was crossing the line.");
        s.Go(hero, "place");
        Thing medal = s.Thing("medal", "golden", "medal", null);
        s.World.Find(hero, medal);
        s.Say(
            "everybody cheered, and {hero} got {a medal}.",
            "{hero} had won! {he} wore {a medal} around {his} neck.");
        s.Say(
            "\"Well done,\" said {rival}. \"Next time I will not sleep.\"",
            "{rival} was sorry that {rival.he} had laughed, and they shook paws.");
        s.Fact("Who won the race?", "{hero}");
        s.Moral("slow and steady wins the race");
    }

    private static void CakeContest(Story s)
    {
        Character hero = s.ChildHero();
        Character other = s.Child("other1");
        s.LetOne("fruit", Things.Fruits);
        Thing cake = s.Thing("cake", "", s.Fill("{fruit} cake"), null);
        s.Want(hero, "to win the baking contest");
        s.Say(
            "in {season} there was a baking contest in the {home}, and {hero} wanted to win.",
            "\"I want to win the baking contest,\" said {hero}.");
        s.World.Make(hero, cake);
        s.Say(
            "{he} mixed flour, eggs, butter and sugar, and baked {a cake}.",
            "{he} got up at five and made {a cake} with cream on top.");
        s.Say(
            "at the next table stood {a other1}, with tears in {other1.his} eyes.",
            "beside {him} stood {a other1}, who looked into an empty bowl.");
        s.Want(other, "some sugar");
        s.Say(
            "\"I forgot the sugar,\" said {other1}. \"Now I cannot bake at all.\"",
            "\"My sugar fell on the floor,\" said {other1}. \"I need just a little.\"");
        s.Paragraph();
        s.Say(
            "{hero} thought about it. If {he} helped, {he} might lose.",
            "for a moment {hero} looked at the first prize, a silver spoon.");
        s.Help(hero, other);
        s.Say(
            "then {he} pushed {his} sugar across the table. \"Take as much as you need,\" {he} said.",
            "\"Take mine,\" said {hero}, and gave {other1.him} the whole bag of sugar.");
        s.Say(
            "the judges tasted every cake and wrote down numbers.",
            "three judges walked from table to table and tasted everything.");
        if (s.OneIn(2))
        {
            s.Fact("Who won the baking contest?", "{other1}");
            s.Say("{other1} won the first prize, and {hero} came second.", "the silver spoon went to {other1}.");
            s.Say(
                "\"Half of it is yours,\" said {other1}, and called {hero} up to the stage.",
                "but {other1} told everyone who had helped {other1.him}, and they all clapped for {hero}.");
        }
        else
        {
            s.Fact("Who won the baking contest?", "{hero}");
            s.Say(
                "{hero} won! \"This is the best cake of all,\" said the judges.",
                "the silver spoon went to {hero}.");
            s.Say("nobody clapped louder than {other1}.", "{other1} was the first to shake {his} hand.");
        }

        s.Moral("winning is good, but helping is better");
    }

    private static void SchoolPlay(Story s)
    {
        Character hero = s.ChildHero();
        Character teacher = s.Adult("teacher", "teacher");
        s.LetOne("role", "king", "queen", "dragon", "tree", "moon", "lion", "pirate", "wizard", "bear");
        s.Say(
            "the children were getting ready for a play. {teacher} gave {hero} the part of the {role}.",
            "in the school play {hero} was the {role}.");
        s.Fact("What part did {hero} have in the play?", "the {role}");
        s.Want(hero, "to play the {role} well");
        s.Say(
            "{hero} wanted to do it well and learned {his} lines in bed, in the bath and on the bus.",
            "\"I want to be a good {role},\" said {hero}, and {he} practised every day.");
        s.Say(
            "then the evening came. The hall was full, and the lights went out.",
            "on {day} the curtain went up, and a hundred eyes looked at the stage.");
        s.Afraid(hero);
        s.Say("{he} opened {his} mouth, but no word came out.", "all at once {he} could not remember a single word.");
        s.Paragraph();
        Character friend = s.Child("friend");
        s.Say(
            "from behind a paper bush, {a friend} whispered the first word.",
            "{his} friend {friend} stood next to {him} and squeezed {his} hand.");
        s.Help(friend, hero);
        s.Say(
            "that was enough. All the words came back, loud and clear.",
            "{hero} took a deep breath, and suddenly {he} knew everything again.");
        s.Say(
            "at the end the people stood up and clapped.",
            "the people laughed in the right places and cheered at the end.");
        s.Say(
            "\"I knew that you could do it,\" said {teacher}.",
            "{teacher} smiled. \"That was the best {role} we ever had,\" {teacher.he} said.");
        s.Thank(hero, friend);
        s.Moral("a good friend makes you brave");
    }

    private static void HideAndSeek(Story s)
    {
        Character hero = s.Hero();
        Character friend = s.Someone("friend");
        s.Place("place", Places.Outdoors);
        s.Say(
            "{hero} had a friend, {a friend}. They liked to play hide and seek {at place}.",
            "one {weather} {day}, {hero} and {friend} played hide and seek {at place}.");
        s.Go(hero, "place");
        s.Go(friend, "place");
        s.Want(hero, "to hide so well that nobody finds {him}");
        s.LetOne("spot", Places.HiddenOutside);
        s.Say(
            "{friend} closed {friend.his} eyes and counted to twenty.",
            "\"One, two, three,\" counted {friend}, and {hero} ran.");
        s.Say(
            "{hero} hid {spot} and made {himself} very small.",
            "{hero} wanted to hide well, so {he} crept {spot}.");
        s.Search(friend, Places.HiddenOutside);
        s.Say(
            "minutes passed, and nobody came. It was dark and quiet there.",
            "it was warm, and {hero} closed {his} eyes. Soon {he} was asleep.");
        s.Paragraph();
        s.Say(
            "\"I give up!\" called {friend}. \"Please come out!\"",
            "\"Where are you?\" called {friend}. {Friend.he} was a little afraid now.");
        s.Say("then somebody sneezed. \"Achoo!\"", "then something tickled {hero}'s nose. \"Achoo!\"");
        s.Say("\"Found you!\" cried {friend}, and they both laughed.", "\"There you are {spot}!\" laughed {friend}.");
        s.Glad(friend);
        s.Say(
            "\"Next time you hide, and I will look,\" said {hero}.",
            "\"You are the best hider in the {home},\" said {friend}.");
        s.End();
    }

    private static void Swim(Story s)
    {
        Character hero = s.Hero();
        s.Place("place", "at lake", "at pond", "at beach", "at pool");
        s.Say(
            "all {his} friends could swim, only {hero} could not.",
            "in summer everybody went to {place}, but {hero} could not swim.");
        s.Go(hero, "place");
        s.Want(hero, "to learn to swim");
        s.Say(
            "\"I want to learn it, too,\" {he} said, but the water looked so deep.",
            "{he} wanted to learn it, but {he} only put in one toe.");
        s.Afraid(hero);
        s.Paragraph();
        Character helper = s.Kin("helper");
        s.Say(
            "\"I will hold you,\" said {helper}. \"You do not have to hurry.\"",
            "{helper} went into the water first. \"Look, it carries me,\" {helper.he} said.");
        s.Say("on the first day {hero} blew bubbles.", "first {hero} learned to float on {his} back like a leaf.");
        s.Say(
            "on the second day {he} kicked so hard that {helper} got wet.",
            "then {he} learned to kick like a frog.");
        s.Say("every day {he} went a little deeper.", "{he} swallowed some water, coughed, and tried again.");
        s.Help(helper, hero);
        s.Say(
            "and on {day}, {helper} let go, and {hero} did not even notice. {he} was swimming!",
            "then {helper} opened {helper.his} arms, and {hero} swam all alone, one stroke and then another.");
        s.Glad(hero);
        s.Say("\"Did you see that?\" {he} shouted.", "\"I can swim! I can swim!\" {he} shouted.");
        s.Moral("nobody can do everything at once, but everybody can begin");
    }

    private static void Riddle(Story s)
    {
        Character hero = s.Hero();
        Character keeper = s.Animal("keeper", People.Big);
        s.Place("place", Places.Wild);
        (string riddle, string answer) = s.Roll(6) switch
        {
            0 => ("What has teeth but cannot bite?", "a comb"),
            1 => ("What has hands but cannot clap?", "a clock"),
            2 => ("What gets wet while it dries?", "a towel"),
            3 => ("What runs all day but has no legs?", "a river"),
            4 => ("What has a neck but no head?", "a bottle"),
            _ => ("What can you catch but not throw?", "a cold"),
        };
        s.Let("riddle", riddle);
        s.Let("answer", answer);
        s.Fact("What was the answer to the riddle?", "{answer}");
        s.Want(hero, "to cross the bridge");
        s.Say(
            "{hero} was on the way to {his} aunt, and the road led over a bridge.",
            "{hero} wanted to cross the bridge {at place}.");
        s.Say(
            "on the bridge lay {a keeper}. \"Nobody may cross who cannot solve my riddle,\" said {keeper}.",
            "but there stood {a keeper}. \"Stop!\" said {keeper}. \"First you must solve a riddle.\"");
        s.Afraid(hero);
        s.Say("\"{riddle}\" asked {keeper}.", "\"Here it is,\" said {keeper}. \"{riddle}\"");
        s.Paragraph();
        s.Say(
            "{hero} thought and thought. {he} sat down on a stone and thought some more.",
            "{hero} scratched {his} head. \"A dog?\" {he} said. \"Wrong,\" said {keeper}.");
        s.Say("then {he} remembered something at home and began to smile.", "suddenly {his} eyes grew wide.");
        s.Say("\"I know!\" said {hero}. \"It is {answer}!\"", "\"It must be {answer},\" said {hero}.");
        s.Say(
            "{keeper} was surprised. \"That is right,\" {keeper.he} said, and let {him} pass.",
            "\"Right!\" said {keeper}. \"You are the first one this year.\"");
        s.Say(
            "on the way back, {hero} brought a new riddle for {keeper}.",
            "\"Come again,\" said {keeper}. \"It is lonely here, and I know many more.\"");
        s.Moral("a good head is stronger than a strong arm");
    }

    private static void BoatRace(Story s)
    {
        Character hero = s.ChildHero();
        Character friend = s.Child("friend");
        Thing boat = s.Thing("boat", s.Pick(Things.Colours), "boat", null);
        Thing other = s.Thing("other1", s.Pick(Things.Colours), "ship", friend);
        s.LetOne("stuff", "paper", "wood", "bark", "cork");
        s.World.Make(hero, boat);
        s.Say("{hero} made {a boat} out of {stuff}.", "out of {stuff} and string, {hero} built {a boat}.");
        s.Want(hero, "to win the boat race");
        s.Say("{his} friend {friend} had {a other1}.", "{friend} from next door came with {a other1}.");
        s.Place("place", "at stream", "at river", "at pond", "on creek");
        s.Go(hero, "place");
        s.Say(
            "\"Let us race!\" said {friend}, and they put both into the water {at place}.",
            "they went to {place} for a race. \"I want to win,\" said {hero}.");
        s.Say(
            "the {boat} was faster at first, then the {other1}.",
            "the wind blew, and both of them danced over the waves.");
        s.Paragraph();
        s.World.Lose(friend, other);
        s.Say(
            "then the {other1} hit a stone, tipped over and was gone.",
            "but a big wave came, and the {other1} sank.");
        s.Sad(friend);
        s.Say("{hero} had won, but it did not feel good.", "\"I won,\" said {hero}, but {he} did not smile.");
        s.Help(hero, friend);
        s.Say(
            "\"Come,\" {he} said, \"we will build a new one together.\"",
            "\"Let us sail mine together,\" {he} said. \"You can be the captain.\"");
        s.Glad(friend);
        s.Moral("a friend is worth more than a prize");
    }

    private static void Music(Story s)
    {
        Character hero = s.Hero();
        Character neighbour = s.Adult("neighbour");
        Thing horn = s.Thing("horn", Things.Instruments, hero);
        s.Want(hero, "to play a real song");
        s.Say("on {his} birthday {hero} got {a horn}.", "{hero} had {a horn} and wanted to play a real song on it.");
        s.Say("but it sounded like a cat with a cold.", "but whenever {he} played, the dogs began to howl.");
        s.Say(
            "{his} neighbour, {neighbour}, closed the window.",
            "even {neighbour}, who lived next door, put wool in {neighbour.his} ears.");
        s.Sad(hero);
        s.Say(
            "\"I will never learn it,\" {he} said.",
            "{he} put the {horn.noun} under the bed and did not want to see it again.");
        s.Paragraph();
        s.Say(
            "then {neighbour} stood at the door. \"Do not give up,\" {neighbour.he} said. \"I was bad at it, too.\"",
            "then {neighbour} knocked. \"Shall I show you how?\" {neighbour.he} asked. \"I can play it, too.\"");
        s.Help(neighbour, hero);
        s.Say(
            "{neighbour} showed {him} one tune, and {hero} played it a hundred times.",
            "every {day} they practised together, first slowly, then faster.");
        s.Say(
            "after {number} months {hero} played for the whole {home}.",
            "at the summer feast {hero} stood up and played, and not one note was wrong.");
        s.Say(
            "nobody closed the window. They all opened them wide.",
            "people danced in the street, and even the dogs were quiet.");
        s.Moral("practice makes every song better");
    }
}
