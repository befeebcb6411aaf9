using System.Text;

namespace Stretto.Inference.Generation;

/// <summary>Passes text on until a stop text occurs, and holds back what may be the beginning of one.</summary>
internal sealed class StopText(IReadOnlyList<string> stops)
{
    private readonly StringBuilder _held = new();

    public bool Found { get; private set; }

    /// <summary>The text that may be shown now.</summary>
    public string Push(string text)
    {
        if (stops.Count == 0)
        {
            return text;
        }

        _held.Append(text);
        string all = _held.ToString();
        int end = all.Length;
        foreach (string stop in stops)
        {
            int at = all.IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0)
            {
                Found = true;
                end = Math.Min(end, at);
            }
        }

        all = all[..end];
        int keep = 0;
        foreach (string stop in stops)
        {
            keep = Found ? 0 : Math.Max(keep, Overlap(all, stop));
        }

        _held.Clear().Append(all, all.Length - keep, keep);
        return all[..^keep];
    }

    /// <summary>What was held back, when no more text comes.</summary>
    public string Flush()
    {
        string rest = Found ? "" : _held.ToString();
        _held.Clear();
        return rest;
    }

    private static int Overlap(string text, string stop)
    {
        for (int length = Math.Min(text.Length, stop.Length - 1); length > 0; length--)
        {
            if (text.AsSpan().EndsWith(stop.AsSpan(0, length)))
            {
                return length;
            }
        }

        return 0;
    }
}
