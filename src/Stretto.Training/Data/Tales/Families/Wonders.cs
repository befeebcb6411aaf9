using Stretto.Training.Data.Tales.Words;

namespace Stretto.Training.Data.Tales.Families;

/// <summary>Wishes, mix-ups and small wonders.</summary>
internal static class Wonders
{
    public static readonly Plot[] All =
    [
        new("one wish", Wish), new("mistaken identity", Mistaken), new("the proud one", Proud),
        new("magic brush", Brush), new("cry for nothing", CryForNothing),
    ];

    private static void Wish(Story s)
    {
        Character hero = s.Hero();
        Character fish = s.Animal("fish", "fish", "frog", "turtle", "swan");
        s.Place("place", "at pond", "at river", "at lake", "at stream");
        s.Walk(hero, "place");
        s.Say(
            "there a little {fish.kind} was caught in a net.",
            "{at place} {he} saw a {fish.kind} that could not move, because a string held it.");
        s.Help(hero, fish);
        s.Say("{hero} set it free at once.", "{hero} undid the knot and let it go.");
        s.Say(
            "\"I am {fish}, and I can do magic,\" said the {fish.kind}. \"You have one wish.\"",
            "\"Thank you! My name is {fish},\" it said. \"Because you were kind, you may make a wish.\"");
        s.LetOne("wish", "a house of sugar", "a mountain of cookies", "a hundred toys", "a bed of gold", "a crown");
        s.Fact("What did {hero} wish for first?", "{wish}");
        s.Want(hero, "{wish}");
        s.Say(
            "\"I want {wish}!\" said {hero}. And there it was.",
            "{hero} wished for {wish}, and it came true with a bang.");
        s.Paragraph();
        s.Say(
            "at first {hero} was happy. But {he} had nobody to share it with, and soon {he} was bored.",
            "for {number} days it was fun. But other people only stared, and nobody came to play.");
        s.Sad(hero);
        s.Say(
            "so {he} went back to {place}. \"May I change my wish?\" {he} asked.",
            "\"Dear {fish},\" {he} called, \"please take it away again.\"");
        s.Want(hero, "a friend");
        s.Say(
            "\"What do you want now?\" asked {fish}. \"Only a friend,\" said {hero}.",
            "\"I want a friend and nothing else,\" {he} said.");
        s.Say(
            "\"For that you need no magic,\" laughed {fish}. \"I will be your friend.\"",
            "{fish} smiled. \"That one is easy,\" {fish.he} said. \"Here I am.\"");
        s.Moral("a friend is better than all the gold in the world");
    }

    private static void Mistaken(Story s)
    {
        Character hero = s.AnimalHero("cat", "fox", "goat", "bear", "monkey", "raccoon");
        Character friend = s.Someone("friend");
        Thing crown = s.Thing("crown", s.Pick(Things.Looks), s.Pick(["coat", "cloak", "crown", "hat"]), null);
        s.Place("place");
        s.World.Find(hero, crown);
        s.Say(
            "on the road {hero} found {a crown} and put it on.",
            "{a crown} hung on a tree. {hero} tried it on, and it fitted.");
        s.Walk(hero, "place");
        s.Let("king", hero.IsFemale ? "queen" : "king");
        s.Say(
            "\"Look, the {king}!\" somebody cried, and everybody bowed.",
            "the people there thought that {he} was a {king}. They bowed and brought {him} cake.");
        s.Want(hero, "to stay a {king}");
        s.Say(
            "\"I want to stay a {king},\" thought {hero}, and said nothing.",
            "{hero} liked it very much, so {he} did not tell them.");
        s.Say(
            "but a {king} has a lot of work. All day people asked {him} questions.",
            "but then they asked {him} to make laws, sign papers and lead the army.");
        s.Sad(hero);
        s.Paragraph();
        s.Say(
            "then {a friend} came to {him}. \"You are no {king},\" {friend.he} said. \"You are {a hero.kind}.\"",
            "only {a friend} was not fooled. \"Why do you not tell the truth?\" {friend.he} asked.");
        s.Say("\"I was afraid to tell,\" said {hero}.", "\"Because they are so nice to me,\" said {hero}.");
        s.World.Lose(hero, crown);
        s.Say(
            "then {hero} took off the {crown.noun}. \"I am only {hero},\" {he} told the people.",
            "{hero} hung the {crown.noun} on a tree and told everybody who {he} was.");
        s.Say(
            "there was silence. Then somebody laughed, and soon they all did.",
            "the people were surprised, but they were not angry.");
        s.Help(friend, hero);
        s.Say(
            "\"Stay and eat with us anyway,\" said {friend}.",
            "\"We like {hero} better than a {king},\" said {friend}.");
        s.Moral("it is best to be yourself");
    }

    private static void Proud(Story s)
    {
        Character hero = s.AnimalHero("peacock", "swan", "horse", "rooster", "parrot");
        Character small = s.Animal("small", Things.Insects);
        s.Want(hero, "to be the most beautiful of all");
        s.Say(
            "{hero} thought that {he} was the most beautiful animal in the {home}.",
            "all day long {hero} looked at {himself} in the water.");
        s.Say(
            "\"Nobody is as fine as I am,\" {he} said. \"I want everyone to look at me.\"",
            "{he} wanted to be the most beautiful of all, and {he} talked about nothing else.");
        s.Say(
            "one day {a small} said good morning. \"Go away, you are too plain,\" said {hero}.",
            "when {a small} came by, {hero} turned {his} back. \"I do not talk to little ones,\" {he} said.");
        s.Sad(small);
        s.Paragraph();
        s.Say(
            "that night a fox crept through the grass. It wanted {hero} for supper.",
            "in the evening, a hungry fox hid behind the bushes and waited for {hero}.");
        s.Say(
            "{hero} saw only {his} own picture in the water. But {small} saw the fox.",
            "{hero} was busy with {his} looks and heard nothing. But {small} heard everything.");
        s.Say(
            "\"Watch out!\" cried {small} into {hero}'s ear. \"A fox is behind you!\"",
            "{small} landed on {hero}'s head. \"Run!\" {small.he} cried.");
        s.Help(small, hero);
        s.Say(
            "{hero} got away just in time.",
            "at the last moment {hero} jumped aside, and the fox fell into the water.");
        s.Say(
            "\"I was rude to you,\" said {hero}, \"and you saved my life.\"",
            "{hero} bowed {his} head. \"You are small, but you are great,\" {he} said.");
        s.Thank(hero, small);
        s.Moral("a kind heart is the finest dress");
    }

    private static void Brush(Story s)
    {
        Character hero = s.ChildHero();
        Character old = s.Adult("old", "painter");
        Thing brush = s.Thing("brush", "old", "brush", old);
        s.World.Give(old, hero, brush);
        s.Say(
            "{a old} gave {hero} {a brush}. \"Use it well,\" said {old}.",
            "{hero} carried the paints of {a old}, and {old} gave {him} {a brush} for that.");
        s.LetOne("first", "apple", "fish", "pear", "cake", "loaf");
        s.Say(
            "{hero} painted {a first} on the wall, and it fell down and was real!",
            "at home {he} painted {a first}. A moment later it lay on the table and smelled good.");
        s.Fact("What did {hero} paint first?", "{a first}");
        Character poor = s.Child("poor");
        s.Want(poor, "something to eat");
        s.Say(
            "next door lived {poor}, who was hungry. \"I want something to eat,\" {poor.he} said.",
            "then {hero} thought of {poor}, {a poor.kind} next door who never had enough to eat.");
        s.LetOne("dish", Things.Dishes);
        s.Help(hero, poor);
        s.Say(
            "so {hero} painted {dish} and milk for {poor}.",
            "{hero} painted a whole table full of {dish}, and {poor} ate until {poor.he} was full.");
        s.Paragraph();
        Character rich = s.Adult("rich", "merchant", "banker", "duke");
        s.Want(rich, "a mountain of gold");
        s.Say(
            "{a rich} heard of it. \"Paint me a mountain of gold!\" said {rich}.",
            "soon {a rich} knocked at the door. \"I want a mountain of gold,\" {rich.he} said.");
        s.Say(
            "{hero} painted a mountain, but {he} painted the sea around it.",
            "\"Very well,\" said {hero}, and painted gold on a far island.");
        s.Say(
            "{rich} took a boat to get the gold and was not seen for a long time.",
            "{rich} jumped into a boat at once, and the wind carried {rich.him} far, far away.");
        s.Say(
            "and {hero} went on painting for those who needed it.",
            "{hero} painted shoes for the poor and roofs for the wet.");
        s.Moral("a gift should help those who need it");
    }

    private static void CryForNothing(Story s)
    {
        Character hero = s.ChildHero();
        Character farmer = s.Adult("farmer", "farmer", "miller", "shepherd");
        s.Place("place", "in meadow", "on hill", "in valley", "in pasture");
        s.Go(hero, "place");
        s.LetOne("danger", "wolf", "fire", "bear", "storm");
        s.Want(hero, "to have some fun");
        s.Say(
            "{hero} looked after the sheep {at place} and was bored.",
            "every day {hero} sat {at place} and watched {number} sheep.");
        s.Say(
            "{he} wanted to have some fun. \"Help! A {danger}!\" {he} shouted.",
            "\"I will have some fun,\" {he} thought, and cried, \"Help! A {danger} is coming!\"");
        s.Say(
            "{farmer} and the others came running with sticks and buckets. {hero} laughed. \"It was only a joke.\"",
            "{farmer} and all the others ran up the path, but there was no {danger}. {hero} laughed at them.");
        s.Cross(farmer);
        s.Say(
            "the next day {hero} did it again, and again they came for nothing.",
            "on {day} {hero} played the same trick. {farmer} shook {farmer.his} head and went home.");
        s.Paragraph();
        s.Say("then the {danger} really came.", "but the day after, there really was a {danger}!");
        s.Say("\"Help! Help!\" cried {hero}. \"This time it is true!\"", "{hero} screamed as loud as {he} could.");
        s.Afraid(hero);
        s.Say(
            "down in the {home} they said, \"It is only {hero} again.\" And nobody came.",
            "people heard it, but nobody got up. \"Another joke,\" they said.");
        s.Say(
            "the sheep ran away in all directions, and {hero} had to look for them all night.",
            "{hero} drove the sheep into a cave just in time. It was a long, cold night.");
        s.Help(farmer, hero);
        s.Say(
            "in the morning {farmer} helped {him}. \"I will not lie again,\" said {hero}.",
            "at dawn {farmer} found {him}. \"I am sorry,\" said {hero}. \"I will never do that again.\"");
        s.Moral("nobody believes one who lies, even when it is true");
    }
}
