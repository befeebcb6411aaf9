namespace Stretto.Bench;

/// <summary>An operation on [rows, columns] whose time is memory's and not arithmetic's.</summary>
internal sealed record ElementwiseShape(string Op, int Rows, int Columns, int Threads)
{
    public static IReadOnlyList<string> Ops { get; } = ["add", "silu", "rmsnorm", "softmax", "cross-entropy", "adamw"];

    public long Count => (long)Rows * Columns;

    /// <summary>What must move at least: every input read and every output written once.</summary>
    public double Bytes => sizeof(float) * (double)Count * (Op switch
    {
        "add" => 3, // two terms, the sum over the first of them
        "cross-entropy" => 1,
        "adamw" => 7, // parameter and two moments read and written, gradient read
        _ => 2,
    });

    public static ElementwiseShape Parse(string[] words) =>
        new(words[1], Words.Int(words[2]), Words.Int(words[3]), Words.Int(words[4]));

    public string[] Job() => Words.Of($"elementwise {Op} {Rows} {Columns} {Threads}");
}
