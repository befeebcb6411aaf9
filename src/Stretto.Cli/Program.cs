using System.CommandLine;
using System.CommandLine.Help;
using Stretto.Cli;
using Stretto.Cli.Commands;
using Stretto.Weights;

Command root = new("stretto", "Train, run and inspect large models.")
{
    new HelpOption { Recursive = true },
    new VersionOption(),
    RunCommand.Create(),
    TrainCommand.Create(),
    InfoCommand.Create(),
    LogitsCommand.Create(),
    ExamCommand.Create(),
};

try
{
    ParseResult parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
    if (UnknownOption.Find(parsed) is { } unknown)
    {
        Console.Error.WriteLine($"stretto: {unknown}");
        return 2;
    }

    if (parsed.Errors.Count > 0)
    {
        Console.Error.WriteLine($"stretto: {string.Join("; ", parsed.Errors.Select(e => e.Message))}; see 'stretto --help'");
        return 2;
    }

    return await parsed.InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        // Ctrl-C lets a training step end and its checkpoint be written.
        ProcessTerminationTimeout = TimeSpan.FromMinutes(5),
    });
}
catch (Exception e) when (e is UserErrorException or ModelFormatException or IOException or UnauthorizedAccessException or ArgumentException
    or InvalidOperationException)
{
    Console.Error.WriteLine($"stretto: {e.Message.ReplaceLineEndings(" ")}");
    return 2;
}
