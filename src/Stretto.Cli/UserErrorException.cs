namespace Stretto.Cli;

/// <summary>Something that the user can put right: one line for the terminal, exit code 2.</summary>
internal sealed class UserErrorException(string message) : Exception(message);
