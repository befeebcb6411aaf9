namespace Stretto.Training.Data.Tales;

/// <summary>The little English that the slots need.</summary>
internal static class Grammar
{
    /// <summary>The words with a or an, by the sound of their start.</summary>
    public static string WithArticle(string words) => (StartsWithVowelSound(words) ? "an " : "a ") + words;

    public static bool StartsWithVowelSound(string words)
    {
        string lower = words.ToLowerInvariant();
        bool silent = lower.StartsWith("hour", StringComparison.Ordinal)
            || lower.StartsWith("honest", StringComparison.Ordinal);
        bool consonant = lower.StartsWith("uni", StringComparison.Ordinal)
            || lower.StartsWith("use", StringComparison.Ordinal) || lower.StartsWith("one", StringComparison.Ordinal);
        return silent || (!consonant && "aeiou".Contains(lower[0], StringComparison.Ordinal));
    }

    public static string Plural(string noun) => noun switch
    {
        "mouse" => "mice",
        "goose" => "geese",
        "sheep" or "deer" => noun,
        "wolf" => "wolves",
        "loaf" => "loaves",
        [.., 's' or 'x'] or [.., 'c' or 's', 'h'] => noun + "es",
        [.., not ('a' or 'e' or 'o' or 'u'), 'y'] => noun[..^1] + "ies",
        "tomato" or "potato" => noun + "es",
        _ => noun + "s",
    };
}
