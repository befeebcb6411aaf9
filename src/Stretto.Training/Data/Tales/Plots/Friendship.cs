namespace Stretto.Training.Data.Tales.Plots;

/// <summary>How friends are found, hurt and won back.</summary>
internal static class Friendship
{
    public static readonly (string, Action<Story>)[] All =
    [
        ("the new child", NewChild), ("the quarrel", Quarrel), ("the letter", Letter), ("two neighbours", TwoNeighbours),
        ("the promise", Promise), ("different friends", DifferentFriends),
    ];

    private static void NewChild(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        Character fresh = s.Child("fresh");
        s.Say("A new {fresh.kind} named {fresh} came to {hero}'s school.", "One {day} there was a new {fresh.kind} in the class. \"This is {fresh},\" said the teacher.");
        s.World.Want(fresh, "a friend");
        s.Say("{fresh} spoke another language and sat alone.", "{fresh} was shy and looked only at {fresh.his} shoes.");
        s.Say("The others laughed at {fresh.his} old coat.", "Nobody asked {fresh.him} to play.");
        Thing food = s.World.Add(s.Let("food", s.Pick(Words.Colours[..4]) + " " + s.Pick(Words.Fruits)), hero);
        s.Paragraph();
        s.Say("{hero} remembered how it feels to be alone.", "\"{fresh} wants a friend,\" thought {hero}.");
        s.World.Give(hero, fresh, food);
        s.Say("So {hero.he} sat down beside {fresh.him} and gave {fresh.him} {a.food}.", "At lunch {hero} gave {fresh} {a.food} and smiled.");
        s.Say("{fresh} smiled back. Then {fresh.he} took out a pencil and drew {hero} a horse.", "{fresh} knew a game with stones and showed {hero} how it went.");
        s.Say("The drawing was so good that all the children came to look.", "The game was such fun that soon everybody wanted to play it.");
        s.Say("After that {fresh} was never alone again.", "\"Thank you,\" said {fresh}. It was the first word that {fresh.he} had learned.");
        s.Moral("one friend can change everything");
    }

    private static void Quarrel(Story s)
    {
        Character hero = s.Someone("hero");
        s.Begin();
        Character friend = s.Someone("friend");
        Thing toy = s.Thing("toy", Words.Toys, null);
        s.Say("{hero} and {friend} were best friends.", "{hero} and {friend} did everything together.");
        s.World.Want(hero, "the " + toy.Name);
        s.World.Want(friend, "the " + toy.Name);
        s.Say("One day they found {a.toy}, and both of them wanted it.", "Then they saw {a.toy} in the grass. \"It is mine!\" both cried.");
        s.World.Find(hero, toy);
        s.Say("{hero} grabbed it and would not let go.", "{hero} was faster and held it high.");
        s.Say("\"You are mean,\" said {friend}, and went home without a word.", "\"I will never play with you again,\" said {friend}, and left.");
        s.Paragraph();
        s.Say("Now {hero} had the {toy}, but it was no fun alone.", "{hero} played with the {toy} for a while. It was very quiet.");
        s.Let("worry", Words.Worries);
        s.Say("{hero.he} felt {worry} and could not eat.", "\"A {x} cannot laugh,\" thought {hero}.".Replace("A {x}", "A toy", StringComparison.Ordinal));
        s.World.Give(hero, friend, toy);
        s.Say("So {hero} went to {friend}'s house and gave {friend.him} the {toy}. \"I am sorry,\" {hero.he} said. \"You are more important.\"", "In the evening {hero} knocked at {friend}'s door and handed {friend.him} the {toy}.");
        s.Say("\"Let us share it,\" said {friend}. \"One day you, one day me.\"", "{friend} hugged {hero.him}. \"We can play with it together,\" {friend.he} said.");
        s.Moral("a friend is worth more than any toy");
    }

    private static void Letter(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        Character far = s.Child("far");
        s.Say("{hero}'s friend {far} had moved to a town far away.", "Last {season} {far} moved away, and {hero} missed {far.him} every day.");
        s.World.Want(hero, "to hear from " + far.Name);
        s.Say("{hero} wanted to hear from {far.him}, so {hero.he} wrote a letter.", "\"I will write a letter,\" said {hero}.");
        Thing letter = s.World.Add(s.Let("letter", "long letter"), hero);
        s.Say("It was a long letter with a picture of the {home} on it.", "{hero.he} wrote about school, the cat next door and the weather.");
        Character post = s.Adult("post");
        s.World.Give(hero, post, letter);
        s.Say("{hero} gave it to {post}, who was going there by train.", "{post} the {post.kind} was going to that town and took the letter along.");
        s.Let("number", Words.Numbers);
        s.Say("{hero} waited {number} days. No answer came.", "A week went by, and then another.");
        s.Paragraph();
        s.World.Give(post, far, letter);
        s.Say("But {post} had brought the letter to {far}, and {far} had read it again and again.", "Far away {post} gave the letter to {far}, who jumped up and down.");
        s.Say("One {day} somebody knocked. \"An answer would be too slow,\" said a voice. It was {far}!", "Then there came a knock at the door, and outside stood {far} with a big bag.");
        s.World.Go(far, "the village");
        s.Say("\"I will stay the whole summer,\" said {far}.", "\"My mother says that I can stay for two weeks,\" said {far}.");
        s.End();
    }

    private static void TwoNeighbours(Story s)
    {
        Character hero = s.Adult("hero");
        s.Begin();
        Character other = s.Adult("other");
        s.Let("fruit", Words.Fruits);
        s.Say("{hero} the {hero.kind} and {other} the {other.kind} lived next to each other, but they did not speak.", "Between the houses of {hero} and {other} stood a high fence.");
        s.Say("Years ago they had argued about {a.fruit} tree that grew between their gardens.", "Nobody knew any more why they were angry. It had something to do with {a.fruit} tree.");
        s.World.Want(hero, "the fruit of the tree");
        s.Say("\"It is my tree,\" said {hero}. \"No, it is mine,\" said {other}.", "Each of them wanted all the fruit.");
        Character child = s.Child("child");
        s.Paragraph();
        s.Say("One day {child}, a {child.trait} {child.kind}, fell from that tree and hurt a leg.", "Then a {child.kind} called {child} got stuck in the top of the tree.");
        s.Say("Both of them ran out at the same moment. {hero} held the ladder, and {other} climbed up.", "{hero} and {other} forgot their quarrel and helped {child} down together.");
        s.Say("\"You are strong,\" said {hero}. \"And you are quick,\" said {other}.", "They looked at each other and began to laugh.");
        s.World.Note("make", hero, "pie", other.Name);
        s.Say("They took down the fence, and in autumn they baked a pie from the fruit and ate it together.", "\"The tree is big enough for two,\" said {other}, and {hero} agreed.");
        s.Moral("it is never too late to make peace");
    }

    private static void Promise(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        Character friend = s.Someone("friend");
        s.Say("{hero} promised {friend} to come to {friend.his} play on {day}.", "\"I will come to your party on {day},\" {hero} said to {friend}. \"I promise.\"");
        s.World.Want(hero, "to go to the circus");
        s.Say("But on that very day the circus came to the {home}, and {hero} wanted to go.", "But then the circus came, with lions and clowns, on the same day.");
        Character kin = s.Kin("kin");
        s.Say("\"What shall I do?\" {hero} asked {kin}. \"What did you promise?\" said {kin}.", "{hero} talked to {kin}. \"A promise is a promise,\" {kin.he} said.");
        s.Say("{hero} looked at the bright tents and sighed.", "It was very hard. {hero} could hear the music of the circus.");
        s.Paragraph();
        s.World.Go(hero, friend.Name + "'s house");
        s.Say("Then {hero.he} turned around and went to {friend}.", "So {hero} ran to {friend}'s house and came just in time.");
        s.Say("\"You came!\" said {friend}. \"I was afraid that you would be at the circus.\"", "When {friend} saw {hero.him}, {friend.his} whole face lit up.");
        s.Say("And in the evening the two of them went to the last show together.", "{kin} had a surprise: {number} tickets for tomorrow!".Replace("{number}", "two", StringComparison.Ordinal));
        s.Moral("a promise must be kept");
    }

    private static void DifferentFriends(Story s)
    {
        Character hero = s.Animal("hero");
        s.Begin();
        Character other = s.Animal("other");
        s.Say("{hero} was slow, and {other} the {other.kind} was fast.", "{hero} loved the day, and {other} the {other.kind} loved the night.");
        s.Say("\"You cannot be friends,\" said the other animals. \"You are too different.\"", "Everybody wondered how the two of them could be friends.");
        s.World.Want(hero, "to cross the wide river");
        s.Say("One day they both wanted to cross the wide river.", "One spring the water rose, and they had to cross the river.");
        s.Say("{other} could not swim, and {hero} could not find the way.", "{hero} knew how to swim, but {hero.he} could not see far. {other} saw far, but could not swim.");
        s.Paragraph();
        s.Say("\"Sit on my back,\" said {hero}, \"and tell me where to go.\"", "\"I will be your legs,\" said {hero}, \"and you will be my eyes.\"");
        s.Say("\"A little to the left,\" said {other}. \"Now straight on. There is a log!\"", "{other} looked out for rocks, and {hero} swam around them.");
        s.World.Go(hero, "the other side");
        s.Say("Wet and tired they reached the other side.", "Soon they were on the other side, and both were safe.");
        s.Say("\"You see,\" said {hero} to the others, \"it is good that we are different.\"", "After that nobody laughed at them any more.");
        s.Moral("friends need not be the same");
    }
}
