using System.Globalization;

namespace Stretto.Bench;

/// <summary>A job as it travels between processes: words of one line.</summary>
internal static class Words
{
    public static string[] Of(FormattableString job) => job.ToString(CultureInfo.InvariantCulture).Split(' ');

    public static int Int(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}
