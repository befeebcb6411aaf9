using Stretto.Training.Data.Tales.Words;

namespace Stretto.Training.Data.Tales.Families;

/// <summary>Things change hands: trades, gifts, loans, thefts and what comes of them.</summary>
internal static class Trades
{
    public static readonly Plot[] All =
    [
        new("fair trade", FairTrade), new("long trade", LongTrade), new("birthday gift", BirthdayGift),
        new("sharing food", SharingFood), new("saving coins", SavingCoins), new("borrowed tool", BorrowedTool),
        new("thief in the night", Thief), new("found purse", FoundPurse),
    ];

    private static void FairTrade(Story s)
    {
        Character hero = s.Hero();
        Character friend = s.Someone("friend");
        Thing mine = s.Thing("mine", Things.Toys, hero);
        Thing theirs = s.Thing("theirs", Things.Toys, friend);
        s.Say("{hero} had {a mine}, but {he} did not play with it any more.", "on {his} shelf {hero} had {a mine}.");
        s.Say(
            "next door lived {a friend}, who had {a theirs}.",
            "{his} friend was {a friend}, and {friend.he} had {a theirs}.");
        s.Want(hero, "the {theirs}");
        s.Want(friend, "the {mine}");
        s.Say(
            "{hero} wanted the {theirs} very much, and {friend} wanted the {mine}.",
            "\"I wish I had your {theirs.noun},\" said {hero}. \"And I wish I had your {mine.noun},\" said {friend}.");
        s.Paragraph();
        s.Say("\"Let us trade,\" said {hero}.", "\"Shall we swap?\" asked {friend}.");
        s.Say(
            "they both thought about it for a moment. It was fair.",
            "they shook hands, because that was a fair trade.");
        s.World.Give(hero, friend, mine);
        s.World.Give(friend, hero, theirs);
        s.Say(
            "so {hero} gave {friend} the {mine}, and {friend} gave {hero} the {theirs}.",
            "now {hero} had the {theirs}, and {friend} had the {mine}.");
        s.Glad(hero);
        s.Say(
            "they played together until it was dark.",
            "and the best thing was that they could still play with both.");
        s.End();
    }

    private static void LongTrade(Story s)
    {
        Character hero = s.Hero();
        Thing first = s.Thing("first", Things.Treasures, hero);
        s.Say("all that {hero} had was {a first}.", "{hero} had no money. {he} had only {a first} in {his} pocket.");
        s.Want(hero, "something warm to eat");
        s.Say(
            "{he} was hungry and wanted something warm to eat.",
            "\"I wish I had something warm to eat,\" {he} said.");
        s.Place("place");
        s.Walk(hero, "place");
        Character one = s.Adult("one");
        Thing second = s.Thing("second", Things.Clothes, one);
        s.Meet(hero, "one");
        s.Say(
            "\"What a fine {first.noun}!\" said {one}. \"I have looked for one like that for years.\"",
            "{one} saw the {first.noun} and smiled. \"My daughter would love that,\" {one.he} said.");
        s.World.Give(hero, one, first);
        s.World.Give(one, hero, second);
        s.Say(
            "so {hero} traded the {first} for {a second}.",
            "{one} took the {first} and gave {hero} {a second} for it.");
        Character two = s.Adult("two");
        Thing third = s.Thing("third", "", "bowl of " + s.Pick(["soup", "stew", "porridge", "noodles"]), two);
        s.Paragraph();
        s.Say("farther down the road sat {a two}, shivering in the wind.", "then {hero} met {a two}, who was cold.");
        s.World.Give(hero, two, second);
        s.Say(
            "\"Take my {second},\" said {hero}. \"You need it more than I do.\"",
            "{hero} felt sorry for {two} and gave {two.him} the {second}.");
        s.World.Give(two, hero, third);
        s.Say(
            "\"Then come to my house,\" said {two}. There {hero} got {a third}, hot from the stove.",
            "{two} smiled. \"Sit down at my table,\" {two.he} said, and gave {hero} {a third}.");
        s.Moral("those who give also get");
    }

    private static void BirthdayGift(Story s)
    {
        Character hero = s.ChildHero();
        Character friend = s.Someone("friend");
        s.Want(hero, "to find a good gift for {friend}");
        s.Say(
            "tomorrow was the birthday of {a friend}, and {hero} had no gift yet.",
            "{hero} was invited to a party. The birthday child was {a friend}.");
        s.Say(
            "{hero} had only {number} coins, and everything in the shop cost more.",
            "\"I want to find a good gift,\" said {hero}, but {his} purse was empty.");
        s.LetOne("stuff", Things.Materials);
        s.LetOne("stuff2", Things.Materials);
        Thing gift = s.Thing(
            "gift", ["basket", "picture", "kite", "puppet", "lantern", "mask", "crown", "bird", "castle"], null);
        s.Say("so {hero} decided to make something.", "\"Then I will make a gift myself,\" {he} said.");
        s.World.Make(hero, gift);
        s.Say(
            "{he} took {stuff} and {stuff2} and worked all evening. Then it was done: {a gift}!",
            "out of {stuff} and {stuff2}, {he} made {a gift}.");
        s.Paragraph();
        s.Say(
            "at the party the other gifts were big and bright, and {hero} felt shy.",
            "{hero} came last, and {his} parcel was the smallest of all.");
        s.World.Give(hero, friend, gift);
        s.Say(
            "but when {friend} opened it, {friend.his} eyes shone.",
            "{friend} unwrapped the {gift} and jumped for joy.");
        s.Say(
            "\"Did you make this for me?\" asked {friend}. \"Then it is the best gift of all.\"",
            "\"Nobody else in the world has {a gift.noun} like this,\" said {friend}.");
        s.LetOne("treats", Things.Treats);
        s.Say(
            "they ate {treats} and played games until it was late.",
            "after that there were {treats} for everyone.");
        s.Moral("a gift from the heart is the best gift");
    }

    private static void SharingFood(Story s)
    {
        Character hero = s.Hero();
        s.LetOne("fruit", Things.Berries);
        Thing basket = s.Thing("basket", "", s.Fill("basket of {fruit}"), hero);
        s.Place("place", Places.Outdoors);
        s.Go(hero, "place");
        s.Want(hero, "to keep all the {fruit}");
        s.Say("{hero} sat {at place} with {a basket}.", "{hero} had picked {a basket} {at place}.");
        s.Say("{he} wanted to eat them all alone.", "\"These are all for me,\" {he} said.");
        Character guest = s.Animal("guest");
        s.Meet(hero, "guest");
        s.Say(
            "\"May I have some?\" asked {guest}. \"I have had no breakfast.\"",
            "{guest} looked at the {fruit} with big eyes and said nothing.");
        s.Say(
            "\"No,\" said {hero}, \"they are mine.\" And {guest} went away with {guest.his} head down.",
            "{hero} held the basket tight, and {guest} walked away.");
        s.Say(
            "{hero} ate and ate, but it did not taste as good as before.",
            "after a while {hero}'s stomach hurt, and it was lonely there.");
        s.Paragraph();
        s.Say("\"Wait!\" called {hero}. \"Come back, {guest}!\"", "so {hero} got up and ran after {guest}.");
        s.World.Give(hero, guest, basket);
        s.Say(
            "\"Here,\" said {hero}, \"the rest is for you.\" And {he} gave {guest} the basket.",
            "{he} said that {he} was sorry and gave {guest} the whole basket.");
        s.Say(
            "{guest} smiled and told {hero} a very funny story.",
            "they sat side by side in the grass and laughed a lot.");
        s.Thank(guest, hero);
        s.Moral("food tastes better when it is shared");
    }

    private static void SavingCoins(Story s)
    {
        Character hero = s.ChildHero();
        Character seller = s.Adult("seller", "clockmaker", "carpenter", "tailor", "potter", "shopkeeper");
        Thing toy = s.Thing("toy", Things.Toys, seller);
        s.Want(hero, "the {toy}");
        s.Say(
            "in a shop window {hero} saw {a toy} and wanted it very much.",
            "there was {a toy} in the shop, and {hero} dreamed of it every night.");
        s.Fact("How many coins did the {toy} cost?", "{number}");
        s.Say(
            "it cost {number} coins, and {hero} had none.",
            "\"It costs {number} coins,\" said {seller}, who kept the shop. {hero} had not even one.");
        s.Say(
            "so {hero} carried water, swept floors and fed the hens.",
            "{he} washed windows, pulled weeds and walked dogs.",
            "after school {he} helped everybody in the {home}.");
        s.Say("each time {he} got a coin and put it in a jar.", "coin by coin, the jar filled up.");
        s.Maybe(
            "once {he} wanted to buy sweets instead, but {he} waited.",
            "it took a long time, but {hero} did not give up.");
        s.Paragraph();
        s.Say(
            "at last there were {number} coins in the jar.",
            "one {day} {hero} counted again. There were {number}!");
        s.World.Give(seller, hero, toy);
        s.Say(
            "{hero} ran to the shop, and {seller} gave {him} the {toy}.",
            "{seller} took the coins and handed {him} the {toy}.");
        s.Say("\"You earned it,\" said {seller}.", "\"You have worked hard for it,\" said {seller}.");
        s.Glad(hero);
        s.Moral("good things are worth waiting for");
    }

    private static void BorrowedTool(Story s)
    {
        Character hero = s.ChildHero();
        Character owner = s.Adult("owner");
        Thing tool = s.Thing(
            "tool", ["hammer", "saw", "ladder", "shovel", "rake", "drill", "wheelbarrow", "lantern"], owner);
        s.Want(hero, "to build a house in a tree");
        s.Say(
            "{hero} wanted to build a house in a tree, but {he} had no tools.",
            "{hero} was building a house in a tree, and one thing was missing.");
        s.World.Give(owner, hero, tool);
        s.Say(
            "{a owner} lent {him} {a tool}. \"Bring it back on {day},\" said {owner}.",
            "\"You may borrow my {tool},\" said {owner} from next door, \"but I need it back.\"");
        s.World.Break(hero, tool);
        s.Say("{hero} worked too fast, and the {tool} broke.", "crack! On the second day the {tool} broke in two.");
        s.Sad(hero);
        s.Say("should {he} hide it?", "at first {he} wanted to say nothing at all.");
        s.Paragraph();
        s.Say(
            "but then {hero} went to {owner} and told the truth.",
            "in the end {he} knocked at {owner}'s door. \"I broke it,\" {he} said. \"I am sorry.\"");
        s.World.Mend(owner, tool);
        s.World.Take(owner, tool);
        s.Say(
            "\"Thank you for telling me,\" said {owner}. \"Let us mend it together.\"",
            "{owner} was not angry. They mended it with glue and wire.");
        s.Say(
            "soon {owner} had the {tool} again, and it was stronger than before.",
            "after an hour the {tool} was as good as new, and {owner} hung it back on the wall.");
        s.Say(
            "the next {day} they finished the house in the tree together.",
            "{owner} even helped {him} with the roof of the tree house.");
        s.Moral("it is right to tell the truth");
    }

    private static void Thief(Story s)
    {
        Character hero = s.Hero();
        Thing thing = s.Thing("thing", Things.Treasures, hero);
        s.Say("{hero} owned {a thing}. It was {his} greatest treasure.", "above {his} bed {hero} kept {a thing}.");
        Character thief = s.Animal("thief", "magpie", "raccoon", "crow", "weasel", "monkey", "rat");
        s.World.Take(thief, thing);
        s.Say(
            "one night {a thief} came in through the window and took it.",
            "while {hero} slept, {a thief} crept in and stole it.");
        s.Want(hero, "to get the {thing} back");
        s.Say(
            "in the morning the {thing.noun} was gone. \"I want it back!\" cried {hero}.",
            "when {he} woke up, the {thing.noun} was not there. \"Who took it?\" cried {hero}. \"I want it back!\"");
        s.Cross(hero);
        s.Place("place", Places.Outdoors);
        s.Say(
            "there were small footprints on the floor, and they led to {place}.",
            "a trail of crumbs led to {place}, and {hero} followed it.");
        s.Walk(hero, "place");
        s.Paragraph();
        s.Say(
            "there sat {thief} with the {thing}, and {thief.he} was crying.",
            "under a tree sat {thief}. {Thief.he} held the {thing} and looked very sad.");
        s.Say(
            "\"Why did you take it?\" asked {hero}. \"Because I have nothing pretty,\" said {thief}. \"I am sorry.\"",
            "\"I have no friends,\" said {thief}, \"and it shines so nicely. I should not have taken it.\"");
        s.World.Give(thief, hero, thing);
        s.Say("{thief} gave the {thing} back to {hero}.", "slowly {thief} held out the {thing}, and {hero} took it.");
        s.Say(
            "\"You may come and look at it every {day},\" said {hero}.",
            "\"Next time, just knock,\" said {hero}. \"Then we can look at it together.\"");
        s.Say("and {thief} never stole again.", "so {hero} lost nothing and won a friend.");
        s.Moral("it is better to ask than to take");
    }

    private static void FoundPurse(Story s)
    {
        Character hero = s.ChildHero();
        Character owner = s.Adult("owner");
        Thing purse = s.Thing("purse", s.Pick(Things.Colours), "purse", null);
        s.Place("place");
        s.Go(hero, "place");
        s.World.Find(hero, purse);
        s.Say(
            "on the way to {place}, {hero} found {a purse}.",
            "{a purse} lay on the road, and {hero} picked it up.");
        s.Say("there were {number} gold coins in it!", "it was full of money.");
        s.Say(
            "\"Now I can buy everything I want,\" {he} thought.",
            "{he} thought of all the sweets and toys in the shop.");
        s.Maybe("nobody had seen {him}.", "{he} looked to the left and to the right. Nobody was there.");
        s.Say(
            "but then {he} thought of the one who had lost it.",
            "but then {he} thought, \"Somebody is looking for this now.\"");
        s.Paragraph();
        s.Want(owner, "to find the {purse}");
        s.Say(
            "{hero} asked at every door, and at the last house {he} met {a owner}.",
            "soon {he} met {a owner}, who was looking for something on the ground.");
        s.Say(
            "\"I must find my purse,\" said {owner}. \"I need it to pay for the doctor.\"",
            "\"My purse is gone,\" said {owner}, \"and with it the money for the whole winter.\"");
        s.World.Give(hero, owner, purse);
        s.Say(
            "\"Here it is,\" said {hero}, and gave {owner.him} the {purse}.",
            "{hero} held out the {purse}, and {owner} took it with shaking hands.");
        s.Thank(owner, hero);
        s.Say(
            "{hero} had no money, but {he} slept very well that night.",
            "\"The world needs people like you,\" {owner.he} added.");
        s.Moral("honesty is worth more than gold");
    }
}
