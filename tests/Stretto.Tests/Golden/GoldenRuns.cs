using System.Text.Json;
using Stretto.Models;
using Stretto.Nn;
using Stretto.Training;
using Stretto.Training.Data;
using Stretto.Training.Optimizers;
using Stretto.Training.Schedules;
using Stretto.Weights;

namespace Stretto.Tests.Golden;

/// <summary>The training runs of the tiny Llama: first step, every loss, norm and rate, evaluations and final weights.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenRuns
{
    private static readonly string[] Folder = ["train", "run"];

    [Fact]
    public void FirstStep()
    {
        CausalLM model = Initial();
        using TensorScope scope = TensorScope.Begin();
        using SafeTensors truth = Tensors("first_step.safetensors");
        using SafeTensors data = Tensors("tokens.safetensors");
        int[][] rows = Rows(data.Read("eval_tokens"))[..2];
        string logitsName = truth.Entries.Keys.First(k => k.EndsWith("logits", StringComparison.Ordinal));
        Tensor logits = model.Logits(model.Hidden(Batch.Packed([.. rows.Select(r => r[..^1])])));
        double error = GoldenFolder.RelativeError(logits.ToArray<double>(), truth.Read(logitsName).ToArray<double>());
        Assert.True(error <= 1e-4, $"logits: relative error {error:g3}");

        int[][] first = Rows(data.Read("tokens").Narrow(0, 0, 1).Squeeze(0));
        (Tensor sum, long targets) = LanguageLoss.Sum(model, Documents(first));
        (sum / targets).Backward();
        foreach ((string name, Tensor parameter) in model.Parameters())
        {
            double[] expected = truth.Read($"grad.{name}").ToArray<double>();
            double off = GoldenFolder.RelativeError(parameter.Grad!.ToArray<double>(), expected);
            Assert.True(off <= 1e-4, $"grad.{name}: relative error {off:g3}");
        }
    }

    [Fact]
    public void Plain()
    {
        JsonElement golden = GoldenFolder.Json([.. Folder, "plain.json"]);
        using SafeTensors data = Tensors("tokens.safetensors");
        Tensor tokens = data.Read("tokens");
        int[][] evaluation = Rows(data.Read("eval_tokens"));
        Run(golden, evaluation, "final_f64.safetensors", step =>
        {
            using TensorScope scope = TensorScope.Begin();
            return [Rows(tokens.Narrow(0, step, 1).Squeeze(0))];
        });
    }

    [Fact]
    public void Packed()
    {
        JsonElement golden = GoldenFolder.Json([.. Folder, "packed.json"]);
        using SafeTensors data = Tensors("packed_tokens.safetensors");
        using SafeTensors plain = Tensors("tokens.safetensors");
        int[] tokens = Array.ConvertAll(data.Read("tokens").ToArray<long>(), t => (int)t);
        int[] micro = [.. Array.ConvertAll(data.Read("micro_start").ToArray<long>(), t => (int)t)];
        int[] documents = Array.ConvertAll(data.Read("doc_start").ToArray<long>(), t => (int)t);
        int accumulate = golden.GetProperty("accumulate").GetInt32();
        int[] Cut(int from, int to) => tokens[from..to];
        Run(golden, Rows(plain.Read("eval_tokens")), "packed_final_f64.safetensors", step =>
        {
            List<IReadOnlyList<int[]>> batches = [];
            for (int m = step * accumulate; m < (step + 1) * accumulate; m++)
            {
                int end = m + 1 < micro.Length ? micro[m + 1] : tokens.Length;
                int[] starts = [.. documents.Where(d => d >= micro[m] && d < end), end];
                batches.Add([.. starts[..^1].Select((start, i) => Cut(start, starts[i + 1]))]);
            }

            return batches;
        });
    }

    private static void Run(
        JsonElement golden, int[][] evaluation, string finalWeights, Func<int, IReadOnlyList<IReadOnlyList<int[]>>> batches)
    {
        CausalLM model = Initial();
        JsonElement options = golden.GetProperty("optimizer");
        double[] betas = [.. options.GetProperty("betas").EnumerateArray().Select(b => b.GetDouble())];
        AdamW optimizer = new(model.Parameters(), new AdamWOptions(
            betas[0], betas[1], options.GetProperty("eps").GetDouble(),
            double.Parse(options.GetProperty("weight_decay").GetString()!.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)));
        JsonElement truth = golden.GetProperty("float64");
        double[] losses = Numbers(truth, "loss");
        double[] norms = Numbers(truth, "grad_norm");
        double[] rates = Numbers(truth, "lr");
        double[] evaluated = Numbers(truth, "eval_loss");
        double[] evaluateAt = Numbers(truth, "eval_steps");
        (int warmup, double ratio) = Schedule(golden.GetProperty("schedule").GetString()!);
        WarmupCosine schedule = new(options.GetProperty("lr").GetDouble(), warmup, losses.Length, ratio);
        double clip = golden.GetProperty("clip").GetString()!.Contains("global 2-norm", StringComparison.Ordinal) ? 1.0 : 0;
        for (int step = 0; step <= losses.Length; step++)
        {
            int evaluation_ = Array.IndexOf(evaluateAt, step);
            if (evaluation_ >= 0)
            {
                Near(evaluated[evaluation_], LanguageLoss.Mean(model, [Documents(evaluation)]), 1e-4, $"eval_loss before step {step}");
            }

            if (step < losses.Length)
            {
                double rate = schedule.Rate(step);
                Assert.True(Math.Abs(rate - rates[step]) <= 1e-9 * schedule.Peak, $"lr {step}: {rate} instead of {rates[step]}");
                StepResult result = TrainingStep.Run(model, optimizer, [.. batches(step).Select(Documents)], rate, clip);
                Near(losses[step], result.Loss, 1e-4, $"loss {step}");
                Near(norms[step], result.GradientNorm, 1e-3, $"grad_norm {step}");
            }
        }

        using SafeTensors final = Tensors(finalWeights);
        foreach ((string name, Tensor parameter) in model.Parameters())
        {
            double error = GoldenFolder.RelativeError(parameter.ToArray<double>(), final.Read(name).ToArray<double>());
            Assert.True(error <= 1e-3, $"final {name}: relative error {error:g3}");
        }
    }

    private static (int Warmup, double MinRatio) Schedule(string text)
    {
        System.Text.RegularExpressions.Match match =
            System.Text.RegularExpressions.Regex.Match(text, @"warmup (\d+).*min_lr_rate ([0-9.]+)");
        Assert.True(match.Success, $"a schedule that is not known: {text}");
        return (
            int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture),
            double.Parse(match.Groups[2].Value.TrimEnd('.'), System.Globalization.CultureInfo.InvariantCulture));
    }

    private static void Near(double expected, double actual, double relative, string what) =>
        Assert.True(Math.Abs(actual - expected) <= relative * Math.Abs(expected), $"{what}: {actual} instead of {expected}");

    private static double[] Numbers(JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(GoldenFolder.Number)];

    private static TokenDocument[] Documents(IReadOnlyList<int[]> rows) => [.. rows.Select(r => new TokenDocument(r))];

    private static int[][] Rows(Tensor tokens)
    {
        int length = (int)tokens.Shape[-1];
        int[] flat = Array.ConvertAll(tokens.ToArray<long>(), t => (int)t);
        return [.. flat.Chunk(length)];
    }

    private static CausalLM Initial() => ModelRegistry.Load(GoldenFolder.Of([.. Folder, "init"]));

    private static SafeTensors Tensors(string name) => GoldenFolder.Tensors([.. Folder, name]);
}
