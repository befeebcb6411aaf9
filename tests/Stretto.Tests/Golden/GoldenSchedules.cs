using System.Text.Json;
using Stretto.Training.Schedules;

namespace Stretto.Tests.Golden;

/// <summary>Learning-rate curves of transformers and PyTorch.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenSchedules
{
    private static readonly JsonElement File_ = File.Exists(GoldenFolder.Of("train", "schedules", "schedules.json"))
        ? GoldenFolder.Json("train", "schedules", "schedules.json")
        : default;

    public static TheoryData<string> Names() => GoldenFolder.OrAbsent(File_.ValueKind == JsonValueKind.Undefined
        ? []
        : [.. File_.GetProperty("schedules").EnumerateArray().Select(s => s.GetProperty("name").GetString()!)]);

    [Theory]
    [MemberData(nameof(Names))]
    public void Curve(string name)
    {
        GoldenFolder.SkipIfAbsent(name);
        JsonElement golden = File_.GetProperty("schedules").EnumerateArray().Single(s => s.GetProperty("name").GetString() == name);
        double peak = golden.GetProperty("base_lr").GetDouble();
        Schedule schedule = Make(golden.GetProperty("source").GetString()!, peak, golden.GetProperty("options"));
        double[] rates = [.. golden.GetProperty("lr").EnumerateArray().Select(GoldenFolder.Number)];
        for (int k = 0; k < rates.Length; k++)
        {
            Assert.True(Math.Abs(schedule.Rate(k) - rates[k]) <= 1e-9 * peak, $"step {k}: {schedule.Rate(k)} instead of {rates[k]}");
        }

        if (golden.TryGetProperty("momentum", out JsonElement stored))
        {
            Options o = new(golden.GetProperty("options"));
            double[] momenta = [.. stored.EnumerateArray().Select(GoldenFolder.Number)];
            Assert.All(momenta, (m, k) => Assert.Equal(
                m, ((OneCycle)schedule).Momentum(k, o.Number("base_momentum", 0.85), o.Number("max_momentum", 0.95)), 1e-9));
        }
    }

    [Fact]
    public void Plateau()
    {
        Assert.SkipWhen(File_.ValueKind == JsonValueKind.Undefined, "the golden folder holds no schedules");
        JsonElement golden = File_.GetProperty("reduce_on_plateau");
        Options o = new(golden.GetProperty("options"));
        ReduceOnPlateau plateau = new(o.Number("lr"), new PlateauOptions(
            o.Number("factor", 0.1), (int)o.Number("patience", 10), o.Number("threshold", 1e-4), (int)o.Number("cooldown"), o.Number("min_lr"),
            o.Text("mode", "min") == "max", o.Text("threshold_mode", "rel") == "abs", o.Number("eps", 1e-8)));
        double[] rates = [.. golden.GetProperty("lr").EnumerateArray().Select(GoldenFolder.Number)];
        double[] metrics = [.. golden.GetProperty("metric").EnumerateArray().Select(GoldenFolder.Number)];
        Assert.Equal(rates, metrics.Select(plateau.Report));
    }

    private static Schedule Make(string source, double peak, JsonElement json)
    {
        Options o = new(json);
        int warmup = (int)o.Number("num_warmup_steps");
        int total = (int)o.Number("num_training_steps");
        double floor = o.Number("min_lr_rate", o.Number("min_lr") / peak);
        return source.Split('.')[1] switch
        {
            "get_constant_schedule" => new Constant(peak),
            "get_constant_schedule_with_warmup" => new Constant(peak, warmup),
            "get_linear_schedule_with_warmup" => new WarmupLinear(peak, warmup, total),
            "get_cosine_schedule_with_warmup" => new WarmupCosine(
                peak, warmup, total, 0, o.Number("num_cycles", 0.5), StayAtFloor: false),
            "get_cosine_with_min_lr_schedule_with_warmup" => new WarmupCosine(
                peak, warmup, total, floor, o.Number("num_cycles", 0.5), StayAtFloor: false),
            "get_cosine_with_min_lr_schedule_with_warmup_lr_rate" => new WarmupCosine(
                peak, warmup, total, floor, o.Number("num_cycles", 0.5), o.Has("warmup_lr_rate") ? o.Number("warmup_lr_rate") : null, OneBased: true,
                StayAtFloor: false),
            "get_cosine_with_hard_restarts_schedule_with_warmup" => new CosineHardRestarts(peak, warmup, total, o.Number("num_cycles", 1)),
            "get_polynomial_decay_schedule_with_warmup" => new WarmupPolynomial(peak, warmup, total, o.Number("lr_end", 1e-7), o.Number("power", 1)),
            "get_inverse_sqrt_schedule" => new InverseSqrt(peak, warmup, o.Has("timescale") ? (int)o.Number("timescale") : null),
            "get_wsd_schedule" => Wsd(peak, warmup, total, o),
            "OneCycleLR" => new OneCycle(
                o.Number("max_lr", peak), (int)o.Number("total_steps", o.Number("epochs") * o.Number("steps_per_epoch")), o.Number("pct_start", 0.3), o.Number("div_factor", 25),
                o.Number("final_div_factor", 1e4), o.Text("anneal_strategy", "cos") == "linear", o.Number("three_phase") != 0),
            "CosineAnnealingLR" => new CosineAnnealing(peak, (int)o.Number("T_max"), o.Number("eta_min")),
            "CosineAnnealingWarmRestarts" => new CosineWarmRestarts(peak, (int)o.Number("T_0"), (int)o.Number("T_mult", 1), o.Number("eta_min")),
            "StepLR" => new StepDecay(peak, (int)o.Number("step_size"), o.Number("gamma", 0.1)),
            "MultiStepLR" => new MultiStep(
                peak, [.. json.GetProperty("milestones").EnumerateArray().Select(m => m.GetInt32())], o.Number("gamma", 0.1)),
            "ExponentialLR" => new StepDecay(peak, 1, o.Number("gamma")),
            string other => throw new NotSupportedException(other),
        };
    }

    private static WarmupStableDecay Wsd(double peak, int warmup, int total, Options o)
    {
        int decay = (int)o.Number("num_decay_steps");
        int stable = o.Has("num_stable_steps") ? (int)o.Number("num_stable_steps") : total - warmup - decay;
        RampShape Shape(string key, string missing) => o.Text(key, missing) switch
        {
            "linear" => RampShape.Linear,
            "cosine" => RampShape.Cosine,
            _ => RampShape.OneMinusSqrt,
        };
        return new(peak, warmup, stable, decay, o.Number("min_lr_ratio"), Shape("warmup_type", "linear"), Shape("decay_type", "cosine"),
            o.Number("num_cycles", 0.5));
    }
}

/// <summary>Options of a golden case, by PyTorch's names.</summary>
internal readonly struct Options(JsonElement json)
{
    public bool Has(string key) => json.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    public double Number(string key, double missing = 0) => !Has(key) ? missing : json.GetProperty(key) switch
    {
        { ValueKind: JsonValueKind.True } => 1,
        { ValueKind: JsonValueKind.False } => 0,
        JsonElement value => GoldenFolder.Number(value),
    };

    public double[] Numbers(string key) => [.. json.GetProperty(key).EnumerateArray().Select(GoldenFolder.Number)];

    public JsonElement Json(string key) => json.GetProperty(key);

    public string Text(string key, string missing) => Has(key) ? json.GetProperty(key).GetString()! : missing;
}
