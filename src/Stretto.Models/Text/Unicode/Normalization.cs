using System.Runtime.InteropServices;
using System.Text;

namespace Stretto.Models.Text;

/// <summary>
/// The four Unicode normalization forms (UAX 15). The runtime's own are switched off with invariant globalization, and
/// token offsets need to know which source character each result stands for.
/// </summary>
internal static class Normalization
{
    private const int HangulBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TrailBase = 0x11A7;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Trails = 28;

    /// <summary>
    /// One result character and how many source characters it takes up: 0 when it was added by a decomposition.
    /// </summary>
    internal readonly record struct Result(int Scalar, int Taken);

    /// <summary>True when the composing forms leave the text as it is; false may be wrong, true never is.</summary>
    public static bool IsComposed(ReadOnlySpan<char> text)
    {
        int first = text.IndexOfAnyExceptInRange('\0', '\u02FF');
        if (first < 0)
        {
            return true;
        }

        NormalizationTables tables = NormalizationTables.Instance;
        foreach (Rune rune in text[first..].EnumerateRunes())
        {
            // Jamo may join into syllables without standing in the table.
            if (tables.MayChange(rune.Value) || rune.Value is >= VowelBase and < 0x1200)
            {
                return false;
            }
        }

        return true;
    }

    public static List<Result> Apply(ReadOnlySpan<char> text, bool compatible, bool compose)
    {
        List<Result> decomposed = new(text.Length + 8);
        NormalizationTables tables = NormalizationTables.Instance;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int at = decomposed.Count;
            Decompose(rune.Value, compatible, decomposed, tables);
            for (int i = at; i < decomposed.Count; i++)
            {
                decomposed[i] = new Result(decomposed[i].Scalar, i == at ? 1 : 0);
            }
        }

        Order(decomposed, tables);
        return compose ? Compose(decomposed, tables) : decomposed;
    }

    private static void Decompose(int scalar, bool compatible, List<Result> output, NormalizationTables tables)
    {
        if (scalar < 0xA0)
        {
            output.Add(new Result(scalar, 0));
            return;
        }

        int syllable = scalar - HangulBase;
        if ((uint)syllable < Leads * Vowels * Trails)
        {
            output.Add(new Result(LeadBase + (syllable / (Vowels * Trails)), 0));
            output.Add(new Result(VowelBase + (syllable / Trails % Vowels), 0));
            if (syllable % Trails != 0)
            {
                output.Add(new Result(TrailBase + (syllable % Trails), 0));
            }

            return;
        }

        int[]? parts = tables.Canonical(scalar) ?? (compatible ? tables.Compatibility(scalar) : null);
        if (parts is null)
        {
            output.Add(new Result(scalar, 0));
            return;
        }

        foreach (int part in parts)
        {
            Decompose(part, compatible, output, tables);
        }
    }

    /// <summary>Sorts each run of combining characters by class, stable.</summary>
    private static void Order(List<Result> text, NormalizationTables tables)
    {
        int start = 0;
        while (start < text.Count)
        {
            if (tables.Class(text[start].Scalar) == 0)
            {
                start++;
                continue;
            }

            int end = start + 1;
            while (end < text.Count && tables.Class(text[end].Scalar) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                Span<Result> run = CollectionsMarshal.AsSpan(text)[start..end];
                Result[] sorted = [.. run.ToArray().OrderBy(r => tables.Class(r.Scalar))];
                sorted.CopyTo(run);
            }

            start = end;
        }
    }

    private static List<Result> Compose(List<Result> text, NormalizationTables tables)
    {
        List<Result> output = new(text.Count);
        int starter = -1;
        int lastClass = 0;
        foreach (Result next in text)
        {
            int combining = tables.Class(next.Scalar);
            bool adjacent = starter == output.Count - 1;
            bool reachable = starter >= 0 && (adjacent || lastClass < combining);
            if (reachable && Pair(output[starter].Scalar, next.Scalar, tables, out int joined))
            {
                output[starter] = new Result(joined, output[starter].Taken + next.Taken);
                continue;
            }

            if (combining == 0)
            {
                starter = output.Count;
            }

            lastClass = combining;
            output.Add(next);
        }

        return output;
    }

    private static bool Pair(int first, int second, NormalizationTables tables, out int joined)
    {
        int lead = first - LeadBase;
        int vowel = second - VowelBase;
        if ((uint)lead < Leads && (uint)vowel < Vowels)
        {
            joined = HangulBase + (((lead * Vowels) + vowel) * Trails);
            return true;
        }

        int syllable = first - HangulBase;
        int trail = second - TrailBase;
        if ((uint)syllable < Leads * Vowels * Trails && syllable % Trails == 0 && trail is > 0 and < Trails)
        {
            joined = first + trail;
            return true;
        }

        return tables.Compose(first, second, out joined);
    }
}
