namespace Stretto.Training;

/// <summary>How long and in which portions to train.</summary>
public sealed record TrainerOptions
{
    /// <summary>Where metrics and checkpoints go.</summary>
    public required string Output { get; init; }

    /// <summary>Optimizer steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Tokens of a micro-batch.</summary>
    public int BatchTokens { get; init; } = 2048;

    /// <summary>Micro-batches of a step.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>Tokens of a document; longer ones are cut.</summary>
    public int MaxLength { get; init; } = 512;

    /// <summary>Largest learning rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Steps in which the rate rises.</summary>
    public int WarmupSteps { get; init; } = 100;

    /// <summary>The last rate over the largest.</summary>
    public double MinRateRatio { get; init; } = 0.1;

    /// <summary>Largest norm of a step's gradient, 0 for none.</summary>
    public double Clip { get; init; } = 1;

    /// <summary>Steps between evaluations, 0 for none.</summary>
    public int EvaluateEvery { get; init; } = 100;

    /// <summary>Micro-batches of an evaluation.</summary>
    public int EvaluationBatches { get; init; } = 8;

    /// <summary>Steps between checkpoints, 0 for one at the end.</summary>
    public int CheckpointEvery { get; init; } = 200;

    /// <summary>How many checkpoints stay.</summary>
    public int KeepCheckpoints { get; init; } = 2;

    /// <summary>Checks that the numbers make sense.</summary>
    /// <exception cref="ArgumentException">One does not; the message names it and its range.</exception>
    public TrainerOptions Validate()
    {
        Range("steps", Steps, 1, int.MaxValue);
        Range("batch_tokens", BatchTokens, 2, 1 << 24);
        Range("accumulate", Accumulate, 1, 1 << 16);
        Range("max_length", MaxLength, 2, 1 << 24);
        Range("warmup_steps", WarmupSteps, 0, int.MaxValue);
        Range("evaluate_every", EvaluateEvery, 0, int.MaxValue);
        Range("evaluation_batches", EvaluationBatches, 1, 1 << 16);
        Range("checkpoint_every", CheckpointEvery, 0, int.MaxValue);
        Range("keep_checkpoints", KeepCheckpoints, 1, 1 << 16);
        Range("learning_rate", LearningRate, 0, 10);
        Range("min_rate_ratio", MinRateRatio, 0, 1);
        Range("clip", Clip, 0, 1e9);
        return this;
    }

    private static void Range(string key, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
        {
            throw new ArgumentException($"{key} {value} must lie between {least} and {most}");
        }
    }
}

/// <summary>What a step did and how fast.</summary>
/// <param name="Step">Counted from 0.</param>
/// <param name="Loss">Mean cross-entropy in nats a token.</param>
/// <param name="LearningRate">The step's rate.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="Tokens">Target tokens since the beginning of the run.</param>
/// <param name="TokensPerSecond">Target tokens of this step over its time.</param>
/// <param name="EvaluationLoss">Mean loss on held-out documents, in steps that evaluate.</param>
public readonly record struct TrainerProgress(
    long Step, double Loss, double LearningRate, double GradientNorm, long Tokens, double TokensPerSecond, double? EvaluationLoss);
