namespace Stretto.Training.Data.Tales.Plots;

/// <summary>Journeys, treasure and places that nobody has seen.</summary>
internal static class Adventures
{
    public static readonly (string, Action<Story>)[] All =
    [
        ("treasure map", TreasureMap), ("the dark cave", DarkCave), ("the little boat", LittleBoat), ("up the mountain", UpTheMountain),
        ("the secret door", SecretDoor), ("the sleepless night", SleeplessNight),
    ];

    private static void TreasureMap(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        Character friend = s.Someone("friend");
        s.Let("where", Words.Hiding);
        Thing map = s.World.Add(s.Let("map", "old map"), null);
        s.World.Find(hero, map);
        s.Say("Behind a {where} {hero} found an old map.", "In a dusty book {hero} discovered an old map.");
        s.World.Want(hero, "to find the treasure");
        s.Say("There was a red cross on it. \"A treasure!\" said {hero}. \"I want to find it.\"", "It showed a hill, a stream and a big red cross.");
        s.World.Go(hero, s.Place("place"));
        s.Say("{hero} and {friend} followed the map to {place}.", "{hero.he} took {friend} along, and together they walked to {place}.");
        s.Let("number", Words.Numbers);
        s.Say("\"{number} steps to the north,\" read {friend}. They counted out loud.", "They had to take {number} steps from a tall stone.");
        s.Paragraph();
        s.Say("Then they dug and dug, until something went clunk.", "{friend} began to dig, and soon hit a wooden box.");
        Thing coin = s.Thing("gold", Words.Treasures, null);
        s.World.Find(hero, coin);
        s.Say("In the box there was {a.gold} and a letter.", "{hero} lifted the lid. Inside lay {a.gold} and a note.");
        s.Say("\"Whoever finds this is brave,\" said the letter. \"Now hide something for the next child.\"", "\"Take it, and leave something of yours,\" {friend} read.");
        s.World.Lose(hero, map);
        s.Say("So {hero} took the {gold}, put the map into the box and closed it again.", "{hero} kept the {gold} and left the map in the box for the next one.");
        s.End();
    }

    private static void DarkCave(Story s)
    {
        Character hero = s.Someone("hero");
        s.Begin();
        s.Say("Near the {home} there was a dark cave, and everybody said that a monster lived in it.", "\"Never go near the cave,\" the children said. \"There is a monster.\"");
        s.World.Want(hero, "to know if there was a monster");
        s.Say("{hero} was afraid, but {hero.he} wanted to know the truth.", "{hero} wanted to know if it was true.");
        Thing lamp = s.World.Add(s.Let("lamp", s.Pick(["small lantern", "bright candle", "old lamp"])), hero);
        s.World.Go(hero, "the cave");
        s.Say("So {hero.he} took a {lamp} and went inside.", "With a {lamp} in {hero.his} hand, {hero.he} walked into the dark.");
        s.Say("Something growled. {hero}'s knees shook.", "\"Whooo,\" said a deep voice, and {hero} almost ran away.");
        Character monster = s.Animal("monster");
        s.Paragraph();
        s.Say("{hero} held up the light. It was only {monster}, {a.monster.kind}, who had a bad cough.", "But the light showed a small {monster.kind}. The cave had made its voice big.");
        s.Say("\"Why do you live here all alone?\" asked {hero}.", "\"You are no monster,\" said {hero}.");
        s.Say("\"Everyone runs away from me,\" said {monster}, \"because they only hear me and never look.\"", "\"I am {monster},\" it said. \"Nobody ever visits me.\"");
        s.Say("{hero} took {monster} by the paw and brought {monster.him} to the {home}.", "The next day {hero} came back with all the others, and they had a party in the cave.");
        s.World.Note("learn", hero, null, monster.Name);
        s.Moral("things look less scary in the light");
    }

    private static void LittleBoat(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        Thing boat = s.World.Add(s.Let("boat", s.Pick(Words.Colours) + " boat"), hero);
        s.Say("{hero} had {a.boat} with a white sail.", "By the lake lay {a.boat}. It belonged to {hero}.");
        s.World.Want(hero, "to see the island");
        s.World.Go(hero, "the island");
        s.Say("In the middle of the lake was an island, and {hero} wanted to see it.", "\"I want to sail to the island,\" said {hero}.");
        Character friend = s.Animal("friend");
        s.Say("{friend} the {friend.kind} came along.", "{hero.he} asked {friend}, {a.friend.trait} {friend.kind}, to come with {hero.him}.");
        s.Let("flower", Words.Flowers);
        s.Let("fruit", Words.Fruits);
        s.Say("The wind was good, and soon they were there.", "They sailed over the blue water and sang.");
        s.Say("On the island grew {flower}s and wild {fruit}s, and nobody lived there.".Replace("{fruit}s", "berries", StringComparison.Ordinal), "They found a beach with shells and a tree full of ripe fruit.");
        s.Paragraph();
        s.World.Lose(hero, boat);
        s.Say("But while they played, the {boat} floated away, because {hero} had not tied it up.", "When they came back to the beach, the {boat} was gone. {hero} had forgotten the rope.");
        s.Say("\"Can you swim?\" asked {hero}. \"Of course I can,\" said {friend}, and jumped into the water.", "{friend} did not wait. {friend.he} swam after it, faster and faster.");
        s.World.Find(friend, boat);
        s.World.Give(friend, hero, boat);
        s.Say("{friend} caught the rope with {friend.his} teeth and pulled the {boat} back to {hero}.", "Soon {friend} brought the {boat} back, wet but happy.");
        s.Moral("a good sailor ties up the boat");
    }

    private static void UpTheMountain(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        Character kin = s.Kin("kin");
        s.World.Want(hero, "to see the top of the mountain");
        s.Say("{hero} wanted to see the top of the mountain.", "\"What is on top of the mountain?\" {hero} asked every day.");
        s.Say("\"Let us go and look,\" said {kin}.", "One {day} {kin} packed a bag. \"Today we will climb it,\" {kin.he} said.");
        s.World.Go(hero, "the mountain");
        s.Say("At first the path was easy, and {hero} ran ahead.", "They started before the sun was up.");
        s.Say("Then it became steep, and {hero}'s legs were tired.", "After an hour {hero} sat down. \"It is too far,\" {hero.he} said.");
        s.Let("dish", Words.Dishes);
        s.Say("\"One more step,\" said {kin}. \"And then one more.\"", "{kin} gave {hero.him} some {dish} and cold water. \"We go slowly,\" {kin.he} said, \"but we go.\"");
        s.Paragraph();
        s.Say("So they went, step by step, past the last trees.", "{hero} took a deep breath and went on.");
        s.Say("And then they were there. {hero} could see the whole {home}, as small as a toy.", "At the top the wind sang, and the clouds were below their feet.");
        Thing stone = s.Thing("stone", ["stone", "feather", "shell"], null);
        s.World.Find(hero, stone);
        s.Say("{hero} picked up {a.stone} to remember the day.", "Beside the path {hero} found {a.stone} and put it in {hero.his} pocket.");
        s.Moral("even a long way is made of small steps");
    }

    private static void SecretDoor(Story s)
    {
        Character hero = s.Child("hero");
        s.Begin();
        s.Let("room", ["attic", "cellar", "library", "old castle", "tower", "museum"]);
        s.Let("hiding", Words.Hiding);
        s.Say("It rained, and {hero} played in the {room}.", "{hero} was looking for something in the {room}.");
        s.Say("Behind the {hiding} {hero.he} saw a door that {hero.he} had never seen before.", "When {hero.he} moved the {hiding}, there was a small door in the wall.");
        s.World.Want(hero, "to know what was behind the door");
        s.Say("{hero} wanted to know what was behind it, but it was locked.", "\"Where does it go?\" {hero.he} whispered. The door did not open.");
        Thing key = s.World.Add(s.Let("key", s.Pick(Words.Colours) + " key"), null);
        s.World.Find(hero, key);
        s.Let("clothes", Words.Clothes);
        s.Say("In an old {clothes} {hero.he} found {a.key}, and it fit.", "{hero} looked everywhere, and in a cracked cup lay {a.key}.");
        s.Paragraph();
        Character friend = s.Animal("friend");
        s.Say("Behind the door was a garden full of light, and in it sat {friend}, {a.friend.kind} who could talk.", "The door opened, and {hero} stood in a secret garden. {a.friend.kind} looked at {hero.him}. \"I am {friend},\" it said.");
        s.Say("\"Nobody has come here for a hundred years,\" said {friend}. \"Will you play with me?\"", "\"Have you come to water the flowers?\" asked {friend}. \"They are so thirsty.\"");
        s.Say("They played until the clock struck six.", "{hero} carried water, and one flower after another opened.");
        s.Say("\"Keep the {key},\" said {friend}, \"and come again tomorrow.\"", "\"The door will open for you whenever you like,\" said {friend}, \"because you are kind.\"");
        s.End();
    }

    private static void SleeplessNight(Story s)
    {
        Character hero = s.Someone("hero");
        s.Begin();
        s.Say("One night {hero} could not sleep.", "It was late, but {hero}'s eyes did not want to close.");
        s.World.Want(hero, "to sleep");
        s.Say("{hero.he} counted sheep. {hero.he} drank warm milk. Nothing helped.", "{hero} turned left, then right, and wanted so much to sleep.");
        Character owl = s.Animal("owl");
        s.Say("So {hero.he} went outside and looked at the moon.", "\"Who else is awake?\" wondered {hero}, and opened the window.");
        s.Say("There was {owl} the {owl.kind}, who was awake, too.", "In the garden sat {owl}, {a.owl.kind}. \"I cannot sleep, either,\" said {owl}.");
        s.Paragraph();
        s.Say("\"Let us listen to the night,\" said {owl}.", "\"Come,\" said {owl}, \"I will show you something.\"");
        s.Say("They heard the wind in the leaves, a frog in the pond and a train far away.", "They watched the stars, and {owl} knew the name of every one.");
        s.Say("{hero} told {owl} what {hero.he} was worried about, and {owl} listened.", "\"I am worried about tomorrow,\" said {hero}. \"Tomorrow is still asleep,\" said {owl}.");
        s.Say("{hero} yawned. {owl} yawned, too.", "After a while {hero}'s head grew heavy.");
        s.Moral("a worry grows small when you share it");
    }
}
