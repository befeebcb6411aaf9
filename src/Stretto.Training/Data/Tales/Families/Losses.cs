using Stretto.Training.Data.Tales.Words;

namespace Stretto.Training.Data.Tales.Families;

/// <summary>Things and friends that are lost, and found again.</summary>
internal static class Losses
{
    public static readonly Plot[] All =
    [
        new("lost toy", LostToy), new("lost pet", LostPet), new("lost in the woods", LostInTheWoods),
        new("blown away", BlownAway), new("key in the well", KeyInTheWell), new("wrong bag", WrongBag),
        new("lost tooth", LostTooth),
    ];

    private static void LostToy(Story s)
    {
        Character hero = s.ChildHero();
        Thing toy = s.Thing("toy", Things.Toys, hero);
        s.Say(
            "{hero} had {a toy} and took it everywhere.",
            "{his} favourite toy was {a toy}.",
            "{he} had {a toy}, a present from {his} grandmother.");
        s.Place("place", Places.Outdoors);
        s.Go(hero, "place");
        s.Say(
            "one day {he} played with it {at place}.",
            "on {day}, {hero} took the {toy} to {place}.");
        s.World.Lose(hero, toy);
        s.Say(
            "but when it was time to go home, the {toy} was gone!",
            "then {he} looked down, and the {toy.noun} was not there any more.");
        s.Want(hero, "to find the {toy}");
        s.Sad(hero);
        s.Say(
            "\"I want to find my {toy},\" {he} said.",
            "\"Where is my {toy.noun}?\" asked {hero}. \"I must find it!\"");
        s.Paragraph();
        Character friend = s.Animal("friend");
        s.Meet(hero, "friend");
        s.Say(
            "\"Do not cry,\" said {friend}. \"I will help you look.\"",
            "\"Let us look together,\" said {friend}. \"Four eyes see more than two.\"");
        s.Search(hero, Places.HiddenOutside);
        s.World.Find(friend, toy);
        s.LetOne("spot", Places.HiddenOutside);
        s.Say(
            "at last {friend} saw something {spot}. It was the {toy}!",
            "\"Here it is!\" shouted {friend}. The {toy.noun} was {spot}.");
        s.World.Give(friend, hero, toy);
        s.Say(
            "{friend} gave the {toy} back to {hero}.",
            "{friend} picked it up and gave it to {hero}.");
        s.Thank(hero, friend);
        s.End();
    }

    private static void LostPet(Story s)
    {
        Character hero = s.ChildHero();
        Character pet = s.Animal("pet", People.Pets);
        s.Say("{hero} had {a pet.kind} named {pet}.", "{his} best friend was {a pet}.");
        s.Say(
            "one morning the gate was open, and {pet} was gone.",
            "but one evening {pet} did not come home for supper.");
        s.Want(hero, "to find {pet}");
        s.Say(
            "\"{pet}! {pet}!\" called {hero}. \"Where are you?\" Nobody answered.",
            "{hero} wanted to find {pet}. {he} called and called, but heard only the wind.");
        s.Place("first");
        s.Walk(hero, "first");
        s.Say("there was no {pet.kind} there.", "but {pet} was not {at first}.");
        Character adult = s.Adult("adult");
        s.Meet(hero, "adult");
        s.Place("second");
        s.Say(
            "\"I saw {a pet.kind} {at second} an hour ago,\" said {adult}.",
            "{adult} thought for a while. \"Have you looked {at second}?\" {adult.he} asked.");
        s.Paragraph();
        s.Walk(hero, "second");
        s.Say(
            "and there was {pet}, fast asleep in the sun!",
            "there sat {pet}, because somebody had left some food there.",
            "\"{pet}!\" cried {hero}. And out came {pet}, dirty but well.");
        s.Help(adult, hero);
        s.Glad(hero);
        s.Say(
            "{hero} carried {pet} home and closed the gate with care.",
            "they went home together, and {pet} got a big supper.");
        s.End();
    }

    private static void LostInTheWoods(Story s)
    {
        Character hero = s.Hero();
        s.LetOne("berries", Things.Berries);
        s.Place("woods", ["in woods", "in dark forest", "in pine forest"]);
        s.Go(hero, "woods");
        s.Say(
            "one {day}, {hero} went into {woods} to pick {berries}.",
            "{hero} followed a butterfly deep into {woods}.");
        s.Say(
            "{he} went on and on, and soon {he} did not know the way.",
            "when {he} looked back, all the trees looked the same.");
        s.Want(hero, "to go home");
        s.Say(
            "\"I am lost,\" {he} said. \"I want to go home.\"",
            "\"Which way is home?\" asked {hero}. Only the wind answered.");
        s.Afraid(hero);
        s.Paragraph();
        Character owl = s.Animal("owl", ["owl", "raven", "deer", "badger", "squirrel"]);
        s.Say("then {a owl} looked out from behind a tree.", "up on a hill stood {a owl}.");
        s.Say(
            "\"Why do you cry?\" asked {owl}. \"Because I cannot find my way,\" said {hero}.",
            "\"You look lost,\" said {owl}. \"I am,\" said {hero}.");
        s.Say(
            "\"Listen to the stream,\" said {owl}. \"It runs to the {home}.\"",
            "\"Moss grows on the north side of the trees,\" said {owl}. \"Your {home} is in the south.\"",
            "\"Follow me,\" said {owl}. \"I know every path.\"");
        s.Help(owl, hero);
        s.Say(
            "so {hero} did, and before dark {he} saw the lights of the {home}.",
            "step by step {hero} went on, until {he} saw smoke from the chimneys.");
        s.Thank(hero, owl);
        s.Say("{his} family was waiting at the door.", "at home there was hot soup and a warm bed.");
        s.Moral("it is good to ask when you do not know the way");
    }

    private static void BlownAway(Story s)
    {
        Character hero = s.Hero();
        Thing hat = s.Thing("hat", [.. "hat cap scarf kite balloon umbrella letter".Split(' ')], hero);
        s.Say("{hero} had {a hat} that {he} loved very much.", "on {his} birthday {hero} got {a hat}.");
        s.Say("one day a strong wind came up.", "that {day}, the wind blew hard over the {home}.");
        s.World.Lose(hero, hat);
        s.Say(
            "whoosh! It took the {hat.noun} and carried it away.",
            "the wind pulled at the {hat.noun}, and away it flew.");
        s.Want(hero, "to get the {hat} back");
        s.Say("\"Stop! I want my {hat.noun} back!\" cried {hero}.", "\"Come back!\" shouted {hero}.");
        s.Say(
            "the {hat.noun} flew over the roofs, and {hero} ran after it.",
            "over the fence and over the field it went, and {hero} followed.");
        s.Place("place", Places.Outdoors);
        s.Go(hero, "place");
        s.Say("at last it fell down {at place}.", "it came down {at place}, high up in a tree.");
        s.Paragraph();
        Character friend = s.Animal("friend", ["squirrel", "cat", "monkey", "raccoon"]);
        s.World.Find(friend, hat);
        s.Say(
            "{a friend} had found it and was already sleeping in it.",
            "there sat {a friend} with the {hat.noun} in {friend.his} paws.");
        s.Say(
            "\"Is this yours?\" asked {friend}. \"It came from the sky.\"",
            "\"I thought it was a gift from the wind,\" said {friend}.");
        s.World.Give(friend, hero, hat);
        s.Say(
            "\"It is mine,\" said {hero}, and {friend} gave it back at once.",
            "{friend} was sorry to lose it, but {friend.he} gave the {hat} back to {hero}.");
        s.LetOne("treats", Things.Treats);
        s.Say(
            "{hero} shared {his} {treats} with {friend} to say thank you.",
            "to say thank you, {hero} gave {friend} a bag of {treats}.");
        s.End();
    }

    private static void KeyInTheWell(Story s)
    {
        Character hero = s.ChildHero();
        Thing key = s.Thing("key", ["key"], hero);
        s.LetOne("door", "house", "barn", "garden shed", "school", "tower");
        s.Say(
            "{hero} had to take good care of {a key}. It was the key to the {door}.",
            "{hero} carried {a key}, because {he} had to lock the {door}.");
        s.Fact("What was the key for?", "the {door}");
        s.World.Lose(hero, key);
        s.Say(
            "at the well {he} leaned over too far. Plop! The key fell into the water.",
            "{he} threw it up in the air and caught it, again and again. Then, plop, it fell into the well.");
        s.Want(hero, "to get the key out of the well");
        s.Say("\"Oh no!\" said {hero}. \"Now nobody can open the {door}.\"", "\"I must get it out,\" said {hero}.");
        Character kin = s.Kin("kin");
        s.Say(
            "{hero} tried with a stick, but the stick was too short.",
            "{he} let down the bucket, but it came up with water only.");
        s.Maybe("{he} was a little afraid to tell {kin}.", "for a moment {he} wanted to hide.");
        s.Paragraph();
        s.Say("in the end {hero} told {kin} the truth.", "then {he} ran to {kin} and told {kin.him} everything.");
        s.Say(
            "\"Well,\" said {kin}, \"do we not have a magnet?\"",
            "{kin} was not angry. \"Let us think,\" {kin.he} said. \"What pulls iron?\"");
        s.World.Find(hero, key);
        s.Say(
            "they tied the magnet to a long string and let it down. Click! Up came the key.",
            "{hero} tied a magnet to a rope, and after three tries the {key} hung on it.");
        s.Say(
            "{hero} put the key on a ribbon around {his} neck.",
            "from then on the key hung on a nail by the door.");
        s.Moral("a problem gets smaller when you tell somebody");
    }

    private static void WrongBag(Story s)
    {
        Character hero = s.ChildHero();
        Thing mine = s.Thing("mine", Things.Toys, hero);
        Character other = s.Adult("other1");
        Thing theirs = s.Thing("theirs", Things.Tools, other);
        s.World.Note(TaleAct.Meet, hero, null, other);
        s.Say(
            "{hero} rode home on the train with a brown bag. In the bag was {a mine}.",
            "{hero} had {a mine} in a brown bag and took the train to {his} aunt.");
        s.Say(
            "next to {him} sat {a other1}, who had a brown bag, too.",
            "across from {him} sat {a other1}. {other1.his} bag was just as brown.");
        s.World.Take(other, mine);
        s.World.Take(hero, theirs);
        s.Say(
            "at the last station everybody was in a hurry, and they mixed up the bags.",
            "when the train stopped, each of them took the wrong bag.");
        s.Paragraph();
        s.Say(
            "at home {hero} opened the bag and stared. There was {a theirs}, and no {mine}!",
            "\"What is this?\" cried {hero} at home. In the bag lay {a theirs}.");
        s.Want(hero, "to get the {mine} back");
        s.Sad(hero);
        s.Say(
            "then {he} thought, \"Somebody needs this {theirs.noun} as much as I need my {mine.noun}.\"",
            "but {he} knew that the other one must be looking for the {theirs}, too.");
        s.Say("so {hero} went back to the station.", "{he} ran back to the station as fast as {he} could.");
        s.Say(
            "there stood {other1} with the other bag. \"I think this is yours,\" {other1.he} said.",
            "{other1} was already there. \"I hoped that you would come,\" {other1.he} said.");
        s.World.Give(hero, other, theirs);
        s.World.Give(other, hero, mine);
        s.Say(
            "{hero} got the {mine} back, and {other1} got the {theirs}.",
            "they traded the bags again, and now {hero} had the {mine} and {other1} had the {theirs}.");
        s.Say("both of them had to laugh.", "\"Next time I will tie a ribbon to my bag,\" said {hero}.");
        s.End();
    }

    private static void LostTooth(Story s)
    {
        Character hero = s.ChildHero();
        Thing tooth = s.Thing("tooth", "", "tooth", hero);
        Character kin = s.Kin("kin");
        s.LetOne("fruit", Things.Fruits);
        s.Say("{hero} had a loose tooth.", "for {number} days {hero}'s front tooth had been loose.");
        s.Say(
            "it wiggled when {he} talked, and it wiggled when {he} laughed.",
            "{he} pushed it with {his} tongue all day long.");
        s.Say(
            "\"Will it hurt?\" {he} asked. \"No,\" said {kin}.",
            "{kin} said, \"It will come out when it is ready.\"");
        s.World.Lose(hero, tooth);
        s.Say(
            "then {hero} bit into {a fruit}, and the tooth was out!",
            "at lunch {hero} ate {a fruit}. Crack! Out came the tooth.");
        s.Say(
            "but where was it? It had jumped off the table and rolled away.",
            "it fell on the floor and bounced out of sight.");
        s.Want(hero, "to find the tooth");
        s.Say("\"I need it for tonight!\" cried {hero}.", "\"I want to keep it in a box,\" said {hero}.");
        s.Paragraph();
        s.Search(hero, Places.HiddenInside);
        s.World.Find(kin, tooth);
        s.Say(
            "then {kin} took off one shoe. \"Something is poking me,\" {kin.he} said. It was the tooth!",
            "{kin} lifted the cat. \"Look who was sitting on it!\" {kin.he} said.");
        s.World.Give(kin, hero, tooth);
        s.Say("{kin} washed it and gave it to {hero}.", "{kin} laughed and put it into {hero}'s hand.");
        s.Say(
            "that night {hero} slept with the tooth under {his} pillow.",
            "{hero} looked in the mirror and liked the gap in {his} smile.");
        s.End();
    }
}
