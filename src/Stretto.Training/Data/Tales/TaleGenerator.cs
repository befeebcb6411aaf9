namespace Stretto.Training.Data.Tales;

/// <summary>A story and what is true in it.</summary>
public sealed class Tale
{
    /// <summary>The story: one or more paragraphs, parted by an empty line, without white space around.</summary>
    public required string Text { get; init; }

    /// <summary>The name of its plot.</summary>
    public required string Plot { get; init; }

    /// <summary>Characters, wants, possessions and places at its end.</summary>
    public required World World { get; init; }

    /// <summary>What happened, in the order of the story.</summary>
    public IReadOnlyList<TaleEvent> Events => World.Events;
}

/// <summary>What a document of the corpus is for.</summary>
public enum TaleSplit
{
    /// <summary>To learn from.</summary>
    Training,

    /// <summary>To measure the loss on, and to examine with.</summary>
    HeldOut,
}

/// <summary>
/// An endless stream of short stories in simple English, and of documents made of them. Number i of a seed is a function of the two, so
/// a position in the stream is a number. One index in <see cref="HeldOutEvery"/> is held out. Safe to use from many threads.
/// </summary>
/// <remarks>
/// The hash of a text says on which side it may stand, and a stream tells a story anew until it stands on the side of its index. So no
/// held-out text is ever trained on, whatever the seeds.
/// </remarks>
/// <param name="seed">Which stream.</param>
public sealed class TaleGenerator(ulong seed)
{
    /// <summary>One document in this many is held out: those whose index it divides.</summary>
    public const int HeldOutEvery = 16;

    private const ulong ChatStream = 0xC2B2AE3D27D4EB4FUL;

    /// <summary>The index of document number <paramref name="number"/> of a side.</summary>
    public static long IndexOf(TaleSplit split, long number) => checked(split == TaleSplit.HeldOut
        ? number * HeldOutEvery
        : (number / (HeldOutEvery - 1) * HeldOutEvery) + 1 + (number % (HeldOutEvery - 1)));

    /// <summary>The side of an index.</summary>
    public static TaleSplit SplitOf(long index) => index % HeldOutEvery == 0 ? TaleSplit.HeldOut : TaleSplit.Training;

    /// <summary>Story number <paramref name="index"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative.</exception>
    public Tale Generate(long index) => Tell(index, null);

    /// <summary>Story number <paramref name="index"/> of the stream that has one plot only.</summary>
    /// <exception cref="ArgumentException">There is no plot of that name, or the index is negative.</exception>
    public Tale Generate(long index, string plotName) =>
        Tell(index, Plots.Find(plotName) ?? throw new ArgumentException(
            $"There is no plot '{plotName}'; Plots.All lists them.", nameof(plotName)));

    /// <summary>Document number <paramref name="index"/>: the story of that number, or a chat about it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative.</exception>
    public TaleDocument Document(long index) => TaleDocument.Compose(Generate(index), Dice(index));

    /// <summary>The choices about a story that do not change it: what is asked, and how.</summary>
    internal TaleDice Dice(long index) => new(seed ^ ChatStream, index, 0);

    private Tale Tell(long index, Plot? plot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        for (int attempt = 0; ; attempt++)
        {
            Story story = new(new TaleDice(seed, index, attempt));
            Plot chosen = plot ?? Plots.All[story.Roll(Plots.All.Count)];
            chosen.Tell(story);
            string text = story.Text;
            if ((Hash(text) % HeldOutEvery == 0) == (SplitOf(index) == TaleSplit.HeldOut))
            {
                return new Tale { Text = text, Plot = chosen.Name, World = story.World };
            }
        }
    }

    // FNV-1a over UTF-16 units, folded so that its low bits depend on all of it.
    private static ulong Hash(string text)
    {
        ulong hash = 0xCBF29CE484222325UL;
        foreach (char unit in text)
        {
            hash = (hash ^ unit) * 0x100000001B3UL;
        }

        return hash ^ (hash >> 32);
    }
}
