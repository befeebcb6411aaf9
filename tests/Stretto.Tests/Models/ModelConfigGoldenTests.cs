using System.Text.Json;
using Stretto.Models;
using Stretto.Tests.Golden;
using Stretto.Tests.Weights;

namespace Stretto.Tests.Models;

/// <summary>
/// Configurations of the golden models: old and new keys mean the same, and what is saved reads the same.
/// </summary>
[Trait("Category", "Golden")]
public sealed class ModelConfigGoldenTests
{
    public static TheoryData<string> Folders()
    {
        TheoryData<string> data = [];
        string models = Path.Combine(GoldenFolder.Root, "models");
        foreach (string folder in Directory.Exists(models) ? Directory.GetDirectories(models) : [])
        {
            if (ModelConfig.Families.Contains(Json(folder, "config.json").GetProperty("model_type").GetString()!))
            {
                data.Add(Path.GetFileName(folder));
            }
        }

        return GoldenFolder.OrAbsent(data);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void OldAndNewKeysMeanTheSameAndSurviveSaving(string name)
    {
        GoldenFolder.SkipIfAbsent(name);
        string folder = Path.Combine(GoldenFolder.Root, "models", name);
        ModelConfig config = ModelConfig.Load(folder);
        string text = ModelConfigTests.Saved(config);
        Assert.Equal(Json(folder, "config.json").GetProperty("dtype").GetString(), config.StoredAs.Name());
        JsonElement rope = Json(folder, "config.json").GetProperty("rope_parameters");
        Assert.Equal(rope.GetProperty("rope_theta").GetDouble(), config.Rope.Theta);
        string legacy = Path.Combine(folder, "config.legacy.json");
        if (File.Exists(legacy))
        {
            Assert.Equal(text, ModelConfigTests.Saved(ModelConfig.Load(legacy)));
        }

        using TemporaryFolder saved = new();
        config.Save(saved.Root);
        Assert.Equal(text, ModelConfigTests.Saved(ModelConfig.Load(saved.Root)));
    }

    private static JsonElement Json(string folder, string file) =>
        GoldenFolder.Json("models", Path.GetFileName(folder), file);
}
