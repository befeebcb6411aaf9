using System.Text.Json;
using Stretto.Backends;
using Stretto.Backends.Cpu.Kernels;
using Stretto.Tests.Golden;
using Stretto.Weights;
using Xunit;

namespace Stretto.Tests.Backends;

/// <summary>Values and gradients of golden/ops/attention, on every kind of register.</summary>
[Trait("Category", "Golden")]
public sealed class FlashAttentionGoldenTests
{
    private static readonly JsonElement[] Cases = File.Exists(GoldenFolder.Of("ops", "attention.json"))
        ? [.. GoldenFolder.Json("ops", "attention.json").EnumerateArray()]
        : [];

    public static TheoryData<string> Names => GoldenFolder.OrAbsent(new(Cases.Select(c => c.GetProperty("name").GetString()!)));

    [Theory]
    [MemberData(nameof(Names))]
    public void Case(string name)
    {
        GoldenFolder.SkipIfAbsent(name);
        JsonElement golden = Cases.Single(c => c.GetProperty("name").GetString() == name);
        using SafeTensors file = GoldenFolder.Tensors("ops", "attention.safetensors");
        FlashAttentionProblem problem = Read(golden, file, name);
        int compared = 0;
        foreach (GemmPath path in FlashAttentionTests.AvailablePaths)
        {
            (float[] output, float[] logSum) = problem.Forward(path);
            Dictionary<string, float[]> gradients = problem.Backward(path);
            int index = 0;
            foreach (JsonElement o in golden.GetProperty("outputs").EnumerateArray())
            {
                string which = o.GetProperty("name").GetString()!;
                float[] actual = which switch
                {
                    "output" => output,
                    "lse" => logSum,
                    "lse_keys" => (problem with { Sinks = null }).Forward(path).LogSum,
                    _ => throw new InvalidOperationException($"nothing computes {which}"),
                };
                double[] expected = Numbers(file, $"{name}/out/{index++}");
                FlashAttentionTests.Near(expected, actual, GoldenFolder.Number(o.GetProperty("tol")), which);
                compared++;
            }

            foreach (JsonElement input in golden.GetProperty("inputs").EnumerateArray())
            {
                string which = input.GetProperty("name").GetString()!;
                if (input.GetProperty("requires_grad").GetBoolean())
                {
                    double tolerance = GoldenFolder.Number(input.GetProperty("grad_tol"));
                    double[] expected = Numbers(file, $"{name}/grad/{which}");
                    FlashAttentionTests.Near(expected, gradients[which], tolerance, $"gradient of {which}");
                    compared++;
                }
            }
        }

        Assert.True(compared >= 5, "too little was compared");
    }

    private static FlashAttentionProblem Read(JsonElement golden, SafeTensors file, string name)
    {
        JsonElement args = golden.GetProperty("args");
        Shape q = file.Entries[$"{name}/in/q"].Shape;
        Shape k = file.Entries[$"{name}/in/k"].Shape;
        Shape v = file.Entries[$"{name}/in/v"].Shape;
        double Number(string key, double otherwise) =>
            args.TryGetProperty(key, out JsonElement e) ? GoldenFolder.Number(e) : otherwise;
        int[] Borders(string key, long length) => args.TryGetProperty(key, out JsonElement e)
            ? [.. e.EnumerateArray().Select(x => x.GetInt32())]
            : [0, (int)length];
        float[]? Optional(string input) =>
            file.Entries.ContainsKey($"{name}/in/{input}") ? Floats(file, $"{name}/in/{input}") : null;
        bool hasMask = file.Entries.ContainsKey($"{name}/in/mask");
        AttentionOptions options = new(
            Number("scale", 1 / Math.Sqrt(q[2])),
            args.TryGetProperty("causal", out JsonElement causal) && causal.GetBoolean(),
            (int)Number("window_left", -1), (int)Number("window_right", -1), Number("softcap", 0));
        return new FlashAttentionProblem(
            (int)q[1], (int)k[1], (int)q[2], (int)v[2], Borders("cu_seqlens_q", q[0]), Borders("cu_seqlens_k", k[0]),
            options)
        {
            Q = Floats(file, $"{name}/in/q"),
            K = Floats(file, $"{name}/in/k"),
            V = Floats(file, $"{name}/in/v"),
            DOut = Floats(file, $"{name}/grad_out/0"),
            Sinks = Optional("sinks"),
            Mask = hasMask ? Array.ConvertAll(ReadBools(file, $"{name}/in/mask"), b => b ? (byte)1 : (byte)0) : null,
        };
    }

    private static bool[] ReadBools(SafeTensors file, string name)
    {
        using Tensor tensor = file.Read(name);
        return tensor.ToArray<bool>();
    }

    private static float[] Floats(SafeTensors file, string name)
    {
        using Tensor tensor = file.Read(name);
        return tensor.ToArray<float>();
    }

    private static double[] Numbers(SafeTensors file, string name) =>
        Array.ConvertAll(Floats(file, name), v => (double)v);
}
