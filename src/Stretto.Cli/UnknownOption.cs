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
                string hint = Spelling.Nearest(token.Value, command.Options.Select(o => o.Name)) is { } nearest
                    ? $"did you mean {nearest}? " : "";
                return $"'{token.Value}' is no option of 'stretto {command.Name}'; {hint}(text that begins with -- goes after a lone --)";
            }
        }

        return null;
    }
}
