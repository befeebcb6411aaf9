using Stretto.Training.Data.Tales.Words;

namespace Stretto.Training.Data.Tales.Families;

/// <summary>Something is made, mended, planted or cooked.</summary>
internal static class Making
{
    public static readonly Plot[] All =
    [
        new("broken toy mended", BrokenToy), new("harvest", Harvest), new("cooking for all", Cooking),
        new("building a boat", Boat), new("snowman", Snowman), new("painting the house", Painting),
        new("new shoes", Shoes), new("stopped clock", Clock),
    ];

    private static void BrokenToy(Story s)
    {
        Character hero = s.ChildHero();
        Character maker = s.Adult("maker", People.Makers);
        Thing toy = s.Thing("toy", Things.Toys, hero);
        s.Say(
            "{hero} had {a toy}. It was {his} favourite thing in the world.",
            "{he} got {a toy} for {his} birthday and played with it all the time.");
        s.World.Break(hero, toy);
        s.Say(
            "one day {he} tripped over the carpet, and the {toy.noun} broke.",
            "but {he} left it on the floor, somebody stepped on it, and it broke.");
        s.Sad(hero);
        s.Want(hero, "to get the {toy} mended");
        s.Say("\"Can anybody mend it?\" {he} asked.", "\"I want it to be whole again,\" {he} said.");
        s.Place("place", "in workshop", "at market", "at mill", "in old tower");
        s.Walk(hero, "place");
        s.Say(
            "there worked {a maker}. {Maker.he} could mend anything.",
            "{at place} {he} met {a maker}, who had very clever hands.");
        s.World.Give(hero, maker, toy);
        s.Say(
            "{hero} gave the {toy} to {maker}. \"Hmm,\" said {maker}. \"Let me see.\"",
            "{maker} took the {toy} and turned it around and around.");
        s.Paragraph();
        s.LetOne("stuff", "glue", "wire", "a drop of oil", "a new screw", "thread", "a little nail");
        s.Say(
            "\"Hold this,\" said {maker}, and {hero} held it while {maker} worked with {stuff}.",
            "{maker} took {stuff} and a pair of pliers, and {hero} watched every move.");
        s.World.Mend(maker, toy);
        s.World.Give(maker, hero, toy);
        s.Say(
            "soon the {toy} was whole again, and {maker} gave it back to {hero}.",
            "after an hour {maker} handed {him} the {toy}. It was as good as new.");
        s.Thank(hero, maker);
        s.Say(
            "at home {hero} made a shelf, so that nothing could step on it any more.",
            "from then on {hero} put all {his} toys away in the evening.");
        s.Moral("we should take care of the things that we love");
    }

    private static void Harvest(Story s)
    {
        Character hero = s.ChildHero();
        Character kin = s.Kin("kin");
        Thing seed = s.Thing("seed", "small", "seed", kin);
        s.LetOne("plant", "pumpkin", "sunflower", "melon", "cabbage", "turnip", "bean");
        s.Want(hero, "to grow {a plant}");
        s.World.Give(kin, hero, seed);
        s.Say(
            "in spring {kin} gave {hero} {a seed}. \"What will it be?\" asked {hero}. \"Wait and see,\" said {kin}.",
            "{hero} wanted to grow something, so {kin} gave {him} {a seed}.");
        s.World.Use(hero, seed);
        s.Say(
            "{hero} made a hole in the earth and put the seed in.",
            "{he} planted it in the garden, next to the wall.");
        s.Say(
            "the next day {he} looked. Nothing. The day after, nothing.",
            "{he} waited one day, and two, and three, but there was only earth.");
        s.Say(
            "\"It does not work,\" said {hero}. \"It needs water, sun and time,\" said {kin}.",
            "\"It is asleep,\" said {kin}. \"You must be patient.\"");
        s.Paragraph();
        s.Say(
            "so {hero} watered it every morning and pulled the weeds.",
            "every evening {hero} carried a can of water to the garden and sang to the earth.");
        s.Say(
            "then a green tip came out, and after that two leaves.",
            "after {number} days, something small and green looked out.");
        s.Say(
            "it grew and grew all summer. It was {a plant}!",
            "by autumn it was {a plant}, bigger than {his} head.");
        s.Fact("What grew from the seed?", "{a plant}");
        Thing plant = s.Thing("crop", "huge", s.Fill("{plant}"), null);
        s.World.Find(hero, plant);
        s.World.Give(hero, kin, plant);
        s.Say(
            "{hero} picked {a crop} and gave it to {kin}.",
            "at harvest time {hero} brought {kin} {a crop} in a wheelbarrow.");
        s.Glad(kin);
        s.Moral("good things need time to grow");
    }

    private static void Cooking(Story s)
    {
        Character hero = s.Hero();
        s.LetOne("vegetable", Things.Vegetables);
        s.LetOne("vegetable2", Things.Vegetables);
        s.Want(hero, "to cook a big pot of soup");
        s.Say(
            "{hero} was hungry, but {he} had only one {vegetable}.",
            "there was nothing in {his} kitchen but one {vegetable}.");
        s.Say(
            "\"I want to cook a soup,\" {he} said, \"but one {vegetable} is not enough.\"",
            "{he} wanted to cook a big soup, but how?");
        Character one = s.Animal("one");
        Character two = s.Animal("two");
        s.Say(
            "next door lived {a one}, who had {a vegetable2}.",
            "{his} neighbour was {a one}, and {one.he} had only {a vegetable2}.");
        s.Say(
            "across the road lived {a two}. {Two.he} had nothing but salt.",
            "in the next house lived {a two}, who had some salt and a bit of butter.");
        s.Say(
            "\"Bring what you have!\" called {hero}.",
            "{hero} knocked at both doors. \"Let us put everything together,\" {he} said.");
        s.Paragraph();
        Thing soup = s.Thing("soup", "big", "pot of soup", null);
        s.World.Make(hero, soup);
        s.Say(
            "they washed and peeled and cut, and then they put everything into a pot.",
            "{one} stirred, {two} tasted, and {hero} kept the fire going.");
        s.Say("soon {a soup} stood on the stove, and the whole house smelled wonderful.", "the {soup} bubbled and steamed, and it smelled better and better.");
        s.World.Use(hero, soup);
        s.Say(
            "there was enough for all three of them, and even some for the birds.",
            "they ate until the pot was empty and their tummies were round.");
        s.Say(
            "\"We should do this every {day},\" said {two}.",
            "\"Alone I had one {vegetable2},\" said {one}. \"Now I had a feast.\"");
        s.Moral("a little from everyone makes enough for all");
    }

    private static void Boat(Story s)
    {
        Character hero = s.Hero();
        Character friend = s.Someone("friend");
        s.Place("island", "on island", "on far shore", "on small island");
        s.Want(hero, "to sail to {island}");
        s.Say(
            "from {his} window {hero} could see {island}, and {he} wanted to go there.",
            "\"I want to go to {island},\" said {hero}. But there was only water.");
        s.Say(
            "\"Let us build a boat,\" said {friend}, {his} friend.",
            "{his} friend was {a friend}. \"Why do we not build a raft?\" {friend.he} asked.");
        s.Say(
            "they tied {number} logs together and made a sail out of a sheet.",
            "they found an old door, two barrels and a broom. That was enough.");
        Thing boat = s.Thing("boat", Things.Boats[..2], null);
        s.World.Make(hero, boat);
        s.Say("then {a boat} lay on the water, and they were proud of it.", "in the evening they had {a boat}.");
        s.World.Break(hero, boat);
        s.Say(
            "but after ten strokes it began to sink. \"Back!\" cried {friend}.",
            "they had hardly left when water came in through the bottom.");
        s.Say(
            "wet and cold, they sat on the sand. \"It was a silly idea,\" said {hero}.",
            "they swam back to the beach and looked at each other.");
        s.Paragraph();
        s.Say(
            "\"No,\" said {friend}. \"We have only forgotten the tar.\"",
            "then {friend} laughed. \"Now we know what does not work,\" {friend.he} said.");
        s.World.Mend(friend, boat);
        s.Say(
            "they closed every hole with wax and tried again.",
            "the next day they filled the gaps with moss and tar.");
        s.Say("this time the {boat} floated like a duck.", "and look, not one drop came in.");
        s.Go(hero, "island");
        s.Go(friend, "island");
        s.Say("at noon they landed and planted a flag.", "soon they stood there and ate their sandwiches.");
        s.Moral("a mistake is a step on the way");
    }

    private static void Snowman(Story s)
    {
        Character hero = s.ChildHero();
        Character friend = s.Child("friend");
        Thing hat = s.Thing("hat", ["hat", "cap", "scarf"], hero);
        s.Say(
            "in the night it had snowed, and the whole {home} was white.",
            "snow fell and fell, and school was closed.");
        s.Want(hero, "to build the biggest snowman of all");
        s.Say(
            "\"I want to build the biggest snowman of all!\" said {hero}, and called {his} friend {friend}.",
            "{hero} wanted to build a big snowman, and {friend} from next door came to help.");
        s.Say(
            "they rolled one ball, then another, and put them on top of each other.",
            "they rolled the snow until their hands were red.");
        s.Say(
            "a carrot became the nose, and two pieces of coal became the eyes.",
            "they gave him buttons of stone, arms of sticks and a smile of nuts.");
        s.World.Give(hero, friend, hat);
        s.World.Use(friend, hat);
        s.Say(
            "{hero} handed {friend} {a hat}, and {friend} put it on the snowman.",
            "{hero} gave {friend} {a hat}, and {friend.he} climbed on a box to put it on the snowman.");
        s.Paragraph();
        s.Say(
            "for {number} days the snowman stood in front of the house and smiled.",
            "everybody who came by said good morning to the snowman.");
        s.Say(
            "then the sun grew warm, and the snowman got smaller and smaller.",
            "but one {day} a warm wind came, and drops ran down the snowman's face.");
        s.Sad(hero);
        s.Say(
            "\"Where does he go?\" asked {hero}. \"Into the river, and then into the sea,\" said {friend}.",
            "in the end only the {hat.noun} and a puddle were left.");
        s.Say(
            "\"Next winter he will come back as snow,\" said {friend}.",
            "\"Look, the first flowers are growing where he stood,\" said {friend}.");
        s.Moral("everything has its time");
    }

    private static void Painting(Story s)
    {
        Character hero = s.ChildHero();
        Character friend = s.Child("friend");
        s.LetOne("one", "blue", "yellow");
        s.Let("two", "red");
        s.Let("mixed", s.Fill("{one}") == "blue" ? "purple" : "orange");
        Thing house = s.Thing("house", s.Pick(["tree", "dog", "bird", "doll"]), "house", hero);
        s.Say(
            "{hero} and {his} friend {friend} had built {a house}.",
            "{hero} had {a house} made of wood, and {his} friend {friend} came to help {him} paint it.");
        s.Want(hero, "to paint the house {one}");
        s.Want(friend, "to paint the house {two}");
        s.Say(
            "\"It must be {one},\" said {hero}. \"No, {two},\" said {friend}.",
            "{hero} wanted to paint it {one}, but {friend} wanted to paint it {two}.");
        s.Say(
            "{hero} made {a one} line, and {friend} painted over it in {two}.",
            "each of them took a brush, and they began on two sides.");
        s.Cross(friend);
        s.Say(
            "they pushed, the pots fell over, and the paint ran together.",
            "then both buckets tipped over, and {one} ran into {two}.");
        s.Paragraph();
        s.Say("\"Oh no!\" they cried. Then they looked again.", "they stared at the mess. But what was that?");
        s.Say(
            "where {one} and {two} met, the paint was {mixed}.",
            "{one} and {two} had become the most beautiful {mixed}.");
        s.Say(
            "\"I like {mixed},\" said {hero}. \"Me too,\" said {friend}.",
            "\"Let us take {mixed}!\" they said, both at once.");
        s.Say(
            "so they painted the whole thing {mixed}.",
            "in the evening the {house} was {mixed}, and so were their noses.");
        s.Fact("What colour did they paint the house in the end?", "{mixed}");
        s.Moral("two ideas together can make a better one");
    }

    private static void Shoes(Story s)
    {
        Character hero = s.AnimalHero("centipede", "donkey", "goat", "bear", "hare", "ostrich");
        Character maker = s.Adult("maker", "cobbler");
        s.Want(hero, "to have a pair of shoes");
        s.Say("the road was full of stones, and {hero}'s feet hurt.", "winter came, and {hero} had cold feet.");
        s.Say(
            "\"I want a pair of shoes like people have,\" {he} said.",
            "{he} wanted to have shoes, so {he} went to {maker}.");
        s.Say(
            "{maker} was surprised. {Maker.he} had never made shoes for {a hero.kind}.",
            "\"Shoes for {a hero.kind}?\" asked {maker}. \"Well, why not?\"");
        s.Say(
            "\"What can you pay?\" asked {maker}. {hero} had no money.",
            "\"I have no money,\" said {hero}, \"but I can work.\"");
        s.Say(
            "so {he} carried leather and wood for {maker} for {number} days.",
            "for {number} days {hero} helped in the shop and swept the floor.");
        s.Paragraph();
        Thing shoes = s.Thing("shoes", s.Pick(Things.Colours), "shoes", null);
        s.World.Make(maker, shoes);
        s.World.Give(maker, hero, shoes);
        s.Say(
            "then the {shoes} were ready, and {maker} gave them to {hero}.",
            "{maker} hammered and sewed, and then {maker.he} gave {hero} the {shoes}.");
        s.Say("they went click and clack on the road.", "{hero} looked at {his} feet and walked in a circle.");
        s.Say(
            "but on the grass they felt strange, and {he} could not feel the earth.",
            "everyone turned around and smiled.");
        s.Say("so {hero} wore them on stones and went barefoot in the meadow.", "{he} took them off only to sleep.");
        s.Thank(hero, maker);
        s.Moral("what you work for is twice as dear");
    }

    private static void Clock(Story s)
    {
        Character hero = s.ChildHero();
        Character maker = s.Adult("maker", "clockmaker");
        s.Place("place", "in tower", "at town hall", "at station", "on market square");
        s.Say(
            "the big clock of the {home} had stopped.",
            "on {day} the great clock stood still, and nobody knew what time it was.");
        s.Say(
            "the baker baked too late, and the children came to school at noon.",
            "the train left too early, and the cows were milked at midnight.");
        s.Want(maker, "to make the clock go again");
        s.Say(
            "{maker} climbed up and looked at every wheel, but {maker.he} could not find the problem.",
            "{maker} worked for {number} days, but the clock did not move.");
        s.Say(
            "\"My eyes are old,\" said {maker}. \"I need somebody small.\"",
            "\"I cannot reach the last wheel,\" said {maker}. \"My arms are too thick.\"");
        s.Go(hero, "place");
        s.Paragraph();
        s.Say(
            "\"I am small,\" said {hero}, and crept between the wheels.",
            "{hero} put up {his} hand. \"May I try?\" {he} asked.");
        s.LetOne("bird", "mouse", "sparrow", "bat", "beetle");
        s.Say(
            "deep inside, behind the biggest wheel, {he} found a nest. {A bird} had built it there!",
            "there {he} saw {a bird}, sleeping in a nest of straw.");
        s.Help(hero, maker);
        s.Say("{hero} carried the nest carefully to the roof.", "gently {hero} moved the nest to a safe corner.");
        s.Say(
            "tick, tock, tick, tock! The wheels began to turn.",
            "then there was a click, and the hands moved again.");
        s.Say("\"You have saved our time,\" said {maker}.", "the bell rang twelve times, and everybody cheered.");
        s.Thank(maker, hero);
        s.Moral("sometimes being small is a gift");
    }
}
