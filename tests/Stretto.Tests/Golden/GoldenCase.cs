using System.Text.Json;
using Stretto.Weights;

namespace Stretto.Tests.Golden;

/// <summary>How the elements of the inputs lie in memory.</summary>
internal enum InputLayout
{
    /// <summary>As the case says: dense, or the view of a base that it describes.</summary>
    Given,
    /// <summary>The first dimension fastest.</summary>
    Transposed,
    /// <summary>Every second element of every dimension of a larger tensor that holds NaN between them.</summary>
    Sliced,
}

/// <summary>One case of an operation: inputs as leaves, or as views of their base, and what must come out.</summary>
/// <remarks>Families in <see cref="Native"/> run in the dtypes of their inputs; the others in <paramref name="dtype"/>.</remarks>
internal sealed partial class GoldenCase(
    JsonElement json, SafeTensors file, Device device, DType dtype, string family = "", InputLayout layout = InputLayout.Given)
{
    private readonly Dictionary<string, Input> _inputs = [];
    private readonly HashSet<string> _asked = [];

    /// <summary>A leaf, the view of it that the operation gets, and how the leaf's gradient becomes that of the view.</summary>
    private sealed record Input(Tensor Leaf, Tensor View, Func<Tensor, Tensor> Window, bool IsBase = false);

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
            result._inputs[name] = new(tensor, tensor, g => g);
        }

        return result;
    }

    public string Name { get; } = json.GetProperty("name").GetString()!;

    public string Op { get; } = json.GetProperty("op").GetString()!;

    public Device Device => device;

    public DType DType => dtype;

    public JsonElement Outputs => json.GetProperty("outputs");

    public bool Has(string input) => Spec(input) is not null;

    public Tensor In(string name)
    {
        if (!_inputs.TryGetValue(name, out Input? input))
        {
            _inputs[name] = input = Make(Spec(name) ?? throw new NotSupportedException($"{Op} without {name}"));
        }

        _asked.Add(name);
        return input.View;
    }

    /// <summary>The input that PyTorch calls input, self, tensor, x or A.</summary>
    public Tensor Self => In(new[] { "input", "self", "tensor", "x" }.FirstOrDefault(Has) ?? "A");

    /// <summary>The input, or null where the case has none.</summary>
    public Tensor? Maybe(string input) => Has(input) ? In(input) : null;

    /// <summary>The inputs name.0, name.1, … in order.</summary>
    public List<Tensor> List(string name)
    {
        List<Tensor> tensors = [];
        while (Has($"{name}.{tensors.Count}"))
        {
            tensors.Add(In($"{name}.{tensors.Count}"));
        }

        return tensors;
    }

    /// <summary>An argument as it stands in the file, or null.</summary>
    public JsonElement? Arg(string arg)
    {
        _asked.Add(arg);
        return json.GetProperty("args").TryGetProperty(arg, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    public double Number(string arg, double missing) => Arg(arg) is not { } value
        ? missing
        : value.ValueKind is JsonValueKind.True ? 1 : value.ValueKind is JsonValueKind.False ? 0 : GoldenFolder.Number(value);

    public int Int(string arg, int missing) => Arg(arg)?.GetInt32() ?? missing;

    public bool Flag(string arg, bool missing = false) => Arg(arg)?.GetBoolean() ?? missing;

    /// <summary>An argument that is a plain number, with its kind; null where it is absent or null.</summary>
    public Number? Plain(string arg) => Arg(arg) is not { } value
        ? null
        : value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number when !value.GetRawText().AsSpan().ContainsAny('.', 'e', 'E') => value.GetInt64(),
            _ => GoldenFolder.Number(value),
        };

    /// <summary>The dimension, or null where none is given.</summary>
    public int? Dim() => Arg("dim")?.GetInt32();

    /// <summary>
    /// The dtype that an argument asks for; where the case runs in one of our choice, that one takes the place of other floating-point ones.
    /// </summary>
    public DType Asked(DType argument) => IsNative || !argument.IsFloatingPoint() ? argument : dtype;

    /// <summary>Notes arguments that the operation meets whatever their value is.</summary>
    public GoldenCase Meets(params ReadOnlySpan<string> args)
    {
        foreach (string arg in args)
        {
            _asked.Add(arg);
        }

        return this;
    }

    public string? Text(string arg) => Arg(arg)?.GetString();

    /// <summary>Whether the argument is a word.</summary>
    public bool IsText(string arg) => Arg(arg) is { ValueKind: JsonValueKind.String };

    /// <summary>One of the words that the argument may be; the first where it is absent.</summary>
    /// <exception cref="NotSupportedException">It is another word.</exception>
    public T Choice<T>(string arg, params ReadOnlySpan<(string Word, T Meaning)> choices)
    {
        string word = Text(arg) ?? choices[0].Word;
        foreach ((string known, T meaning) in choices)
        {
            if (word == known)
            {
                return meaning;
            }
        }

        throw new NotSupportedException($"{Op} with {arg} '{word}'");
    }

    /// <summary>One number or a list of them; null in a list is -1.</summary>
    public double[]? Reals(string arg) => Arg(arg) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.Null ? -1 : GoldenFolder.Number(e))]
            : [GoldenFolder.Number(value)];

    public int[]? Integers(string arg) => Arg(arg) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(e => e.GetInt32())] : [value.GetInt32()];

    public long[] Longs(string arg) => [.. (Integers(arg) ?? []).Select(i => (long)i)];

    /// <summary>Refuses a case of which the operation did not read every argument and every input.</summary>
    /// <exception cref="NotSupportedException">It names the first that was left.</exception>
    public void RefuseUnread()
    {
        IEnumerable<string> given = json.GetProperty("args").EnumerateObject().Where(p => p.Value.ValueKind != JsonValueKind.Null)
            .Select(p => p.Name).Concat(json.GetProperty("inputs").EnumerateArray().Select(i => i.GetProperty("name").GetString()!));
        if (given.FirstOrDefault(name => !_asked.Contains(name)) is { } stranger)
        {
            throw new NotSupportedException($"{Op} does not read {stranger}");
        }
    }

    /// <summary>Compares outputs, then gradients with the stored gradients of the outputs flowing in.</summary>
    public void Check(Tensor[] outputs)
    {
        if (CheckHalf(outputs) || IsRopeTable)
        {
            return;
        }

        if (outputs.Length > Outputs.GetArrayLength())
        {
            throw new InvalidOperationException($"{outputs.Length} outputs instead of {Outputs.GetArrayLength()}");
        }

        List<(Tensor Output, string Seed)> differentiable = [];
        int i = 0;
        foreach (JsonElement spec in Outputs.EnumerateArray())
        {
            string kind = spec.GetProperty("compare").GetString()!;
            if (i < outputs.Length)
            {
                DType run = Op == "Tensor.to" ? outputs[i].DType : dtype;
                GoldenComparison.Check($"out/{i}", outputs[i], Read($"out/{i}"), spec, run, IsNative, IsUnrounded, i == 0 ? Unspecified() : []);
                if (!IsNative && spec.GetProperty("differentiable").GetBoolean())
                {
                    differentiable.Add((outputs[i], $"grad_out/{i}"));
                }
            }
            else if (kind != "informative")
            {
                throw new NotSupportedException($"{Op} gives no output {i}");
            }

            i++;
        }

        if (differentiable.Count > 0 && _inputs.Values.Any(p => p.Leaf.RequiresGrad))
        {
            if (family == "second_order")
            {
                CheckSecondOrder(outputs);
            }
            else
            {
                CheckGradients(differentiable);
            }
        }
    }

    private void CheckGradients(List<(Tensor Output, string Seed)> differentiable)
    {
        Tensor sum = Sum(differentiable.Select(d => (d.Output * Read(d.Seed).To(d.Output.DType)).Sum()))!;
        if (sum.RequiresGrad)
        {
            sum.Backward();
        }

        foreach ((string name, Input input) in _inputs)
        {
            if (input.Leaf.RequiresGrad)
            {
                Tensor gradient = input.Leaf.Grad ?? Tensor.Zeros(input.Leaf.Shape, input.Leaf.DType, device);
                string what = $"{(input.IsBase ? "grad_base" : "grad")}/{name}";
                GoldenComparison.Near(
                    what, input.IsBase ? gradient : input.Window(gradient), Read(what), GoldenComparison.Limit(Spec(name)!.Value, "grad_tol"),
                    dtype, IsUnrounded);
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

    private Input Make(JsonElement spec)
    {
        string name = spec.GetProperty("name").GetString()!;
        bool strided = layout == InputLayout.Given && spec.TryGetProperty("strided", out JsonElement how) && how.ValueKind == JsonValueKind.Object;
        Tensor value = Read((strided ? "base/" : "in/") + name);
        value = value.DType.IsFloatingPoint() && !IsNative ? value.To(dtype) : value;
        (Tensor leaf, Func<Tensor, Tensor> window) = strided ? (value, AsStrided(spec)) : Laid(value);
        if (strided && family == "second_order")
        {
            // Gradients of this family are those of the view.
            (leaf, window, strided) = (window(leaf), x => x, false);
        }

        leaf = leaf.Detach();
        leaf.RequiresGrad = !IsNative && spec.GetProperty("requires_grad").GetBoolean();
        return new(leaf, window(leaf), window, strided);
    }

    private static Func<Tensor, Tensor> AsStrided(JsonElement spec)
    {
        JsonElement how = spec.GetProperty("strided");
        long[] strides = [.. how.GetProperty("strides").EnumerateArray().Select(e => e.GetInt64())];
        long[] sizes = [.. spec.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64())];
        long offset = how.GetProperty("offset").GetInt64();
        return x => x.AsStrided(Shape.Create(sizes), strides, offset);
    }

    /// <summary>A tensor, and the window on it through which the value is seen.</summary>
    private (Tensor Memory, Func<Tensor, Tensor> Window) Laid(Tensor value)
    {
        int[] reversed = [.. Enumerable.Range(0, value.Rank).Reverse()];
        switch (layout)
        {
            case InputLayout.Given:
                return (value, x => x);
            case InputLayout.Transposed when value.Rank > 1:
                return (value.Permute(reversed).Contiguous(), x => x.Permute(reversed));
            default:
                Tensor memory = Tensor.Full(
                    Shape.Create([.. value.Shape.Select(n => (2 * n) + 1), 3]), value.DType.IsFloatingPoint() ? double.NaN : 1, value.DType, device);
                Tensor Window(Tensor x)
                {
                    for (int d = 0; d < value.Rank; d++)
                    {
                        x = x.Slice(d, 1, null, 2);
                    }

                    return x.Select(-1, 1);
                }

                Window(memory).CopyFrom(value);
                return (memory, Window);
        }
    }

    private Tensor Read(string name) => file.Read($"{Name}/{name}", device);

    private HashSet<int> Unspecified() => json.TryGetProperty("unspecified", out JsonElement positions)
        ? [.. positions.EnumerateArray().Select(p => p.GetInt32())]
        : [];
}
