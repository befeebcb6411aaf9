using System.Globalization;
using System.Text.Json;
using Stretto.Models;
using Stretto.Nn;
using Stretto.Weights;

namespace Stretto.Tests.Golden;

/// <summary>Every model folder: logits, losses, hidden states, gradients and greedy tokens, from each of its configurations.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenModels
{
    public static TheoryData<string> Folders()
    {
        TheoryData<string> data = [];
        string models = Path.Combine(GoldenFolder.Root, "models");
        foreach (string folder in Directory.Exists(models) ? Directory.GetDirectories(models) : [])
        {
            data.Add(Path.GetFileName(folder));
        }

        return GoldenFolder.OrAbsent(data);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Model(string name)
    {
        GoldenFolder.SkipIfAbsent(name);
        Dictionary<string, string> pending = GoldenFolder.Pending("models");
        try
        {
            Run(name);
        }
        catch (Exception e) when (pending.TryGetValue(name, out string? capability))
        {
            Assert.Skip($"models/{name} waits for {capability} ({e.GetType().Name})");
        }

        Assert.False(pending.ContainsKey(name), $"models/{name} passes: take it off tests/golden-pending.txt");
    }

    private static void Run(string name)
    {
        string folder = Path.Combine(GoldenFolder.Root, "models", name);
        JsonElement golden = GoldenFolder.Json("models", name, "golden.json");
        using SafeTensors truth = GoldenFolder.Tensors("models", name, "golden.safetensors");
        string[] known = ["input_ids", "logits", "loss", "greedy", "hidden", "grad"];
        string? stranger = truth.Entries.Keys.FirstOrDefault(k => !known.Contains(k.Split('/')[0]));
        Assert.True(stranger is null, $"nothing here computes {stranger}");
        Assert.True(Directory.GetFiles(folder, "adapter_config.json", SearchOption.AllDirectories).Length == 0, "adapters are not applied");
        int compared = 0;
        foreach (string file in Directory.GetFiles(folder, "config*.json").Order())
        {
            using TensorScope scope = TensorScope.Begin();
            ModelConfig config = ModelConfig.Load(file);
            CausalLM model = ModelRegistry.Load(folder, config);
            for (int i = 0; truth.Entries.ContainsKey($"input_ids/{i}"); i++)
            {
                compared += Compare(model, truth, golden, i);
            }
        }

        Assert.True(compared > 0, $"models/{name} holds nothing that was compared");
    }

    private static int Compare(CausalLM model, SafeTensors truth, JsonElement golden, int i)
    {
        using TensorScope scope = TensorScope.Begin();
        int[] ids = Array.ConvertAll(truth.Read($"input_ids/{i}").ToArray<long>(), t => (int)t);
        LayerStates states = new();
        Tensor hidden = model.Hidden(Batch.Packed([ids], states: states));
        Tensor expected = truth.Read($"logits/{i}");
        Tensor logits = model.Logits(hidden.Narrow(0, hidden.Shape[0] - expected.Shape[0], expected.Shape[0]));
        double error = GoldenFolder.RelativeError(logits.ToArray<double>(), expected.ToArray<double>());
        Assert.True(error <= 1e-4, $"logits/{i}: relative error {error:g3}");

        Tensor targets = Tensor.From(Array.ConvertAll(ids[1..], t => (long)t));
        Tensor loss = Tensor.LinearCrossEntropy(hidden.Narrow(0, 0, ids.Length - 1), model.OutputWeight, targets) / (ids.Length - 1);
        if (truth.Entries.ContainsKey($"loss/{i}"))
        {
            double known = truth.Read($"loss/{i}").Item();
            Assert.True(Math.Abs(loss.Item() - known) <= 1e-5 * known, $"loss/{i}: {loss.Item()} instead of {known}");
        }

        if (golden.TryGetProperty("grad_sequence", out JsonElement sequence) && sequence.ValueKind == JsonValueKind.Number && sequence.GetInt32() == i)
        {
            Gradients(model, loss, truth, golden);
        }

        foreach (string key in truth.Entries.Keys.Where(k => k.StartsWith($"hidden/{i}/", StringComparison.Ordinal)))
        {
            string which = key.Split('/')[2];
            Tensor state = which == "final" ? hidden : states[int.Parse(which, CultureInfo.InvariantCulture)];
            double off = GoldenFolder.RelativeError(state.ToArray<double>(), truth.Read(key).ToArray<double>());
            Assert.True(off <= 1e-4, $"{key}: relative error {off:g3}");
        }

        if (truth.Entries.ContainsKey($"greedy/{i}"))
        {
            Assert.Equal(truth.Read($"greedy/{i}").ToArray<long>(), Greedy(model, ids, 24));
        }

        return 1;
    }

    private static void Gradients(CausalLM model, Tensor loss, SafeTensors truth, JsonElement golden)
    {
        loss.Backward();
        HashSet<string> zero = golden.TryGetProperty("zero_gradients", out JsonElement list)
            ? [.. list.EnumerateArray().Select(e => e.GetString()!)]
            : [];
        double all = 0;
        foreach (string key in truth.Entries.Keys.Where(k => k.StartsWith("grad/", StringComparison.Ordinal)))
        {
            all += truth.Read(key).ToArray<double>().Sum(x => x * x);
        }

        foreach ((string name, Tensor parameter) in model.Parameters())
        {
            if (!truth.Entries.ContainsKey($"grad/{name}"))
            {
                continue;
            }

            double[] expected = truth.Read($"grad/{name}").ToArray<double>();
            double[] actual = parameter.Grad!.ToArray<double>();
            double difference = Math.Sqrt(expected.Zip(actual, (a, b) => (a - b) * (a - b)).Sum());
            double norm = zero.Contains(name) ? 0 : Math.Sqrt(expected.Sum(x => x * x));
            double limit = (1e-3 * norm) + (1e-6 * Math.Sqrt(all));
            Assert.True(difference <= limit, $"grad/{name}: off by {difference:g3}, allowed {limit:g3}");
        }
    }

    private static long[] Greedy(CausalLM model, int[] ids, int count)
    {
        using GradientMode.Restore off = GradientMode.NoGrad();
        List<int> tokens = [.. ids];
        for (int i = 0; i < count; i++)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor hidden = model.Hidden(Batch.Packed([[.. tokens]]));
            tokens.Add((int)model.Logits(hidden.Narrow(0, tokens.Count - 1, 1)).Argmax(-1).ToArray<long>()[0]);
        }

        return [.. tokens[ids.Length..].Select(t => (long)t)];
    }
}
