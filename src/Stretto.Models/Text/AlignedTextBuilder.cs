using System.Text;

namespace Stretto.Models.Text;

/// <summary>Builds the next version of a text, keeping for every unit where it came from.</summary>
internal sealed class AlignedTextBuilder(string source, int[]? starts, int[]? ends)
{
    private const int MaxLength = 1 << 26;
    private readonly StringBuilder _text = new(source.Length + 8);
    private readonly List<int>? _newStarts = starts is null ? null : new(source.Length + 8);
    private readonly List<int>? _newEnds = ends is null ? null : new(source.Length + 8);

    public AlignedTextBuilder(AlignedText source)
        : this(source.Text, source.Starts, source.Ends)
    {
    }

    public int Length => _text.Length;

    /// <summary>
    /// Appends a character that stands where the source unit <paramref name="unit"/> stands; none when negative.
    /// </summary>
    public void Append(int scalar, int unit)
    {
        if (scalar < 0x10000)
        {
            _text.Append((char)scalar);
            Align(unit);
        }
        else
        {
            _text.Append((char)(0xD7C0 + (scalar >> 10))).Append((char)(0xDC00 | (scalar & 0x3FF)));
            Align(unit);
            Align(unit);
        }
    }

    public void Append(ReadOnlySpan<char> value, int unit)
    {
        _text.Append(value);
        for (int i = 0; i < value.Length; i++)
        {
            Align(unit);
        }
    }

    /// <summary>Copies source units as they are.</summary>
    public void Copy(int start, int length)
    {
        _text.Append(source, start, length);
        for (int i = start; _newStarts is not null && i < start + length; i++)
        {
            Align(i);
        }
    }

    public string Text => _text.ToString();

    public int[]? Starts => _newStarts?.ToArray();

    public int[]? Ends => _newEnds?.ToArray();

    public AlignedText ToText(bool atStart) => new(Text, Starts, Ends, atStart);

    private void Align(int unit)
    {
        if (_text.Length > MaxLength && _text.Length > 4L * source.Length)
        {
            throw new InvalidDataException(
                $"the normalizer makes a text of {source.Length} characters longer than {MaxLength}; split the text");
        }

        if (_newStarts is not null)
        {
            _newStarts.Add(unit < 0 ? 0 : starts![unit]);
            _newEnds!.Add(unit < 0 ? 0 : ends![unit]);
        }
    }
}
