using System.CommandLine;
using Stretto.Models;
using Stretto.Models.Text;
using Stretto.Nn;
using Stretto.Training;
using Stretto.Training.Data;
using Stretto.Training.Data.Tales;
using Stretto.Training.Optimizers;

namespace Stretto.Cli.Commands;

/// <summary><c>stretto train CONFIG</c></summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        Argument<string> config = new("config") { Description = "The training configuration (JSON)." };
        Option<bool> resume = new("--resume") { Description = "Continue from the newest checkpoint of the output folder." };
        Option<string?> output = new("--output") { Description = "Write to this folder instead of the configured one." };
        Option<int?> steps = new("--steps") { Description = "Train for this many steps instead of the configured number." };
        Command command = new("train", "Train a language model.\n\nExample: stretto train samples/train/tales.json --output runs/tales")
        {
            config, resume, output, steps,
        };
        // On a thread of its own: the command line listens for Ctrl-C only once the action has returned its task.
        command.SetAction((parsed, cancellation) => Task.Run(
            () => Run(
                TrainConfig.Load(parsed.GetValue(config)!), parsed.GetValue(resume), parsed.GetValue(output), parsed.GetValue(steps),
                cancellation),
            CancellationToken.None));
        return command;
    }

    private static int Run(TrainConfig config, bool resume, string? output, int? steps, CancellationToken cancellation)
    {
        config = config with { Output = output ?? config.Output, Steps = steps ?? config.Steps };
        if (config.Data.Kind != "tales")
        {
            throw new UserErrorException($"data: kind '{config.Data.Kind}' is not known; supported: tales");
        }

        TrainerOptions options = Options(config).Validate();
        if (!resume && Directory.Exists(config.Output) && Directory.GetDirectories(config.Output, "checkpoint-*").Length > 0)
        {
            throw new UserErrorException($"'{config.Output}' already holds checkpoints; add --resume to continue, or choose another --output");
        }

        string modelFolder = Path.Combine(config.Output, "model");
        Tokenizer tokenizer = resume && File.Exists(Path.Combine(modelFolder, "tokenizer.json"))
            ? Tokenizer.Load(modelFolder)
            : MakeTokenizer(config);
        int end = tokenizer.EosId ?? throw new UserErrorException("the tokenizer names no eos_token, which must end each document");
        ModelConfig shape = config.Model.ToConfig(tokenizer.VocabularySize, end, tokenizer.TokenToId(ChatMarkup.TurnEnd));
        CausalLM model = ModelRegistry.Create(shape);
        model.Initialize(new Generator(config.Seed));
        AdamW optimizer = new(model.Parameters(), new AdamWOptions(
            config.Optimizer.Beta1, config.Optimizer.Beta2, config.Optimizer.Epsilon, config.Optimizer.WeightDecay));
        Trainer trainer = new(
            model, optimizer,
            Documents(config, TaleSplit.Training, tokenizer, end),
            Documents(config, TaleSplit.HeldOut, tokenizer, end), options);
        if (resume)
        {
            trainer.Resume();
        }

        tokenizer.Save(modelFolder);
        using TrainDisplay display = new(model, options, optimizer.Steps);
        trainer.OnStep = progress =>
        {
            display.Show(progress);
            if (config.SampleEvery > 0 && (progress.Step + 1) % config.SampleEvery == 0)
            {
                display.Note(Sampler.Continue(model, tokenizer, config.SamplePrompt, 80));
            }
        };
        long made = trainer.Run(cancellation);
        ModelRegistry.Save(model, shape, modelFolder);
        display.Finish(made, config.Output);
        return made < config.Steps ? 130 : 0;
    }

    private static TaleDocuments Documents(TrainConfig config, TaleSplit split, Tokenizer tokenizer, int end) =>
        new(config.Data.Seed, split, (text, markup) => tokenizer.Encode(text, parseSpecial: markup), end);

    private static TrainerOptions Options(TrainConfig config) => new()
    {
        Output = config.Output,
        Steps = config.Steps,
        BatchTokens = config.BatchTokens,
        Accumulate = config.Accumulate,
        MaxLength = Math.Min(config.MaxLength, config.Model.MaxPositions),
        LearningRate = config.Optimizer.LearningRate,
        WarmupSteps = config.WarmupSteps,
        MinRateRatio = config.MinRateRatio,
        Clip = config.Clip,
        EvaluateEvery = config.EvaluateEvery,
        EvaluationBatches = config.EvaluationBatches,
        CheckpointEvery = config.CheckpointEvery,
        KeepCheckpoints = config.KeepCheckpoints,
    };

    private static Tokenizer MakeTokenizer(TrainConfig config) => config.Tokenizer.Path is { } path
        ? Tokenizer.Load(path)
        : TaleTokenizer.Train(config.Data.Seed, config.Tokenizer.Documents, config.Tokenizer.VocabularySize);
}
