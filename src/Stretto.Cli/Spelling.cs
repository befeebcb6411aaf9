namespace Stretto.Cli;

/// <summary>Which of the known words a misspelt one means.</summary>
internal static class Spelling
{
    private const int MostChanges = 3;

    /// <summary>The known word that is nearest, or null where none is near.</summary>
    public static string? Nearest(string word, IEnumerable<string> known) =>
        known.MinBy(k => Distance(k, word)) is { } best && Distance(best, word) <= MostChanges ? best : null;

    /// <summary>How many letters must change to turn one word into the other (Levenshtein, 1965).</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                (diagonal, row[j]) = (row[j], cost);
            }
        }

        return row[^1];
    }
}
