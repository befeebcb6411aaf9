using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Stretto.Models.Text;
using Stretto.Tests.Golden;

namespace Stretto.Tests.Models.Text;

/// <summary>
/// What the tokenizer goldens share: cases by file, the pending list, and comparisons that say which text differs.
/// </summary>
internal static class GoldenTokenizers
{
    public static string Folder { get; } = Path.Combine(GoldenFolder.Root, "tokenizers");

    public static TheoryData<string> Files(string folder, string pattern)
    {
        TheoryData<string> data = [];
        string path = Path.Combine(Folder, folder);
        string[] files = Directory.Exists(path) ? Directory.GetFiles(path, pattern, SearchOption.AllDirectories) : [];
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            data.Add(Path.GetRelativePath(Folder, file).Replace('\\', '/'));
        }

        return GoldenFolder.OrAbsent(data);
    }

    /// <summary>Runs a family unless it waits for a capability; a waiting family that passes fails.</summary>
    public static void Family(string name, Action run)
    {
        Dictionary<string, string> pending = GoldenFolder.Pending("tokenizers");
        try
        {
            run();
        }
        catch (Exception e) when (pending.TryGetValue(name, out string? capability))
        {
            Assert.Skip($"tokenizers/{name} waits for {capability} ({e.GetType().Name})");
        }

        Assert.False(pending.ContainsKey(name), $"tokenizers/{name} passes: take it off tests/golden-pending.txt");
    }

    public static JsonElement Json(string file) => GoldenFolder.Json(["tokenizers", .. file.Split('/')]);

    public static int[] Ids(JsonElement ids) => [.. ids.EnumerateArray().Select(i => i.GetInt32())];

    /// <summary>Ids, or their count, ends and hash when there are many.</summary>
    public static void SameIds(JsonElement expected, int[] ids, string what)
    {
        if (expected.ValueKind == JsonValueKind.Array)
        {
            string found = string.Join(", ", ids);
            Assert.True(Ids(expected).SequenceEqual(ids), $"{what}: {expected} expected, [{found}] found");
            return;
        }

        byte[] bytes = new byte[ids.Length * 4];
        for (int i = 0; i < ids.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * 4), ids[i]);
        }

        Assert.True(expected.GetProperty("count").GetInt32() == ids.Length, $"{what}: {ids.Length} ids");
        Assert.Equal(expected.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    public static void SameText(string? expected, string text, string what) =>
        Assert.True(expected == text, $"{what}: {Shown(expected)} expected, {Shown(text)} found");

    /// <summary>A part, put into an otherwise empty tokenizer file.</summary>
    public static PartJson Part(JsonElement config) => new("components.json", "config", config);

    private static string Shown(string? text) => JsonSerializer.Serialize(text);
}
