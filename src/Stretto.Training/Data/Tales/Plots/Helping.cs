namespace Stretto.Training.Data.Tales.Plots;

/// <summary>Someone is in trouble and someone helps.</summary>
internal static class Helping
{
    public static readonly (string, Action<Story>)[] All =
    [
        ("the sick friend", SickFriend), ("stuck animal", StuckAnimal), ("the storm", Storm), ("broken bridge", BrokenBridge),
        ("bird with a hurt wing", HurtWing), ("the heavy cart", HeavyCart), ("fire in the barn", Fire),
    ];

    private static void SickFriend(Story s)
    {
        Character hero = s.Someone("hero");
        s.Begin();
        Character friend = s.Someone("friend");
        s.Say("{hero} and {friend} played together every day.", "{hero}'s best friend was {friend}.");
        s.Say("But today {friend} was sick and had to stay in bed.", "One {day} {friend} did not come out to play, because {friend.he} had a cold.");
        s.World.Want(hero, "to make " + friend.Name + " well");
        s.Let("dish", ["soup", "tea", "broth"]);
        s.Let("flower", Words.Flowers);
        s.Say("\"I want to make {friend.him} feel better,\" said {hero}.", "{hero} thought about what {friend} needed.");
        Thing soup = s.World.Add(s.Let("soup", s.Pick(["pot of hot soup", "cup of honey tea", "bowl of warm broth"])), hero);
        s.World.Note("make", hero, soup.Name);
        s.Say("{hero} cooked a {soup} and picked a {flower}.", "First {hero.he} made a {soup}. Then {hero.he} picked a {flower} in the garden.");
        s.Paragraph();
        s.Say("{hero} knocked softly. \"May I come in?\"", "{hero} carried everything to {friend}'s house without spilling a drop.");
        s.World.Give(hero, friend, soup);
        s.Say("{hero} gave {friend} the {soup} and sat by the bed.", "{friend} drank it all and already looked better.");
        s.Say("Then {hero} told {friend.him} stories until {friend.he} fell asleep.", "{hero} came back every day with a new story.");
        s.Say("After three days {friend} was well again, and they ran out to play.", "Soon {friend} could run and jump again.");
        s.End();
    }

    private static void StuckAnimal(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        s.World.Go(hero, s.Place("place"));
        Character animal = s.Animal("animal");
        s.Let("trap", ["fence", "deep hole", "thorn bush", "muddy ditch", "fishing net", "hollow tree"]);
        s.Say("On the way to {place}, {hero} heard a strange sound.", "{hero} was walking to {place} when somebody cried, \"Help!\"");
        s.Say("It was {animal}, {a.animal.trait} {animal.kind}, and {animal.he} was stuck in a {trap}.", "{a.animal.kind} named {animal} was stuck in a {trap} and could not get out.");
        s.World.Want(animal, "to get free");
        s.Say("\"Do not be afraid,\" said {hero}. \"I will get you out.\"", "\"I want to get free,\" said {animal}.");
        s.Say("{hero} pulled, but nothing happened.", "First {hero} pushed. It did not help.");
        s.Let("tool", ["long branch", "strong rope", "flat board", "old ladder"]);
        s.Paragraph();
        s.Say("Then {hero.he} found a {tool} and tried again.", "\"Wait here,\" said {hero}, and came back with a {tool}.");
        s.Say("Slowly, slowly, {animal} came loose. Pop! {animal.he} was free.", "One, two, three! {animal} was out at last.");
        s.Say("\"You saved me,\" said {animal}. \"I will never forget it.\"", "{animal} shook {animal.his} legs and danced around {hero}.");
        s.Say("When {hero} was hungry later, {animal} brought {hero.him} nuts and berries.", "From then on the two were friends.");
        s.Moral("a small kindness can make a big friend");
    }

    private static void Storm(Story s)
    {
        Character hero = s.Someone("hero");
        s.Begin();
        Character friend = s.Animal("friend");
        s.Say("In the afternoon dark clouds came over the {home}.", "The sky turned grey, and the wind began to howl.");
        s.Say("Thunder rolled, and rain fell like a river.", "Lightning flashed, and the trees bent in the wind.");
        s.World.Want(friend, "a dry place");
        s.Say("{hero} was safe and dry inside. Then {hero.he} saw {friend} the {friend.kind} outside in the rain.", "Somebody knocked. It was {friend}, {a.friend.kind}, and {friend.he} was wet from head to tail.");
        s.Say("\"The water took my home,\" said {friend}. \"I want a dry place to sleep.\"", "\"My roof flew away,\" said {friend}, shaking.");
        s.Paragraph();
        s.Say("\"Come in quickly!\" said {hero}.", "{hero} opened the door wide and brought a blanket.");
        s.Let("dish", Words.Dishes);
        s.Say("They sat by the fire and ate {dish} while the storm roared.", "{hero} made {dish}, and they listened to the rain together.");
        s.Say("In the morning the sun came out, and there was a rainbow over the hill.", "By dawn the storm was over and the air smelled sweet.");
        s.World.Note("make", hero, "house", friend.Name);
        s.Say("Then {hero} helped {friend} to build a new house with a strong roof.", "They gathered wood and built a new home for {friend}, because friends help each other.");
        s.End();
    }

    private static void BrokenBridge(Story s)
    {
        Character hero = s.Adult("hero");
        s.Begin();
        Character other = s.Child("other");
        s.Say("There was only one bridge in the {home}, and it was old.", "Everybody used the old wooden bridge over the river.");
        s.World.Note("break", hero, "bridge");
        s.Say("After the rain it broke, and nobody could cross.", "One night a heavy log hit it, and it fell into the water.");
        s.World.Want(other, "to cross the river");
        s.Say("{other} stood at the river and looked across. \"I want to get to school,\" {other.he} said.", "\"My grandmother is on the other side,\" said {other}, a {other.trait} {other.kind}. \"I must cross the river.\"");
        s.Say("{hero} the {hero.kind} heard it. \"Then we will build a new bridge,\" {hero.he} said.", "\"Do not worry,\" said {hero} the {hero.kind}. \"We have hands and wood.\"");
        s.Paragraph();
        s.Let("tool", Words.Tools);
        s.Say("{other} brought nails, and {hero} cut the boards.", "{hero} sawed and hammered, and {other} carried the boards.");
        s.Say("Soon the neighbours came with ropes and ladders and helped, too.", "When the people saw them, everybody came to help.");
        s.Let("number", Words.Numbers);
        s.Say("After {number} days the bridge was ready.", "They worked for {number} days, and then it was done.");
        s.World.Note("make", hero, "bridge", other.Name);
        s.Say("{other} was the first to cross. \"It does not even shake!\" {other.he} shouted.", "{hero} let {other} walk over it first.");
        s.Moral("many hands make light work");
    }

    private static void HurtWing(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        s.Let("bird", ["sparrow", "robin", "owl", "swan", "crow", "raven", "duckling", "swallow"]);
        s.Say("One morning {hero} found {a.bird} in the grass. It could not fly.", "Under the window sat {a.bird} with a hurt wing.");
        s.World.Want(hero, "to make the bird well");
        s.Say("\"Poor little bird,\" said {hero}. \"I will take care of you.\"", "{hero} picked it up very gently.");
        Character kin = s.Kin("kin");
        s.Say("{kin} helped {hero.him} to tie up the wing.", "{kin} brought a box with soft wool.");
        s.Say("Every day {hero} gave it seeds and fresh water.", "{hero} fed it with a spoon and sang to it.");
        s.Let("number", ["two", "three", "four", "five"]);
        s.Paragraph();
        s.Say("After {number} weeks the wing was strong again.", "{number} weeks later the {bird} flapped both wings.");
        s.Say("{hero} wanted to keep it, but {hero.he} knew that birds need the sky.", "\"I will miss you,\" whispered {hero}.");
        s.World.Note("give", hero, "freedom", "the bird");
        s.Say("{hero} opened the window, and the {bird} flew up into the blue.", "{hero} held out {hero.his} hand, and the {bird} flew away over the trees.");
        s.Say("The next morning it sat on the window and sang for {hero.him}.", "In spring it came back with a family of its own.");
        s.End();
    }

    private static void HeavyCart(Story s)
    {
        Character hero = s.Animal("hero");
        s.Begin();
        Character farmer = s.Adult("farmer");
        s.Let("load", Words.Vegetables);
        s.Say("{farmer} the {farmer.kind} had a cart full of {load}s for the market.".Replace("{load}s", Plural(s.Let("loads", s.Pick(["carrot", "turnip", "pumpkin", "cabbage", "onion", "melon"]))), StringComparison.Ordinal));
        s.World.Want(farmer, "to get to the market");
        s.Say("But the wheels were stuck in the mud, and {farmer.he} could not move it.", "On the hill the cart stopped and would not go on.");
        s.Say("\"If I do not get to the market, I cannot buy shoes for my children,\" said {farmer}.", "{farmer} pulled until {farmer.his} face was red.");
        s.Paragraph();
        s.Say("{hero} saw it. {hero.he} was not big, but {hero.he} was {hero.trait}.", "{hero} stopped. \"I will push,\" {hero.he} said.");
        s.Say("\"You are too small,\" said {farmer}.", "{farmer} laughed. \"What can {a.hero.kind} do?\"");
        s.Say("But {hero} called {hero.his} brothers and sisters and all the cousins.", "{hero} whistled, and from every side came {hero.his} friends.");
        s.Say("They pushed all at once. The cart rolled up the hill as if it were empty.", "\"One, two, three!\" cried {hero}, and the wheels came out of the mud.");
        s.World.Note("give", farmer, "vegetables", hero.Name);
        s.Say("{farmer} gave every one of them something to eat.", "At the market {farmer} bought the shoes and a big bag of nuts for {hero}.");
        s.Moral("together even small ones are strong");
    }

    private static void Fire(Story s)
    {
        Character hero = s.Animal("hero");
        s.Begin();
        s.Say("One night {hero} could not sleep, because something smelled odd.", "{hero} woke up in the middle of the night and smelled smoke.");
        s.Say("There was a fire in the barn!", "A lamp had fallen over in the barn, and the straw was burning.");
        Character friend = s.Child("friend");
        s.World.Want(hero, "to wake everybody");
        s.Say("{hero} ran to the house and made as much noise as {hero.he} could.", "{hero} jumped on {friend}'s bed. \"Wake up! Wake up!\"");
        s.Say("{friend} opened {friend.his} eyes, saw the red light and called the others.", "{friend} rang the big bell, and the whole {home} woke up.");
        s.Paragraph();
        s.Say("They made a line from the well to the barn and passed the buckets along.", "Everybody took a bucket, and the water went from hand to hand.");
        s.Say("{hero} led the animals out, one by one: the cow, the horse and all the hens.", "{friend} opened the gate, and {hero} chased the sheep to the meadow, where they were safe.");
        s.Say("At sunrise the fire was out, and nobody was hurt.", "Soon there was only smoke, and then not even that.");
        s.World.Note("give", friend, "medal", hero.Name);
        s.Say("{friend} tied a ribbon round {hero}'s neck. \"You saved us all,\" {friend.he} said.", "\"{hero} is a hero,\" said {friend}, and everyone cheered.");
        s.End();
    }

    private static string Plural(string noun) => noun + "s";
}
