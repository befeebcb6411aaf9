using Stretto.Autograd;

namespace Stretto;

/// <summary>Differentiation.</summary>
public sealed partial class Tensor
{
    /// <summary>
    /// Whether gradients flow to this tensor. Setting it on a tensor that no recorded operation made turns it into a leaf
    /// that collects <see cref="Grad"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">Set on an integer tensor, or cleared on the result of an operation.</exception>
    public bool RequiresGrad
    {
        get => Gradients is not null;
        set
        {
            if (value == RequiresGrad)
            {
                return;
            }

            if (value && !DType.IsFloatingPoint())
            {
                throw new InvalidOperationException($"only floating-point tensors have gradients, this is {Describe()}");
            }

            if (Gradients?.Function is not null)
            {
                throw new InvalidOperationException("only leaves can stop requiring gradients; use Detach() on the result of an operation");
            }

            Gradients = value ? new GradientState() : null;
        }
    }

    /// <summary>Whether no recorded operation made this tensor.</summary>
    public bool IsLeaf => Gradients?.Function is null;

    /// <summary>The gradient that backward passes accumulated into this leaf, or null. Its memory belongs to the leaf.</summary>
    public Tensor? Grad
    {
        get => Gradients?.Gradient;
        set
        {
            if (Gradients is null)
            {
                throw new InvalidOperationException("a tensor that requires no gradient holds none; set RequiresGrad first");
            }

            Gradients.Gradient = value?.Pin();
        }
    }

    /// <summary>The same memory outside the graph.</summary>
    public Tensor Detach() => WithLayout(Layout);

    /// <summary>
    /// Adds the derivatives of this tensor to the <see cref="Grad"/> of every leaf that it depends on.
    /// </summary>
    /// <param name="gradient">The gradient that flows into this tensor; a single number may leave it out (1).</param>
    /// <param name="retainGraph">Keep the graph for another pass.</param>
    /// <param name="createGraph">Record this pass, so that gradients can be differentiated again.</param>
    /// <exception cref="InvalidOperationException">Nothing requires gradients, the graph was freed, or the gradient is missing.</exception>
    public void Backward(Tensor? gradient = null, bool retainGraph = false, bool createGraph = false)
    {
        if (Gradients is null)
        {
            throw new InvalidOperationException(
                $"backward: {Describe()} does not depend on any tensor that requires gradients; set RequiresGrad on a leaf, and check for NoGrad or Detach");
        }

        BackwardPass.Run([this], [SeedFor(this, gradient)], null, retainGraph || createGraph, createGraph);
    }

    internal static Tensor SeedFor(Tensor output, Tensor? gradient)
    {
        if (gradient is null)
        {
            return output.Count == 1
                ? Ones(output.Shape, output.DType, output.Device)
                : throw new InvalidOperationException(
                    $"backward: {output.Describe()} is not a single number; pass the gradient that flows into it, or reduce it first");
        }

        return gradient.Shape == output.Shape
            ? gradient
            : throw new ArgumentException($"backward: gradient {gradient.Describe()} does not have the shape of {output.Describe()}");
    }

    /// <summary>Writes this operation into the graph where recording is on and an input wants gradients.</summary>
    internal static Tensor Record(
        string name, Tensor output, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> saved,
        Func<GradientFunction, Tensor, Tensor?[]> rule)
    {
        if (!Wanted(output, inputs))
        {
            return output;
        }

        GradientFunction function = new(name, inputs, (f, gradients) => rule(f, gradients[0]!));
        output.Gradients = new GradientState(function, 0);
        function.Save(saved);
        return output;
    }

    internal static bool Wanted(Tensor output, ReadOnlySpan<Tensor> inputs)
    {
        if (!GradientMode.Enabled || !output.DType.IsFloatingPoint())
        {
            return false;
        }

        foreach (Tensor input in inputs)
        {
            if (input.RequiresGrad)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Derivatives as values.</summary>
public static class Gradient
{
    /// <summary>
    /// The derivatives of <paramref name="outputs"/> (weighted by <paramref name="gradients"/>, or 1 for single numbers) with respect
    /// to <paramref name="inputs"/>; null for an input that no output depends on. No <see cref="Tensor.Grad"/> changes.
    /// </summary>
    /// <exception cref="InvalidOperationException">An output or input requires no gradients, or the graph was freed.</exception>
    public static Tensor?[] Of(
        IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?>? gradients = null,
        bool retainGraph = false, bool createGraph = false)
    {
        Tensor[] seeds = new Tensor[outputs.Count];
        for (int i = 0; i < seeds.Length; i++)
        {
            if (!outputs[i].RequiresGrad)
            {
                throw new InvalidOperationException($"gradient: output {i} ({outputs[i].Describe()}) does not depend on any tensor that requires gradients");
            }

            seeds[i] = Tensor.SeedFor(outputs[i], gradients?[i]);
        }

        GradientState[] wanted = new GradientState[inputs.Count];
        for (int i = 0; i < wanted.Length; i++)
        {
            wanted[i] = inputs[i].Gradients
                ?? throw new InvalidOperationException($"gradient: input {i} ({inputs[i].Describe()}) does not require gradients; set RequiresGrad before using it");
        }

        return BackwardPass.Run([.. outputs], seeds, wanted, retainGraph || createGraph, createGraph);
    }
}
