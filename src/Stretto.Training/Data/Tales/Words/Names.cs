namespace Stretto.Training.Data.Tales.Words;

/// <summary>First names of children and grown-ups, and names of animals.</summary>
internal static class Names
{
    public static readonly string[] Girls =
    [.. (
        "Ada Alma Amy Anna Asha Bella Bess Cara Clara Cora Dana Dora Edda Ella Elsa Emma Esme Eva Faye Fern Flora " +
        "Freya Greta Hana Hazel Heidi Holly Ida Ines Iris Isla Ivy Jade Jana Jill June Kaya Kim Kira Lena Lila Lily " +
        "Lina Lola Lucy Luna Maja Mara Maya Mia Mila Mina Mira Molly Nala Nell Nina Nora Olga Pia Polly Rita Rosa " +
        "Ruby Ruth Sada Sara Sofia Sue Tara Tess Tilda Una Vera Willa Yara Zoe").Split(' ')];

    public static readonly string[] Boys =
    [.. (
        "Abel Adam Alan Alex Amir Anton Arlo Basil Ben Bram Carl Cole Dan David Dean Eli Emil Enzo Eric Ezra Felix " +
        "Finn Fred Gabe George Gus Hal Hans Hugo Ian Igor Isak Ivan Jack Jake Jim Joel Karl Kit Kofi Leo Levi Liam " +
        "Luca Luke Mark Marco Max Milo Nico Noah Olaf Omar Oscar Otto Owen Pablo Paul Peter Ravi Remy Rolf Sam Simon " +
        "Sven Theo Tim Toby Tom Udo Victor Wim Yuri Zack").Split(' ')];

    public static readonly string[] Pets =
    [.. (
        "Acorn Bean Biscuit Bramble Bubbles Button Chip Clover Cocoa Comet Cookie Dash Dot Dusty Fig Fluff Freckles " +
        "Ginger Hopper Jolly Marble Mocha Muffin Nibbles Nutmeg Patch Peanut Pebble Pepper Pip Pixie Pudding Ripple " +
        "Rusty Scout Shadow Smudge Snowy Sparky Spot Sprout Sunny Teddy Thistle Toffee Twig Velvet Waffles Whiskers " +
        "Willow Ziggy").Split(' ')];
}
