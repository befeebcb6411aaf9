using System.Text.Json;

namespace Stretto.Weights;

/// <summary>Several safetensors files and the index that says which tensor is where.</summary>
public sealed class ShardedSafeTensors : IWeightSource
{
    /// <summary>The name of the index in a model folder.</summary>
    public const string IndexName = "model.safetensors.index.json";

    private const long MaxIndexBytes = 100_000_000;

    private readonly Dictionary<string, SafeTensors> _shards = [];
    private readonly Dictionary<string, SafeTensors> _owners = [];
    private readonly Dictionary<string, WeightEntry> _entries = [];

    /// <summary>Opens the index and every shard that it names.</summary>
    /// <exception cref="ModelFormatException">The index is broken, leaves its folder, or disagrees with the shards.</exception>
    public ShardedSafeTensors(string path)
    {
        Path = path;
        try
        {
            Open(path);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, WeightEntry> Entries => _entries;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public Tensor Read(string name, Device? device = null) => _owners.TryGetValue(name, out SafeTensors? shard)
        ? shard.Read(name, device)
        : throw new KeyNotFoundException($"'{Path}' holds no tensor '{name}'");

    /// <summary>Closes all shards.</summary>
    public void Dispose()
    {
        foreach (SafeTensors shard in _shards.Values)
        {
            shard.Dispose();
        }
    }

    private void Open(string path)
    {
        if (new FileInfo(path).Length > MaxIndexBytes)
        {
            throw new ModelFormatException(path, "", $"an index of over {MaxIndexBytes} bytes is not read");
        }

        using JsonDocument json = Parse(path);
        if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("weight_map", out JsonElement map)
            || map.ValueKind != JsonValueKind.Object)
        {
            throw new ModelFormatException(path, "weight_map", "an object from tensor to file is required");
        }

        string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        foreach (JsonProperty property in map.EnumerateObject())
        {
            string where = $"weight_map '{property.Name}'";
            if (property.Value.ValueKind != JsonValueKind.String)
            {
                throw new ModelFormatException(path, where, "the file name must be a string");
            }

            SafeTensors shard = Shard(path, folder, where, property.Value.GetString()!);
            if (!shard.Entries.TryGetValue(property.Name, out WeightEntry? entry))
            {
                throw new ModelFormatException(path, where, $"'{System.IO.Path.GetFileName(shard.Path)}' holds no such tensor");
            }

            if (!_entries.TryAdd(property.Name, entry))
            {
                throw new ModelFormatException(path, where, "the name occurs twice");
            }

            _owners[property.Name] = shard;
        }
    }

    private SafeTensors Shard(string path, string folder, string where, string name)
    {
        if (_shards.TryGetValue(name, out SafeTensors? known))
        {
            return known;
        }

        bool plain = name.Length > 0 && name.IndexOfAny(['/', '\\', ':', '\0']) < 0 && name is not ("." or "..");
        string file = System.IO.Path.Combine(folder, plain ? name : "");
        if (!plain || (new FileInfo(file).LinkTarget is { } && !StaysInside(folder, file)))
        {
            throw new ModelFormatException(path, where, $"'{name}' leaves the model's folder; shards must lie beside their index");
        }

        if (!File.Exists(file))
        {
            throw new ModelFormatException(path, where, $"shard '{name}' is missing; download it, too");
        }

        return _shards[name] = new SafeTensors(file);
    }

    // The hub's cache links shards to blobs of the same model: its snapshots and blobs folders are siblings.
    private static bool StaysInside(string folder, string file)
    {
        string target = new FileInfo(file).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file;
        string root = folder;
        if (System.IO.Path.GetDirectoryName(folder) is { } snapshots && System.IO.Path.GetFileName(snapshots) == "snapshots")
        {
            root = System.IO.Path.GetDirectoryName(snapshots)!;
        }

        return target.StartsWith(root + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal);
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { MaxDepth = 16 });
        }
        catch (JsonException e)
        {
            throw new ModelFormatException(path, $"line {e.LineNumber + 1}", "not valid JSON", e);
        }
    }
}
