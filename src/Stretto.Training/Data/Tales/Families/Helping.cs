using Stretto.Training.Data.Tales.Words;

namespace Stretto.Training.Data.Tales.Families;

/// <summary>Someone is in trouble, and someone helps.</summary>
internal static class Helping
{
    public static readonly Plot[] All =
    [
        new("sick friend", SickFriend), new("stuck animal", StuckAnimal), new("storm guest", StormGuest),
        new("hurt wing", HurtWing), new("heavy cart", HeavyCart), new("flood", Flood), new("tired carrier", Carrier),
    ];

    private static void SickFriend(Story s)
    {
        Character hero = s.Hero();
        Character friend = s.Someone("friend");
        s.Say("{hero} had a good friend, {a friend}.", "{his} best friend was {a friend}.");
        s.Say(
            "but one {weather} {day}, {friend} was sick and had to stay in bed.",
            "one day {friend} did not come out to play, because {friend.he} had a bad cold.");
        s.Sad(hero);
        s.Want(hero, "to make {friend} feel better");
        s.Say(
            "\"I want to make {friend.him} feel better,\" {he} said.",
            "\"What would help {friend.him}?\" thought {hero}.");
        Thing dish = s.Thing(
            "dish", "", s.Pick(["pot of hot soup", "cup of honey tea", "bowl of warm broth"]), null);
        s.World.Make(hero, dish);
        s.LetOne("flower", Things.Flowers);
        s.Say(
            "{hero} cooked {a dish} and picked {a flower}.",
            "first {he} made {a dish}. Then {he} picked {a flower} in the garden.");
        s.Paragraph();
        s.Say(
            "{hero} knocked softly at the door. \"May I come in?\" {he} asked.",
            "{hero} carried everything to {friend}'s house without spilling a drop.");
        s.World.Give(hero, friend, dish);
        s.Say(
            "{hero} gave {friend} the {dish} and sat down by the bed.",
            "{friend} took the {dish} and looked better at once.");
        s.Say(
            "then {hero} told {friend.him} stories until {friend.he} fell asleep.",
            "{hero} sang a quiet song, and {friend} closed {friend.his} eyes.");
        s.Say(
            "after {number} days {friend} was well again, and they ran out to play.",
            "soon {friend} could run and jump again.");
        s.Thank(friend, hero);
        s.Moral("a little care is the best medicine");
    }

    private static void StuckAnimal(Story s)
    {
        Character hero = s.ChildHero();
        s.Place("place");
        s.LetOne(
            "trap", "fence", "deep hole", "thorn bush", "muddy ditch", "fishing net", "hollow tree", "rabbit hole");
        s.Walk(hero, "place");
        Character animal = s.Animal("animal");
        s.Say("suddenly {he} heard a strange sound.", "somebody cried, \"Help! Help!\"");
        s.Say(
            "it was {a animal}, and {animal.he} was stuck in a {trap}.",
            "{a animal} was caught in a {trap} and could not get out.");
        s.Fact("What was {animal} caught in?", "{a trap}");
        s.Want(animal, "to get free");
        s.Say(
            "\"I want to get free,\" said {animal}, \"but I cannot move!\"",
            "\"Please get me out,\" said {animal}. \"I want to go home.\"");
        s.Say("{hero} pulled, but nothing happened.", "first {hero} pushed. It did not help.");
        Thing tool = s.Thing(
            "tool", "", s.Pick(["long branch", "strong rope", "flat board", "old ladder", "pair of scissors"]), null);
        s.World.Find(hero, tool);
        s.Paragraph();
        s.Say(
            "then {he} found {a tool} and tried again.",
            "\"Wait here,\" said {hero}, and came back with {a tool}.");
        s.Say(
            "slowly, slowly, {animal} came loose. Pop! {animal} was free.",
            "one, two, three! {animal} was out at last.");
        s.Help(hero, animal);
        s.Thank(animal, hero);
        s.LetOne("berries", Things.Berries);
        s.Say(
            "the next day {animal} brought {hero} a basket full of {berries}.",
            "when {hero} was hungry later, {animal} showed {him} where the best {berries} grew.");
        s.Moral("a small kindness can make a big friend");
    }

    private static void StormGuest(Story s)
    {
        Character hero = s.Hero();
        Character friend = s.Animal("friend");
        s.Say(
            "in the afternoon dark clouds came over the {home}.",
            "that evening the sky turned grey, and the wind began to howl.");
        s.Say("thunder rolled, and rain fell like a river.", "lightning flashed, and the trees bent in the storm.");
        s.Say(
            "{hero} was safe and dry inside. Then somebody knocked.",
            "{hero} sat by the fire. Knock, knock! Who could that be?");
        s.Say("it was {a friend}, wet from head to tail.", "at the door stood {a friend}, shaking with cold.");
        s.Want(friend, "to find a dry place to sleep");
        s.Say(
            "\"The water took my home,\" said {friend}. \"I need a dry place to sleep.\"",
            "\"My roof flew away,\" said {friend}. \"May I sleep on your floor?\"");
        s.Paragraph();
        s.Say("\"Come in quickly!\" said {hero}.", "{hero} opened the door wide and brought a thick blanket.");
        s.LetOne("dish", Things.Dishes);
        s.LetOne("drink", Things.Drinks);
        s.Say(
            "they ate {dish} and drank hot {drink} while the storm roared.",
            "{hero} made {dish}, and they listened to the rain together.");
        s.Say(
            "in the morning the sun came out, and there was a rainbow over the hill.",
            "by dawn the storm was over, and the air smelled sweet.");
        s.Help(hero, friend);
        s.Say(
            "then {hero} helped {friend} to build a new house with a strong roof.",
            "all day they carried wood and stones, and by night {friend} had a new house.");
        s.Thank(friend, hero);
        s.End();
    }

    private static void HurtWing(Story s)
    {
        Character hero = s.ChildHero();
        Character bird = s.Animal("bird", People.Birds[..6]);
        s.Say("on {day}, {hero} found {a bird.kind} in the grass.", "under the window sat a little {bird.kind}.");
        s.Say("its wing was hurt, and it could not fly.", "it could not fly, because its wing was broken.");
        s.Want(hero, "to help the {bird.kind}");
        s.Say(
            "\"Poor thing,\" said {hero}. \"I will take care of you.\"",
            "{hero} wanted to help it and picked it up very gently.");
        s.Say("{he} gave the {bird.kind} a name: {bird}.", "\"I will call you {bird},\" {he} said.");
        Character kin = s.Kin("kin");
        s.Say("{kin} helped {him} to tie up the wing.", "{kin} brought a box with soft wool.");
        s.Say(
            "every day {hero} gave {bird} seeds and fresh water.",
            "{hero} fed {bird} with a tiny spoon and sang to {bird.him}.");
        s.Paragraph();
        s.Say("after {number} weeks the wing was strong again.", "{number} weeks later, {bird} flapped both wings.");
        s.Say(
            "{hero} wanted to keep {bird.him}, but {he} knew that birds need the sky.",
            "\"I will miss you,\" whispered {hero}, \"but the sky is your home.\"");
        s.Help(hero, bird);
        s.Say(
            "{he} opened the window, and {bird} flew up into the blue.",
            "{hero} held out {his} hand, and {bird} flew away over the trees.");
        s.Say(
            "the next morning {bird} sat on the roof and sang for {hero}.",
            "in spring {bird} came back with a family of {bird.his} own.");
        s.Moral("love sometimes means letting go");
    }

    private static void HeavyCart(Story s)
    {
        Character hero = s.AnimalHero(People.Small);
        Character farmer = s.Adult("farmer", "farmer", "miller", "baker", "gardener");
        s.LetOne("load", Things.Vegetables);
        s.Fact("What was in the cart?", "{load.s}");
        s.Want(farmer, "to get to the market");
        s.Say(
            "on market day {a farmer} came up the hill with a cart full of {load.s}.",
            "{a farmer} wanted to take a cart full of {load.s} to the market.");
        s.Say(
            "but the wheels got stuck in the mud, and the cart stood still.",
            "halfway up the road the cart stopped and would not go on.");
        s.Say(
            "\"If I do not get to the market, I cannot sell my {load.s},\" said {farmer}.",
            "{farmer} pulled and pulled until {farmer.his} face was red.");
        s.Say("{hero} saw it. \"I will push,\" {he} said.", "\"May I help?\" asked {hero}.");
        s.Say(
            "\"You?\" said {farmer}. \"You are too small.\"",
            "{farmer} laughed. \"What can {a hero.kind} do?\" {farmer.he} asked.");
        s.Paragraph();
        s.Say(
            "but {hero} called {his} brothers, sisters and cousins.",
            "{hero} whistled, and {his} friends came from every side.");
        s.Say(
            "they all pushed at once, and the cart rolled up the hill.",
            "\"One, two, three!\" cried {hero}, and the wheels came out of the mud.");
        s.Help(hero, farmer);
        Thing gift = s.Thing("gift", "", s.Fill("sack of {load.s}"), farmer);
        s.World.Give(farmer, hero, gift);
        s.Say(
            "{farmer} laughed no more and gave {hero} {a gift}.",
            "\"I was wrong about you,\" said {farmer}, and gave {hero} {a gift}.");
        s.Moral("together, even small ones are strong");
    }

    private static void Flood(Story s)
    {
        Character hero = s.AnimalHero("beaver", "otter", "duck", "frog");
        Character friend = s.Animal("friend", People.Small);
        s.Say(
            "{hero} lived at the river, and in a hole nearby lived {a friend}.",
            "{his} neighbour by the river was {a friend}.");
        s.Say(
            "it rained for {number} days, and the river rose higher and higher.",
            "then the snow on the mountains melted, and the river grew wide and wild.");
        s.Say(
            "water ran into {friend}'s home, and {friend.he} climbed onto a branch.",
            "one night {friend} woke up, because {friend.his} bed was floating.");
        s.Want(friend, "to reach dry land");
        s.Say(
            "\"Help!\" cried {friend}. \"I cannot swim!\"",
            "\"Please, somebody help me!\" called {friend}. \"I must get to dry land!\"");
        s.Afraid(friend);
        s.Paragraph();
        s.Say(
            "{hero} heard the cry and jumped into the water at once.",
            "{hero} did not wait a second. {he} dived into the cold water.");
        s.Say(
            "\"Climb on my back and hold tight,\" {he} said.",
            "\"Do not look down,\" said {hero}. \"Hold on to me.\"");
        s.Say(
            "the waves were strong, but {hero} was stronger.",
            "logs and leaves rushed past them, but {hero} kept on swimming.");
        s.Help(hero, friend);
        s.Say(
            "soon they reached the hill, and both of them were safe.",
            "at last {friend} stood on dry land and shook the water from {friend.his} fur.");
        s.Thank(friend, hero);
        s.Say(
            "when the water had gone, they dug a new home, higher up.",
            "{friend} stayed with {hero} until the river was small again.");
        s.Moral("a good neighbour is better than a high wall");
    }

    private static void Carrier(Story s)
    {
        Character hero = s.ChildHero();
        Character old = s.Adult("old", "teacher", "singer", "sailor", "weaver", "baker");
        Thing load = s.Thing(
            "load", "", s.Pick(["basket of wood", "box of books", "sack of flour", "bag of apples"]), old);
        s.Place("place", Places.Buildings);
        s.Go(hero, "place");
        s.Say(
            "on the way to {place}, {hero} saw {a old} with {a load}.",
            "near {place}, {hero} met {a old}, who carried {a load}.");
        s.Say(
            "{old} was old, and {old.he} stopped after every step.",
            "{old} put it down, because {old.his} back hurt.");
        s.Want(old, "to bring the {load} home");
        s.Say(
            "\"I must bring this home before dark,\" said {old}, \"but it is so heavy.\"",
            "\"I want to get home,\" said {old}, \"and the road is long.\"");
        s.Maybe(
            "{hero}'s friends were waiting with a ball.",
            "{hero} was late already, and {he} thought about it for a moment.");
        s.Paragraph();
        s.World.Give(old, hero, load);
        s.Say(
            "\"Give it to me,\" said {hero}, and took the {load}.",
            "{hero} lifted the {load} onto {his} own shoulder.");
        s.Say(
            "they walked side by side, and {old} told {him} about the old days.",
            "on the way, {old} taught {him} a song from long ago.");
        s.World.Give(hero, old, load);
        s.Say(
            "at the door {hero} gave the {load} back.",
            "when they got to {old}'s house, {hero} put the {load} down by the stove.");
        s.Help(hero, old);
        s.Thank(old, hero);
        s.LetOne("treats", Things.Treats);
        s.Say(
            "then {old} opened a tin of {treats}, and they ate them all.",
            "{hero} got a handful of {treats} for the way back.");
        s.Moral("a load is lighter when two carry it");
    }
}
