using System.Diagnostics;
using Stretto.Nn;
using Stretto.Training.Checkpoints;
using Stretto.Training.Data;
using Stretto.Training.Optimizers;
using Stretto.Training.Schedules;

namespace Stretto.Training;

/// <summary>Trains a language model on documents, with evaluation, metrics and checkpoints from which it continues bit for bit.</summary>
/// <param name="model">The model; its parameters change.</param>
/// <param name="optimizer">Over the model's parameters.</param>
/// <param name="training">Documents to learn from.</param>
/// <param name="evaluation">Documents that training never sees.</param>
/// <param name="options">How long and in which portions.</param>
public sealed class Trainer(
    CausalLM model, Optimizer optimizer, IDocumentSource training, IDocumentSource evaluation, TrainerOptions options)
{
    private readonly Schedule _schedule = new WarmupCosine(options.LearningRate, options.WarmupSteps, options.Steps, options.MinRateRatio);
    private readonly Packer _data = new(training, options.BatchTokens, options.MaxLength);
    private readonly CheckpointFolder _checkpoints = new(options.Output, options.KeepCheckpoints);
    private long _tokens;

    /// <summary>Called after each step.</summary>
    public Action<TrainerProgress>? OnStep { get; set; }

    /// <summary>Continues from the newest whole checkpoint of the output folder.</summary>
    /// <returns>The step that comes next, 0 when there is no checkpoint.</returns>
    /// <exception cref="Stretto.Weights.ModelFormatException">The checkpoint does not belong to this model.</exception>
    public long Resume()
    {
        if (_checkpoints.Newest() is not { } folder)
        {
            return 0;
        }

        TrainerState state = Checkpoint.Load(folder, model, optimizer);
        _data.Position = new DataPosition(state.Document, state.Offset);
        _tokens = state.Tokens;
        optimizer.Resume(state.Step);
        return state.Step;
    }

    /// <summary>Trains to the last step, or until cancelled; either way the newest state is saved.</summary>
    /// <returns>The number of steps made in all.</returns>
    /// <exception cref="InvalidOperationException">The loss is no longer finite; the last checkpoint stays.</exception>
    public long Run(CancellationToken cancellation = default)
    {
        options.Validate();
        Directory.CreateDirectory(options.Output);
        long step = optimizer.Steps;
        using MetricsFile metrics = new(Path.Combine(options.Output, "metrics.jsonl"), step);
        long saved = -1;
        while (step < options.Steps && !cancellation.IsCancellationRequested)
        {
            TrainerProgress progress = Step(step++);
            metrics.Write(progress);
            OnStep?.Invoke(progress);
            if (options.CheckpointEvery > 0 && step % options.CheckpointEvery == 0)
            {
                Save(saved = step);
            }
        }

        if (saved != step)
        {
            Save(step);
        }

        return step;
    }

    /// <summary>Mean loss on the held-out documents, in nats a token.</summary>
    public double Evaluate()
    {
        Packer packer = new(evaluation, options.BatchTokens, options.MaxLength);
        return LanguageLoss.Mean(model, Enumerable.Range(0, options.EvaluationBatches).Select(_ => packer.Next()));
    }

    private TrainerProgress Step(long step)
    {
        long start = Stopwatch.GetTimestamp();
        IReadOnlyList<TokenDocument>[] batches = new IReadOnlyList<TokenDocument>[options.Accumulate];
        for (int i = 0; i < batches.Length; i++)
        {
            batches[i] = _data.Next();
        }

        double rate = _schedule.Rate(step);
        StepResult result = TrainingStep.Run(model, optimizer, batches, rate, options.Clip);
        double speed = result.Targets / Stopwatch.GetElapsedTime(start).TotalSeconds;
        _tokens += result.Targets;
        bool evaluate = options.EvaluateEvery > 0 && ((step + 1) % options.EvaluateEvery == 0 || step + 1 == options.Steps);
        return new TrainerProgress(step, result.Loss, rate, result.GradientNorm, _tokens, speed, evaluate ? Evaluate() : null);
    }

    private void Save(long step) => _checkpoints.Save(
        step, model, optimizer, new TrainerState(step, _tokens, _data.Position.Document, _data.Position.Offset));
}
