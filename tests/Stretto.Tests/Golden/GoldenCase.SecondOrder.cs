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

        (string Name, Tensor Leaf)[] leaves = [.. _inputs.Where(p => p.Value.Leaf.RequiresGrad).Select(p => (p.Key, p.Value.Leaf))];
        Tensor first = Sum(seeds.Select(s => (outputs[s.Index] * s.Seed).Sum()))!;
        Tensor?[] gradients = Autograd.Grad([first], [.. leaves.Select(l => l.Leaf)], createGraph: true, allowUnused: true);
        List<Tensor> squares = [];
        for (int n = 0; n < leaves.Length; n++)
        {
            Compare($"grad/{leaves[n].Name}", gradients[n], leaves[n].Leaf, Spec(leaves[n].Name)!.Value, "grad_tol");
            if (gradients[n] is { RequiresGrad: true } gradient)
            {
                squares.Add((gradient.Square() * Read($"weight/{leaves[n].Name}").To(dtype)).Sum());
            }
        }

        Tensor[] wanted = [.. leaves.Select(l => l.Leaf), .. seeds.Select(s => s.Seed)];
        Tensor?[] second = Sum(squares) is { } scalar ? Autograd.Grad([scalar], wanted, allowUnused: true) : new Tensor?[wanted.Length];
        for (int n = 0; n < leaves.Length; n++)
        {
            Compare($"grad2/{leaves[n].Name}", second[n], leaves[n].Leaf, Spec(leaves[n].Name)!.Value, "grad2_tol");
        }

        for (int n = 0; n < seeds.Count; n++)
        {
            Compare(
                $"grad2_grad_out/{seeds[n].Index}", second[leaves.Length + n], seeds[n].Seed, seeds[n].Spec, "grad2_grad_out_tol");
        }
    }

    private void Compare(string what, Tensor? gradient, Tensor of, JsonElement spec, string tolerance) => GoldenComparison.Near(
        what, gradient ?? Tensor.Zeros(of.Shape, of.DType, device), Read(what), GoldenComparison.Limit(spec, tolerance), dtype, IsUnrounded);

    private static Tensor? Sum(IEnumerable<Tensor> parts) => parts.Aggregate((Tensor?)null, (sum, part) => sum is null ? part : sum + part);
}
