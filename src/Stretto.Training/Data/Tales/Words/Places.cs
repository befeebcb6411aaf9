namespace Stretto.Training.Data.Tales.Words;

/// <summary>Where stories happen; a place carries its preposition.</summary>
internal static class Places
{
    public static readonly string[] Outdoors =
    [
        "in forest", "in meadow", "on hill", "at river", "at lake", "at beach", "in field", "in orchard", "in valley",
        "at pond", "in garden", "in park", "on bridge", "at waterfall", "in vineyard", "at harbour", "at stream",
        "at crossroads", "at old wall", "at fountain", "in woods", "at shore", "on path by the brook",
        "in playground", "at old well", "in clearing",
    ];

    public static readonly string[] Buildings =
    [
        "at mill", "in barn", "at school", "in library", "at market", "at bakery", "in castle", "in tower",
        "at station", "in workshop", "in stable", "in kitchen", "in attic", "in shop", "at inn", "in museum",
        "in theatre", "in cottage", "at farm", "in greenhouse", "at lighthouse", "in town hall", "at zoo",
        "at post office",
    ];

    public static readonly string[] Wild =
    [
        "in dark forest", "in deep cave", "on high mountain", "in desert", "in swamp", "on small island",
        "in jungle", "in snowy valley", "in misty hills", "on rocky coast", "in empty castle", "in old ruins",
    ];

    /// <summary>Where people live.</summary>
    public static readonly string[] Homes =
        [.. "village town valley hamlet city".Split(' ')];

    /// <summary>Small places for lost things, outside.</summary>
    public static readonly string[] HiddenOutside =
    [
        "under a bush", "behind a rock", "inside a hollow log", "under the bench", "behind the barrel",
        "in the tall grass", "under a pile of leaves", "between two stones", "in the haystack", "beside the fence",
        "in an empty nest", "in a muddy puddle", "next to the gate", "in the wheelbarrow", "under a cabbage leaf",
        "behind the flower pots", "near the roots of a tree", "behind a wall", "under an old boat",
    ];

    /// <summary>Small places for lost things, in a house.</summary>
    public static readonly string[] HiddenInside =
    [
        "behind the curtain", "under the bed", "behind the stove", "on top of the cupboard", "under the stairs",
        "under the carpet", "behind the bookcase", "in the laundry", "under the sofa", "behind the door",
        "in the drawer", "between the pillows",
    ];

    public static readonly string[] Weather =
        [.. "sunny rainy windy cloudy snowy foggy warm cold frosty stormy misty bright hot chilly".Split(' ')];

    public static readonly string[] Seasons = [.. "spring summer autumn winter".Split(' ')];

    public static readonly string[] Days =
        [.. "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".Split(' ')];

    public static readonly string[] Numbers = [.. "two three four five six seven eight nine ten twelve".Split(' ')];
}
