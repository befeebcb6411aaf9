namespace Stretto.Training.Data.Tales.Plots;

/// <summary>Races, shows and riddles.</summary>
internal static class Contests
{
    public static readonly (string, Action<Story>)[] All =
    [
        ("the race", Race), ("the riddle", Riddle), ("the talent show", TalentShow), ("hide and seek", HideAndSeek), ("the big fish", BigFish),
    ];

    private static void Race(Story s)
    {
        Character hero = s.Animal("hero");
        s.Begin();
        Character rival = s.Animal("rival");
        Thing prize = s.Thing("prize", ["cup", "medal", "crown", "ribbon"], null);
        s.World.Want(hero, "to win the " + prize.Name);
        s.Say("There was a race in the {home}, and the prize was {a.prize}. {hero} wanted to win it.", "\"Whoever is first at the old tower wins {a.prize},\" said the judge. {hero} wanted it very much.");
        s.Say("{rival} the {rival.kind} laughed. \"Nobody is as fast as I am.\"", "{rival}, {a.rival.kind}, was sure to win and did not even practise.");
        s.Say("Ready, steady, go! {rival} was soon far ahead.", "The race began, and {rival} shot away like an arrow.");
        s.Let("hiding", ["tree", "haystack", "rock", "hedge"]);
        s.Paragraph();
        s.Say("\"I have time for a nap,\" said {rival}, and lay down under a {hiding}.", "Then {rival} stopped to eat and to talk to the hens.");
        s.Say("{hero} did not stop. Step by step {hero.he} went on.", "{hero} was slow, but {hero.he} kept going, over the hill and through the stream.");
        s.Say("When {rival} woke up, {hero} was almost there.", "Suddenly {rival} heard shouting. {hero} was close to the tower!");
        s.World.Find(hero, prize);
        s.Say("{rival} ran and ran, but it was too late. {hero} won the {prize}.", "{hero} touched the tower first, and the judge gave {hero.him} the {prize}.");
        s.Moral("slow and steady wins the race");
    }

    private static void Riddle(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        Character keeper = s.Animal("keeper");
        s.World.Want(hero, "to cross the bridge");
        s.Say("{hero} wanted to cross a bridge, but {keeper} the {keeper.kind} sat in the middle of it.", "On a bridge sat {keeper}, {a.keeper.trait} {keeper.kind}, who let nobody pass.");
        s.Say("\"Only those who solve my riddle may pass,\" said {keeper}.", "\"First my riddle,\" said {keeper}.");
        (string riddle, string answer) = s.Roll(6) switch
        {
            0 => ("What has hands but cannot clap?", "a clock"),
            1 => ("What gets wet while it dries?", "a towel"),
            2 => ("What has teeth but cannot bite?", "a comb"),
            3 => ("What goes up and never comes down?", "your age"),
            4 => ("What can you catch but not throw?", "a cold"),
            _ => ("What has a neck but no head?", "a bottle"),
        };
        s.Let("riddle", riddle);
        s.Let("answer", answer);
        s.Say("\"{riddle}\"");
        s.Say("{hero} thought of this and that.", "\"That is hard,\" said {hero}, and sat down to think.");
        s.Let("wrong", ["a tree", "the moon", "a door", "the king"]);
        s.Say("\"Is it {wrong}?\" {hero.he} asked. \"No,\" said {keeper}. \"You may guess once more.\"");
        s.Paragraph();
        s.Say("{hero} closed {hero.his} eyes. Then {hero.he} began to smile.", "{hero} looked into the water and thought, and then {hero.he} knew it.");
        s.Say("\"It is {answer}!\" {hero.he} said.");
        s.World.Go(hero, "the other side");
        s.Say("\"Right!\" cried {keeper}, and made room. \"Nobody has found that out for years.\"", "{keeper} clapped. \"You are clever. Now tell me one of yours.\"");
        s.Say("So {hero} crossed the bridge, but first {hero.he} stayed for an hour, and they told each other riddles.", "From then on {hero} came every week with a new riddle, because {keeper} loved them.");
        s.End();
    }

    private static void TalentShow(Story s)
    {
        Character hero = s.Someone("hero");
        s.Begin();
        s.Say("There was a big show in the {home}, and everybody could do something.", "On {day} there would be a show in the theatre.");
        s.World.Want(hero, "to be in the show");
        s.Say("{hero} wanted to be in it, but thought, \"I cannot do anything.\"", "\"I want to be in the show, too,\" said {hero}, \"but what can I do?\"");
        Character friend = s.Someone("friend");
        s.Say("{hero.he} tried to dance and fell over. {hero.he} tried to sing, and the birds flew away.", "{hero} tried to juggle, and all the eggs broke.");
        s.Say("\"You make me laugh,\" said {friend}. \"That is something!\"", "{friend} watched and laughed until {friend.his} sides hurt. \"Do that again!\"");
        s.Paragraph();
        s.World.Note("learn", hero, "to be funny");
        s.Say("So {hero} went on stage with a red nose and fell over on purpose.", "On {day} {hero} came out in big shoes and told a story about eggs.");
        s.Say("First it was quiet. Then one laughed, then two, and then the whole hall.", "The people laughed so much that they had tears in their eyes.");
        Thing prize = s.Thing("prize", ["medal", "cup", "ribbon"], null);
        s.World.Find(hero, prize);
        s.Say("In the end {hero} got {a.prize} for the funniest act.", "\"The prize goes to {hero}!\" they called, and gave {hero.him} {a.prize}.");
        s.Moral("everyone is good at something");
    }

    private static void HideAndSeek(Story s)
    {
        Character hero = s.Someone("hero");
        s.Begin();
        Character seeker = s.Child("seeker");
        Character third = s.Animal("third");
        s.World.Go(hero, s.Place("place"));
        s.Say("{hero}, {seeker} and {third} the {third.kind} played hide and seek at {place}.", "\"Let us play hide and seek,\" said {seeker}. {hero} and {third} the {third.kind} ran to hide at {place}.");
        s.World.Want(hero, "the best hiding place");
        s.Let("hiding", Words.Hiding);
        s.Let("hiding2", Words.Hiding);
        s.Let("hiding3", ["empty barrel", "hollow tree", "old cart", "big basket"]);
        s.Say("{hero} wanted the best hiding place of all, and crept into an {h}.".Replace("an {h}", "{a.hiding3}", StringComparison.Ordinal), "{third} hid behind the {hiding}. {hero} climbed into {a.hiding3}.");
        s.Say("\"Eight, nine, ten, I am coming!\" called {seeker}.", "{seeker} counted to twenty and began to look.");
        s.Say("{seeker} found {third} at once, because {third.his} tail was sticking out.", "Soon {third} was found behind the {hiding2}.");
        s.Paragraph();
        s.Say("But nobody found {hero}. It was warm in there, and {hero} fell asleep.", "Where was {hero}? They looked high and low.");
        s.Let("worry", Words.Worries);
        s.Say("It grew dark, and {seeker} was {worry}. \"Come out! You have won!\"", "\"We give up!\" they shouted. There was no answer.");
        s.World.Note("find", third, null, hero.Name);
        s.Say("Then {third} heard somebody snore. There was {hero}, fast asleep!", "At last {third} followed {third.his} nose and found {hero}, who was sleeping like a stone.");
        s.Say("\"Did I win?\" asked {hero}, and rubbed {hero.his} eyes. Everybody laughed.", "They carried {hero.him} home, and {hero} did not even wake up.");
        s.End();
    }

    private static void BigFish(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        Character kin = s.Kin("kin");
        Thing rod = s.Thing("rod", ["rod", "net", "line"], kin);
        s.World.Give(kin, hero, rod);
        s.World.Want(hero, "to catch a big fish");
        s.World.Go(hero, "the river");
        s.Say("{kin} gave {hero} {a.rod} and took {hero.him} to the river.", "\"Today you will learn to fish,\" said {kin}, and gave {hero} {a.rod}.");
        s.Say("{hero} wanted to catch a really big fish.", "\"I want to catch a fish as big as me,\" said {hero}.");
        s.Say("They waited for an hour. They waited for two.", "Nothing happened for a long time, and {hero} got bored.");
        s.Let("item", Words.Clothes);
        s.Say("First {hero} caught {a.item}. Then {hero.he} caught an old pot.", "Once something pulled, but it was only {a.item}.");
        s.Paragraph();
        s.Say("Then the line jumped. \"A fish!\" shouted {hero}.", "Suddenly it pulled so hard that {hero} almost fell in.");
        s.Say("{kin} held {hero} by the belt, and together they pulled it out. It was huge and silver.", "{hero} pulled and pulled, and up came the biggest fish in the river.");
        s.Say("The fish looked at {hero} with sad round eyes.", "\"It is so beautiful,\" said {hero} quietly.");
        s.World.Note("give", hero, "freedom", "the fish");
        s.Say("\"Swim home,\" {hero.he} said, and put it back into the water, because it was too beautiful to eat.", "{hero} let it go, and it jumped once more and was gone.");
        s.Say("They had bread and cheese for supper, and nobody minded.", "\"You are a real fisher,\" said {kin}. \"The best ones know when to let go.\"");
        s.End();
    }
}
