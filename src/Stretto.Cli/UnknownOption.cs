using System.CommandLine;
using System.CommandLine.Parsing;

namespace Stretto.Cli;

/// <summary>Finds a misspelt option, which the parser would take for the text of an argument.</summary>
internal static class UnknownOption
{
    /// <summary>A sentence on the first argument that looks like an option and is none; null when all are known.</summary>
    public static string? Find(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        TokenType before = TokenType.Command;
        foreach (Token token in parsed.Tokens)
        {
            if (token.Type == TokenType.DoubleDash)
            {
                return null;
            }

            bool value = before == TokenType.Option;
            before = token.Type;
            if (token.Type == TokenType.Argument && !value && token.Value.Length > 2 && token.Value.StartsWith("--", StringComparison.Ordinal))
            {
                string[] names = [.. command.Options.Select(o => o.Name)];
                string nearest = names.MinBy(n => Distance(n, token.Value)) ?? "";
                string hint = names.Length > 0 && Distance(nearest, token.Value) <= 3 ? $"did you mean {nearest}? " : "";
                return $"'{token.Value}' is no option of 'stretto {command.Name}'; {hint}(text that begins with -- goes after a lone --)";
            }
        }

        return null;
    }

    // Levenshtein, 1966.
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
