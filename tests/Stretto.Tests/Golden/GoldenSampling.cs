using System.Text.Json;
using Stretto.Inference.Generation;
using Stretto.Inference.Sampling;
using Stretto.Models;

namespace Stretto.Tests.Golden;

/// <summary>Everything between logits and a token: single steps, chains of them, picks, mirostat, greedy and beam search.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenSampling
{
    private static string Folder => GoldenFolder.Of("sampling");

    public static TheoryData<string> Families()
    {
        TheoryData<string> data = [];
        foreach (string file in Directory.Exists(Folder) ? Directory.GetFiles(Folder, "*.json").Order() : Enumerable.Empty<string>())
        {
            string name = Path.GetFileNameWithoutExtension(file);
            JsonElement golden = GoldenFolder.Json("sampling", name + ".json");
            string[] kinds = name switch
            {
                "processors" => [.. golden.GetProperty("cases").EnumerateArray().Select(Kind).Distinct()],
                "beam" => ["greedy", "beam", "guided"],
                _ => [""],
            };
            foreach (string kind in kinds)
            {
                data.Add(kind.Length == 0 ? name : $"{name}/{kind}");
            }
        }

        return GoldenFolder.OrAbsent(data);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public async Task Family(string name)
    {
        GoldenFolder.SkipIfAbsent(name);
        Dictionary<string, string> pending = GoldenFolder.Pending("sampling");
        try
        {
            string[] parts = name.Split('/');
            JsonElement golden = GoldenFolder.Json("sampling", parts[0] + ".json");
            await Run(parts[0], parts[^1], golden);
        }
        catch (Exception e) when (pending.TryGetValue(name, out string? capability))
        {
            Assert.Skip($"sampling/{name} waits for {capability} ({e.GetType().Name})");
        }

        Assert.False(pending.ContainsKey(name), $"sampling/{name} passes: take it off tests/golden-pending.txt");
    }

    private static Task Run(string file, string kind, JsonElement golden)
    {
        switch (file)
        {
            case "processors" or "chains":
                Steps(golden, file == "chains" ? null : kind);
                return Task.CompletedTask;
            case "picks":
                Picks(golden);
                return Task.CompletedTask;
            case "mirostat":
                Mirostats(golden);
                return Task.CompletedTask;
            case "beam" when kind != "guided":
                return Searches(golden, kind);
            default:
                throw new NotSupportedException(file);
        }
    }

    private static string Kind(JsonElement golden) => golden.GetProperty("steps")[0].GetProperty("kind").GetString()!;

    private static void Steps(JsonElement golden, string? kind)
    {
        foreach (JsonElement row in golden.GetProperty("cases").EnumerateArray().Where(c => kind is null || Kind(c) == kind))
        {
            string name = row.GetProperty("name").GetString()!;
            float[] logits = Logits(golden.GetProperty("vectors").GetProperty(row.GetProperty("logits").GetString()!));
            int[] context = Ints(golden.GetProperty("contexts").GetProperty(row.GetProperty("context").GetString()!));
            Candidates candidates = new(logits.Length);
            candidates.Load(logits);
            foreach (JsonElement step in row.GetProperty("steps").EnumerateArray())
            {
                Options o = new(step);
                Step(o).Apply(candidates, new TokenPlace(context, (int)o.Number("prompt_length"), o.Number("draw")));
            }

            Assert.True(candidates.Count == row.GetProperty("kept").GetInt32(), $"{name}: {candidates.Count} kept");
            float[] p = new float[logits.Length];
            candidates.Normalize();
            for (int i = 0; i < candidates.Count; i++)
            {
                p[candidates.Ids[i]] = candidates.Probabilities[i];
            }

            Compare(name, row, candidates, p);
        }
    }

    private static void Compare(string name, JsonElement row, Candidates candidates, float[] p)
    {
        float[] expected = row.TryGetProperty("probabilities", out JsonElement all) ? Logits(all)
            : row.TryGetProperty("kept_probabilities", out JsonElement kept) ? Logits(kept) : Logits(row.GetProperty("first_probabilities"));
        int[] ids = row.TryGetProperty("kept_ids", out JsonElement list) ? Ints(list) : [.. Enumerable.Range(0, expected.Length)];
        if (row.TryGetProperty("kept_ids", out _))
        {
            Assert.Equal(ids, candidates.Ids.ToArray());
        }

        for (int i = 0; i < ids.Length; i++)
        {
            Assert.True(Math.Abs(p[ids[i]] - expected[i]) <= 1e-6, $"{name}: probability of {ids[i]} is {p[ids[i]]} instead of {expected[i]}");
        }

        if (row.TryGetProperty("result", out JsonElement result))
        {
            float[] logits = Logits(result);
            for (int i = 0; i < logits.Length; i++)
            {
                float actual = candidates.Logits[i];
                bool same = actual == logits[i] || Math.Abs(actual - logits[i]) <= (1e-5 * Math.Abs(logits[i])) + 1e-6;
                Assert.True(same, $"{name}: logit of {i} is {actual} instead of {logits[i]}");
            }
        }
    }

    private static SamplingStep Step(Options o)
    {
        int atLeast = (int)o.Number("min_tokens_to_keep", 1);
        int[] Tokens(string key) => o.Has(key) ? [.. o.Numbers(key).Select(x => (int)x)] : [];
        string kind = o.Text("kind", "");
        return kind switch
        {
            "temperature" => new TemperatureStep(o.Number("temperature")),
            "top_k" => new TopKStep((int)o.Number("k"), atLeast),
            "top_p" => new TopPStep(o.Number("p"), atLeast),
            "min_p" => new MinPStep(o.Number("p"), atLeast),
            "typical_p" => new TypicalStep(o.Number("p"), atLeast),
            "epsilon" => new EpsilonStep(o.Number("epsilon"), atLeast),
            "eta" => new EtaStep(o.Number("epsilon"), atLeast),
            "top_h" => new TopHStep(o.Number("h")),
            "top_n_sigma" => new TopNSigmaStep(o.Number("n")),
            "xtc" => new XtcStep(o.Number("threshold"), o.Number("probability"), Tokens("keep_always")),
            "repetition_penalty" => new RepetitionStep(o.Number("penalty")),
            "presence_frequency" => new PresenceFrequencyStep(o.Number("presence"), o.Number("frequency")),
            "no_repeat_ngram" => new NoRepeatStep((int)o.Number("n")),
            "dry" => new DryStep(
                o.Number("multiplier"), o.Number("base"), (int)o.Number("allowed_length"), (int)o.Number("last_n"), Tokens("breakers")),
            "logit_bias" => new LogitBiasStep(o.Json("bias").EnumerateObject().ToDictionary(b => int.Parse(b.Name), b => b.Value.GetDouble())),
            "sequence_bias" => new SequenceBiasStep([.. o.Json("bias").EnumerateArray().Select(b => (Ints(b[0]), b[1].GetDouble()))]),
            "bad_words" => new SequenceBiasStep([.. o.Json("words").EnumerateArray().Select(Ints)
                .Where(w => w.Length != 1 || !Tokens("eos").Contains(w[0])).Select(w => (w, double.NegativeInfinity))]),
            "suppress" => new SuppressStep(Tokens("ids")),
            "min_new_tokens" => new SuppressStep(Tokens("eos"), (int)o.Number("min_new_tokens")),
            "exponential_decay" => new ExponentialDecayStep((int)o.Number("start"), o.Number("factor"), Tokens("eos")),
            _ => throw new NotSupportedException(kind),
        };
    }

    private static void Picks(JsonElement golden)
    {
        float[] p = Logits(golden.GetProperty("probabilities"));
        double[] draws = [.. golden.GetProperty("draws").EnumerateArray().Select(GoldenFolder.Number)];
        Assert.Equal(Ints(golden.GetProperty("tokens")), draws.Select(d => Sampler.Pick(p, d)));
    }

    private static void Mirostats(JsonElement golden)
    {
        float[][] logits = [.. golden.GetProperty("logits").EnumerateArray().Select(Logits)];
        double[] draws = [.. golden.GetProperty("draws").EnumerateArray().Select(GoldenFolder.Number)];
        Candidates candidates = new(logits[0].Length);
        foreach (JsonElement run in golden.GetProperty("runs").EnumerateArray())
        {
            Options o = new(run);
            Mirostat mirostat = new(o.Number("tau"), o.Number("eta"), o.Text("surprise_measured", "") == "after truncation");
            Assert.Equal(o.Number("start_mu"), mirostat.Mu, 1e-9);
            int i = 0;
            foreach (JsonElement step in run.GetProperty("steps").EnumerateArray())
            {
                candidates.Load(logits[i]);
                Assert.Equal(step.GetProperty("token").GetInt32(), mirostat.Pick(candidates, draws[i++]));
                Assert.Equal(step.GetProperty("kept").GetInt32(), mirostat.Kept);
                Assert.Equal(step.GetProperty("next_mu").GetDouble(), mirostat.Mu, 1e-5);
            }
        }
    }

    private static async Task Searches(JsonElement golden, string method)
    {
        string folder = Path.Combine(Folder, "tiny_llama");
        int[] ends = Ints(golden.GetProperty("eos"));
        ModelConfig config = ModelConfig.Load(folder) with { EosTokenIds = ends };
        using Engine engine = new(ModelRegistry.Load(folder, config), config, null);
        int[][] prompts = [.. golden.GetProperty("prompts").EnumerateArray().Select(Ints)];
        foreach (JsonElement row in golden.GetProperty("cases").EnumerateArray().Where(c => c.GetProperty("method").GetString() == method))
        {
            JsonElement json = row.GetProperty("options");
            Options o = new(json);
            int width = (int)o.Number("num_beams");
            bool ended = !json.TryGetProperty("eos", out JsonElement eos) || eos.ValueKind != JsonValueKind.Null;
            GenerationRequest request = new()
            {
                Prompt = prompts[row.GetProperty("prompt").GetInt32()],
                MaxTokens = (int)o.Number("max_new_tokens", 12),
                StopAtEnd = ended,
                Samples = Math.Max(1, width),
                Beams = width == 0 ? null : new BeamOptions { Width = width, LengthPenalty = o.Number("length_penalty", 1), Stop = Stop(json) },
                Sampling = new()
                {
                    Temperature = 0,
                    RepetitionPenalty = o.Number("repetition_penalty", 1),
                    NoRepeatNgram = (int)o.Number("no_repeat_ngram_size"),
                    MinTokens = (int)o.Number("min_new_tokens"),
                },
            };
            await CompareTexts(engine, request, row, ended ? ends : []);
        }
    }

    private static async Task CompareTexts(Engine engine, GenerationRequest request, JsonElement row, int[] ends)
    {
        List<int>[] texts = [.. Enumerable.Range(0, request.Samples).Select(_ => new List<int>())];
        double[] scores = new double[request.Samples];
        await foreach (TokenEvent item in engine.GenerateAsync(request, TestContext.Current.CancellationToken))
        {
            if (item.Token is { } token)
            {
                texts[item.Sample].Add(token);
            }

            scores[item.Sample] = item.Statistics?.BeamScore ?? scores[item.Sample];
        }

        int i = 0;
        foreach (JsonElement expected in row.GetProperty("sequences").EnumerateArray())
        {
            int[] tokens = Ints(expected);
            Assert.True(texts[i].SequenceEqual(ends.Contains(tokens[^1]) ? tokens[..^1] : tokens), $"text {i} of {row}: [{string.Join(", ", texts[i])}]");
            i++;
        }

        if (row.TryGetProperty("scores", out JsonElement list))
        {
            double[] golden = [.. list.EnumerateArray().Select(GoldenFolder.Number)];
            for (i = 0; i < golden.Length; i++)
            {
                Assert.True(Math.Abs(scores[i] - golden[i]) <= 1e-4 * Math.Abs(golden[i]), $"score {i} of {row}: {scores[i]}");
            }
        }
    }

    private static BeamStop Stop(JsonElement options) => !options.TryGetProperty("early_stopping", out JsonElement stop) ? BeamStop.WhenWorse
        : stop.ValueKind switch
        {
            JsonValueKind.True => BeamStop.WhenFull,
            JsonValueKind.String => BeamStop.WhenHopeless,
            _ => BeamStop.WhenWorse,
        };

    private static int[] Ints(JsonElement list) => [.. list.EnumerateArray().Select(x => x.GetInt32())];

    private static float[] Logits(JsonElement list) =>
        [.. list.EnumerateArray().Select(x => x.ValueKind == JsonValueKind.Null ? float.NegativeInfinity : (float)x.GetDouble())];
}
