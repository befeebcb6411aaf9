namespace Stretto;

/// <summary>What the two directions of one call of a <see cref="Function"/> share.</summary>
public sealed class FunctionContext
{
    private readonly Tensor[] _inputs;
    private Tensor[] _saved = [];

    internal FunctionContext(Tensor[] inputs) => _inputs = inputs;

    /// <summary>Anything that is not a tensor and that <see cref="Function.Backward"/> needs.</summary>
    public object? Data { get; set; }

    /// <summary>The saved tensors, in their order.</summary>
    /// <exception cref="InvalidOperationException">One was changed in place since, or the graph was freed.</exception>
    public IReadOnlyList<Tensor> SavedTensors => Recorded is { } function
        ? [.. Enumerable.Range(0, function.SavedCount).Select(function.Saved)]
        : _saved;

    internal HashSet<Tensor> Dirty { get; } = [];

    internal HashSet<Tensor> NonDifferentiable { get; } = [];

    internal GradientFunction? Recorded { get; set; }

    /// <summary>How many inputs the graph put before the function's own.</summary>
    internal int Offset { get; set; }

    /// <summary>
    /// Keeps inputs, outputs or intermediate results for <see cref="Function.Backward"/>, until the graph is freed. Inputs and outputs
    /// keep their place in the graph.
    /// </summary>
    public void SaveForBackward(params Tensor[] tensors) => _saved = [.. tensors];

    /// <summary>Says that these outputs take no gradients; integers take none anyway.</summary>
    public void MarkNonDifferentiable(params ReadOnlySpan<Tensor> outputs)
    {
        foreach (Tensor output in outputs)
        {
            NonDifferentiable.Add(output);
        }
    }

    /// <summary>Says that these inputs were changed in place; they must be returned as outputs.</summary>
    public void MarkDirty(params ReadOnlySpan<Tensor> inputs)
    {
        foreach (Tensor input in inputs)
        {
            Dirty.Add(input);
        }
    }

    /// <summary>Whether a gradient of this input is wanted.</summary>
    public bool NeedsInputGrad(int input) => Recorded?.Needs(input + Offset) ?? _inputs[input].RequiresGrad;

    internal void SaveInto(GradientFunction function)
    {
        function.Save(_saved);
        _saved = [];
    }
}
