namespace Stretto.Training.Data.Tales.Plots;

/// <summary>Wishes, lies, fears and what comes of them.</summary>
internal static class Lessons
{
    public static readonly (string, Action<Story>)[] All =
    [
        ("three wishes", ThreeWishes), ("the false alarm", FalseAlarm), ("learning to swim", LearningToSwim), ("afraid of the dark", AfraidOfTheDark),
        ("too much", TooMuch), ("the proud one", ProudOne), ("the first day", FirstDay),
    ];

    private static void ThreeWishes(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        Character fish = s.Animal("fish");
        s.Say("{hero} saved {a.fish.kind} called {fish} from a net.", "By the pond {hero} helped {fish}, {a.fish.trait} {fish.kind}, out of a trap.");
        s.Say("\"I can do magic,\" said {fish}. \"You have three wishes.\"", "\"Thank you,\" said {fish}. \"For that I grant you three wishes.\"");
        s.Let("food", Words.Dishes);
        s.World.Want(hero, "a mountain of food");
        s.Say("\"I wish for a mountain of {food}!\" said {hero}. And there it was, as high as a house.", "First {hero.he} wished for all the {food} in the world.");
        s.Say("{hero} ate until {hero.his} stomach hurt.", "It was far too much, and soon {hero} felt sick.");
        s.Let("animal", Words.Animals);
        s.Say("Then {hero.he} wished to be as small as {a.animal}, and the cat next door chased {hero.him}.", "\"I wish I could fly!\" {hero.he} said next. But up there it was cold, and {hero.he} was afraid of falling.");
        s.Paragraph();
        s.Say("Now there was only one wish left.", "\"Think well,\" said {fish}. \"This is your last wish.\"");
        s.World.Want(hero, "that everything was as before");
        s.Say("\"I wish that everything was as before,\" said {hero}, \"but that we stay friends.\"", "{hero} thought for a long time. \"I want only one thing,\" {hero.he} said. \"Be my friend.\"");
        s.Say("\"That was the best wish of all,\" said {fish}.", "{fish} smiled, and from then on they met every day.");
        s.Moral("the best things are not won by wishing");
    }

    private static void FalseAlarm(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        s.Say("{hero} looked after the sheep on the hill, and it was boring.", "Every day {hero} watched the sheep above the {home}.");
        s.World.Want(hero, "some fun");
        s.Say("\"I want some fun,\" {hero.he} said, and shouted, \"Wolf! Wolf!\"", "For a joke {hero.he} cried, \"Help! A wolf!\"");
        s.Say("All the people ran up the hill with sticks. {hero} laughed. There was no wolf.", "The people came running. \"I was only joking,\" said {hero}.");
        s.Say("The next day {hero} did it again, and again they came. They were very angry.", "{hero} did it a second time, and the people shook their heads.");
        Character wolf = s.Animal("wolf");
        s.Paragraph();
        s.Say("On the third day a real wolf came out of the forest.", "Then, one evening, there really was a wolf.");
        s.Say("\"Wolf! Wolf!\" cried {hero}. But nobody came.", "{hero} shouted as loud as {hero.he} could, but the people stayed at home, because they did not believe {hero.him}.");
        s.Say("Only {wolf} the {wolf.kind} heard it and made so much noise that the wolf ran away.", "Luckily {wolf}, a big {wolf.kind}, came and chased the wolf away.");
        s.World.Note("lose", hero, "trust");
        s.Say("{hero} went down to the {home} and said that {hero.he} was sorry.", "With tears in {hero.his} eyes {hero} promised never to lie again.");
        s.Moral("nobody believes a liar, even when he tells the truth".Replace("he tells", hero.IsFemale ? "she tells" : "he tells", StringComparison.Ordinal));
    }

    private static void LearningToSwim(Story s)
    {
        Character hero = s.Someone("hero");
        s.Begin();
        Character teacher = s.Animal("teacher");
        s.Say("All of {hero}'s friends could swim. Only {hero} could not.", "{hero} loved the lake, but was afraid of deep water.");
        s.World.Want(hero, "to swim");
        s.Say("\"I want to swim like you,\" {hero.he} said to {teacher} the {teacher.kind}.", "One day {hero} asked {teacher}, {a.teacher.trait} {teacher.kind}, for help.");
        s.World.Go(hero, "the lake");
        s.Say("On the first day {hero} put only one foot into the water.", "First they only sat in the water and splashed.");
        s.Say("On the second day {hero.he} put {hero.his} face in and blew bubbles.", "Then {hero} learned to float like a leaf.");
        s.Say("On the third day {hero} swallowed water and coughed. \"I cannot do it,\" {hero.he} said.", "Once {hero.he} went under and came up crying.");
        s.Paragraph();
        s.Say("\"You can do more than yesterday,\" said {teacher}. \"Look how far you are.\"", "\"Every swimmer has swallowed water,\" laughed {teacher}. \"Try again.\"");
        s.Say("{hero} tried again. One stroke, two strokes, three.", "{hero} kicked with both legs, and suddenly {hero.he} was moving.");
        s.World.Note("learn", hero, "to swim");
        s.Say("\"I am swimming!\" {hero.he} shouted.", "{hero} swam all the way to the big stone and back.");
        s.End();
    }

    private static void AfraidOfTheDark(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        Character kin = s.Kin("kin");
        s.Say("{hero} was afraid of the dark.", "Every night {hero} asked for the light to stay on.");
        s.World.Want(hero, "to be brave");
        s.Say("\"There is something under my bed,\" {hero.he} said. \"I want to be brave, but I cannot.\"", "Behind the curtain something moved. {hero} pulled up the blanket.");
        s.Say("{kin} came in and sat down. \"Let us look together,\" {kin.he} said.", "\"What do you see?\" asked {kin}. \"A monster,\" whispered {hero}.");
        Thing lamp = s.World.Add(s.Let("lamp", s.Pick(["small lamp", "little lantern", "round candle"])), kin);
        s.Let("clothes", Words.Clothes);
        s.Paragraph();
        s.Say("They turned on the light. The monster was only {a.clothes} on a chair.", "With the light on, it was just {a.clothes} that hung on the door.");
        s.Say("They turned it off again. There was the monster. On, off, on, off. {hero} began to laugh.", "\"Hello, {clothes},\" said {hero}, and giggled.");
        s.World.Give(kin, hero, lamp);
        s.Say("{kin} gave {hero.him} a {lamp} to keep beside the bed.", "\"This is for you,\" said {kin}, and gave {hero} a {lamp}.");
        s.Say("After a week {hero} did not need it any more.", "That night {hero} turned it off alone, because now {hero.he} knew what was there.");
        s.Moral("fear grows small when you look at it");
    }

    private static void TooMuch(Story s)
    {
        Character hero = s.Animal("hero");
        s.Begin();
        s.Let("food", Words.Dishes);
        s.World.Want(hero, "more and more");
        s.Say("{hero} always wanted more than the others.", "Whatever {hero} had, it was never enough.");
        s.Say("At the feast there was {food} for everyone, and {hero} took three plates.", "When the {food} was ready, {hero} was always the first at the table.");
        Character friend = s.Animal("friend");
        s.Say("\"Leave some for us,\" said {friend} the {friend.kind}.", "{friend} the {friend.kind} got only the crumbs.");
        s.Say("{hero} did not listen. {hero.he} ate and ate and ate.", "\"I am still hungry,\" said {hero}, and went on eating.");
        s.Paragraph();
        s.Say("Then {hero.he} wanted to go home, but {hero.he} did not fit through the door!", "At last {hero} was as round as a ball and got stuck in the door.");
        s.Say("The others pulled and pushed, but {hero} could not move.", "\"Help!\" cried {hero}. {friend} pulled with all {friend.his} strength.");
        s.Let("number", ["two", "three", "four"]);
        s.Say("{hero.he} had to stay there for {number} days, and every day {friend} brought {hero.him} a glass of water.", "For {number} days {hero} sat in the door and had time to think.");
        s.World.Note("give", friend, "water", hero.Name);
        s.Say("When {hero} was free again, {hero.he} cooked for everyone and ate last.", "\"I am sorry,\" said {hero}. \"From now on we will share.\"");
        s.Moral("enough is better than too much");
    }

    private static void ProudOne(Story s)
    {
        Character hero = s.Animal("hero");
        s.Begin();
        Character small = s.Animal("small");
        s.Say("{hero} was the strongest of all the animals and told everyone so.", "\"Look how beautiful I am,\" {hero} said every morning to the pond.");
        s.World.Want(hero, "everyone to admire " + (hero.IsFemale ? "her" : "him"));
        s.Say("{hero} laughed at {small} the {small.kind}, who was so small.", "\"You are plain and little,\" {hero.he} said to {small} the {small.kind}.");
        s.Say("{small} said nothing and went on with {small.his} work.", "{small} only smiled.");
        s.Let("trap", ["net", "rope", "snare"]);
        s.Paragraph();
        s.World.Go(hero, s.Place("place"));
        s.Say("One day {hero} walked into a hunter's {trap} at {place}.", "Near {place} {hero} looked only at the sky and stepped into a {trap}.");
        s.Say("The more {hero.he} pulled, the tighter it became.", "All {hero.his} strength did not help.");
        s.Say("Then {small} came. With sharp teeth {small.he} bit through the ropes, one after the other.", "\"Hold still,\" said a little voice. It was {small}, and {small.he} untied the knots.");
        s.World.Note("give", small, "freedom", hero.Name);
        s.Say("\"I laughed at you, and you saved me,\" said {hero}. \"I am ashamed.\"", "{hero} bowed {hero.his} head. \"You are greater than I am,\" {hero.he} said.");
        s.Moral("nobody is too small to help");
    }

    private static void FirstDay(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        Character kin = s.Kin("kin");
        s.Say("It was {hero}'s first day at school.", "Today {hero} would go to school for the first time.");
        s.World.Want(hero, "to stay at home");
        s.Say("\"I want to stay at home,\" said {hero}. \"What if nobody likes me?\"", "{hero}'s stomach felt funny, and {hero.he} wanted to stay at home.");
        Thing bag = s.Thing("token", Words.Treasures, kin);
        s.World.Give(kin, hero, bag);
        s.Say("{kin} gave {hero.him} {a.token}. \"When you are afraid, hold it tight,\" {kin.he} said.", "\"Take my {token},\" said {kin}. \"Then a part of me is with you.\"");
        s.World.Go(hero, "school");
        s.Say("At school there was so much noise. {hero} held the {token} in {hero.his} hand.", "{hero} stood at the door and did not dare to go in.");
        s.Paragraph();
        Character friend = s.Child("friend");
        s.Say("Beside {hero.him} stood {friend}, who was crying.", "In the corner sat {a.friend.trait} {friend.kind} named {friend}, and {friend.he} looked even more afraid.");
        s.Say("\"Do you want to hold this?\" asked {hero}. \"It helps.\"", "{hero} forgot {hero.his} own fear. \"Sit with me,\" {hero.he} said.");
        s.Say("They held it together, and after a while they both laughed.", "{friend} dried {friend.his} eyes, and they went in hand in hand.");
        s.Say("\"How was it?\" asked {kin} in the evening. \"Too short!\" said {hero}.", "In the afternoon they did not want to go home at all.");
        s.End();
    }
}
