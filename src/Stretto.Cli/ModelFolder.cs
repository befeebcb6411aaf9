namespace Stretto.Cli;

/// <summary>Finds the model that a command works on.</summary>
internal static class ModelFolder
{
    /// <summary>The given folder, or the model that comes with Stretto.</summary>
    public static string Find(string? path)
    {
        if (path is not null)
        {
            return Directory.Exists(path)
                ? path
                : throw new UserErrorException($"there is no model folder '{path}'; give a folder with config.json and model.safetensors");
        }

        // Beside the program when published, in the repository when run from source.
        foreach (string? start in new[] { AppContext.BaseDirectory, Directory.GetCurrentDirectory() })
        {
            for (string? folder = start; folder is not null; folder = Path.GetDirectoryName(folder))
            {
                string candidate = Path.Combine(folder, "models", "tales");
                if (File.Exists(Path.Combine(candidate, "config.json")))
                {
                    return candidate;
                }
            }
        }

        throw new UserErrorException("the model models/tales is not here; name one with --model FOLDER");
    }
}
