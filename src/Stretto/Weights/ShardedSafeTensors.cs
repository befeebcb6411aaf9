using System.Text.Json;
using System.Text.Unicode;

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
    /// <exception cref="ModelFormatException">
    /// The index is broken, leaves its folder, or disagrees with the shards.
    /// </exception>
    public ShardedSafeTensors(string path)
    {
        Path = path;
        try
        {
            Open(path);
        }
        catch (Exception e)
        {
            Dispose();
            if (e is InvalidOperationException)
            {
                // A half of a surrogate pair, escaped, is valid JSON but no text.
                throw new ModelFormatException(path, "weight_map", "a name is not valid Unicode", e);
            }

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
        using JsonDocument json = Parse(path);
        if (json.RootElement.ValueKind != JsonValueKind.Object
            || !json.RootElement.TryGetProperty("weight_map", out JsonElement map)
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
                throw new ModelFormatException(
                    path, where, $"'{System.IO.Path.GetFileName(shard.Path)}' holds no such tensor");
            }

            _entries.Add(property.Name, entry);
            _owners[property.Name] = shard;
        }
    }

    private SafeTensors Shard(string path, string folder, string where, string name)
    {
        if (_shards.TryGetValue(name, out SafeTensors? known))
        {
            return known;
        }

        if (!FolderBoundary.IsPlainName(name))
        {
            throw new ModelFormatException(
                path, where, $"'{name}' leaves the model's folder; shards must lie beside their index");
        }

        string file = System.IO.Path.Combine(folder, name);
        if (!File.Exists(file))
        {
            throw new ModelFormatException(path, where, $"shard '{name}' is missing; download it, too");
        }

        if (!FolderBoundary.Holds(folder, file))
        {
            throw new ModelFormatException(path, where, $"'{name}' links to a file outside the model's folder");
        }

        return _shards[name] = new SafeTensors(file);
    }

    private static JsonDocument Parse(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        if (file.Length > MaxIndexBytes)
        {
            throw new ModelFormatException(path, "", $"an index of over {MaxIndexBytes} bytes is not read");
        }

        byte[] text = new byte[file.Length];
        text = text[..file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false)];
        if (!Utf8.IsValid(text))
        {
            throw new ModelFormatException(path, "", "not valid UTF-8");
        }

        try
        {
            return JsonDocument.Parse(
                text, new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false });
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            long line = ((e as JsonException)?.LineNumber ?? 0) + 1;
            throw new ModelFormatException(path, $"line {line}", "not valid JSON, or a name occurs twice", e);
        }
    }
}
