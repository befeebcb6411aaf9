using System.Text.Json;
using Stretto.Weights;

namespace Stretto.Tests.Golden;

/// <summary>One case of an operation: inputs as leaves, dense or as views of their base, and what must come out.</summary>
internal sealed partial class GoldenCase(JsonElement json, SafeTensors file, Device device, DType dtype)
{
    private readonly Dictionary<string, (Tensor Leaf, Tensor View)> _inputs = [];

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

    public bool Flag(string arg) => Number(arg, 0) != 0;

    public string? Text(string arg) => json.GetProperty("args").TryGetProperty(arg, out JsonElement value) ? value.GetString() : null;

    public int[]? Integers(string arg) => json.GetProperty("args").TryGetProperty(arg, out JsonElement value) && value.ValueKind != JsonValueKind.Null
        ? value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(e => e.GetInt32())] : [value.GetInt32()]
        : null;

    /// <summary>Compares outputs, then gradients with the stored gradients of the outputs flowing in.</summary>
    public void Check(Tensor[] outputs)
    {
        if (CheckHalf(outputs) || CheckSecondOrder(outputs) || IsRopeTable)
        {
            return;
        }

        Tensor? sum = null;
        int i = 0;
        foreach (JsonElement spec in Outputs.EnumerateArray())
        {
            if (i >= outputs.Length)
            {
                throw new NotSupportedException($"{Op} gives no output {i}");
            }

            if (spec.GetProperty("compare").GetString() != "informative" && spec.TryGetProperty("tol", out JsonElement tolerance))
            {
                Close($"out/{i}", outputs[i], tolerance.GetDouble());
            }

            if (spec.TryGetProperty("differentiable", out JsonElement differentiable) && differentiable.GetBoolean()
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

        sum.Backward();
        foreach ((string name, (Tensor leaf, _)) in _inputs)
        {
            if (Spec(name) is { } spec && spec.TryGetProperty("grad_tol", out JsonElement tolerance))
            {
                bool strided = spec.TryGetProperty("strided", out _);
                Tensor gradient = leaf.Grad ?? Tensor.Zeros(leaf.Shape, leaf.DType, device);
                Close($"{(strided ? "grad_base" : "grad")}/{name}", gradient, tolerance.GetDouble());
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
        leaf = leaf.DType.IsFloatingPoint() && !IsHalf ? leaf.To(dtype).Detach() : leaf;
        leaf.RequiresGrad = spec.GetProperty("requires_grad").GetBoolean();
        if (!strided)
        {
            return (leaf, leaf);
        }

        long[] strides = [.. how.GetProperty("strides").EnumerateArray().Select(e => e.GetInt64())];
        long[] sizes = [.. spec.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64())];
        return (leaf, leaf.AsStrided(Shape.Create(sizes), strides, how.GetProperty("offset").GetInt64()));
    }

    private Tensor Read(string name) => file.Read($"{Name}/{name}", device);

    private void Close(string what, Tensor actual, double tolerance)
    {
        double[] a = actual.ToArray<double>();
        double[] b = Read(what).ToArray<double>();
        if (a.Length != b.Length)
        {
            throw new InvalidOperationException($"{what}: {a.Length} elements instead of {b.Length}");
        }

        double allowed = dtype == DType.Float64 ? 1e-6 * tolerance : tolerance;
        for (int i = 0; i < a.Length; i++)
        {
            double limit = allowed + (dtype == DType.Float64 ? 1.2e-7 * Math.Abs(b[i]) : 0);
            bool equal = a[i].Equals(b[i]) || Math.Abs(a[i] - b[i]) <= limit;
            if (!equal)
            {
                throw new InvalidOperationException($"{what}[{i}]: {a[i]} instead of {b[i]}, allowed {limit:g3}");
            }
        }
    }
}
