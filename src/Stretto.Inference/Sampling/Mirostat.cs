namespace Stretto.Inference.Sampling;

/// <summary>
/// Mirostat 2 (Basu et al., 2021): cuts off tokens whose surprise in bits exceeds a limit, and moves the limit so that the surprise of
/// the text stays at tau.
/// </summary>
/// <param name="tau">The surprise to keep up.</param>
/// <param name="eta">How fast the limit moves.</param>
/// <param name="afterTruncation">Whether the surprise of the picked token is that among the tokens that were left.</param>
internal sealed class Mirostat(double tau, double eta, bool afterTruncation = false)
{
    /// <summary>The limit.</summary>
    public double Mu { get; private set; } = 2 * tau;

    /// <summary>How many tokens the last pick had to choose from.</summary>
    public int Kept { get; private set; }

    public int Pick(Candidates candidates, double draw)
    {
        ReadOnlySpan<float> p = candidates.Normalize();
        ReadOnlySpan<ulong> order = candidates.SortFalling(p);
        double mass = 0;
        int kept = 0;
        while (kept < order.Length && (kept == 0 || -Math.Log2(p[Candidates.Place(order[kept])]) <= Mu))
        {
            mass += p[Candidates.Place(order[kept++])];
        }

        double sum = 0;
        int at = 0;
        while (at < kept - 1 && (sum += p[Candidates.Place(order[at])]) <= draw * mass)
        {
            at++;
        }

        int place = Candidates.Place(order[at]);
        Kept = kept;
        Mu -= eta * (-Math.Log2(p[place] / (afterTruncation ? mass : 1)) - tau);
        return candidates.Ids[place];
    }
}
