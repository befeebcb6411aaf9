namespace Stretto.Weights;

/// <summary>A model file that cannot be used: which file, where in it, and what is wrong, in one line.</summary>
public sealed class ModelFormatException : FormatException
{
    /// <param name="path">The file or folder.</param>
    /// <param name="where">The field, tensor or place; empty for the file as a whole.</param>
    /// <param name="message">What is wrong and, where known, what to do.</param>
    /// <param name="inner">The cause.</param>
    public ModelFormatException(string path, string where, string message, Exception? inner = null)
        : base(where.Length == 0 ? $"'{path}': {message}" : $"'{path}': {where}: {message}", inner)
    {
        Path = path;
        Where = where;
    }

    /// <summary>The file or folder.</summary>
    public string Path { get; }

    /// <summary>The field, tensor or place; empty for the file as a whole.</summary>
    public string Where { get; }
}
