using System.Globalization;
using Stretto.Nn;
using Stretto.Training.Optimizers;
using Stretto.Weights;

namespace Stretto.Training.Checkpoints;

/// <summary>Where a run stands.</summary>
/// <param name="Step">Steps made.</param>
/// <param name="Tokens">Target tokens seen.</param>
/// <param name="Document">Next document.</param>
/// <param name="Offset">Tokens of it that were used.</param>
public readonly record struct TrainerState(long Step, long Tokens, long Document, int Offset);

/// <summary>A folder with everything that a run needs to go on: weights, optimizer state, place in the data.</summary>
public static class Checkpoint
{
    private const string WeightsName = "model.safetensors";
    private const string OptimizerName = "optimizer.safetensors";

    /// <summary>Writes the files into an existing folder.</summary>
    public static void Save(string folder, CausalLM model, Optimizer optimizer, TrainerState state)
    {
        model.Save(Path.Combine(folder, WeightsName));
        SafeTensorsWriter.Write(Path.Combine(folder, OptimizerName), optimizer.State, new Dictionary<string, string>
        {
            ["step"] = state.Step.ToString(CultureInfo.InvariantCulture),
            ["tokens"] = state.Tokens.ToString(CultureInfo.InvariantCulture),
            ["document"] = state.Document.ToString(CultureInfo.InvariantCulture),
            ["offset"] = state.Offset.ToString(CultureInfo.InvariantCulture),
        });
    }

    /// <summary>Restores model and optimizer and returns where the run stood.</summary>
    /// <exception cref="ModelFormatException">A file is broken or belongs to another model.</exception>
    public static TrainerState Load(string folder, CausalLM model, Optimizer optimizer)
    {
        using SafeTensors weights = new(Path.Combine(folder, WeightsName));
        using SafeTensors moments = new(Path.Combine(folder, OptimizerName));
        model.Load(weights);
        foreach ((string name, Tensor tensor) in optimizer.State)
        {
            if (!moments.Entries.TryGetValue(name, out WeightEntry? entry) || entry.Shape != tensor.Shape)
            {
                throw new ModelFormatException(moments.Path, $"tensor '{name}'", "missing or of another shape; the checkpoint belongs to another model");
            }

            using Tensor stored = moments.Read(name, tensor.Device);
            tensor.CopyFrom(stored);
        }

        return new TrainerState(
            Number(moments, "step"), Number(moments, "tokens"), Number(moments, "document"), (int)Number(moments, "offset"));
    }

    private static long Number(SafeTensors file, string key) =>
        file.Metadata.TryGetValue(key, out string? text) && long.TryParse(text, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw new ModelFormatException(file.Path, $"metadata '{key}'", "missing; this is no optimizer state of a checkpoint");
}
