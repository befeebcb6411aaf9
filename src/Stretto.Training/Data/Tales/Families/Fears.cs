using Stretto.Training.Data.Tales.Words;

namespace Stretto.Training.Data.Tales.Families;

/// <summary>Somebody is afraid, or shy, or too proud, and gets over it.</summary>
internal static class Fears
{
    public static readonly Plot[] All =
    [
        new("afraid of the dark", Dark), new("first day of school", FirstDay), new("noise in the attic", Attic),
        new("first flight", FirstFlight), new("thunder night", Thunder), new("the high tree", HighTree),
        new("visit to the doctor", Doctor),
    ];

    private static void Dark(Story s)
    {
        Character hero = s.Hero();
        s.Say(
            "there was only one thing that {hero} did not like, and that was the dark.",
            "in the day {hero} was as brave as a lion, but at night {he} was not.");
        s.Want(hero, "to sleep without a light");
        s.Say(
            "every shadow looked like a monster to {him}.",
            "when the lamp went out, {he} pulled the blanket over {his} head.");
        s.Say(
            "\"I wish I were not afraid,\" {he} said. \"I want to sleep without a light.\"",
            "\"I want to be brave at night, too,\" thought {hero}.");
        Character kin = s.Kin("kin");
        s.Say(
            "\"Come with me,\" said {kin}, and took {him} outside.",
            "one night {kin} took {his} hand and opened the door to the garden.");
        s.Paragraph();
        s.LetOne("insect", "firefly", "cricket", "moth");
        s.Say(
            "\"Close your eyes and listen,\" said {kin}. {hero} heard the wind and {a insect}.",
            "at first {he} saw nothing. Then {he} saw {a insect}, and after that a hundred stars.");
        s.Say(
            "\"The night is only the day with its eyes closed,\" said {kin}.",
            "\"Without the dark,\" said {kin}, \"nobody could see the stars.\"");
        s.Help(kin, hero);
        s.Say("they sat there for a long time and looked up at the moon.", "they counted {number} falling stars.");
        s.Say(
            "that night {hero} blew out the lamp {himself}.",
            "back in bed, {hero} said good night to the dark, and the dark was friendly.");
        s.Moral("things are less scary when you look at them closely");
    }

    private static void FirstDay(Story s)
    {
        Character hero = s.ChildHero();
        Thing bag = s.Thing("bag", s.Pick(Things.Colours), "bag", hero);
        s.Say(
            "today was {hero}'s first day at a new school.",
            "{hero} was new in the {home}, and today {he} had to go to school.");
        s.Want(hero, "to find a friend");
        s.Say(
            "{he} packed {his} {bag} with a pencil, a book and a sandwich.",
            "{he} carried {a bag} that was almost too big for {him}.");
        s.Say(
            "\"What if nobody talks to me?\" {he} asked. \"I want to find a friend.\"",
            "\"I only want one friend,\" {he} said at the door.");
        s.Afraid(hero);
        s.Say(
            "in the classroom all the chairs were taken but one.",
            "the others knew each other and laughed, and {hero} stood by the wall.");
        s.Paragraph();
        Character friend = s.Child("friend");
        s.Say(
            "next to the window sat {a friend}. \"You can sit here,\" {friend.he} said.",
            "then {a friend} waved. \"This chair is free!\" {friend.he} called.");
        s.Say(
            "{friend} had no pencil, so {hero} lent {friend.him} one.",
            "{friend} had forgotten {friend.his} lunch, and {hero} gave {friend.him} half of the sandwich.");
        s.Help(hero, friend);
        s.Say(
            "at noon they played tag, and more and more children joined in.",
            "in the break they built a castle of sand together.");
        s.Say("when the bell rang, {hero} did not want to go home.", "\"See you tomorrow!\" called {friend}.");
        s.Glad(hero);
        s.Moral("every friend was a stranger once");
    }

    private static void Attic(Story s)
    {
        Character hero = s.ChildHero();
        Character friend = s.Child("friend");
        s.Say(
            "at night {hero} heard a strange noise from the attic.",
            "bump, scratch, bump! Something was moving over {hero}'s bed.");
        s.Say(
            "\"There must be a ghost,\" said {his} friend {friend}.",
            "in the morning {he} told {friend}. \"Maybe it is a ghost!\" said {friend}.");
        s.Want(hero, "to know what was in the attic");
        s.Say(
            "\"I want to know what it is,\" said {hero}.",
            "{hero} wanted to know what it was, even if {he} was scared.");
        Thing lantern = s.Thing("lantern", "old", s.Pick(["lantern", "lamp", "candle"]), hero);
        s.Say(
            "{he} took {a lantern}, and they climbed up the stairs.",
            "with {a lantern} in {his} hand, {hero} went first. Every step creaked.");
        s.Place("attic", "in attic");
        s.Go(hero, "attic");
        s.Afraid(friend);
        s.Paragraph();
        s.Say("something white moved in the corner!", "behind a trunk, two green eyes shone.");
        Character ghost = s.Animal("ghost", "cat", "owl", "kitten", "squirrel", "raccoon");
        s.Say(
            "{hero} held up the {lantern.noun}. It was no ghost. It was {a ghost.kind} with {number} babies!",
            "\"Who is there?\" asked {hero}. And out came {a ghost.kind}, dusty and hungry.");
        s.Say(
            "they called it {ghost} and brought it some milk.",
            "\"Hello, little one,\" said {friend}. They named it {ghost}.");
        s.Help(hero, ghost);
        s.Say(
            "since then {hero} likes the noises of the night.",
            "and the next time something went bump, {hero} only smiled.");
        s.Moral("it is better to look than to be afraid");
    }

    private static void FirstFlight(Story s)
    {
        Character hero = s.AnimalHero("robin", "owl", "sparrow", "swallow", "stork", "duckling");
        s.LetOne("tree", Things.Trees);
        s.Say("{he} lived in a nest, high up in {a tree} tree.", "the nest stood at the top of {a tree} tree.");
        s.Say(
            "{his} brothers and sisters could fly already.",
            "one after the other, the other young birds flew away.");
        s.Want(hero, "to fly");
        s.Say(
            "{hero} wanted to fly, too, but the ground was so far away.",
            "\"I want to fly,\" said {hero}, \"but what if I fall?\"");
        s.Afraid(hero);
        s.Say("so {he} stayed in the nest and was alone.", "{he} flapped {his} wings and then sat down again.");
        s.Paragraph();
        Character friend = s.Animal("friend", People.Small);
        s.Say(
            "one day {a friend} fell into the stream below. \"Help!\" {friend.he} cried.",
            "then {he} heard a cry. {A friend} hung on a thin branch over the water.");
        s.Say("{hero} did not think. {he} jumped.", "\"I am coming!\" called {hero}, and forgot to be afraid.");
        s.Say(
            "the air held {him}, and {his} wings knew what to do.",
            "down {he} went, and then up. {he} was flying!");
        s.Help(hero, friend);
        s.Say(
            "{he} pulled {friend} out and brought {friend.him} to dry land.",
            "{hero} carried {friend} safely to the grass.");
        s.Thank(friend, hero);
        s.Say(
            "\"You can fly!\" added {friend}. \"So I can,\" said {hero}.",
            "only then did {hero} see what {he} had done.");
        s.Moral("courage comes when somebody needs you");
    }

    private static void Thunder(Story s)
    {
        Character hero = s.ChildHero();
        Character pet = s.Animal("pet", People.Pets);
        s.Say("{hero} had {a pet}, who slept at the foot of {his} bed.", "{his} pet was {a pet}.");
        s.Say(
            "one night a storm woke them up. Boom went the thunder!",
            "in the middle of the night there was a flash and then a loud boom.");
        s.Afraid(pet);
        s.Say("{pet} crept under the bed and would not come out.", "{pet} hid in the wardrobe behind the coats.");
        s.Want(hero, "to comfort {pet}");
        s.Say(
            "{hero} was afraid as well, but {he} wanted to comfort {pet}.",
            "\"Poor {pet},\" said {hero}. {he} forgot {his} own fear, because {pet} needed {him}.");
        s.Paragraph();
        s.Say("{he} lay down on the floor and began to sing.", "{he} made a tent out of a blanket and two chairs.");
        s.Say(
            "\"The clouds are only playing drums,\" {he} said.",
            "\"Count with me,\" {he} said. \"One, two, three. Boom! You see, it is going away.\"");
        s.LetOne("song", "boats", "the sea", "a sleepy bear", "the moon", "a silver fish");
        s.Say(
            "{hero} told a long story about {song}, and the storm grew smaller and smaller.",
            "{he} sang a song about {song}, and {pet} came closer and closer.");
        s.Help(hero, pet);
        s.Say(
            "when Mum looked in, both of them were fast asleep.",
            "in the morning the two were still lying there, nose to nose.");
        s.Moral("you get brave when you look after somebody");
    }

    private static void HighTree(Story s)
    {
        Character hero = s.ChildHero();
        Character other = s.Child("other1");
        s.LetOne("tree", Things.Trees);
        s.Say("behind the school stood a very tall {tree} tree.", "there was a very tall {tree} tree in the {home}.");
        s.Say(
            "\"I bet that you cannot climb it,\" said {other1}, a bigger {other1.kind}.",
            "\"Only babies are afraid of it,\" said {other1}, who lived next door.");
        s.Want(hero, "to show that {he} was brave");
        s.Say(
            "{hero} wanted to show that {he} was brave, so {he} climbed up.",
            "\"I am no baby,\" said {hero}, and started to climb.");
        s.Say(
            "higher and higher {he} went. Then {he} looked down.",
            "the branches got thinner and thinner, and the wind shook them.");
        s.Afraid(hero);
        s.Say(
            "{he} could not go up, and {he} could not go down.",
            "{he} held on with both arms and did not dare to move.");
        s.Paragraph();
        s.Say(
            "{other1} turned pale. \"I am sorry!\" {other1.he} cried. \"I will get help!\"",
            "\"Hold on!\" shouted {other1}. {Other1.he} was not laughing any more.");
        Character helper = s.Adult("helper");
        s.Help(helper, hero);
        s.Say("{other1} came back with {a helper} and a long ladder.", "soon {a helper} came running with a ladder.");
        s.Say(
            "step by step, {helper} brought {him} down.",
            "\"Put your foot here,\" said {helper}. \"Now the other one. Good.\"");
        s.Say(
            "\"I should not have said that,\" said {other1}. \"I was never up there myself.\"",
            "{hero} and {other1} looked at each other and shook hands.");
        s.Moral("it is brave to say no");
    }

    private static void Doctor(Story s)
    {
        Character hero = s.Hero();
        Character doctor = s.Adult("doctor", "doctor");
        s.LetOne("pain", "tooth", "ear", "knee", "tummy", "throat", "foot");
        s.Say("{hero} had a sore {pain}.", "one {day}, {hero} woke up, and {his} {pain} hurt.");
        s.Fact("What hurt {hero}?", "{his} {pain}");
        s.Want(hero, "to stay at home");
        s.Say(
            "\"We must go to the doctor,\" said Mum. \"No! I want to stay at home,\" said {hero}.",
            "{hero} did not want to go to the doctor. {he} wanted to stay at home.");
        s.Say(
            "{he} hid under the bed, but Mum found {him}.",
            "{he} hid in the wardrobe, but {his} feet stuck out.",
            "{he} held on to the door with both hands.");
        s.Afraid(hero);
        s.Paragraph();
        s.Say(
            "{doctor} had warm hands and a funny tie with fish on it.",
            "{doctor} wore glasses and had a jar of stickers.");
        s.Say(
            "\"May I look at your {pain}?\" asked {doctor}. \"First I will look at your teddy's.\"",
            "\"Tell me about your {pain},\" said {doctor}, and {hero} told {doctor.him} everything.");
        s.Say("it took only a minute, and it hardly hurt at all.", "{hero} counted to ten, and then it was over.");
        s.Help(doctor, hero);
        Thing prize = s.Thing(
            "prize", "", s.Pick(["star sticker", "red balloon", "paper crown", "little medal"]), doctor);
        s.World.Give(doctor, hero, prize);
        s.Say(
            "\"That was very brave,\" said {doctor}, and gave {him} {a prize}.",
            "{doctor} gave {him} {a prize} for being so brave.");
        s.Say("at home {hero} played doctor with all {his} toys.", "the next day the {pain} did not hurt any more.");
        s.Moral("waiting is often worse than the thing itself");
    }
}
