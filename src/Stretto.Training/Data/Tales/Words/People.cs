namespace Stretto.Training.Data.Tales.Words;

/// <summary>Who can be in a story and what they are like.</summary>
internal static class People
{
    public static readonly string[] Animals =
    [.. (
        "badger bear beaver cat deer dog donkey fox goat hare hedgehog lamb mole monkey mouse otter panda pig pony " +
        "rabbit raccoon sheep squirrel wolf kitten puppy hamster chipmunk weasel calf").Split(' ')];

    public static readonly string[] Small =
        [.. "mouse hedgehog mole hamster chipmunk squirrel rabbit kitten weasel".Split(' ')];

    public static readonly string[] Big = [.. "bear wolf moose elephant lion horse ox giraffe".Split(' ')];

    public static readonly string[] Birds =
        [.. "owl robin crow raven sparrow duck goose swan parrot hen magpie stork pigeon penguin".Split(' ')];

    public static readonly string[] Pets =
        [.. "cat dog kitten puppy rabbit hamster pony parrot turtle goat".Split(' ')];

    public static readonly string[] Traits =
    [.. (
        "brave careful cheerful clever curious gentle honest kind lively patient polite proud quick quiet shy " +
        "stubborn thoughtful helpful dreamy funny lonely playful friendly merry busy sleepy hungry noisy calm " +
        "eager wise silly").Split(' ')];

    public static readonly string[] Trades =
    [.. (
        "baker farmer gardener miller teacher shepherd carpenter tailor sailor doctor cook painter beekeeper weaver " +
        "potter clockmaker ranger cobbler builder captain nurse fisher singer").Split(' ')];

    public static readonly string[] Makers =
        [.. "carpenter tailor potter clockmaker cobbler weaver builder blacksmith".Split(' ')];

    public static readonly (string Name, string Kind, bool Female)[] Kin =
    [
        ("Mum", "mother", true), ("Dad", "father", false), ("Grandma", "grandmother", true),
        ("Grandpa", "grandfather", false), ("Aunt Lotte", "aunt", true), ("Uncle Bert", "uncle", false),
    ];

    /// <summary>What somebody likes to do.</summary>
    public static readonly string[] Hobbies =
    [
        "sing", "dance", "draw pictures", "climb trees", "count the stars", "collect shells", "read books",
        "tell jokes", "swim", "bake", "watch the clouds", "build towers", "play hide and seek", "jump over puddles",
        "listen to stories", "whistle", "paint", "plant seeds", "make up songs", "ask questions", "look for bugs",
        "roll down hills", "chase butterflies", "pick flowers", "feed the birds", "skip stones", "ride in the wagon",
        "play with a ball", "solve riddles", "watch the boats", "dig in the sand", "sleep late", "run fast",
        "explore", "help people", "wear funny hats", "throw snowballs", "pretend to be a pirate", "eat jam",
        "smell the roses",
    ];
}
