using System.Text;

namespace Stretto.Weights;

/// <summary>Opens weight files, recognised by what they contain.</summary>
public static class WeightSource
{
    /// <summary>
    /// Opens a safetensors file, or a model folder with <c>model.safetensors.index.json</c> or <c>model.safetensors</c>.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no such file or folder, or the folder holds no weights.</exception>
    /// <exception cref="ModelFormatException">The content is broken, hostile or of a kind that is not read.</exception>
    public static IWeightSource Open(string path)
    {
        if (Directory.Exists(path))
        {
            string index = Path.Combine(path, ShardedSafeTensors.IndexName);
            string single = Path.Combine(path, "model.safetensors");
            return File.Exists(index) ? new ShardedSafeTensors(index)
                : File.Exists(single) ? Open(single)
                : throw new FileNotFoundException(
                    $"'{path}' holds no weights: expected model.safetensors or {ShardedSafeTensors.IndexName}", path);
        }

        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"'{path}' does not exist", path);
        }

        if (path.EndsWith(".index.json", StringComparison.Ordinal))
        {
            return new ShardedSafeTensors(path);
        }

        RefuseKnownStrangers(path);
        return new SafeTensors(path);
    }

    private static void RefuseKnownStrangers(string path)
    {
        byte[] head = new byte[64];
        using FileStream file = File.OpenRead(path);
        int count = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        string text = Encoding.Latin1.GetString(head, 0, count);
        string? reason =
            text.StartsWith("version https://git-lfs", StringComparison.Ordinal)
                ? "this is a Git LFS pointer, not the weights; download the real file (git lfs pull)"
            : text.StartsWith("PK\u0003\u0004", StringComparison.Ordinal) || text.StartsWith("\u0080\u0002", StringComparison.Ordinal)
                ? "this is a PyTorch pickle or a zip archive; pickle can run code: convert it to safetensors"
            : text.StartsWith("GGUF", StringComparison.Ordinal) ? "GGUF files are not read; use the safetensors checkpoint"
            : text.TrimStart().StartsWith('<') ? "this is an HTML page, not weights; the download went wrong"
            : null;
        if (reason is not null)
        {
            throw new ModelFormatException(path, "", reason);
        }
    }
}
