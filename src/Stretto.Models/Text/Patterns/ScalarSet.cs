using System.Globalization;

namespace Stretto.Models.Text;

/// <summary>
/// A set of Unicode scalar values: ranges, categories, other sets, optionally intersected and negated.
/// </summary>
internal sealed class ScalarSet
{
    private readonly uint _categories;
    private readonly (int First, int Last)[] _ranges;
    private readonly ScalarSet[] _parts;
    private readonly ScalarSet? _within;
    private readonly bool _negated;

    public ScalarSet(
        uint categories = 0,
        (int First, int Last)[]? ranges = null,
        ScalarSet[]? parts = null,
        ScalarSet? within = null,
        bool negated = false)
    {
        _categories = categories;
        _ranges = ranges ?? [];
        _parts = parts ?? [];
        _within = within;
        _negated = negated;
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
        bool found = _categories != 0
            && ((_categories >> (int)CharUnicodeInfo.GetUnicodeCategory(scalar)) & 1) != 0;
        for (int i = 0; !found && i < _ranges.Length; i++)
        {
            found = scalar >= _ranges[i].First && scalar <= _ranges[i].Last;
        }

        for (int i = 0; !found && i < _parts.Length; i++)
        {
            found = _parts[i].Contains(scalar);
        }

        return (found && (_within is null || _within.Contains(scalar))) != _negated;
    }
}
