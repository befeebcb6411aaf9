namespace Stretto.Bench;

/// <summary>What a benchmark gets: the machine's limits, how long it may take, and where its rows go.</summary>
internal sealed record BenchRun(MachineReport Machine, bool Quick, int? Threads = null)
{
    private readonly List<Row> _rows = [];

    public IReadOnlyList<Row> Rows => _rows;

    /// <summary>One thread and all of them, or what --threads says.</summary>
    public int[] ThreadCounts => Threads is { } count ? [count] : Machine.Cores > 1 && Environment.GetEnvironmentVariable("BENCH_CLOCK") != "processor" ? [1, Machine.Cores] : [1];

    public static void Say(string line) => Console.WriteLine(line);

    public void Add(Row row)
    {
        _rows.Add(row);
        Console.WriteLine(row);
    }
}
