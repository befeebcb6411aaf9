using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Stretto.Weights;

/// <summary>Writes the weights of a model folder: one file, or shards with their index.</summary>
public static partial class SafeTensorsFolder
{
    /// <summary>What the hub's own tools cut at: 5 GB.</summary>
    public const long DefaultShardBytes = 5_000_000_000;

    private const string SingleName = "model.safetensors";

    /// <summary>
    /// Writes <c>model.safetensors</c>, or <c>model-00001-of-0000N.safetensors</c> and so on with
    /// <c>model.safetensors.index.json</c> when
    /// the tensors need more than <paramref name="shardBytes"/>; a tensor larger than that has a shard to itself.
    /// Weights that the folder
    /// held before are replaced.
    /// </summary>
    /// <remarks>
    /// All files are on disk under temporary names before the first takes its place. A process that is killed between
    /// the renames
    /// leaves a folder that opens with the old weights, with the new ones, or not at all, never with a mixture.
    /// </remarks>
    /// <exception cref="ArgumentException">
    /// A name occurs twice or is reserved, or <paramref name="shardBytes"/> is not positive.
    /// </exception>
    /// <exception cref="IOException">
    /// The disk is full or the folder cannot be written; the weights that were there are kept.
    /// </exception>
    public static void Write(
        string folder, IReadOnlyList<KeyValuePair<string, Tensor>> tensors, long shardBytes = DefaultShardBytes,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shardBytes, 1);
        List<List<KeyValuePair<string, Tensor>>> shards = Cut(tensors, shardBytes);
        string[] names = [.. Enumerable.Range(1, shards.Count).Select(i => Name(i, shards.Count))];
        string index = Path.Combine(folder, ShardedSafeTensors.IndexName);
        Directory.CreateDirectory(folder);
        List<(string Path, string Temporary)> staged = [];
        try
        {
            for (int i = 0; i < shards.Count; i++)
            {
                string path = Path.Combine(folder, names[i]);
                staged.Add((path, SafeTensorsWriter.Stage(path, shards[i], metadata)));
            }

            if (shards.Count > 1)
            {
                staged.Add((index, AtomicFile.Stage(index, stream => WriteIndex(stream, shards, names))));
                // Old shards may bear the same names: while they are replaced no index must join old and new.
                File.Delete(index);
            }

            foreach ((string path, string temporary) in staged)
            {
                AtomicFile.Commit(path, temporary);
            }
        }
        finally
        {
            staged.ForEach(s => AtomicFile.Remove(s.Temporary));
        }

        RemoveOthers(folder, [.. staged.Select(s => Path.GetFileName(s.Path))]);
    }

    private static List<List<KeyValuePair<string, Tensor>>> Cut(
        IReadOnlyList<KeyValuePair<string, Tensor>> tensors, long shardBytes)
    {
        List<List<KeyValuePair<string, Tensor>>> shards = [[]];
        HashSet<string> names = [];
        long used = 0;
        foreach (KeyValuePair<string, Tensor> tensor in tensors)
        {
            if (!names.Add(tensor.Key))
            {
                throw new ArgumentException($"the tensor name '{tensor.Key}' occurs twice");
            }

            long bytes = tensor.Value.DType.ByteCount(tensor.Value.Count);
            if (shards[^1].Count > 0 && bytes > shardBytes - used)
            {
                shards.Add([]);
                used = 0;
            }

            shards[^1].Add(tensor);
            used += bytes;
        }

        return shards;
    }

    private static string Name(int number, int count) => count == 1
        ? SingleName
        : string.Create(CultureInfo.InvariantCulture, $"model-{number:d5}-of-{count:d5}.safetensors");

    private static void WriteIndex(Stream stream, List<List<KeyValuePair<string, Tensor>>> shards, string[] names)
    {
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartObject("metadata");
        json.WriteNumber("total_size", shards.Sum(shard => shard.Sum(t => t.Value.DType.ByteCount(t.Value.Count))));
        json.WriteEndObject();
        json.WriteStartObject("weight_map");
        for (int i = 0; i < shards.Count; i++)
        {
            foreach ((string name, _) in shards[i])
            {
                json.WriteString(name, names[i]);
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    // A single file is preferred to an index, so one that stayed behind would hide new shards.
    private static void RemoveOthers(string folder, HashSet<string> written)
    {
        foreach (string path in Directory.GetFiles(folder, "model*.safetensors*"))
        {
            string name = Path.GetFileName(path);
            if (!written.Contains(name) && OwnName().IsMatch(name))
            {
                AtomicFile.Remove(path);
            }
        }
    }

    [GeneratedRegex(@"^model(-\d{5}-of-\d{5})?\.safetensors(\.index\.json)?$", RegexOptions.CultureInvariant)]
    private static partial Regex OwnName();
}
