namespace Stretto.Training.Data.Tales.Plots;

/// <summary>Every plot by its name.</summary>
internal static class PlotTable
{
    private static readonly (string Name, Action<Story> Tell)[] All =
    [
        .. Losses.All, .. Trades.All, .. Helping.All, .. Adventures.All, .. Making.All, .. Friendship.All, .. Lessons.All, .. Contests.All,
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(p => p.Name)];

    public static Action<Story> Find(string name)
    {
        foreach ((string known, Action<Story> tell) in All)
        {
            if (known == name)
            {
                return tell;
            }
        }

        throw new ArgumentException($"no plot is called '{name}'; there are {string.Join(", ", Names)}");
    }
}
