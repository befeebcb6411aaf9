using Stretto.Training.Data.Tales.Words;

namespace Stretto.Training.Data.Tales.Families;

/// <summary>Quests, treasures and travels.</summary>
internal static class Journeys
{
    public static readonly Plot[] All =
    [
        new("treasure map", TreasureMap), new("quest for a flower", Flower), new("sleeping dragon", Dragon),
        new("letter far away", Letter), new("visit to the sea", Sea), new("trip to the moon", Moon),
        new("mountain view", Mountain), new("runaway", Runaway),
    ];

    private static void TreasureMap(Story s)
    {
        Character hero = s.ChildHero();
        Character friend = s.Someone("friend");
        Thing map = s.Thing("map", "old", "map", null);
        s.World.Find(hero, map);
        s.Say("in a dusty book, {hero} found {a map}.", "behind a picture on the wall, {hero} found {a map}.");
        s.Place("place", Places.Wild);
        s.Say(
            "it showed the way to {place}, and there was a red cross on it.",
            "a dotted line led to {place}. There somebody had drawn a red cross.");
        s.Want(hero, "to find the treasure");
        s.Say(
            "\"I want to find the treasure,\" said {hero}, and called {a friend}.",
            "\"A treasure!\" cried {hero}. \"I must find it.\" {his} friend {friend} came along.");
        s.Walk(hero, "place");
        s.Go(friend, "place");
        s.Say(
            "they counted {number} steps from the big rock and began to dig.",
            "\"It must be here,\" said {friend}, and they dug until their arms hurt.");
        s.Paragraph();
        Thing chest = s.Thing("chest", Things.Treasures, null);
        s.World.Find(friend, chest);
        s.Say(
            "clonk! {friend} hit something hard. It was a chest, and in it lay {a chest}.",
            "at last {friend} pulled out a rusty box. In the box was {a chest}.");
        s.Say(
            "there was also a note: \"Who finds this must share it.\"",
            "\"Is that all?\" asked {hero}. Then they saw a note: \"The best part was the way.\"");
        s.World.Give(friend, hero, chest);
        s.Say(
            "{friend} gave the {chest.noun} to {hero}, and {hero} kept it for both of them.",
            "\"You found the map, so you may keep it,\" said {friend}, and gave the {chest} to {hero}.");
        s.Say(
            "they hid a new note in the chest for the next one who comes.",
            "on the way back they sang all the songs that they knew.");
        s.Moral("the best treasure is a friend who comes along");
    }

    private static void Flower(Story s)
    {
        Character hero = s.Hero();
        Character kin = s.Kin("kin");
        Thing flower = s.Thing("flower", s.Pick(Things.Colours), s.Pick(Things.Flowers), null);
        s.Place("place", Places.Wild);
        s.Say("{kin} was very ill and lay in bed all day.", "one {season}, {kin} fell ill, and no tea would help.");
        s.Want(hero, "to find {a flower}");
        s.Say(
            "\"Only {a flower} can help,\" said the old nurse. \"It grows {at place}.\"",
            "{hero} had heard of {a flower} {at place} that could make people well.");
        s.Say(
            "\"I will find it,\" said {hero}, and packed some bread and cheese.",
            "\"Then I must get it,\" said {hero}, and left before the sun was up.");
        s.Walk(hero, "place");
        Character guard = s.Animal("guard", People.Big);
        s.Paragraph();
        s.Say("there {a guard} stood in the way.", "in front of the flower sat {a guard}.");
        s.Say(
            "\"Nobody may pick my flowers,\" said {guard}. \"What do you want?\"",
            "\"What do you want here?\" growled {guard}.");
        s.Afraid(hero);
        s.Say(
            "but {he} told {guard} about {kin}, and {his} voice shook only a little.",
            "\"{Kin} is ill,\" said {hero}. \"I will not leave without it.\"");
        s.World.Find(guard, flower);
        s.World.Give(guard, hero, flower);
        s.Say(
            "{guard} was quiet for a while. Then {guard.he} picked the {flower} and gave it to {hero}.",
            "\"I had a grandmother once, too,\" said {guard}, and gave {him} the {flower}.");
        s.World.Give(hero, kin, flower);
        s.Say(
            "{hero} ran all the way home and gave the {flower} to {kin}.",
            "day and night {hero} walked, until {he} could lay the {flower} in {kin}'s hand.");
        s.Say(
            "the next morning {kin} got up and made pancakes.",
            "{kin} smelled it, smiled, and was soon well again.");
        s.Moral("love can make you strong");
    }

    private static void Dragon(Story s)
    {
        Character hero = s.ChildHero();
        Character dragon = s.Animal("dragon", "dragon", "giant", "troll");
        s.Place("place", "in deep cave", "on high mountain", "in old tower", "in empty castle");
        s.Say(
            "on the hill over the {home} lived {a dragon.kind}, and everybody was afraid of it.",
            "every night a terrible noise came down from the mountain. \"It is the {dragon.kind},\" people said.");
        s.Want(hero, "to know why the {dragon.kind} made so much noise");
        s.Say(
            "nobody in the {home} could sleep any more.",
            "people put pillows over their ears, but it did not help.");
        s.Say(
            "\"Why does it roar?\" asked {hero}. \"I want to know.\" But nobody had ever asked.",
            "{hero} wanted to know why it made so much noise. \"I will ask,\" {he} said.");
        s.Walk(hero, "place");
        s.Paragraph();
        s.Say(
            "there sat the {dragon.kind}, big as a house, with a tear on its nose.",
            "the {dragon.kind} was as tall as a tree, but it looked sad.");
        s.Say(
            "\"I am {dragon},\" said the {dragon.kind}. \"I have a thorn in my foot, and it hurts.\"",
            "\"My name is {dragon},\" it said. \"I roar because my tooth hurts so much.\"");
        s.Want(dragon, "somebody to take the pain away");
        s.Say(
            "{hero} took a deep breath and pulled as hard as {he} could. Out it came!",
            "\"Hold still,\" said {hero}. {he} tied a rope around it and pulled. Plop!");
        s.Help(hero, dragon);
        s.Thank(dragon, hero);
        s.Say(
            "from then on the nights were quiet, and in winter {dragon} warmed the whole {home}.",
            "that {season}, {dragon} carried all the children around the tower on {dragon.his} back.");
        s.Moral("it is wise to ask before you are afraid");
    }

    private static void Letter(Story s)
    {
        Character hero = s.AnimalHero("pigeon", "hare", "pony", "fox", "goose", "dog");
        Character sender = s.Child("sender");
        Character kin = s.Kin("kin");
        s.Place("place", Places.Wild);
        s.Say("{hero} carried letters from house to house.", "{hero} was the fastest messenger in the {home}.");
        Thing letter = s.Thing("letter", "long", "letter", sender);
        s.Want(sender, "to send a letter to {kin}");
        s.Say(
            "{sender} wrote {a letter} to {kin}, who lived far behind {place}.",
            "{sender} missed {kin}, who lived beyond {place}, and wrote {kin.him} {a letter}.");
        s.World.Give(sender, hero, letter);
        s.Say(
            "{hero} took the {letter.noun} and set off at once.",
            "{sender} gave the {letter.noun} to {hero}, and {he} put it in {his} bag.");
        s.Go(hero, "place");
        s.Say(
            "the way led past {place}. There was ice and wind.",
            "near {place} it began to snow, and the path was gone.");
        s.Maybe(
            "{hero}'s legs grew heavy, but {he} thought of {sender}.",
            "\"Just one more step,\" {he} said to {himself}.");
        s.Paragraph();
        s.World.Lose(hero, letter);
        s.Say(
            "then a gust of wind tore the {letter.noun} away!",
            "{he} jumped over a stream, and the {letter.noun} fell out of the bag.");
        s.Say(
            "{hero} ran after it, through bushes and puddles.",
            "{hero} did not give up. {he} searched until the moon came up.");
        s.World.Find(hero, letter);
        s.Say("at last {he} caught it with {his} teeth.", "there it was, a bit wet, but whole.");
        s.World.Give(hero, kin, letter);
        s.Say(
            "the next morning {kin} held the {letter} in {kin.his} hands and wept for joy.",
            "{kin} got the {letter} just in time for breakfast and read it {number} times.");
        s.Say(
            "\"Now take this answer back,\" said {kin}, \"but rest first.\"",
            "\"You are a hero,\" {kin.he} said, and made a warm bed for {hero}.");
        s.Moral("who keeps going gets there");
    }

    private static void Sea(Story s)
    {
        Character hero = s.Hero();
        s.Want(hero, "to see the sea");
        s.Say(
            "{hero} had never seen the sea.",
            "{he} had a picture of the sea over {his} bed, but {he} had never been there.");
        s.Say("\"I want to see it with my own eyes,\" {he} said.", "{he} wanted to see the sea more than anything.");
        Character kin = s.Kin("kin");
        s.Say(
            "on {day}, {kin} said, \"Pack your things. Today we are going!\"",
            "one morning {kin} came with two tickets for the train.");
        s.Say(
            "they rode past fields, rivers and towns. \"Are we there yet?\" {hero} asked again and again.",
            "the train went through {number} tunnels, and {hero} counted them all.");
        s.Place("place", "at sea", "at beach", "at coast");
        s.Go(hero, "place");
        s.Paragraph();
        s.Say(
            "then {he} smelled salt, and there it was, blue and without an end.",
            "suddenly there was nothing but water up to the sky.");
        s.Say(
            "{hero} said nothing at all for a whole minute.",
            "\"It is bigger than my picture,\" whispered {hero}.");
        Thing shell = s.Thing("shell", ["shell", "stone", "starfish", "feather"], null);
        s.World.Find(hero, shell);
        s.Say(
            "they built a castle, and {hero} found {a shell} in the sand.",
            "{he} ran through the waves, and under the foam {he} found {a shell}.");
        s.World.Give(hero, kin, shell);
        s.Say(
            "{he} gave the {shell} to {kin}. \"So that you can hear the sea at home,\" {he} said.",
            "\"This is for you,\" {he} said, and put the {shell} in {kin}'s hand.");
        s.Thank(hero, kin);
        s.End();
    }

    private static void Moon(Story s)
    {
        Character hero = s.Hero();
        s.Want(hero, "to visit the moon");
        s.Say(
            "every night {hero} looked at the moon. It looked lonely up there.",
            "{hero} thought that the moon was made of cheese.");
        s.Say("\"I want to visit it,\" {he} said.", "{he} wanted to go there and say hello.");
        Thing rocket = s.Thing("rocket", "", "rocket", null);
        s.LetOne("stuff", "boxes", "barrels", "chairs", "baskets", "pots");
        s.World.Make(hero, rocket);
        s.Say("so {he} built a rocket out of old {stuff}.", "out of {stuff} and tape, {he} made a rocket.");
        s.Say(
            "\"Five, four, three, two, one!\" And {hero} closed {his} eyes.",
            "{he} put on a pot as a helmet and counted down from ten.");
        s.Paragraph();
        s.Say(
            "whoosh! Up {he} went, past the roof, the clouds and the stars.",
            "the rocket shook, and when {he} looked out, the {home} was as small as a button.");
        s.Place("moon", "on moon");
        s.Go(hero, "moon");
        Character rabbit = s.Animal("rabbit", "rabbit", "hare", "mouse", "cat", "bear");
        s.Say("on the moon sat {a rabbit}, drinking tea.", "{a rabbit} stood on the moon and waved a flag.");
        s.Say(
            "\"At last a guest!\" said {rabbit}. They jumped so high that they could touch the stars.",
            "\"Welcome!\" said {rabbit}. \"Would you like some moon cheese?\" They ate and jumped over the craters.");
        s.Say(
            "then {hero} heard a voice. \"Wake up, it is morning!\"",
            "then the sun came up, and {hero} was in {his} own bed.");
        s.Say(
            "was it a dream? But there was silver dust on {his} shoes.",
            "\"I was only dreaming,\" {he} thought. But under {his} pillow lay a piece of cheese.");
        s.End();
    }

    private static void Mountain(Story s)
    {
        Character hero = s.ChildHero();
        Character kin = s.Kin("kin");
        s.Place("place", "on high mountain", "on top of the hill", "on white peak", "on old tower");
        s.Want(hero, "to see the world from above");
        s.Say(
            "\"What is behind the mountain?\" asked {hero}. \"Climb up and see,\" said {kin}.",
            "{hero} wanted to see the world from above, so {kin} took {him} along.");
        s.Say(
            "they filled a bottle with water and left at sunrise.",
            "they put bread, cheese and a bottle of milk in a bag and set off.");
        s.Say("at first it was easy, and {hero} ran ahead.", "for the first hour {hero} sang and skipped.");
        s.Say(
            "but the path got steeper, and {his} legs got tired. \"I cannot go on,\" {he} said.",
            "then the sun burned, and there were stones in {his} shoes. \"Let us turn back,\" {he} said.");
        s.Paragraph();
        s.Say(
            "\"Only to the next tree,\" said {kin}. And then, \"Only to the next rock.\"",
            "\"Look back,\" said {kin}. \"See how far we have come already.\"");
        s.Help(kin, hero);
        s.Say(
            "so they went on, from tree to tree and from rock to rock.",
            "{hero} drank some water, took {kin}'s hand, and went on.");
        s.Go(hero, "place");
        s.Say("and then there was nothing above them but the sky.", "at noon they stood at the top.");
        s.Say(
            "{hero} saw rivers like ribbons, tiny houses, and far away the sea.",
            "the whole world lay at {his} feet, green and gold and blue.");
        s.Say("\"That small dot is our house,\" said {kin}.", "{hero} shouted, and the mountain shouted back.");
        s.Moral("a long way is made of small steps");
    }

    private static void Runaway(Story s)
    {
        Character hero = s.AnimalHero("kitten", "puppy", "lamb", "piglet", "duckling", "calf", "foal");
        s.Want(hero, "to see the world");
        s.Say("{hero} lived on a farm and was bored.", "{hero} thought that the farm was too small for {him}.");
        s.Say(
            "\"I want to see the world,\" {he} said, and slipped through a hole in the fence.",
            "{he} wanted to see the world. One day the gate was open, and {he} ran.");
        s.Place("first");
        s.Walk(hero, "first");
        s.Say(
            "it was full of noise there, and nobody looked at {him}.",
            "it was exciting, but {he} did not know anybody.");
        s.Place("second", Places.Outdoors);
        s.Walk(hero, "second");
        s.Say(
            "then it got dark, and rain began to fall.",
            "there {he} got hungry, and no bowl was waiting for {him}.");
        s.Afraid(hero);
        s.Paragraph();
        Character guide = s.Animal("guide", "owl", "goose", "dog", "horse", "donkey");
        s.Say(
            "{a guide} found {him} under a bush. \"Whose child are you?\" asked {guide}.",
            "\"Why are you crying, little one?\" asked {a guide}.");
        s.Want(hero, "to go home");
        s.Say(
            "\"I want to go home,\" said {hero}.",
            "\"I have seen enough of the world,\" sobbed {hero}. \"I want to go home.\"");
        s.Help(guide, hero);
        s.Say(
            "{guide} knew the farm and walked with {him} through the night.",
            "\"Then follow me,\" said {guide}, and led {him} over the hills.");
        s.Say(
            "{his} mother was standing at the gate. She licked {his} ears and did not scold.",
            "\"There you are!\" cried {his} mother, and everyone came running.");
        s.Moral("the world is big, but home is warm");
    }
}
