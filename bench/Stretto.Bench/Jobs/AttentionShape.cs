namespace Stretto.Bench;

/// <summary>Causal self-attention of one sequence of T tokens.</summary>
internal sealed record AttentionShape(int T, int Heads, int KvHeads, int Size, bool Backward, int Threads)
{
    /// <summary>What is useful: two products over the half of the square that is seen; backward, five instead of two.</summary>
    public double Flops => 4.0 * Heads * T * T * Size / 2 * (Backward ? 3.5 : 1);

    public static AttentionShape Parse(string[] words) => new(
        Words.Int(words[1]), Words.Int(words[2]), Words.Int(words[3]), Words.Int(words[4]), words[5] == "backward", Words.Int(words[6]));

    public string[] Job() => Words.Of($"attention {T} {Heads} {KvHeads} {Size} {(Backward ? "backward" : "forward")} {Threads}");
}
