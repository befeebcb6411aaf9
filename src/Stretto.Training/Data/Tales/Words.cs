namespace Stretto.Training.Data.Tales;

/// <summary>The words of the stories, by what they can stand for.</summary>
internal static class Words
{
    public static readonly string[] Girls = List(
        "Ada Alma Amy Anna Asha Bella Bess Cara Clara Cora Dana Dora Edda Ella Elsa Emma Esme Eva Faye Fern Flora Freya Greta Hana Hazel Heidi Holly Ida Ines Iris Isla Ivy Jade Jana Jill June Kaya Kim Kira Lena Lila Lily Lina Lola Lucy Luna Maja Mara Maya Mia Mila Mina Mira Molly Nala Nell Nina Nora Olga Pia Polly Rita Rosa Ruby Ruth Sada Sara Sofia Tara Tess Tilda Una Vera Willa Yara Zoe");

    public static readonly string[] Boys = List(
        "Abel Adam Alan Alex Amir Anton Arlo Basil Ben Bram Carl Cole Dan David Dean Eli Emil Enzo Eric Ezra Felix Finn Fred Gabe George Gus Hal Hans Hugo Ian Igor Isak Ivan Jack Jake James Jonas Joel Karl Kit Kofi Lars Leo Levi Liam Luca Luis Mark Marco Max Milo Nico Noah Olaf Omar Oscar Otto Owen Pablo Paul Peter Ravi Remy Rolf Sam Simon Sven Theo Tim Toby Tom Udo Victor Wim Yuri Zack");

    public static readonly string[] PetNames = List(
        "Biscuit Bramble Button Clover Cocoa Comet Dash Dot Fluff Ginger Hopper Marble Mocha Muffin Nibbles Nutmeg Patch Pepper Pip Pixie Pudding Ripple Rusty Scout Shadow Smudge Snowy Sparky Spots Teddy Thistle Toffee Twig Velvet Waffles Whiskers Widget Ziggy");

    public static readonly string[] Animals = List(
        "badger bear beaver cat crow deer dog donkey duck fox frog goat goose hare hedgehog hen horse lamb lizard mole mouse otter owl parrot pig pony rabbit raven robin seal sheep snail sparrow squirrel swan toad turtle wolf");

    public static readonly string[] GirlTraits = List(
        "brave careful cheerful clever curious gentle honest kind lively patient polite proud quick quiet shy stubborn thoughtful tiny young helpful dreamy funny lonely neat playful");

    public static readonly string[] Adults = List(
        "baker farmer fisherman gardener miller teacher shepherd blacksmith carpenter tailor sailor librarian postman doctor shopkeeper cook painter beekeeper weaver potter clockmaker ranger");

    public static readonly string[] Colours = List(
        "red blue green yellow white black brown orange purple pink grey golden silver");

    public static readonly string[] Looks = List(
        "old new small big shiny little round pretty smooth tiny bright wooden striped painted plain heavy light soft strange lovely");

    public static readonly string[] Toys = List(
        "ball kite drum doll boat train top puppet whistle flute bell marble wagon robot puzzle rope hoop yoyo trumpet rattle");

    public static readonly string[] Treasures = List(
        "ring coin crown necklace locket shell pearl feather stone medal key map compass mirror button ribbon brooch cup lamp box");

    public static readonly string[] Clothes = List(
        "hat scarf coat glove sock shoe boot cap cloak sweater shirt apron belt jacket dress mitten");

    public static readonly string[] Tools = List(
        "hammer saw ladder bucket basket shovel rake broom needle brush net axe spade wheel lantern rope candle pot kettle spoon");

    public static readonly string[] Fruits = List(
        "apple pear plum cherry peach berry melon grape lemon fig orange banana apricot");

    public static readonly string[] Vegetables = List(
        "carrot turnip pumpkin bean pea onion potato cabbage beet leek radish tomato cucumber");

    public static readonly string[] Dishes = List(
        "soup stew pie cake bread porridge pancake pudding salad jam cheese honey cookie muffin tart sandwich");

    public static readonly string[] Flowers = List(
        "rose tulip daisy lily poppy violet sunflower bluebell buttercup lavender orchid iris");

    public static readonly string[] Outdoors = List(
        "forest meadow hill river lake beach field orchard valley pond garden park cave island bridge mountain swamp harbour cliff waterfall vineyard quarry moor lighthouse");

    public static readonly string[] Buildings = List(
        "mill barn school library market bakery castle tower church station workshop stable kitchen attic cellar shop inn museum theatre cottage farm bakehouse greenhouse forge");

    public static readonly string[] Homes = List(
        "village town hamlet valley");

    public static readonly string[] Weather = List(
        "sunny rainy windy cloudy snowy foggy warm cold frosty stormy misty bright");

    public static readonly string[] Seasons = List("spring summer autumn winter");

    public static readonly string[] Days = List("Monday Tuesday Wednesday Thursday Friday Saturday Sunday");

    public static readonly string[] Hiding = List(
        "bush rock log chair bench table bed wall cupboard barrel hedge haystack staircase curtain fence tree stump cart stove bookcase");

    public static readonly string[] Feelings = List(
        "happy glad cheerful proud pleased delighted thankful joyful content merry");

    public static readonly string[] Worries = List(
        "sad upset worried unhappy gloomy sorry troubled miserable disappointed");

    public static readonly string[] Moving = List(
        "walked ran hurried skipped marched wandered strolled rushed tiptoed trotted raced climbed");

    public static readonly string[] Numbers = List("two three four five six seven eight nine ten twelve");

    private static string[] List(string words) => words.Split(' ');
}
