using System.Text.RegularExpressions;
using CsCheck;
using Stretto.Models.Text;

namespace Stretto.Tests.Models.Text;

public sealed class PatternTests
{
    private const string Letters = "abcdxyA \n's7.\u00e9";

    private static readonly string[] Alike =
    [
        @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
        @"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        @"a*b|(?:a|ab)(?:c|bcd)*?|x{2,3}?y", "a+?b|^c|d$", @"(?:ab|a)*c|\bb+\b|a(?=b)|(?<!a)b|(?<=b)c",
        "(?>a+b?)a|a++c|b?+c", "(?i:aB|c)|[^abc]",
    ];

    [Fact]
    public void Matches_what_the_runtime_matches_where_the_languages_agree()
    {
        Gen<string> text = Gen.Int[0, Letters.Length - 1].Array[0, 24]
            .Select(c => string.Concat(c.Select(i => Letters[i])));
        foreach (string pattern in Alike)
        {
            Pattern own = Pattern.Parse(pattern);
            // Anchors mean lines; possessive signs are atomic groups there.
            Regex theirs = new(
                pattern.Replace("a++c", "(?>a+)c", StringComparison.Ordinal)
                    .Replace("b?+c", "(?>b?)c", StringComparison.Ordinal),
                RegexOptions.Multiline | RegexOptions.CultureInvariant);
            text.Sample(t => Assert.Equal(
                theirs.Matches(t).Where(m => m.Length > 0).Select(m => (m.Index, m.Index + m.Length)), Find(own, t)));
        }
    }

    [Theory]
    [InlineData("\\d+", "7\u0663\U0001D7D9x", "0-4")]
    [InlineData("\\p{L}+", "\U00020BB7x!", "0-3")]
    [InlineData("[^a]", "\U0001F98Aa", "0-2")]
    [InlineData("\\s", "\u0085\u200B\uFEFF\u001C\u3000", "0-1 4-5")]
    [InlineData("(?i:'s)", "'S'\u017F's'z", "0-2 2-4 4-6")]
    [InlineData("\\s+(?!\\S)|\\s+", "a   b ", "1-3 3-4 5-6")]
    [InlineData("[\\p{L}&&[^\\p{Lu}]]+", "abCde", "0-2 3-5")]
    [InlineData("\\x{1F98A}|\\u0041|\\x42", "\U0001F98AAB", "0-2 2-3 3-4")]
    [InlineData("[\\]\\-x]+|[]]", "x-]]", "0-4")]
    public void Works_on_characters(string pattern, string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', Find(Pattern.Parse(pattern), text).Select(m => $"{m.Start}-{m.End}")));

    [Theory]
    [InlineData("(?:a|a)+b")]
    [InlineData("(?:a+)+b")]
    [InlineData("(?:a|aa)+$x")]
    [InlineData("a*a*a*a*a*b")]
    [InlineData("(?:(?:a{1,10}){1,10}){1,10}b")]
    public void Hostile_patterns_take_linear_time(string pattern)
    {
        string text = new('a', 20_000);
        Assert.Empty(Find(Pattern.Parse(pattern), text));
        Pattern unbounded = Pattern.Parse(pattern.Replace("{1,10}", "+", StringComparison.Ordinal));
        Assert.Equal(pattern.EndsWith('b') ? [(0, 20_001)] : [], Find(unbounded, text + "b"));
    }

    [Fact]
    public void What_cannot_be_linear_has_a_budget()
    {
        Pattern pattern = Pattern.Parse("(?=(?:a|a)+b)a");
        Assert.Throws<InvalidDataException>(() => Find(pattern, new string('a', 1000)));
    }

    [Theory]
    [InlineData("a**")]
    [InlineData("(?:a?)+")]
    [InlineData("(")]
    [InlineData(")")]
    [InlineData("+a")]
    [InlineData("\\1")]
    [InlineData("(?<name>a)")]
    [InlineData("[b-a]")]
    [InlineData("a{2,1}")]
    [InlineData("[[:alpha:]]")]
    [InlineData("\\")]
    public void What_is_not_supported_is_refused(string pattern) =>
        Assert.Throws<FormatException>(() => Pattern.Parse(pattern));

    private static (int Start, int End)[] Find(Pattern pattern, string text)
    {
        List<(int Start, int End)> matches = [];
        pattern.Matches(text, matches);
        return [.. matches.Where(m => m.End > m.Start)];
    }
}
