namespace Stretto.Bench;

/// <summary>
/// C [M, N] = A · B. A lies as [K, M] when it is transposed and B as [N, K]. So many copies of B take turns that it comes from memory
/// where it would in decoding; a frozen B may be packed before.
/// </summary>
internal sealed record GemmShape(int M, int N, int K, bool TransA, bool TransB, int Threads, int Copies, bool Frozen)
{
    public double Flops => 2.0 * M * N * K;

    /// <summary>What must move at least: both operands read and the result written once.</summary>
    public double Bytes => sizeof(float) * (((double)M * K) + ((double)K * N) + ((double)M * N));

    public static GemmShape Parse(string[] words) => new(
        Words.Int(words[1]), Words.Int(words[2]), Words.Int(words[3]), words[4] == "t", words[5] == "t",
        Words.Int(words[6]), Words.Int(words[7]), words[8] == "frozen");

    public string[] Job() => Words.Of(
        $"gemm {M} {N} {K} {(TransA ? 't' : 'n')} {(TransB ? 't' : 'n')} {Threads} {Copies} {(Frozen ? "frozen" : "plain")}");
}
