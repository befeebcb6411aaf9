using System.Text.Json;
using Stretto.Training.Optimizers;
using Stretto.Weights;

namespace Stretto.Tests.Golden;

/// <summary>Trajectories of 25 steps from given gradients, and Newton-Schulz iterations.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenOptimizers
{
    private static readonly string[] Folder = ["train", "optimizers"];

    public static TheoryData<string> Names() => GoldenFolder.OrAbsent(File.Exists(GoldenFolder.Of([.. Folder, "cases.json"]))
        ? [.. Cases().Select(c => c.GetProperty("name").GetString()!)]
        : []);

    [Theory]
    [MemberData(nameof(Names))]
    public void Trajectory(string name)
    {
        GoldenFolder.SkipIfAbsent(name);
        using TensorScope scope = TensorScope.Begin();
        JsonElement golden = Cases().Single(c => c.GetProperty("name").GetString() == name);
        using SafeTensors inputs = GoldenFolder.Tensors([.. Folder, "inputs.safetensors"]);
        using SafeTensors truth = GoldenFolder.Tensors([.. Folder, golden.GetProperty("file").GetString()!]);
        string[] names = [.. inputs.Entries.Keys.Where(k => k.StartsWith("init.", StringComparison.Ordinal)).Select(k => k[5..])
            .Where(n => truth.Entries.ContainsKey($"param.{n}"))];
        Dictionary<string, Tensor> parameters = names.ToDictionary(n => n, n => inputs.Read($"init.{n}"));
        foreach (Tensor parameter in parameters.Values)
        {
            parameter.RequiresGrad = true;
        }

        Optimizer optimizer = Make(golden, parameters, out double rate);
        double clip = golden.TryGetProperty("clip", out JsonElement c) ? c.GetDouble() : 0;
        // PyTorch's own Muon iterates in bfloat16: its file says how far it is from the truth.
        double tolerance = golden.TryGetProperty("distance_from_float64_truth", out _) ? 2e-3 : 1e-5;
        long steps = truth.Entries[$"param.{names[0]}"].Shape[0];
        for (int t = 0; t < steps; t++)
        {
            foreach ((string key, Tensor parameter) in parameters)
            {
                bool skipped = golden.TryGetProperty("skip", out JsonElement skip) && skip.TryGetProperty(key, out JsonElement at)
                    && at.EnumerateArray().Any(s => s.GetInt32() == t);
                parameter.Grad = skipped ? null : inputs.Read($"grad.{key}").Narrow(0, t, 1).Squeeze(0).Clone();
            }

            double scale = clip == 0 ? 1 : Math.Min(1, clip / (optimizer.GradientNorm() + 1e-6));
            optimizer.Step(rate, scale);
            foreach ((string key, Tensor parameter) in parameters)
            {
                Tensor now = optimizer is ScheduleFreeAdamW free ? free.Averages[key] : parameter;
                double[] expected = truth.Read($"param.{key}").Narrow(0, t, 1).ToArray<double>();
                double error = GoldenFolder.RelativeError(now.ToArray<double>(), expected);
                Assert.True(error <= tolerance, $"{key} after step {t}: relative error {error:g3}");
            }
        }
    }

    [Fact]
    public void NewtonSchulz()
    {
        string path = GoldenFolder.Of([.. Folder, "newton_schulz.safetensors"]);
        Assert.SkipUnless(File.Exists(path), "the golden folder holds no Newton-Schulz cases");
        using TensorScope scope = TensorScope.Begin();
        using SafeTensors file = new(path);
        JsonElement golden = GoldenFolder.Json([.. Folder, "newton_schulz.json"]);
        foreach (JsonElement item in golden.GetProperty("cases").EnumerateArray())
        {
            string number = item.GetProperty("case").ToString();
            string Key(string what) => file.Entries.Keys.First(
                k => k.Split('.').Contains(number) && k.Split('.').Contains(what));
            double[] expected = file.Read(Key("output")).ToArray<double>();
            double[] actual = Muon.Orthogonalize(file.Read(Key("input"))).ToArray<double>();
            Assert.True(GoldenFolder.RelativeError(actual, expected) <= 1e-4, $"case {number}");
        }
    }

    private static JsonElement[] Cases() =>
        [.. GoldenFolder.Json([.. Folder, "cases.json"]).GetProperty("cases").EnumerateArray()];

    private static Optimizer Make(JsonElement golden, Dictionary<string, Tensor> parameters, out double rate)
    {
        Options o = new(golden.GetProperty("options"));
        rate = o.Number("lr", 1);
        double of = rate;
        IReadOnlyList<ParameterGroup> groups = golden.TryGetProperty("groups", out JsonElement list)
            ? [.. list.EnumerateArray().Select(g => Group(g, parameters, of))]
            : [new ParameterGroup([.. parameters])];
        double Beta(int i) => o.Numbers("betas")[i];
        double decay = o.Number("weight_decay");
        bool hf = golden.GetProperty("rule").GetString() == "adafactor_hf";
        return golden.GetProperty("rule").GetString() switch
        {
            "sgd" => new Sgd(groups, new(o.Number("momentum"), o.Number("dampening"), o.Number("nesterov") != 0, decay)),
            "adamw" => new AdamW(groups, new(Beta(0), Beta(1), o.Number("eps"), decay)),
            "adam" or "amsgrad" => new Adam(groups, new(
                Beta(0), Beta(1), o.Number("eps"), decay, golden.GetProperty("source").GetString()!.EndsWith("AdamW", StringComparison.Ordinal),
                o.Number("amsgrad") != 0)),
            "adagrad" => new Adagrad(groups, new(o.Number("lr_decay"), o.Number("initial_accumulator_value"), o.Number("eps", 1e-10), decay)),
            "rmsprop" => new RmsProp(groups, new(
                o.Number("alpha", 0.99), o.Number("eps", 1e-8), o.Number("momentum"), o.Number("centered") != 0, decay)),
            "lion" => new Lion(groups, new(Beta(0), Beta(1), decay)),
            "lamb" => new Lamb(groups, new(Beta(0), Beta(1), o.Number("eps"), decay)),
            "muon" => new Muon(groups, new(
                o.Number("momentum"), o.Number("nesterov", 1) != 0, decay, o.Text("scaling", o.Text("adjust_lr_fn", "")) == "match_rms_adamw")),
            "schedule_free_adamw" => new ScheduleFreeAdamW(groups, new(
                Beta(0), Beta(1), o.Number("eps"), decay, (int)o.Number("warmup_steps"))),
            "adafactor_torch" => new Adafactor(groups, new(o.Number("beta2_decay"), o.Numbers("eps")[0], o.Numbers("eps")[1], o.Number("d"), decay)),
            _ when hf => new RelativeAdafactor(groups, new(
                o.Numbers("eps")[0], o.Numbers("eps")[1], o.Number("clip_threshold"), o.Number("decay_rate"),
                o.Has("beta1") ? o.Number("beta1") : null, decay, o.Number("scale_parameter") != 0, o.Number("relative_step") != 0,
                o.Number("warmup_init") != 0)),
            string other => throw new NotSupportedException(other),
            _ => throw new NotSupportedException(),
        };
    }

    private static ParameterGroup Group(JsonElement group, Dictionary<string, Tensor> parameters, double rate)
    {
        Options o = new(group.GetProperty("options"));
        return new ParameterGroup(
            [.. group.GetProperty("names").EnumerateArray().Select(n => n.GetString()!).Where(parameters.ContainsKey)
                .Select(n => new KeyValuePair<string, Tensor>(n, parameters[n]))],
            o.Number("lr", rate) / rate, o.Has("weight_decay") ? o.Number("weight_decay") : null);
    }
}
