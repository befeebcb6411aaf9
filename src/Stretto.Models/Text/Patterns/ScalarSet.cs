using System.Globalization;

namespace Stretto.Models.Text;

/// <summary>
/// A set of Unicode scalar values: ranges, categories, other sets, optionally intersected and negated.
/// </summary>
internal sealed class ScalarSet
{
    private readonly uint categories;
    private readonly (int First, int Last)[] ranges;
    private readonly ScalarSet[] parts;
    private readonly ScalarSet? within;
    private readonly bool negated;

    public ScalarSet(
        uint categories = 0,
        (int First, int Last)[]? ranges = null,
        ScalarSet[]? parts = null,
        ScalarSet? within = null,
        bool negated = false)
    {
        this.categories = categories;
        this.ranges = ranges ?? [];
        this.parts = parts ?? [];
        this.within = within;
        this.negated = negated;
        for (int i = 0; i < 64; i++)
        {
            AsciiLow |= Find(i) ? 1ul << i : 0;
            AsciiHigh |= Find(i + 64) ? 1ul << i : 0;
        }
    }

    /// <summary>Members below 64, one bit each.</summary>
    public ulong AsciiLow { get; }

    /// <summary>Members from 64 to 127.</summary>
    public ulong AsciiHigh { get; }

    public static ScalarSet Space { get; } = new(ranges:
        [(9, 13), (32, 32), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029),
        (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000)]);

    public static ScalarSet Digit { get; } = new(ScalarClasses.Digit);

    public static ScalarSet Word { get; } =
        new(ScalarClasses.Letter | ScalarClasses.Mark | ScalarClasses.Number | ScalarClasses.Connector);

    public static ScalarSet Not(ScalarSet set) => new(parts: [set], negated: true);

    public static ScalarSet Of(params int[] scalars) => new(ranges: [.. scalars.Select(s => (s, s))]);

    public bool Contains(int scalar) => scalar < 128
        ? (((scalar < 64 ? AsciiLow : AsciiHigh) >> (scalar & 63)) & 1) != 0
        : Find(scalar);

    private bool Find(int scalar)
    {
        bool found = categories != 0
            && ((categories >> (int)CharUnicodeInfo.GetUnicodeCategory(scalar)) & 1) != 0;
        for (int i = 0; !found && i < ranges.Length; i++)
        {
            found = scalar >= ranges[i].First && scalar <= ranges[i].Last;
        }

        for (int i = 0; !found && i < parts.Length; i++)
        {
            found = parts[i].Contains(scalar);
        }

        return (found && (within is null || within.Contains(scalar))) != negated;
    }
}
