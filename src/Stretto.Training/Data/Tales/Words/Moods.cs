namespace Stretto.Training.Data.Tales.Words;

/// <summary>How somebody feels, moves and speaks.</summary>
internal static class Moods
{
    public static readonly string[] Glad =
    [.. (
        "happy glad cheerful proud pleased delighted thankful joyful content excited grateful relieved").Split(' ')];

    public static readonly string[] Sad =
        [.. "sad upset worried unhappy gloomy sorry troubled miserable disappointed heartbroken".Split(' ')];

    public static readonly string[] Afraid =
        [.. "afraid scared frightened nervous anxious terrified".Split(' ')];

    public static readonly string[] Cross =
        [.. "angry cross grumpy furious annoyed".Split(' ')];

    public static readonly string[] Went =
    [.. (
        "walked ran hurried skipped marched wandered strolled rushed tiptoed trotted raced hiked hopped " +
        "dashed").Split(' ')];

    public static readonly string[] Slowly =
        [.. "slowly carefully gently quietly softly patiently calmly".Split(' ')];

    public static readonly string[] Said =
        [.. "said whispered called cried answered laughed".Split(' ')];
}
