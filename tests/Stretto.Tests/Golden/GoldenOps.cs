using System.Text.Json;
using Stretto.Backends;
using Stretto.Nn;
using Stretto.Weights;

namespace Stretto.Tests.Golden;

/// <summary>Every operation case of the golden folder, on the reference and on the CPU backend, in float32 and float64.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenOps
{
    private static readonly Dictionary<string, Func<GoldenCase, Tensor[]>> Ops = new()
    {
        ["composed.attention"] = Attention,
        ["composed.rotary"] = c => Rotary(c, null),
        ["composed.rotary_from_table"] = c => Rotary(c, c.In("inv_freq").ToArray<double>()),
        ["composed.mrope"] = Mrope,
    };

    static GoldenOps()
    {
        foreach ((string op, Func<GoldenCase, Tensor[]> call) in Ops.Concat(
            ElementwiseOps.Table.Concat(ReductionOps.Table).Concat(ShapeOps.Table).Concat(MatrixOps.Table).Concat(ImageOps.Table)
                .Concat(NetworkOps.Table)).ToArray())
        {
            Ops[op] = call;
        }
    }

    public static TheoryData<string, string, DType> Families()
    {
        TheoryData<string, string, DType> data = [];
        string ops = Path.Combine(GoldenFolder.Root, "ops");
        foreach (string file in Directory.Exists(ops) ? Directory.GetFiles(ops, "*.json") : [])
        {
            string family = Path.GetFileNameWithoutExtension(file);
            if (family == "promotion")
            {
                continue;
            }

            foreach (string device in new[] { "cpu", "reference" })
            {
                if (family != "float64")
                {
                    data.Add(family, device, DType.Float32);
                }

                if (!GoldenCase.Native.Contains(family))
                {
                    data.Add(family, device, DType.Float64);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Family(string family, string device, DType dtype)
    {
        bool pending = GoldenFolder.Pending("ops").TryGetValue(family, out string? capability);
        JsonElement cases = GoldenFolder.Json("ops", family + ".json");
        List<string> failures = [];
        int passed = 0;
        if (cases.ValueKind != JsonValueKind.Array)
        {
            failures.Add("a family with a layout of its own");
        }
        else
        {
            using SafeTensors file = GoldenFolder.Tensors("ops", family + ".safetensors");
            foreach (JsonElement json in cases.EnumerateArray())
            {
                foreach (InputLayout layout in Enum.GetValues<InputLayout>())
                {
                    string? failure = Run(new GoldenCase(json, file, device == "cpu" ? Device.Cpu : Device.Reference, dtype, family, layout));
                    passed += failure is null ? 1 : 0;
                    if (failure is not null)
                    {
                        failures.Add($"{failure} ({layout})");
                    }
                }
            }
        }

        if (pending && failures.Count > 0)
        {
            Assert.Skip($"ops/{family}: {failures.Count} cases wait for {capability}, {passed} pass");
        }

        Assert.False(pending, $"ops/{family} passes: take it off tests/golden-pending.txt");
        Assert.True(failures.Count == 0, $"{failures.Count} of {failures.Count + passed} fail:\n{string.Join('\n', failures.Take(20))}");
    }

    /// <summary>Runs the operation that a case names.</summary>
    /// <exception cref="NotSupportedException">No operation of this name is there, or it does not know an argument or input.</exception>
    internal static Tensor[] Call(GoldenCase c)
    {
        Tensor[] outputs = Ops.TryGetValue(c.Op, out Func<GoldenCase, Tensor[]>? op)
            ? op(c)
            : throw new NotSupportedException($"{c.Op} is not there yet");
        c.RefuseUnread();
        return outputs;
    }

    private static string? Run(GoldenCase c)
    {
        using TensorScope scope = TensorScope.Begin();
        try
        {
            c.Check(Call(c));
            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return $"{c.Name}: {e.GetType().Name}: {e.Message}";
        }
    }

    private static Tensor[] Attention(GoldenCase c)
    {
        (Tensor q, Tensor k, Tensor v) = (c.In("q"), c.In("k"), c.In("v"));
        int[] queries = c.Integers("cu_seqlens_q") ?? [0, (int)q.Shape[0]];
        int[] keys = c.Integers("cu_seqlens_k") ?? [0, (int)k.Shape[0]];
        AttentionOptions options = new(
            c.Number("scale", 1 / Math.Sqrt(q.Shape[2])), c.Flag("causal"), (int)c.Number("window_left", -1), (int)c.Number("window_right", -1),
            c.Number("softcap", 0));
        Tensor? mask = c.Maybe("mask");
        Tensor? sinks = c.Maybe("sinks");
        Tensor lse = Tensor.Empty([q.Shape[1], q.Shape[0]], c.DType, c.Device);
        Tensor output = Tensor.Attention(q, k, v, queries, keys, options, mask, sinks);
        AttentionInputs inputs = new(q.View, new KvView(k.View, v.View, keys), queries, options, mask?.View, sinks?.View);
        using Tensor again = Tensor.Empty(output.Shape, c.DType, c.Device);
        c.Device.Backend.Attention(inputs, again.View, lse.View);
        if (c.Outputs.GetArrayLength() < 3)
        {
            return [output, lse];
        }

        AttentionInputs bare = new(q.View, new KvView(k.View, v.View, keys), queries, options, mask?.View);
        Tensor lseKeys = Tensor.Empty(lse.Shape, c.DType, c.Device);
        c.Device.Backend.Attention(bare, again.View, lseKeys.View);
        return [output, lse, lseKeys];
    }

    private static Tensor[] Rotary(GoldenCase c, double[]? table)
    {
        Tensor x = c.In("x");
        int rotary = table is null ? (int)c.Number("rotary_dim", x.Shape[2]) : 2 * table.Length;
        table ??= [.. Enumerable.Range(0, rotary / 2).Select(i => Math.Pow(c.Number("base", 10_000), -2.0 * i / rotary))];
        double[] positions = c.In("positions").ToArray<double>();
        return [Turn(c, x, (t, i) => positions[t] * table[i], rotary / 2)];
    }

    private static Tensor[] Mrope(GoldenCase c)
    {
        Tensor x = c.In("x");
        int size = (int)x.Shape[2];
        int[] section = c.Integers("mrope_section")!;
        double[] positions = c.In("positions").ToArray<double>();
        int tokens = (int)x.Shape[0];
        bool interleaved = c.Choice("arrangement", ("sections", false), ("interleaved", true));
        int Axis(int i) => Rope.AxisOf(i, section, interleaved);
        return [Turn(c, x, (t, i) => positions[(Axis(i) * tokens) + t] * Math.Pow(c.Number("base", 10_000), -2.0 * i / size), size / 2)];
    }

    private static Tensor Turn(GoldenCase c, Tensor x, Func<int, int, double> angle, int pairs)
    {
        int tokens = (int)x.Shape[0];
        double scaling = c.Number("scaling", 1);
        Tensor Table(Func<double, double> f) => Tensor.From(
            [.. Enumerable.Range(0, tokens * pairs).Select(n => scaling * f(angle(n / pairs, n % pairs)))], [tokens, pairs], c.Device).To(c.DType);
        return x.Rotary(Table(Math.Cos), Table(Math.Sin), c.Text("layout") == "interleaved", c.Number("sign", 1) < 0);
    }
}
