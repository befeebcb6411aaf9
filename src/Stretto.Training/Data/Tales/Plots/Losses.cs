namespace Stretto.Training.Data.Tales.Plots;

/// <summary>Things and people that are lost, and found again.</summary>
internal static class Losses
{
    public static readonly (string, Action<Story>)[] All =
    [
        ("lost toy", LostToy), ("lost pet", LostPet), ("lost in the woods", LostInTheWoods), ("blown away", BlownAway),
        ("thief in the night", Thief), ("the wrong bag", WrongBag), ("key in the well", KeyInTheWell),
    ];

    private static void LostToy(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        Thing toy = s.Thing("toy", Words.Toys, hero);
        Character friend = s.Animal("friend");
        s.Say("{hero} had {a.toy} and took it everywhere.", "{hero}'s favourite toy was {a.toy}.", "{hero.his} best toy was {a.toy} from {hero.his} grandmother.");
        s.Place("place");
        s.World.Go(hero, s.Place("place"));
        s.Say("one day {hero.he} played with it at {place}.", "{hero} carried the {toy} to {place}.");
        s.World.Lose(hero, toy);
        s.Say("but when it was time to go home, the {toy} was gone!", "then {hero.he} looked down, and the {toy} was not there any more.");
        s.World.Want(hero, "to find the " + toy.Name);
        s.Let("worry", Words.Worries);
        s.Say("{hero} was very {worry}.", "{hero} began to cry.");
        s.Let("hiding", Words.Hiding);
        s.Say("\"I want to find my {toy},\" {hero.he} said.", "\"where is my {toy}?\" asked {hero}.");
        s.Paragraph();
        s.Say("{a.friend.kind} named {friend} came by. \"Do not cry,\" said {friend}. \"I will help you look.\"", "just then {a.friend.kind} called {friend} heard {hero.him}. \"Let us look together,\" said {friend}.");
        s.Say("They looked under every {hiding}.", "They searched behind the {hiding}, and then behind it once more.");
        s.World.Find(friend, toy);
        s.Say("At last {friend} saw something behind the {hiding}. It was the {toy}!", "\"Here it is!\" shouted {friend}. The {toy} was under the {hiding}.");
        s.World.Give(friend, hero, toy);
        s.Say("{friend} gave the {toy} back to {hero}. \"Thank you,\" said {hero}. \"You are a good friend.\"", "{hero} took the {toy} and hugged {friend}. \"Thank you so much!\"");
        s.End();
    }

    private static void LostPet(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        Character pet = s.Animal("pet");
        s.Say("{hero} had {a.pet.kind} named {pet}.", "{hero.his} best friend was {pet}, {a.pet.trait} {pet.kind}.");
        s.Say("One morning the gate was open, and {pet} was gone.", "But one evening {pet} did not come home for supper.");
        s.World.Want(hero, "to find " + pet.Name);
        s.Say("\"{pet}! {pet}!\" called {hero}. Nobody answered.", "{hero} called and called, but heard only the wind.");
        s.World.Go(hero, s.Place("first"));
        s.Say("First {hero.he} looked at {first}. There was no {pet.kind} there.", "{hero} ran to {first}, but {pet} was not there.");
        Character adult = s.Adult("adult");
        s.Say("There {hero.he} met {adult} the {adult.kind}. \"I saw {a.pet.kind} near {first} an hour ago,\" said {adult}.", "{adult} the {adult.kind} shook {adult.his} head. \"Look where it is warm,\" {adult.he} said.");
        s.World.Go(hero, s.Place("second"));
        s.Say("So {hero} went on to {second}.", "Then {hero} remembered that {pet} loved {second}.");
        s.World.Note("find", hero, null, pet.Name);
        s.Say("And there was {pet}, asleep in the sun, because it was so warm there.", "There sat {pet}, because somebody had left some fish on the step.");
        s.Say("\"You silly {pet.kind}!\" laughed {hero}, and carried {pet.him} home.", "\"Never run away again,\" said {hero}, and hugged {pet.him} tight.");
        s.End();
    }

    private static void LostInTheWoods(Story s)
    {
        Character hero = s.Someone("hero");
        s.Begin();
        s.Let("berry", Words.Fruits);
        s.World.Want(hero, "to pick berries");
        s.World.Go(hero, "the forest");
        s.Say("{hero} went into the forest to pick berries.", "{hero} wanted to see the tall trees of the forest.");
        s.Say("{hero.he} followed a butterfly and forgot the path.", "The path turned left, then right, and then it was gone.");
        s.Say("Soon all the trees looked the same. {hero} was lost.", "It grew dark, and {hero} did not know the way home.");
        Character guide = s.Animal("guide");
        s.Let("worry", Words.Worries);
        s.Say("\"I want to go home,\" said {hero} in a small voice.", "{hero} sat down on a log and felt {worry}.");
        s.Paragraph();
        s.Say("{a.guide.kind} came out of the bushes. \"I am {guide},\" said the {guide.kind}. \"Are you lost?\"", "\"Who is there?\" asked a voice. It was {guide}, {a.guide.trait} {guide.kind}.");
        s.Say("\"Yes,\" said {hero}. \"Can you show me the way?\"", "{hero} nodded. \"Please help me,\" {hero.he} said.");
        s.Say("\"Follow the stream,\" said {guide}. \"Water always runs down to the {home}.\"", "\"Look up,\" said {guide}. \"Walk to the brightest star.\"");
        s.Say("Together they walked until they saw the lights of the {home}.", "{guide} walked beside {hero.him} all the way, because the night was dark.");
        s.Say("\"Thank you, {guide},\" said {hero}, and shared some berries with {guide.him}.", "At the door {hero} gave {guide} the sweetest {berry} in the house.");
        s.Moral("it is wise to remember the way back");
    }

    private static void BlownAway(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        Thing hat = s.Thing("hat", ["hat", "scarf", "kite", "cap", "umbrella", "balloon"], hero);
        s.World.Go(hero, s.Place("place"));
        s.Say("{hero} went to {place} with {hero.his} {hat}.", "That day {hero} took the {hat} to {place}.");
        s.World.Lose(hero, hat);
        s.Say("A strong wind came and blew the {hat} away.", "Whoosh! The wind took the {hat} and carried it into the sky.");
        s.World.Want(hero, "the " + hat.Name + " back");
        s.Say("{hero} ran after it as fast as {hero.he} could.", "\"Come back!\" shouted {hero}, but the wind did not listen.");
        Character friend = s.Animal("friend");
        s.Let("tree", "oak pine apple birch willow maple".Split(' '));
        s.Say("The {hat} landed on top of a tall {tree} tree.", "It flew over the {home} and got stuck in a {tree} tree.");
        s.Say("{hero} could not climb so high.", "The branch was too high for {hero}.");
        s.Paragraph();
        s.Say("\"I can climb,\" said {friend} the {friend.kind}.", "{friend} the {friend.kind} looked up. \"Leave it to me,\" {friend.he} said.");
        s.World.Find(friend, hat);
        s.Say("Up, up, up went {friend}, and soon {friend.he} had the {hat}.", "{friend} shook the branch until the {hat} fell down, and caught it.");
        s.World.Give(friend, hero, hat);
        s.Say("{friend} gave it to {hero}, who tied it on with a string, so that the wind could not take it again.", "\"Here you are,\" said {friend}. {hero} held the {hat} with both hands all the way home.");
        s.End();
    }

    private static void Thief(Story s)
    {
        Character hero = s.Adult("hero");
        s.Begin();
        s.Let("dish", Words.Dishes);
        Thing food = s.World.Add(s.Let("food", s.Pick(Words.Fruits) + " " + s.Pick(["pie", "cake", "tart", "pudding"])), hero);
        s.Say("{hero} was the {hero.kind} of the {home} and loved to bake.", "Every week {hero} the {hero.kind} made something sweet.");
        s.Say("One evening {hero.he} made {a.food} and put it on the window.", "{hero} baked {a.food} and left it on the table to cool.");
        Character thief = s.Animal("thief");
        s.World.Take(thief, food);
        s.Say("In the night somebody took it. In the morning the plate was empty!", "When {hero.he} woke up, the {food} was gone.");
        s.World.Want(hero, "to know who took the " + food.Name);
        s.Say("\"Who took my {food}?\" cried {hero}.", "\"A thief!\" said {hero}. \"I will find out who it was.\"");
        s.Let("hiding", Words.Hiding);
        s.Say("There were crumbs on the floor, and {hero} followed them.", "{hero} found small footprints and followed them outside.");
        s.Say("They led to a {hiding}. Behind it sat {thief}, {a.thief.kind}, with sugar on {thief.his} nose.", "Behind the {hiding} sat {a.thief.kind} called {thief}. {thief.his} face was full of crumbs.");
        s.Paragraph();
        s.Say("\"I am sorry,\" said {thief}. \"I was so hungry, because I had not eaten for {number} days.\"".Replace("{number}", s.Pick(Words.Numbers), StringComparison.Ordinal));
        s.Say("{hero} was not angry any more. \"Next time, just ask,\" {hero.he} said.", "\"You should have asked me,\" said {hero} kindly.");
        s.Say("So {thief} helped to wash the dishes, and they baked another one together.", "{thief} swept the whole kitchen to make up for it.");
        s.Moral("it is better to ask than to take");
    }

    private static void WrongBag(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        Character other = s.Adult("other");
        Thing bag = s.World.Add(s.Let("bag", s.Pick(Words.Colours) + " bag"), other);
        Thing inside = s.World.Add(s.Let("inside", s.Pick(Words.Looks) + " " + s.Pick(Words.Treasures)), null);
        s.World.Go(hero, "the market");
        s.Say("{hero} went to the market with a bag for bread.", "At the market {hero} put down {hero.his} bag to look at the fish.");
        s.World.Take(hero, bag);
        s.Say("By mistake {hero.he} took the wrong one: it was {other}'s {bag}.", "When {hero.he} left, {hero.he} picked up {a.bag}. It was not {hero.hers}!".Replace("{hero.hers}", hero.IsFemale ? "hers" : "his", StringComparison.Ordinal));
        s.World.Find(hero, inside);
        s.Say("At home {hero} opened it and found {a.inside}.", "Inside there was no bread, but {a.inside}.");
        s.Say("\"Oh no,\" said {hero}. \"Somebody must be looking for this.\"", "\"It is lovely,\" thought {hero}, \"but it is not mine.\"");
        s.World.Want(hero, "to give the bag back");
        s.Paragraph();
        s.Say("{hero} ran back to the market. There stood {other} the {other.kind}, looking very worried.", "{hero} asked everybody. At last a boy pointed to {other}, the {other.kind}.");
        s.World.Give(hero, other, bag);
        s.World.Give(hero, other, inside);
        s.Say("{hero} gave back the {bag} with the {inside}. \"I am sorry, I took it by mistake.\"", "\"Is this yours?\" asked {hero}, and gave {other.him} the {bag} and the {inside}.");
        s.Say("\"You are an honest child,\" said {other}, and gave {hero.him} warm bread.", "\"Thank you!\" said {other}. \"This {inside} was my mother's.\"");
        s.End();
    }

    private static void KeyInTheWell(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        Character kin = s.Kin("kin");
        Thing key = s.World.Add(s.Let("key", s.Pick(Words.Colours) + " key"), hero);
        s.Say("{kin} gave {hero} the {key} of the house. \"Take care of it,\" {kin.he} said.", "\"Do not lose the {key},\" said {kin} before {kin.he} went out.");
        s.World.Lose(hero, key);
        s.Say("But {hero} played by the well, and the {key} fell in. Splash!", "{hero} leaned over the well to hear the echo, and the {key} slipped out of {hero.his} pocket.");
        s.World.Want(hero, "to get the key out of the well");
        s.Let("worry", Words.Worries);
        s.Say("\"What shall I do?\" said {hero}. The water was deep and dark.", "{hero} felt {worry}, because now nobody could get in.");
        s.Let("tool", ["magnet on a string", "long net", "hook on a rope", "bucket with a stone in it"]);
        s.Say("{hero.he} thought hard. Then {hero.he} had an idea.", "{hero} sat down and did not cry. {hero.he} thought instead.");
        s.Paragraph();
        s.Say("{hero} let a {tool} down into the water and pulled very slowly.", "In the shed {hero.he} found a {tool} and lowered it into the well.");
        s.Say("Once, twice, it came up empty. The third time something shone.", "The first try failed, and so did the second. But the third did not.");
        s.World.Find(hero, key);
        s.Say("It was the {key}! {hero} dried it and put it on a ribbon.", "\"I have it!\" cried {hero}. The {key} was wet, but it worked.");
        s.Say("When {kin} came home, {hero} told {kin.him} everything, and {kin.he} was proud of {hero.him}.", "{kin} laughed when {kin.he} heard the story. \"Clever {hero},\" {kin.he} said.");
        s.Moral("thinking helps more than crying");
    }
}
