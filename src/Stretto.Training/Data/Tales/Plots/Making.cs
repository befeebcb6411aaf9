namespace Stretto.Training.Data.Tales.Plots;

/// <summary>Growing, cooking, building and mending.</summary>
internal static class Making
{
    public static readonly (string, Action<Story>)[] All =
    [
        ("the garden", Garden), ("the big soup", BigSoup), ("the tree house", TreeHouse), ("the mended toy", MendedToy),
        ("the painted wall", PaintedWall), ("the snow castle", SnowCastle),
    ];

    private static void Garden(Story s)
    {
        Character hero = s.Someone("hero");
        s.Begin();
        string plant = s.Let("plant", Words.Vegetables);
        Character kin = s.Adult("kin");
        Thing seed = s.World.Add(s.Let("seed", plant + " seed"), kin);
        s.World.Give(kin, hero, seed);
        s.World.Want(hero, "to grow the biggest " + plant);
        s.Say("{kin} the {kin.kind} gave {hero} a {plant} seed.".Replace("a {plant}", "{a.plant}", StringComparison.Ordinal), "\"Plant this,\" said {kin} the {kin.kind}, and gave {hero} {a.plant} seed.");
        s.World.Lose(hero, seed);
        s.Say("{hero} dug a hole, put the seed in and covered it with earth.", "{hero} planted it where the sun shone all day.");
        s.Say("\"I want to grow the biggest {plant} in the {home},\" {hero.he} said.", "{hero.he} wanted to have the biggest {plant} of all.");
        s.Say("The next day {hero} looked. There was nothing to see.", "Every morning {hero} looked, but the ground was bare.");
        s.Say("\"Maybe it is broken,\" said {hero}. \"Wait,\" said {kin}, \"and give it water.\"", "{hero} wanted to dig it up again, but {kin} shook {kin.his} head. \"Seeds need time.\"");
        s.Paragraph();
        s.Say("After two weeks a tiny green leaf came out of the earth.", "Then, one {weather} morning, there was a little green tip.");
        s.Say("It grew and grew, through sun and rain, because {hero} watered it every day.", "{hero} pulled the weeds and chased the snails away, and the plant grew tall.");
        s.World.Note("make", hero, plant);
        s.Say("In autumn the {plant} was so big that {hero} could not lift it alone.", "At last it was ripe, and everybody came to see the giant {plant}.");
        s.Moral("patience makes things grow");
    }

    private static void BigSoup(Story s)
    {
        Character hero = s.Adult("hero");
        s.Begin();
        s.Let("stone", ["smooth stone", "round pebble", "white stone"]);
        s.Say("A hungry traveller named {hero} came to a {home}. {hero.he} was {a.hero.kind} far from home.", "{hero} the {hero.kind} had walked all day and had nothing to eat.");
        s.World.Want(hero, "a warm supper");
        s.Say("{hero.he} knocked on doors, but nobody wanted to share.", "\"We have nothing,\" said the people, and closed their doors.");
        s.Say("So {hero} made a fire, filled a big pot with water and put {a.stone} in it.", "\"Then I will make stone soup,\" said {hero}, and dropped {a.stone} into a pot of water.");
        Character child = s.Child("child");
        s.Say("{child}, a little {child.kind}, came to watch. \"What is that?\" {child.he} asked.", "A {child.kind} called {child} looked into the pot.");
        s.Say("\"Stone soup,\" said {hero}. \"It only needs a little onion.\"", "\"It is almost good,\" said {hero}. \"A carrot would make it better.\"");
        s.Paragraph();
        s.Let("one", Words.Vegetables);
        s.Let("two", Words.Vegetables);
        s.Say("{child} ran home and came back with {a.one}.", "\"I have {a.one},\" said {child}, and threw it in.");
        s.Say("Then a neighbour brought {a.two}, and another one some salt.", "Soon everybody came with something: {a.two}, some beans, a bit of meat.");
        s.World.Note("make", hero, "soup");
        s.Say("The soup smelled wonderful, and there was enough for everyone.", "They set a long table in the square and ate together until it was dark.");
        s.Moral("when everyone gives a little, there is plenty for all");
    }

    private static void TreeHouse(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        Character friend = s.Child("friend");
        s.World.Want(hero, "a house in a tree");
        s.Say("{hero} and {friend} wanted a house in a tree.", "\"I want a house in a tree,\" said {hero}. \"Me, too,\" said {friend}.");
        s.Let("tree", "oak pine apple birch willow maple cherry".Split(' '));
        s.Let("tool", ["hammer", "saw", "rope", "ladder"]);
        s.Say("They found a big {tree} tree behind the {home}.", "In the garden stood an old {tree} tree with strong branches.");
        s.Say("{hero} brought a {tool}, and {friend} brought old boards.", "First they carried wood. Then they fetched a {tool}.");
        s.Say("But they could not agree. {hero} wanted a window, {friend} wanted a roof.", "They began to quarrel about the door, and the work stopped.");
        s.Paragraph();
        s.Say("\"Then we will have both,\" said {hero} at last.", "\"You choose the door, and I choose the colour,\" said {friend}.");
        s.Let("colour", Words.Colours);
        s.World.Note("make", hero, "tree house", friend.Name);
        s.Say("They worked side by side, and after a week the {colour} house was ready.", "{friend} held the boards, {hero} hit the nails, and piece by piece the house grew.");
        s.Say("In the evening they sat up there, ate cookies and watched the stars.", "They hung up a sign: \"All friends may come in.\"");
        s.End();
    }

    private static void MendedToy(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        Character small = s.Child("small");
        Thing toy = s.Thing("toy", Words.Toys, small);
        s.Say("{hero} had a little cousin named {small}. {small.he} owned {a.toy}.", "{small} was {hero}'s neighbour and loved {small.his} {toy}.");
        s.World.Note("break", hero, toy.Name);
        s.Say("One day {hero} stepped on it, and it broke.", "{hero} wanted to play with it, too, and pulled too hard. Snap!");
        s.Say("{small} cried and cried.", "\"My {toy}!\" sobbed {small}.");
        s.World.Want(hero, "to make it whole again");
        s.Let("worry", Words.Worries);
        s.Say("{hero} was {worry}, because it had been {hero.his} fault.", "\"I did not mean to,\" said {hero}, and {hero.his} face turned red.");
        s.Paragraph();
        Character adult = s.Adult("adult");
        s.World.Give(small, hero, toy);
        s.Say("{hero} asked {small} for the pieces and took them to {adult} the {adult.kind}.", "{small} gave {hero} the pieces, and {hero} carried them to {adult} the {adult.kind}.");
        s.Let("thing", ["glue", "wire", "thread", "paint"]);
        s.Say("\"I will show you how,\" said {adult}, \"but you must do it yourself.\"", "{adult} gave {hero.him} some {thing} and a chair to sit on.");
        s.World.Note("mend", hero, toy.Name);
        s.Say("It took all afternoon, and {hero} hurt {hero.his} thumb. But then the {toy} was whole again.", "{hero} worked slowly and carefully, until the {toy} was as good as new.");
        s.World.Give(hero, small, toy);
        s.Say("{hero} gave it back to {small}, who hugged them both: {hero} and the {toy}.", "When {hero} gave {small} the {toy}, {small} stopped crying at once.");
        s.Moral("what is broken can often be mended");
    }

    private static void PaintedWall(Story s)
    {
        Character hero = s.Someone("hero");
        s.Begin();
        s.Let("building", Words.Buildings);
        s.Say("The wall of the {building} was grey and dull.", "Everybody in the {home} walked past a grey wall, and nobody smiled.");
        s.World.Want(hero, "to make the wall beautiful");
        s.Say("\"I want to make it beautiful,\" said {hero}.", "{hero} wanted to paint it, but had no paint.");
        Character adult = s.Adult("adult");
        s.Let("c1", Words.Colours);
        s.Let("c2", Words.Colours);
        Thing paint = s.World.Add(s.Let("paint", "pot of " + s.Pick(["bright", "fresh", "thick"]) + " paint"), adult);
        s.World.Give(adult, hero, paint);
        s.Say("{adult} the {adult.kind} had some left and gave {hero} a {paint}.", "{hero} asked {adult} the {adult.kind}, who gave {hero.him} a {paint}.");
        s.Let("flower", Words.Flowers);
        s.Say("{hero} painted a {c1} sun and a {c2} bird.".Replace("a {c1}", "{a.c1}", StringComparison.Ordinal).Replace("a {c2}", "{a.c2}", StringComparison.Ordinal), "First {hero.he} painted {a.flower}, and then a big tree.");
        s.Paragraph();
        s.Say("Then it rained, and all the colours ran down the wall.", "In the night the rain washed everything away.");
        s.Let("worry", Words.Worries);
        s.Say("{hero} was {worry} and wanted to give up.", "\"All my work was for nothing,\" said {hero}.");
        s.Say("But the next morning many people stood there with brushes. \"We will paint it again,\" they said, \"because it made us smile.\"", "\"Let us do it together,\" said {adult}, \"and this time with a roof above.\"");
        s.World.Note("make", hero, "painting");
        s.Say("Everyone painted something, and now it is the prettiest wall in the {home}.", "Now the wall had a hundred flowers, and each was painted by another hand.");
        s.End();
    }

    private static void SnowCastle(Story s)
    {
        Character hero = s.Child("hero");
        s.Let("home", "village");
        s.Begin();
        Character friend = s.Someone("friend");
        s.World.Go(hero, s.Place("place"));
        s.Say("In the night it had snowed, and everything was white.", "Thick snow lay on {place}.");
        s.World.Want(hero, "to build a castle");
        s.Say("\"I want to build a castle of snow,\" said {hero} to {friend}.", "{hero} and {friend} wanted to build a castle out of snow.");
        s.Say("They rolled big balls and made four towers.", "{hero} made the walls, and {friend} made the towers.");
        Thing flag = s.Thing("flag", ["scarf", "ribbon", "mitten", "cap"], hero);
        s.World.Lose(hero, flag);
        s.Say("{hero} put {a.flag} on top as a flag.", "For a flag they used {hero}'s {flag}.");
        s.Say("Then a cold wind came, and their fingers hurt.", "They worked until their noses were red.");
        s.Paragraph();
        s.Let("dish", Words.Dishes);
        s.Say("\"Let us go in and eat {dish},\" said {friend}.", "They ran inside and ate hot {dish} by the stove.");
        s.Say("Next day the sun was warm, and the castle began to melt.", "After three days the towers were gone, and only a small hill was left.");
        s.World.Find(hero, flag);
        s.Say("{hero} found the {flag} in a puddle and put it on again. \"We will build a bigger one next winter,\" {hero.he} said.", "\"It was beautiful,\" said {friend}. {hero} took the {flag} home to dry.");
        s.Moral("beautiful things need not last for ever");
    }
}
