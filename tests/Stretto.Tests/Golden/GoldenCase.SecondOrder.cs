using System.Text.Json;

namespace Stretto.Tests.Golden;

/// <summary>Gradients of a function of the gradients: the sum of weight · gradient² over all inputs.</summary>
internal sealed partial class GoldenCase
{
    private void CheckSecondOrder(Tensor[] outputs)
    {
        List<(int Index, Tensor Seed, JsonElement Spec)> seeds = [];
        int i = 0;
        foreach (JsonElement spec in Outputs.EnumerateArray())
        {
            if (file.Entries.ContainsKey($"{Name}/grad_out/{i}"))
            {
                Tensor seed = Read($"grad_out/{i}").To(dtype).Detach();
                seed.RequiresGrad = true;
                seeds.Add((i, seed, spec));
            }

            i++;
        }

        (string Name, Input Input)[] leaves = [.. _inputs.Where(p => p.Value.Leaf.RequiresGrad).Select(p => (p.Key, p.Value))];
        Tensor first = Sum(seeds.Select(s => (outputs[s.Index] * s.Seed).Sum()))!;
        Tensor?[] gradients = Autograd.Grad([first], [.. leaves.Select(l => l.Input.Leaf)], createGraph: true, allowUnused: true);
        List<Tensor> squares = [];
        for (int n = 0; n < leaves.Length; n++)
        {
            (string name, Input input) = leaves[n];
            Compare($"grad/{name}", gradients[n], input, Spec(name)!.Value, "grad_tol");
            if (gradients[n] is { RequiresGrad: true } whole)
            {
                Tensor gradient = input.Window(whole);
                squares.Add((gradient.Square() * Read($"weight/{name}").To(dtype)).Sum());
            }
        }

        Tensor[] wanted = [.. leaves.Select(l => l.Input.Leaf), .. seeds.Select(s => s.Seed)];
        Tensor?[] second = Sum(squares) is { } scalar ? Autograd.Grad([scalar], wanted, allowUnused: true) : new Tensor?[wanted.Length];
        for (int n = 0; n < leaves.Length; n++)
        {
            Compare($"grad2/{leaves[n].Name}", second[n], leaves[n].Input, Spec(leaves[n].Name)!.Value, "grad2_tol");
        }

        for (int n = 0; n < seeds.Count; n++)
        {
            Compare(
                $"grad2_grad_out/{seeds[n].Index}", second[leaves.Length + n], new(seeds[n].Seed, seeds[n].Seed, g => g), seeds[n].Spec,
                "grad2_grad_out_tol");
        }
    }

    private void Compare(string what, Tensor? gradient, Input of, JsonElement spec, string tolerance) => GoldenComparison.Near(
        what, of.Window(gradient ?? Tensor.Zeros(of.Leaf.Shape, of.Leaf.DType, device)), Read(what),
        GoldenComparison.Limit(spec, tolerance), dtype, IsUnrounded);

    private static Tensor? Sum(IEnumerable<Tensor> parts) => parts.Aggregate((Tensor?)null, (sum, part) => sum is null ? part : sum + part);
}
