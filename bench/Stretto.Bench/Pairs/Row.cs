using System.Text.Json;

namespace Stretto.Bench;

/// <summary>
/// One comparison. Ours, peer and bound are rates in <paramref name="Unit"/>: more is better. The ratio is the median over pairs of
/// runs, low and high its quartiles.
/// </summary>
internal sealed record Row(
    string Work, string Unit, double Ours, string PeerName, double Peer, double Ratio, double RatioLow, double RatioHigh,
    string BoundName, double Bound, double ShareOfBound)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    public static string Head { get; } =
        $"{"work",-34} {"unit",-8} {"ours",8} {"peer",8} {"ratio",6} {"(quartiles)",-13} {"share",6} of bound, peer";

    public static Row From(string work, string unit, double amount, in Comparison pairs, string peerName, in Bound bound)
    {
        double ours = amount / pairs.Ours;
        return new Row(
            work, unit, ours, peerName, amount / pairs.Peer, pairs.Ratio, pairs.RatioLow, pairs.RatioHigh,
            bound.Name, bound.Rate, ours / bound.Rate);
    }

    public static void Save(string path, IEnumerable<Row> rows) =>
        File.WriteAllText(path, JsonSerializer.Serialize(rows, Json) + "\n");

    public override string ToString() => FormattableString.Invariant(
        $"{Work,-34} {Unit,-8} {Ours,8:F1} {Peer,8:F1} {Ratio,6:F2} ({RatioLow:F2} – {RatioHigh:F2}) {ShareOfBound,6:P0} of {BoundName} {Bound:F0}, {PeerName}");
}

/// <summary>The limit that binds a work, as a rate in the unit of its row.</summary>
internal readonly record struct Bound(string Name, double Rate);
