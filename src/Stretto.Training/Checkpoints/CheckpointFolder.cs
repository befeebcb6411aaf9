using System.Globalization;
using Stretto.Nn;
using Stretto.Training.Optimizers;

namespace Stretto.Training.Checkpoints;

/// <summary>The checkpoints of a run. A checkpoint is written under another name and renamed when it is whole.</summary>
/// <param name="output">The run's folder.</param>
/// <param name="keep">How many stay.</param>
public sealed class CheckpointFolder(string output, int keep)
{
    private const string Prefix = "checkpoint-";

    /// <summary>The folder of the newest whole checkpoint, or null.</summary>
    public string? Newest() => All().LastOrDefault();

    /// <summary>Adds a checkpoint, then removes the oldest ones beyond the number that stays.</summary>
    public string Save(long step, CausalLM model, Optimizer optimizer, TrainerState state)
    {
        string name = Path.Combine(output, Prefix + step.ToString("D8", CultureInfo.InvariantCulture));
        string temporary = name + ".writing";
        if (Directory.Exists(temporary))
        {
            Directory.Delete(temporary, recursive: true);
        }

        Directory.CreateDirectory(temporary);
        Checkpoint.Save(temporary, model, optimizer, state);
        if (Directory.Exists(name))
        {
            Directory.Delete(name, recursive: true);
        }

        Directory.Move(temporary, name);
        foreach (string old in All().SkipLast(keep))
        {
            Directory.Delete(old, recursive: true);
        }

        return name;
    }

    private string[] All() => Directory.Exists(output)
        ? [.. Directory.GetDirectories(output, Prefix + "*").Where(d => !d.EndsWith(".writing", StringComparison.Ordinal)).Order(StringComparer.Ordinal)]
        : [];
}
