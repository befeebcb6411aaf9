using System.Text.Json;

namespace Stretto.Tests.Golden;

/// <summary>
/// Second derivatives: S = Σ weight · gradient² over the inputs, differentiated by the inputs and by the gradients of the outputs.
/// </summary>
internal sealed partial class GoldenCase
{
    private bool CheckSecondOrder(Tensor[] outputs)
    {
        if (!file.Entries.ContainsKey($"{Name}/scalar"))
        {
            return false;
        }

        List<(Tensor Leaf, JsonElement Spec, string What)> ends = [];
        foreach ((string name, (Tensor leaf, _)) in _inputs)
        {
            if (leaf.RequiresGrad)
            {
                ends.Add((leaf, Spec(name)!.Value, name));
            }
        }

        List<Tensor> seeds = [];
        List<Tensor> differentiable = [];
        int inputs = ends.Count;
        int output = 0;
        foreach (JsonElement spec in Outputs.EnumerateArray())
        {
            if (spec.TryGetProperty("tol", out JsonElement tolerance))
            {
                Close($"out/{output}", outputs[output], tolerance.GetDouble());
            }

            if (file.Entries.ContainsKey($"{Name}/grad_out/{output}"))
            {
                Tensor seed = Read($"grad_out/{output}").To(dtype).Detach();
                seed.RequiresGrad = true;
                seeds.Add(seed);
                differentiable.Add(outputs[output]);
                ends.Add((seed, spec, $"grad_out/{output}"));
            }

            output++;
        }

        Tensor?[] first = Gradient.Of(differentiable, [.. ends.Take(inputs).Select(e => e.Leaf)], seeds, createGraph: true);
        Tensor? sum = null;
        for (int i = 0; i < inputs; i++)
        {
            Tensor gradient = first[i] ?? Tensor.Zeros(ends[i].Leaf.Shape, dtype, device);
            Close($"grad/{ends[i].What}", gradient, ends[i].Spec.GetProperty("grad_tol").GetDouble());
            Tensor part = (gradient.Square() * Read($"weight/{ends[i].What}").To(dtype)).Sum();
            sum = sum is null ? part : sum + part;
        }

        Tensor?[] second = Gradient.Of([sum!], [.. ends.Select(e => e.Leaf)]);
        for (int i = 0; i < ends.Count; i++)
        {
            string tolerance = i < inputs ? "grad2_tol" : "grad2_grad_out_tol";
            Tensor gradient = second[i] ?? Tensor.Zeros(ends[i].Leaf.Shape, dtype, device);
            Close(i < inputs ? $"grad2/{ends[i].What}" : $"grad2_{ends[i].What}", gradient, ends[i].Spec.GetProperty(tolerance).GetDouble());
        }

        return true;
    }
}
