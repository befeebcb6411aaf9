using System.Text.Json;
using Stretto.Weights;

namespace Stretto.Tests.Golden;

/// <summary>One case of an operation: inputs as leaves, dense or as views of their base, and what must come out.</summary>
/// <remarks>Families in <see cref="Native"/> run in the dtypes of their inputs; the others in <paramref name="dtype"/>.</remarks>
internal sealed partial class GoldenCase(JsonElement json, SafeTensors file, Device device, DType dtype, string family = "")
{
    private readonly Dictionary<string, (Tensor Leaf, Tensor View)> _inputs = [];

    /// <summary>Families without a float64 run and without gradients.</summary>
    public static IReadOnlyList<string> Native { get; } = ["special", "casts", "integers", "half_precision"];

    private bool IsNative { get; } = Native.Contains(family);

    // The stored results of this family are float64 themselves and were not rounded.
    private bool IsUnrounded { get; } = family == "float64";

    /// <summary>A case outside any file, with these inputs; nothing is stored to compare with.</summary>
    public static GoldenCase Of(string op, Dictionary<string, object> args, Dictionary<string, Tensor> inputs)
    {
        JsonElement json = JsonSerializer.SerializeToElement(new
        {
            name = op,
            op,
            args,
            inputs = inputs.Keys.Select(name => new { name }),
            outputs = Array.Empty<string>(),
        });
        GoldenCase result = new(json, null!, Device.Cpu, DType.Float32);
        foreach ((string name, Tensor tensor) in inputs)
        {
            result._inputs[name] = (tensor, tensor);
        }

        return result;
    }

    public string Name { get; } = json.GetProperty("name").GetString()!;

    public string Op { get; } = json.GetProperty("op").GetString()!;

    public Device Device => device;

    public DType DType => dtype;

    public JsonElement Outputs => json.GetProperty("outputs");

    /// <summary>Whether an argument or input that the operation does not know is there.</summary>
    public void Only(params string[] known)
    {
        string? stranger = json.GetProperty("args").EnumerateObject().Select(p => p.Name).FirstOrDefault(n => !known.Contains(n));
        if (stranger is not null)
        {
            throw new NotSupportedException($"{Op} has no argument {stranger}");
        }
    }

    public bool Has(string input) => Spec(input) is not null;

    public Tensor In(string name)
    {
        if (!_inputs.TryGetValue(name, out (Tensor Leaf, Tensor View) input))
        {
            _inputs[name] = input = Make(Spec(name) ?? throw new NotSupportedException($"{Op} without {name}"));
        }

        return input.View;
    }

    public double Number(string arg, double missing) =>
        json.GetProperty("args").TryGetProperty(arg, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? value.ValueKind is JsonValueKind.True ? 1 : value.ValueKind is JsonValueKind.False ? 0 : GoldenFolder.Number(value)
            : missing;

    /// <summary>An argument as it stands in the file, or null.</summary>
    public JsonElement? Arg(string arg) =>
        json.GetProperty("args").TryGetProperty(arg, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public bool Flag(string arg) => Number(arg, 0) != 0;

    /// <summary>An argument that is a plain number, with its kind; null where it is absent or null.</summary>
    public Number? Plain(string arg) =>
        !json.GetProperty("args").TryGetProperty(arg, out JsonElement value) || value.ValueKind == JsonValueKind.Null
            ? null
            : value.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                JsonValueKind.Number when !value.GetRawText().AsSpan().ContainsAny('.', 'e', 'E') => value.GetInt64(),
                _ => GoldenFolder.Number(value),
            };

    public string? Text(string arg) => json.GetProperty("args").TryGetProperty(arg, out JsonElement value) ? value.GetString() : null;

    /// <summary>Whether the argument is a word.</summary>
    public bool IsText(string arg) => json.GetProperty("args").TryGetProperty(arg, out JsonElement value) && value.ValueKind == JsonValueKind.String;

    /// <summary>One number or a list of them; null in a list is -1.</summary>
    public double[]? Reals(string arg) => json.GetProperty("args").TryGetProperty(arg, out JsonElement value) && value.ValueKind != JsonValueKind.Null
        ? value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.Null ? -1 : GoldenFolder.Number(e))]
            : [GoldenFolder.Number(value)]
        : null;

    public int[]? Integers(string arg) => json.GetProperty("args").TryGetProperty(arg, out JsonElement value) && value.ValueKind != JsonValueKind.Null
        ? value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(e => e.GetInt32())] : [value.GetInt32()]
        : null;

    /// <summary>Compares outputs, then gradients with the stored gradients of the outputs flowing in.</summary>
    public void Check(Tensor[] outputs)
    {
        if (CheckHalf(outputs) || IsRopeTable)
        {
            return;
        }

        Tensor? sum = null;
        int i = 0;
        foreach (JsonElement spec in Outputs.EnumerateArray())
        {
            if (spec.GetProperty("compare").GetString() == "informative" && i >= outputs.Length)
            {
                continue;
            }

            if (i >= outputs.Length)
            {
                throw new NotSupportedException($"{Op} gives no output {i}");
            }

            long[] shape = [.. spec.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64())];
            if (!outputs[i].Shape.SequenceEqual(shape))
            {
                throw new InvalidOperationException($"out/{i}: shape {outputs[i].Shape} instead of [{string.Join(", ", shape)}]");
            }

            GoldenComparison.Check($"out/{i}", outputs[i], Read($"out/{i}"), spec, dtype, IsNative, IsUnrounded, i == 0 ? Unspecified() : []);

            if (!IsNative && spec.TryGetProperty("differentiable", out JsonElement differentiable) && differentiable.GetBoolean()
                && file.Entries.ContainsKey($"{Name}/grad_out/{i}"))
            {
                Tensor part = (outputs[i] * Read($"grad_out/{i}").To(outputs[i].DType)).Sum();
                sum = sum is null ? part : sum + part;
            }

            i++;
        }

        if (sum is null || !sum.RequiresGrad)
        {
            return;
        }

        if (family == "second_order")
        {
            CheckSecondOrder(outputs);
            return;
        }

        sum.Backward();
        foreach ((string name, (Tensor leaf, _)) in _inputs)
        {
            if (Spec(name) is { } spec && (spec.TryGetProperty("grad_tol", out _) || (IsUnrounded && leaf.RequiresGrad)))
            {
                bool strided = spec.TryGetProperty("strided", out _);
                Tensor gradient = leaf.Grad ?? Tensor.Zeros(leaf.Shape, leaf.DType, device);
                string what = $"{(strided ? "grad_base" : "grad")}/{name}";
                GoldenComparison.Near(what, gradient, Read(what), GoldenComparison.Limit(spec, "grad_tol"), dtype, IsUnrounded);
            }
        }
    }

    private JsonElement? Spec(string name)
    {
        foreach (JsonElement input in json.GetProperty("inputs").EnumerateArray())
        {
            if (input.GetProperty("name").GetString() == name)
            {
                return input;
            }
        }

        return null;
    }

    private (Tensor Leaf, Tensor View) Make(JsonElement spec)
    {
        string name = spec.GetProperty("name").GetString()!;
        bool strided = spec.TryGetProperty("strided", out JsonElement how) && how.ValueKind == JsonValueKind.Object;
        Tensor leaf = Read((strided ? "base/" : "in/") + name);
        leaf = leaf.DType.IsFloatingPoint() && !IsNative && !IsHalf ? leaf.To(dtype).Detach() : leaf;
        leaf.RequiresGrad = !IsNative && spec.GetProperty("requires_grad").GetBoolean();
        if (!strided)
        {
            return (leaf, leaf);
        }

        long[] strides = [.. how.GetProperty("strides").EnumerateArray().Select(e => e.GetInt64())];
        long[] sizes = [.. spec.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64())];
        return (leaf, leaf.AsStrided(Shape.Create(sizes), strides, how.GetProperty("offset").GetInt64()));
    }

    private Tensor Read(string name) => file.Read($"{Name}/{name}", device);

    private HashSet<int> Unspecified() => json.TryGetProperty("unspecified", out JsonElement positions)
        ? [.. positions.EnumerateArray().Select(p => p.GetInt32())]
        : [];
}
