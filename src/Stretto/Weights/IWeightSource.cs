namespace Stretto.Weights;

/// <summary>A named tensor of a weight file.</summary>
/// <param name="Name">The checkpoint's own name.</param>
/// <param name="DType">The type it is stored as.</param>
/// <param name="Shape">Its sizes.</param>
public sealed record WeightEntry(string Name, DType DType, Shape Shape)
{
    /// <summary>Bytes of its data.</summary>
    public long ByteCount => DType.ByteCount(Shape.Count);
}

/// <summary>Weights by name. Safe to read from several threads; holds the files open until disposed.</summary>
public interface IWeightSource : IDisposable
{
    /// <summary>The file or folder that was opened.</summary>
    string Path { get; }

    /// <summary>All tensors by name.</summary>
    IReadOnlyDictionary<string, WeightEntry> Entries { get; }

    /// <summary>Text stored beside the tensors.</summary>
    IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>A new tensor with the stored dtype and content.</summary>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    /// <exception cref="ModelFormatException">The file became shorter than it was.</exception>
    Tensor Read(string name, Device? device = null);
}
