using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Stretto.Models;
using Stretto.Models.Text;
using Stretto.Nn;
using Stretto.Weights;

namespace Stretto.Cli.Commands;

/// <summary><c>stretto info MODEL</c></summary>
internal static class InfoCommand
{
    public static Command Create()
    {
        Argument<string?> model = new("model") { Description = "A model folder; without it the model that comes with Stretto.", Arity = ArgumentArity.ZeroOrOne };
        Command command = new("info", "Describe a model folder.\n\nExample: stretto info models/tales") { model };
        command.SetAction(parsed => Show(ModelFolder.Find(parsed.GetValue(model))));
        return command;
    }

    private static int Show(string folder)
    {
        ModelConfig config = ModelConfig.Load(folder);
        using IWeightSource weights = WeightSource.Open(folder);
        CacheSpec cache = new(config.Layers, config.KvHeads, config.HeadSize, config.HeadSize);
        long parameters = weights.Entries.Values.Sum(e => e.Shape.Count);
        long bytes = weights.Entries.Values.Sum(e => e.ByteCount);
        Table table = new Table().HideHeaders().Border(TableBorder.Rounded).AddColumn("").AddColumn("");
        Row(table, "model", Path.GetFullPath(folder));
        Row(table, "architecture", config.ModelType);
        Row(table, "parameters", $"{parameters:N0} ({bytes / 1048576.0:F1} MiB stored as {string.Join(", ", weights.Entries.Values.Select(e => e.DType.Name()).Distinct())})");
        Row(table, "layers", $"{config.Layers} of width {config.HiddenSize}, MLP {config.IntermediateSize}");
        Row(table, "attention", $"{config.Heads} query heads on {config.KvHeads} key heads of size {config.HeadSize}");
        Row(table, "vocabulary", $"{config.VocabularySize:N0}{(config.TieEmbeddings ? ", embedding tied to the output" : "")}");
        Row(table, "context", $"{config.MaxPositions:N0} tokens");
        Row(table, "memory", $"{((parameters * sizeof(float) * 2) + (cache.BytesPerToken * config.MaxPositions)) / 1048576.0:F1} MiB in use: weights, their packed form, and {cache.BytesPerToken / 1024.0:F1} KiB a token for a full context");
        Row(table, "tokenizer", Tokenizer(folder));
        AnsiConsole.Write(table);
        Table shapes = new Table().Border(TableBorder.Simple).AddColumn("tensor").AddColumn("dtype").AddColumn("shape");
        foreach (WeightEntry entry in weights.Entries.Values)
        {
            shapes.AddRow(Markup.Escape(entry.Name), entry.DType.Name(), Markup.Escape(entry.Shape.ToString()));
        }

        AnsiConsole.Write(shapes);
        return 0;
    }

    private static string Tokenizer(string folder)
    {
        if (!File.Exists(Path.Combine(folder, "tokenizer.json")))
        {
            return "none: the model takes token ids only";
        }

        Tokenizer tokenizer = Stretto.Models.Text.Tokenizer.Load(folder);
        string end = tokenizer.EosId is { } id ? $", texts end with {tokenizer.IdToToken(id)}" : "";
        return $"byte-level BPE, {tokenizer.VocabularySize:N0} tokens{end}";
    }

    private static void Row(Table table, string name, FormattableString value) =>
        Row(table, name, value.ToString(CultureInfo.InvariantCulture));

    private static void Row(Table table, string name, string value) => table.AddRow(name, Markup.Escape(value));
}
