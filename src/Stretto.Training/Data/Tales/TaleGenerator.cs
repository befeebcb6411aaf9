using Stretto.Training.Data.Tales.Plots;

namespace Stretto.Training.Data.Tales;

/// <summary>A story and what is true in it.</summary>
/// <param name="Text">The story, without surrounding white space.</param>
/// <param name="Plot">The name of its plot.</param>
/// <param name="World">Characters, wants, possessions and events at its end.</param>
public sealed record Tale(string Text, string Plot, World World);

/// <summary>
/// An endless stream of short stories in simple English. Story number i of a seed is always the same, so that a position in the stream
/// is a number. Training uses seeds below <see cref="ValidationSeed"/>, validation those from there on.
/// </summary>
/// <param name="seed">Which stream.</param>
public sealed class TaleGenerator(ulong seed)
{
    /// <summary>The first seed that training never uses.</summary>
    public const ulong ValidationSeed = 1UL << 32;

    /// <summary>The names of all plots.</summary>
    public static IReadOnlyList<string> Plots => PlotTable.Names;

    /// <summary>Story number <paramref name="index"/>, of any plot or of a certain one.</summary>
    /// <exception cref="ArgumentException">There is no such plot.</exception>
    public Tale Generate(long index, string? plot = null)
    {
        Story story = new(seed, index);
        string name = plot ?? PlotTable.Names[story.Roll(PlotTable.Names.Count)];
        PlotTable.Find(name)(story);
        return new Tale(story.Text, name, story.World);
    }
}
