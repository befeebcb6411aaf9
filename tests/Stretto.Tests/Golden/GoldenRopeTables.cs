using System.Text.Json;
using Stretto.Nn;

namespace Stretto.Tests.Golden;

/// <summary>The frequencies and attention factors of rotary scalings, against float64 and against transformers' float32.</summary>
internal sealed partial class GoldenCase
{
    private bool IsRopeTable => Op == "rope_table";

    public Tensor[] CheckRopeTable()
    {
        JsonElement p = Arg("rope_parameters")!.Value;
        double Of(string key, double missing) => p.TryGetProperty(key, out JsonElement v) ? v.GetDouble() : missing;
        double? Maybe(string key) => p.TryGetProperty(key, out JsonElement v) ? v.GetDouble() : null;
        double[] List(string key) => [.. p.GetProperty(key).EnumerateArray().Select(v => v.GetDouble())];
        int head = Int("head_dim", 0);
        int positions = Int("max_position_embeddings", 0);
        int original = (int)Of("original_max_position_embeddings", positions);
        double theta = Of("rope_theta", 10_000);
        double partial = Of("partial_rotary_factor", 1);
        double factor = Of("factor", p.TryGetProperty("original_max_position_embeddings", out _) ? (double)positions / original : 1);
        string type = p.GetProperty("rope_type").GetString()!;
        int size = type == "proportional" ? head : (int)(head * partial);
        RopeTable table = type switch
        {
            "default" => RopeTable.Default(theta, size),
            "linear" => RopeTable.Linear(theta, size, factor),
            "dynamic" => RopeTable.Dynamic(theta, size, factor, positions),
            "llama3" => RopeTable.Llama3(theta, size, factor, Of("low_freq_factor", 1), Of("high_freq_factor", 4), original),
            "yarn" => RopeTable.Yarn(
                theta, size, factor, original, Of("beta_fast", 32), Of("beta_slow", 1),
                !p.TryGetProperty("truncate", out JsonElement truncate) || truncate.GetBoolean(),
                Maybe("attention_factor"), Maybe("mscale"), Maybe("mscale_all_dim")),
            "longrope" => RopeTable.LongRope(
                theta, size, factor, original, List("short_factor"), List("long_factor"), Maybe("attention_factor")),
            "proportional" => RopeTable.Proportional(theta, size, partial, factor),
            _ => throw new NotSupportedException($"rope_type {type}"),
        };
        float[] actual = table.Frequencies(Int("seq_len", 0));
        for (int i = 0; i < 2; i++)
        {
            double tolerance = Outputs[i].GetProperty("tol_relative").GetDouble();
            double[] expected = Read($"out/{i}").ToArray<double>();
            if (actual.Length != expected.Length)
            {
                throw new InvalidOperationException($"{actual.Length} frequencies instead of {expected.Length}");
            }

            for (int j = 0; j < actual.Length; j++)
            {
                if (!(Math.Abs(actual[j] - expected[j]) <= tolerance * Math.Abs(expected[j])))
                {
                    throw new InvalidOperationException($"out/{i}[{j}]: {actual[j]} instead of {expected[j]}, relative {tolerance:g3}");
                }
            }
        }

        double attention = json.GetProperty("attention_factor").GetDouble();
        return Math.Abs(table.AttentionFactor - attention) <= 1e-12 * attention
            ? []
            : throw new InvalidOperationException($"attention factor {table.AttentionFactor} instead of {attention}");
    }
}
