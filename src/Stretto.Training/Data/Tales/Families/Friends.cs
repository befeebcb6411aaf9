using Stretto.Training.Data.Tales.Words;

namespace Stretto.Training.Data.Tales.Families;

/// <summary>New friends, quarrels and peace.</summary>
internal static class Friends
{
    public static readonly Plot[] All =
    [
        new("new friend", NewFriend), new("feud and peace", Feud), new("broken promise", BrokenPromise),
        new("kept promise", KeptPromise), new("the secret", Secret), new("jealous friend", Jealous),
        new("left out", LeftOut), new("forgotten birthday", ForgottenBirthday),
    ];

    private static void NewFriend(Story s)
    {
        Character hero = s.Hero();
        Character friend = s.Someone("friend");
        Thing toy = s.Thing("toy", Things.Toys, hero);
        s.Want(hero, "somebody to play with");
        s.Say("{hero} had {a toy}, but nobody to play with.", "every day {hero} played alone with {his} {toy}.");
        s.Say("\"I want a friend,\" {he} said to the wind.", "{he} wanted a friend more than anything else.");
        s.Place("place", Places.Outdoors);
        s.Walk(hero, "place");
        s.Say("there sat {a friend}, also alone.", "{a friend} was already there and looked at the ground.");
        s.Say("{hero} wanted to say hello, but {he} was too shy.", "for a while neither of them said a word.");
        s.Paragraph();
        s.World.Give(hero, friend, toy);
        s.Say(
            "then {he} held out the {toy}. \"Would you like to try it?\" {he} asked.",
            "at last {hero} gave the {toy} to {friend}. \"You can have a turn,\" {he} said.");
        s.Say(
            "{friend}'s face lit up. \"I am new here,\" {friend.he} said, \"and I do not know anybody.\"",
            "{friend} smiled. \"Nobody has asked me before,\" {friend.he} said.");
        s.World.Give(friend, hero, toy);
        s.Say(
            "they took turns all afternoon, and in the evening {friend} gave the {toy} back.",
            "they played until the stars came out. Then {friend} gave {him} back the {toy}.");
        s.Say(
            "\"Tomorrow at the same time?\" asked {friend}. \"Yes!\" said {hero}.",
            "\"Now you know me,\" said {hero}, \"so you know somebody.\"");
        s.Moral("a friend is found when somebody says hello");
    }

    private static void Feud(Story s)
    {
        Character hero = s.Adult("hero");
        s.Begin(hero);
        Character other = s.Adult("other1");
        Character child = s.Child("child");
        s.LetOne("tree", Things.Trees);
        s.Say(
            "next door lived {other1}, and the two had not spoken for {number} years.",
            "{his} neighbour was {other1}. Between their houses stood a high fence.");
        s.Say(
            "it had begun with {a tree} tree that stood between their gardens.",
            "nobody knew any more how it had begun. It had something to do with {a tree} tree.");
        s.Want(hero, "to have the tree");
        s.Want(other, "to have the tree");
        s.Say(
            "\"The tree is mine,\" said {hero}. \"No, mine,\" said {other1}.",
            "both of them wanted the tree for themselves.");
        s.Cross(other);
        s.Paragraph();
        s.Say(
            "one day little {child} lost a ball under the tree and climbed over the fence.",
            "then {child}, a small {child.kind} from the {home}, sat down under the tree and cried.");
        s.Say(
            "\"Why are you always angry?\" asked {child}. \"The tree gives shade to both of you.\"",
            "\"I am sad because you are fighting,\" said {child}. \"The tree is sad, too.\"");
        s.Say(
            "{hero} looked at {other1}, and {other1} looked at {hero}. Both turned red.",
            "it was very quiet. Then {other1} began to laugh, and {hero} laughed as well.");
        s.Help(child, hero);
        s.Say(
            "they took the fence down and made a bench out of the wood.",
            "the next day they cut the fence into boards and built a table.");
        s.LetOne("drink", Things.Drinks);
        s.Say(
            "now they sit under the tree every evening and drink {drink}.",
            "that evening they sat there together, and {child} got the biggest piece of cake.");
        s.Moral("peace begins with a kind word");
    }

    private static void BrokenPromise(Story s)
    {
        Character hero = s.ChildHero();
        Character friend = s.Someone("friend");
        s.LetOne(
            "job", "water the flowers", "feed the hens", "look after the rabbits", "close the gate", "feed the fish");
        s.Want(friend, "to visit an aunt");
        s.Say(
            "{his} friend {friend} had to go away for some days. \"Will you {job}?\" {friend.he} asked.",
            "{friend}, a good friend, wanted to visit an aunt. \"Can you {job} while I am away?\" {friend.he} asked.");
        s.Fact("What did {hero} promise to do?", "{job}");
        s.Say("\"I promise,\" said {hero}.", "\"Of course,\" said {hero}. \"You have my word.\"");
        s.Say(
            "but then the circus came to the {home}, and {he} forgot all about it.",
            "but the sun was shining, {he} went fishing, and {he} forgot it.");
        s.Say(
            "when {he} remembered it, it was late. {he} ran as fast as {he} could.",
            "on the third day {he} woke up with a start. \"Oh no!\" {he} cried.");
        s.Say("it did not look good in {friend}'s garden.", "everything was dry, hungry or gone.");
        s.Sad(hero);
        s.Paragraph();
        s.Say(
            "{hero} worked the whole night to put things right.",
            "{he} did what {he} could and stayed there until {friend} came home.");
        s.Say(
            "\"I broke my promise,\" {he} said when {friend} came back. \"I am very sorry.\"",
            "then {friend} came back, and {hero} told {friend.him} the truth. {he} did not hide anything.");
        s.Cross(friend);
        s.Say(
            "but when {friend} saw how hard {hero} had worked, {friend.he} was not angry any more.",
            "after a while {friend} said, \"It is good that you told me. I forgive you.\"");
        s.Say(
            "the next time {hero} tied a knot in {his} handkerchief and forgot nothing.",
            "since then {hero} writes every promise on a piece of paper.");
        s.Moral("a promise is a promise");
    }

    private static void KeptPromise(Story s)
    {
        Character hero = s.Hero();
        Character friend = s.Someone("friend");
        Thing thing = s.Thing("thing", Things.Treasures, friend);
        s.Place("place", Places.Wild);
        s.Want(friend, "{hero} to keep the {thing} safe");
        s.World.Give(friend, hero, thing);
        s.Say(
            "before a long journey to {place}, {his} friend {friend} gave {him} {a thing}.",
            "{his} friend {friend} went to {place} and left {a thing} with {him}.");
        s.Go(friend, "place");
        s.Say(
            "\"Keep it safe for me,\" said {friend}. \"I promise,\" said {hero}.",
            "\"Please take good care of it,\" said {friend}, and {hero} gave {his} word.");
        Character buyer = s.Adult("buyer");
        s.Say(
            "the next day {a buyer} came to the door and saw the {thing.noun}.",
            "some weeks later {a buyer} passed by.");
        s.Want(buyer, "the {thing}");
        s.Say(
            "\"I will give you a bag of gold for the {thing},\" said {buyer}.",
            "\"I want that {thing},\" said {buyer}. \"I will give you my horse for it!\"");
        s.Maybe(
            "{hero} was poor, and {his} roof had holes.",
            "{hero} thought of all the things that {he} could buy.");
        s.Say(
            "\"It is not mine,\" said {hero}. \"I made a promise.\"",
            "but {hero} shook {his} head. \"My word is worth more,\" {he} said.");
        s.Paragraph();
        s.Say(
            "{number} months went by, and every day {hero} wiped the dust off it.",
            "winter came and went, and the {thing.noun} lay safe under {hero}'s bed.");
        s.World.Give(hero, friend, thing);
        s.Say(
            "then {friend} came back, and {hero} gave {friend.him} the {thing}.",
            "one day {friend} stood at the door, and {hero} put the {thing} in {friend.his} hands.");
        s.Thank(friend, hero);
        s.Moral("a kept promise is the strongest bridge");
    }

    private static void Secret(Story s)
    {
        Character hero = s.Hero();
        Character friend = s.Someone("friend");
        s.LetOne(
            "fear", "afraid of frogs", "writing poems", "learning to dance", "afraid of geese");
        s.Say(
            "{his} friend was {a friend}. One day {friend} whispered, \"I will tell you a secret.\"",
            "{hero} had a friend, {a friend}. \"Can you keep a secret?\" asked {friend}.");
        s.Want(friend, "{hero} to keep a secret");
        s.Say(
            "{friend} came very close. \"I am {fear},\" {friend.he} said. \"Do not tell anybody!\"",
            "{friend} looked left and right. \"I am {fear},\" {friend.he} said, \"but nobody must know.\"");
        s.Fact("What was {friend}'s secret?", "{friend.he} was {fear}");
        s.Say("\"I will not tell,\" said {hero}.", "\"My mouth is closed,\" said {hero}.");
        Character other = s.Someone("other1");
        s.Place("place");
        s.Walk(hero, "place");
        s.Say(
            "{at place} {he} met {a other1}. \"What did {friend} tell you?\" asked {other1}.",
            "there {he} saw {a other1}. \"I know that you have a secret,\" said {other1}. \"Tell me!\"");
        s.Want(other, "to know the secret");
        s.Say(
            "\"I will give you all my nuts for it,\" {other1.he} added.",
            "\"If you do not, I will never play with you again,\" {other1.he} added.");
        s.Paragraph();
        s.Say(
            "the secret wanted to jump out of {hero}'s mouth, but {he} pressed {his} lips together.",
            "it was hard. {hero} really wanted to tell it.");
        s.Say(
            "\"It is not my secret,\" {he} said, \"so I cannot give it away.\"",
            "\"No,\" {he} said. \"I gave my word.\"");
        s.Say("{friend} had been standing behind a tree and had heard it all.", "later {friend} heard about it.");
        s.Say("\"Now I know that I can trust you,\" said {friend}.", "{friend} ran up and put an arm around {hero}.");
        s.Say(
            "{other1} was ashamed and said sorry to both of them.",
            "even {other1} had to smile. \"I want a friend like that, too,\" {other1.he} said.");
        s.Moral("a good friend can keep a secret");
    }

    private static void Jealous(Story s)
    {
        Character hero = s.ChildHero();
        Character baby = s.Child("baby");
        Character kin = s.Kin("kin");
        s.Let("sibling", baby.IsFemale ? "sister" : "brother");
        s.Say(
            "{hero} had a new baby {sibling}, and {baby.his} name was {baby}.",
            "there was a baby in the house now. It was called {baby}.");
        s.Say(
            "everyone looked at {baby} and nobody at {hero}.",
            "\"Shh, the baby is asleep,\" they said all day long.");
        s.Want(hero, "to be the baby again");
        s.Say(
            "\"I want to be the baby again,\" said {hero}.",
            "{hero} wanted to be small again and put a blanket over {his} head.");
        s.Cross(hero);
        s.Say("{he} sat under the table and did not come out for lunch.", "{he} drew a picture with no baby in it.");
        s.Paragraph();
        s.Say(
            "then {baby} began to cry. {kin} sang, but it did not help.",
            "in the afternoon {baby} cried and cried, and nobody knew why.");
        s.LetOne("face", "a face like a frog", "a noise like a duck", "a funny little bow");
        s.Say("{hero} came out and made {face}.", "{hero} leaned over the bed and barked like a dog.");
        s.Say(
            "{baby} stopped crying, looked at {him}, and laughed!",
            "all at once {baby} was quiet. Then there was a tiny laugh.");
        s.Help(hero, kin);
        s.Say("\"Only you can do that,\" said {kin}.", "\"{baby} likes you best of all,\" said {kin}.");
        s.Say(
            "{baby} held {hero}'s finger and would not let go.",
            "{hero} grew a little taller when {he} heard that.");
        s.Moral("there is enough love for everyone");
    }

    private static void LeftOut(Story s)
    {
        Character hero = s.AnimalHero("hedgehog", "mole", "toad", "skunk", "porcupine", "snail");
        Character friend = s.Animal("friend");
        s.Place("place", Places.Outdoors);
        s.Say(
            "the animals played ball {at place}, but nobody asked {hero} to join in.",
            "every {day} the animals danced {at place}. Only {hero} stood alone.");
        s.Want(hero, "to play with the others");
        s.Say("\"You are too slow,\" they said.", "\"Go away, you look strange,\" somebody called.");
        s.Sad(hero);
        s.Go(hero, "place");
        s.Say(
            "{hero} only wanted to play with them.",
            "\"I want to play, too,\" {he} said, but so softly that nobody heard it.");
        s.Paragraph();
        s.Say(
            "then the ball rolled into a thorn bush. \"Now it is gone,\" said {a friend}.",
            "then the ball fell into a narrow hole. {A friend} reached for it, but {friend.his} arm was too short.");
        s.Say(
            "the others stood around and did not know what to do.",
            "they tried it with sticks and stones, but it did not work.");
        s.Say(
            "\"I can get it,\" said {hero}, and crept in without fear.",
            "{hero} was just the right size. In {he} went, and out {he} came with the ball.");
        s.Help(hero, friend);
        s.Say(
            "\"That was great!\" cried {friend}. \"Come and play on my side.\"",
            "\"We were unkind,\" said {friend}. \"I am sorry. Please stay with us.\"");
        s.Glad(hero);
        s.Say(
            "from then on, no game began without {him}.",
            "after that they asked everybody to join in, the slow and the small.");
        s.Moral("everybody is good at something");
    }

    private static void ForgottenBirthday(Story s)
    {
        Character hero = s.Hero();
        Character friend = s.Someone("friend");
        Character second = s.Animal("second");
        s.Say(
            "today was {hero}'s birthday, but nobody said a word about it.",
            "\"Today is my birthday,\" thought {hero}. \"Did everybody forget it?\"");
        s.Want(hero, "to have a party");
        s.Say("{he} wanted to have a party with cake and songs.", "{he} wanted a party, or at least one candle.");
        s.Say(
            "{hero} went to {friend}, {his} best friend. \"I have no time today,\" said {friend}, and closed the door.",
            "{he} asked {his} friend {friend} to come and play. \"Not now,\" said {friend}. \"I am busy.\"");
        s.Say(
            "then {he} met {a second}, who ran away without a word.",
            "{a second} hid something behind {second.his} back and walked off.");
        s.Sad(hero);
        s.Paragraph();
        s.Say(
            "in the evening {he} went home with slow steps. The house was dark.",
            "when the sun went down, {hero} opened {his} door. It was dark and quiet inside.");
        s.Say(
            "\"Surprise!\" The lamps went on, and there they all were.",
            "suddenly there was light. \"Happy birthday!\" everyone shouted.");
        Thing gift = s.Thing("gift", Things.Toys, friend);
        s.World.Give(friend, hero, gift);
        s.Say("{friend} gave {him} {a gift} with a ribbon on it.", "from {friend} {he} got {a gift}.");
        s.Say(
            "{second} had baked a cake with {number} candles.",
            "{second} carried in the biggest cake that {he} had ever seen.");
        s.Say(
            "\"We were busy with your party,\" said {friend}. \"How could we forget you?\"",
            "\"I am sorry that I closed the door,\" laughed {friend}. \"You would have seen the balloons.\"");
        s.Glad(hero);
        s.End();
    }
}
