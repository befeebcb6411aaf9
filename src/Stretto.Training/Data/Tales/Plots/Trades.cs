namespace Stretto.Training.Data.Tales.Plots;

/// <summary>Things that change hands.</summary>
internal static class Trades
{
    public static readonly (string, Action<Story>)[] All =
    [
        ("fair trade", FairTrade), ("the long trade", LongTrade), ("birthday gift", BirthdayGift), ("sharing food", SharingFood),
        ("saving coins", SavingCoins), ("the borrowed thing", Borrowed),
    ];

    private static void FairTrade(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        Character friend = s.Child("friend");
        Thing mine = s.Thing("mine", Words.Toys, hero);
        Thing theirs = s.Thing("theirs", Words.Treasures, friend);
        s.Say("{hero} had {a.mine}, but {hero.he} did not play with it any more.", "In {hero.his} room {hero} had {a.mine}.");
        s.Say("{friend}, who lived next door, had {a.theirs}.", "{hero.his} friend {friend} had {a.theirs}.");
        s.World.Want(hero, "the " + theirs.Name);
        s.World.Want(friend, "the " + mine.Name);
        s.Say("{hero} wanted the {theirs} very much, and {friend} wanted the {mine}.", "\"I wish I had your {theirs},\" said {hero}. \"And I wish I had your {mine},\" said {friend}.");
        s.Paragraph();
        s.Say("\"Let us trade,\" said {hero}.", "\"Shall we swap?\" asked {friend}.");
        s.Say("{friend} thought about it for a moment. \"That is fair,\" {friend.he} said.", "\"Yes!\" said {friend}, and they shook hands.");
        s.World.Give(hero, friend, mine);
        s.World.Give(friend, hero, theirs);
        s.Say("So {hero} gave {friend} the {mine}, and {friend} gave {hero} the {theirs}.", "{hero} got the {theirs}, and {friend} got the {mine}.");
        s.Say("Now both of them had what they wanted.", "They played together until it was dark.");
        s.End();
    }

    private static void LongTrade(Story s)
    {
        Character hero = s.Someone("hero");
        s.Begin();
        Thing first = s.World.Add(s.Let("first", s.Pick(["red button", "long feather", "smooth stone", "blue ribbon", "copper nail"])), hero);
        s.Say("All that {hero} had was {a.first}.", "{hero} found {a.first} on the road and put it in {hero.his} pocket.");
        s.World.Want(hero, "something warm to eat");
        s.Say("{hero.he} wanted something warm to eat.", "{hero.he} was hungry and wished for a warm meal.");
        Character one = s.Adult("one");
        Thing second = s.Thing("second", Words.Clothes, one);
        s.Say("On the road {hero} met {one} the {one.kind}, who needed {a.first}.", "\"I need {a.first} just like that,\" said {one} the {one.kind}.");
        s.World.Give(hero, one, first);
        s.World.Give(one, hero, second);
        s.Say("{one} took the {first} and gave {hero} {a.second} for it.", "So {hero} traded the {first} for {a.second}.");
        Character two = s.Adult("two");
        Thing third = s.World.Add(s.Let("third", "bowl of hot " + s.Pick(["soup", "stew", "porridge"])), two);
        s.Paragraph();
        s.Say("Then {hero} met {two} the {two.kind}, who was cold and had nothing to wear.", "A little later {two} the {two.kind} came along. {two.he} was shivering.");
        s.World.Give(hero, two, second);
        s.Say("\"Take my {second},\" said {hero}, and gave it away, because {two} needed it more.", "{hero} felt sorry for {two.him} and gave {two.him} the {second}.");
        s.World.Give(two, hero, third);
        s.Say("\"Then come to my house,\" said {two}, and gave {hero} a {third}.", "{two} smiled. \"You shall have a {third} for that,\" {two.he} said.");
        s.Moral("those who give will also get");
    }

    private static void BirthdayGift(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        Character friend = s.Someone("friend");
        s.World.Want(hero, "a good gift for " + friend.Name);
        s.Say("Tomorrow was {friend}'s birthday, and {hero} had no gift.", "{hero}'s friend {friend} had a birthday on {day}.");
        s.Say("{hero.he} had only {number} small coins.".Replace("{number}", s.Pick(Words.Numbers), StringComparison.Ordinal), "{hero} looked in the shop, but everything cost too much.");
        Thing gift = s.World.Add(s.Let("gift", s.Pick(Words.Looks) + " " + s.Pick(["basket", "scarf", "drum", "kite", "picture", "whistle", "necklace"])), hero);
        s.Say("So {hero} decided to make something.", "\"I will make a gift myself,\" said {hero}.");
        s.World.Note("make", hero, gift.Name);
        s.Say("All evening {hero.he} worked, and then it was done: {a.gift}.", "{hero} took paper, wood and string, and made {a.gift}.");
        s.Paragraph();
        s.Say("At the party the other gifts were big and bright. {hero} felt shy.", "{hero} came last, and {hero.his} parcel was the smallest.");
        s.World.Give(hero, friend, gift);
        s.Say("But when {friend} opened it, {friend.his} eyes shone. \"{a.gift}! You made this for me?\"", "{friend} unwrapped the {gift} and jumped for joy.");
        s.Say("\"It is the best gift of all,\" said {friend}, \"because you made it.\"", "{friend} kept the {gift} beside {friend.his} bed.");
        s.Moral("a gift from the heart is the best gift");
    }

    private static void SharingFood(Story s)
    {
        Character hero = s.Someone("hero");
        s.Begin();
        s.Let("fruit", Words.Fruits);
        Thing basket = s.World.Add(s.Let("basket", "basket of " + s.Pick(["ripe plums", "sweet cherries", "red apples", "yellow pears", "round melons", "fresh berries"])), hero);
        s.World.Go(hero, s.Place("place"));
        s.Say("{hero} sat at {place} with a {basket}.", "{hero} had a {basket} and wanted to eat it all at {place}.");
        s.World.Want(hero, "to keep the food");
        Character guest = s.Animal("guest");
        s.Say("{guest} the {guest.kind} came by. \"May I have one?\" {guest.he} asked. \"I have had no breakfast.\"", "Along came {guest}, {a.guest.trait} {guest.kind}, and looked at the food with big eyes.");
        s.Say("\"No,\" said {hero}, \"they are mine.\" {guest} went away with {guest.his} head down.", "{hero} held the basket tight and said nothing.");
        s.Say("{hero} ate and ate, but it did not taste as good as before.", "After a while {hero}'s stomach hurt, and it was lonely there.");
        s.Paragraph();
        s.Say("\"Wait!\" called {hero}. \"Come back, {guest}!\"", "So {hero} got up and ran after {guest.him}.");
        s.World.Give(hero, guest, basket);
        s.Say("{hero} gave {guest} the rest of the {basket}.", "\"Here,\" said {hero}, \"the rest is for you.\" And {hero.he} gave {guest} the {basket}.");
        s.Say("{guest} smiled and told {hero} a very funny story.", "They sat side by side in the grass and laughed a lot.");
        s.Moral("food tastes better when it is shared");
    }

    private static void SavingCoins(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        Character seller = s.Adult("seller");
        Thing toy = s.Thing("toy", Words.Toys, seller);
        s.World.Want(hero, "the " + toy.Name);
        s.Say("In the window of {seller}'s shop there was {a.toy}. {hero} wanted it very much.", "{hero} saw {a.toy} in a shop window and dreamed of it at night.");
        s.Let("number", Words.Numbers);
        s.Say("It cost {number} coins, and {hero} had none.", "\"It costs {number} coins,\" said {seller} the {seller.kind}.");
        s.Say("So {hero} carried water, swept floors and fed the hens.", "Every day after school {hero} helped somebody in the {home}.", "{hero} washed windows and picked weeds.");
        s.Say("Each time {hero.he} got one coin and put it in a jar.", "Coin by coin, the jar filled up.");
        s.Maybe("Once {hero.he} wanted to buy sweets instead, but {hero.he} waited.", "It took a long time, but {hero} did not give up.");
        s.Paragraph();
        s.Say("At last there were {number} coins in the jar.", "One {day} {hero} counted again. There were {number}!");
        s.World.Give(seller, hero, toy);
        s.Say("{hero} ran to the shop, and {seller} gave {hero.him} the {toy}.", "{seller} took the coins and handed {hero.him} the {toy}.");
        s.Say("It was even better than {hero.he} had thought, because {hero.he} had worked for it.", "\"You earned it,\" said {seller}.");
        s.Moral("good things are worth waiting for");
    }

    private static void Borrowed(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        Character owner = s.Adult("owner");
        Thing tool = s.Thing("tool", ["hammer", "saw", "ladder", "axe", "spade", "rope"], owner);
        s.World.Want(hero, "to build a little house in a tree");
        s.Say("{hero} wanted to build a little house in a tree, but had no tools.", "{hero} was building a house in a tree. One thing was missing.");
        s.World.Give(owner, hero, tool);
        s.Say("{owner} the {owner.kind} lent {hero.him} {a.tool}. \"Bring it back on {day},\" said {owner}.", "\"You may borrow my {tool},\" said {owner} the {owner.kind}, \"but I need it back.\"");
        s.World.Note("break", hero, tool.Name);
        s.Say("{hero} worked too fast, and the {tool} broke.", "Crack! On the second day the {tool} broke in two.");
        s.Let("worry", Words.Worries);
        s.Say("{hero} was {worry}. Should {hero.he} hide it?", "First {hero.he} wanted to say nothing at all.");
        s.Paragraph();
        s.Say("But then {hero} went to {owner} and told the truth.", "In the end {hero.he} knocked at {owner}'s door. \"I broke it,\" {hero.he} said. \"I am sorry.\"");
        s.World.Note("mend", hero, tool.Name);
        s.Say("\"Thank you for telling me,\" said {owner}. \"Let us mend it together.\"", "{owner} was not angry. They mended it with glue and wire.");
        s.World.Give(hero, owner, tool);
        s.Say("Then {hero} gave the {tool} back, as good as new.", "Soon {owner} had the {tool} again, and it was stronger than before.");
        s.Say("The next {day} they finished the house in the tree together.", "{owner} even showed {hero.him} how to use it well.");
        s.Moral("it is right to tell the truth");
    }
}
