using Stretto.Training.Data.Tales.Families;

namespace Stretto.Training.Data.Tales;

/// <summary>A kind of story.</summary>
public sealed class Plot
{
    internal Plot(string name, Action<Story> tell)
    {
        Name = name;
        Tell = tell;
    }

    /// <summary>Its name, such as <c>lost toy</c>.</summary>
    public string Name { get; }

    internal Action<Story> Tell { get; }
}

/// <summary>All kinds of stories.</summary>
public static class Plots
{
    private static readonly Plot[] Table =
    [
        .. Losses.All, .. Helping.All, .. Trades.All, .. Contests.All, .. Fears.All, .. Journeys.All, .. Making.All,
        .. Friends.All, .. Wonders.All,
    ];

    private static readonly Dictionary<string, Plot> ByName = Table.ToDictionary(p => p.Name);

    /// <summary>All plots; their order is part of the corpus.</summary>
    public static IReadOnlyList<Plot> All => Table;

    internal static Plot? Find(string name) => ByName.GetValueOrDefault(name);
}
