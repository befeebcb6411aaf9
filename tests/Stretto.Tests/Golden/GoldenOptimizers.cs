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
        Follow(name, DType.Float32);
        Follow(name, DType.Float64);
    }

    private static void Follow(string name, DType dtype)
    {
        using TensorScope scope = TensorScope.Begin();
        JsonElement golden = Cases().Single(c => c.GetProperty("name").GetString() == name);
        using SafeTensors inputs = GoldenFolder.Tensors([.. Folder, "inputs.safetensors"]);
        using SafeTensors truth = GoldenFolder.Tensors([.. Folder, golden.GetProperty("file").GetString()!]);
        string[] names = [.. inputs.Entries.Keys.Where(k => k.StartsWith("init.", StringComparison.Ordinal)).Select(k => k[5..])
            .Where(n => truth.Entries.ContainsKey($"param.{n}"))];
        Dictionary<string, Tensor> parameters = names.ToDictionary(n => n, n => inputs.Read($"init.{n}").To(dtype).Clone());
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
                parameter.Grad = skipped ? null : inputs.Read($"grad.{key}").Select(0, t).To(dtype).Clone();
            }

            foreach (string key in names.Where(n => truth.Entries.ContainsKey($"y.{n}")))
            {
                Near(truth, $"y.{key}", t, parameters[key], tolerance);
            }

            if (clip != 0)
            {
                optimizer.ClipGradientNorm(clip);
            }

            optimizer.Step(rate);
            Dictionary<string, Tensor> state = optimizer.State.ToDictionary();
            foreach ((string key, Tensor parameter) in parameters)
            {
                Tensor now = optimizer is ScheduleFreeAdamW free ? free.Averages[key] : parameter;
                Near(truth, $"param.{key}", t, now, tolerance);
                // Float32 parameters hardly move there: only float64 ones can show the displacement.
                if (dtype == DType.Float64 && truth.Entries.ContainsKey($"displacement.{key}"))
                {
                    Near(truth, $"displacement.{key}", t, now - inputs.Read($"init.{key}"), tolerance);
                }

                if (truth.Entries.ContainsKey($"z.{key}"))
                {
                    Near(truth, $"z.{key}", t, state[$"{key}/z"], tolerance);
                }
            }
        }

        foreach ((string key, Tensor value) in optimizer.State)
        {
            string[] parts = key.Split('/');
            if (truth.Entries.ContainsKey($"state.{parts[1]}.{parts[0]}"))
            {
                Near(truth, $"state.{parts[1]}.{parts[0]}", null, value, tolerance);
            }
        }
    }

    [Fact]
    public void Clipping()
    {
        Assert.SkipUnless(File.Exists(GoldenFolder.Of([.. Folder, "clipping.json"])), "the golden folder holds no clipping cases");
        using TensorScope scope = TensorScope.Begin();
        using SafeTensors file = GoldenFolder.Tensors([.. Folder, "clipping.safetensors"]);
        string[] names = [.. file.Entries.Keys.Where(k => k.StartsWith("grad.", StringComparison.Ordinal)).Select(k => k[5..])];
        foreach (JsonElement golden in GoldenFolder.Json([.. Folder, "clipping.json"]).GetProperty("cases").EnumerateArray())
        {
            string name = golden.GetProperty("case").GetString()!;
            double factor = golden.TryGetProperty("input", out JsonElement input)
                ? double.Parse(input.GetString()!.Split("times ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)
                : name == "non_finite" ? double.NaN : 1;
            Dictionary<string, Tensor> parameters = names.ToDictionary(n => n, n => Tensor.Zeros(file.Entries[$"grad.{n}"].Shape));
            Sgd optimizer = new([new ParameterGroup([.. parameters])], new());
            foreach ((string key, Tensor parameter) in parameters)
            {
                parameter.RequiresGrad = true;
                parameter.Grad = file.Read($"grad.{key}") * factor;
            }

            if (double.IsNaN(factor))
            {
                Assert.Throws<InvalidOperationException>(() => optimizer.ClipGradientNorm(1, errorIfNonFinite: true));
                Assert.True(double.IsNaN(optimizer.ClipGradientNorm(1)));
                Assert.All(parameters.Values, p => Assert.All(p.Grad!.ToArray<double>(), g => Assert.True(double.IsNaN(g))));
                continue;
            }

            if (golden.TryGetProperty("max_norm", out JsonElement most))
            {
                double total = golden.GetProperty("total_norm").GetDouble();
                double norm = optimizer.ClipGradientNorm(most.GetDouble(), GoldenFolder.Number(golden.GetProperty("norm_type")));
                Assert.True(Math.Abs(norm - total) <= 1e-6 * total, $"{name}: norm {norm} instead of {total}");
            }
            else
            {
                optimizer.ClipGradientValue(double.Parse(name.Split('_')[1], System.Globalization.CultureInfo.InvariantCulture));
            }

            foreach ((string key, Tensor parameter) in parameters)
            {
                Near(file, $"{name}.{key}", null, parameter.Grad!, 1e-6);
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
        double[] k = [.. golden.GetProperty("coefficients").EnumerateArray().Select(GoldenFolder.Number)];
        double epsilon = golden.GetProperty("eps").GetDouble();
        foreach (string number in golden.GetProperty("cases").EnumerateArray().Select(item => item.GetProperty("case").ToString()))
        {
            Tensor input = file.Read($"{number}.input");
            Tensor Iterated(int steps) => Muon.Orthogonalize(input, (k[0], k[1], k[2]), steps, epsilon);
            Near(file, $"{number}.output", null, Iterated(golden.GetProperty("steps").GetInt32()), 1e-5);
            for (int i = 0; i < file.Entries[$"{number}.iterates"].Shape[0]; i++)
            {
                Tensor x = Iterated(i);
                Near(file, $"{number}.iterates", i, x.Shape[0] > x.Shape[1] ? x.Transpose(0, 1) : x, 1e-5);
            }
        }
    }

    private static void Near(SafeTensors file, string key, int? row, Tensor actual, double tolerance)
    {
        Tensor stored = file.Read(key);
        double[] expected = (row is { } t ? stored.Select(0, t) : stored).ToArray<double>();
        double error = GoldenFolder.RelativeError(actual.ToArray<double>(), expected);
        Assert.True(error <= tolerance, $"{key} after step {row}: relative error {error:g3}");
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
            : [new ParameterGroup([.. parameters], Maximize: o.Number("maximize") != 0)];
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
                o.Number("momentum"), o.Number("nesterov", 1) != 0, decay, o.Text("scaling", o.Text("adjust_lr_fn", "")) == "match_rms_adamw",
                o.Has("ns_coefficients") ? (o.Numbers("ns_coefficients")[0], o.Numbers("ns_coefficients")[1], o.Numbers("ns_coefficients")[2]) : null,
                (int)o.Number("ns_steps", 5), o.Number("eps", 1e-7))),
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
            o.Number("lr", rate) / rate, o.Has("weight_decay") ? o.Number("weight_decay") : null, o.Number("maximize") != 0);
    }
}
