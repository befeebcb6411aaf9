using System.Text;

namespace Stretto.Weights;

/// <summary>Opens weight files, recognised by what they contain.</summary>
public static class WeightSource
{
    private const string SingleName = "model.safetensors";

    private const string PickleAdvice = "pickle can run code; convert to safetensors";

    /// <summary>
    /// Opens a safetensors file, a shard index, or a model folder with <c>model.safetensors</c> or, where that is
    /// absent,
    /// <c>model.safetensors.index.json</c>.
    /// </summary>
    /// <exception cref="FileNotFoundException">
    /// There is no such file or folder, or the folder holds no weights.
    /// </exception>
    /// <exception cref="ModelFormatException">The content is broken, hostile or of a kind that is not read.</exception>
    public static IWeightSource Open(string path)
    {
        string file = Directory.Exists(path) ? FileOf(path) : path;
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"'{file}' does not exist", file);
        }

        Span<byte> head = stackalloc byte[512];
        using (FileStream stream = new(
            file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0))
        {
            head = head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        }

        // Safetensors comes first. It begins with a length, and any length reads like some other format's first bytes.
        if (head.Length > 8 && head[8] == '{' && !head[4..8].ContainsAnyExcept((byte)0))
        {
            return new SafeTensors(file);
        }

        string text = Encoding.Latin1.GetString(head);
        return Stranger(text) is { } reason ? throw new ModelFormatException(file, "", reason)
            : text.StartsWith('{') ? new ShardedSafeTensors(file)
            : new SafeTensors(file);
    }

    private static string FileOf(string folder)
    {
        string single = Path.Combine(folder, SingleName);
        string index = Path.Combine(folder, ShardedSafeTensors.IndexName);
        if (File.Exists(single) || File.Exists(index))
        {
            return File.Exists(single) ? single : index;
        }

        string? pickle = Directory.EnumerateFiles(folder, "*.bin")
            .Concat(Directory.EnumerateFiles(folder, "*.pt")).Order().FirstOrDefault();
        throw pickle is not null
            ? new ModelFormatException(folder, Path.GetFileName(pickle), PickleAdvice)
            : new FileNotFoundException(
                $"'{folder}' holds no weights: expected {SingleName} or {ShardedSafeTensors.IndexName}", folder);
    }

    private static string? Stranger(string text)
    {
        string trimmed = text.StartsWith("\u00ef\u00bb\u00bf", StringComparison.Ordinal)
            ? text[3..].TrimStart()
            : text.TrimStart();
        return text.StartsWith("version https://git-lfs", StringComparison.Ordinal)
                ? "this is a Git LFS pointer, not the weights; download the real file (git lfs pull)"
            : text.StartsWith("PK\u0003\u0004", StringComparison.Ordinal)
                ? $"this is a zip archive, as PyTorch writes them: {PickleAdvice}"
            : text is ['\u0080', >= '\u0002' and <= '\u0005', ..] ? $"this is a pickle: {PickleAdvice}"
            : text.StartsWith("\u001f\u008b", StringComparison.Ordinal) ? "this is a gzip archive; unpack it first"
            : text.StartsWith("GGUF", StringComparison.Ordinal)
                ? "GGUF files are not read; use the safetensors checkpoint"
            : trimmed.StartsWith('<') ? "this is an HTML page, not weights; the download went wrong"
            : null;
    }
}
