namespace Stretto.Training.Data.Tales.Words;

/// <summary>What can be held, eaten or worn, and how it looks.</summary>
internal static class Things
{
    public static readonly string[] Colours =
    [.. (
        "red blue green yellow white black brown orange purple pink grey golden silver violet crimson").Split(' ')];

    public static readonly string[] Looks =
    [.. (
        "old new small big shiny little pretty smooth tiny bright striped painted plain strange lovely fine spotted " +
        "beautiful special").Split(' ')];

    public static readonly string[] Toys =
    [.. (
        "ball kite drum doll boat train top puppet whistle flute bell marble wagon robot puzzle rope hoop trumpet " +
        "rattle truck yo-yo dinosaur rocket balloon sled scooter teddy").Split(' ')];

    public static readonly string[] Treasures =
    [.. (
        "ring coin crown necklace locket shell pearl feather stone medal key compass mirror button ribbon brooch " +
        "cup lamp box bracelet diamond watch star vase pin").Split(' ')];

    public static readonly string[] Clothes =
    [.. "hat scarf coat cap cloak sweater shirt apron belt jacket dress shawl blanket hood".Split(' ')];

    public static readonly string[] Tools =
    [.. (
        "hammer saw ladder bucket basket shovel rake broom brush net spade lantern pot kettle spoon wheelbarrow " +
        "wrench pan hoe drill").Split(' ')];

    public static readonly string[] Instruments =
        [.. "drum flute trumpet guitar violin harp fiddle horn piano banjo".Split(' ')];

    public static readonly string[] Boats = [.. "boat raft ship canoe".Split(' ')];

    public static readonly string[] Fruits =
    [.. "apple pear plum peach melon lemon fig orange banana apricot mango coconut".Split(' ')];

    public static readonly string[] Berries =
        [.. "berries cherries strawberries raspberries blueberries grapes blackberries".Split(' ')];

    public static readonly string[] Vegetables =
    [.. "carrot turnip pumpkin onion potato cabbage beet leek radish tomato cucumber pepper".Split(' ')];

    public static readonly string[] Dishes =
    [.. "soup stew pie cake bread porridge pudding salad cheese pasta rice toast".Split(' ')];

    public static readonly string[] Treats =
    [.. "cookies muffins pancakes tarts buns waffles cupcakes sandwiches nuts biscuits pretzels".Split(' ')];

    public static readonly string[] Drinks = [.. "tea milk cocoa lemonade juice water".Split(' ')];

    public static readonly string[] Flowers =
    [.. "rose tulip daisy lily poppy sunflower bluebell buttercup orchid daffodil".Split(' ')];

    public static readonly string[] Trees =
        [.. "oak pine maple birch willow elm apple walnut chestnut cherry".Split(' ')];

    public static readonly string[] Materials =
        [.. "wood paper clay wool cloth string straw glass leather wire".Split(' ')];

    public static readonly string[] Insects =
        [.. "bee ant butterfly beetle ladybird spider cricket dragonfly moth firefly snail".Split(' ')];
}
