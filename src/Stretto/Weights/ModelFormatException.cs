using System.Globalization;
using System.Text;

namespace Stretto.Weights;

/// <summary>A model file that cannot be used: which file, where in it, and what is wrong, in one line.</summary>
/// <remarks>
/// Text from the file is shortened in <see cref="Exception.Message"/>, and its control characters are escaped.
/// </remarks>
public sealed class ModelFormatException : FormatException
{
    private const int MostCharacters = 300;

    /// <param name="path">The file or folder.</param>
    /// <param name="where">The field, tensor or place; empty for the file as a whole.</param>
    /// <param name="message">What is wrong and, where known, what to do.</param>
    /// <param name="inner">The cause.</param>
    public ModelFormatException(string path, string where, string message, Exception? inner = null)
        : base($"'{OneLine(path, 4096)}': {Prefix(where)}{OneLine(message, MostCharacters)}", inner)
    {
        Path = path;
        Where = where;
    }

    /// <summary>The file or folder.</summary>
    public string Path { get; }

    /// <summary>The field, tensor or place; empty for the file as a whole.</summary>
    public string Where { get; }

    private static string Prefix(string where) => where.Length == 0 ? "" : OneLine(where, MostCharacters) + ": ";

    // A name from a hostile file must not forge log lines or steer a terminal.
    private static string OneLine(string text, int most)
    {
        bool cut = text.Length > most;
        StringBuilder line = new(cut ? text[..most] : text);
        for (int i = line.Length - 1; i >= 0; i--)
        {
            char c = line[i];
            if (char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                line.Remove(i, 1).Insert(i, string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"));
            }
        }

        return cut ? line.Append('…').ToString() : line.ToString();
    }
}
