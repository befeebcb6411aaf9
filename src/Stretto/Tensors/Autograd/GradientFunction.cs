using System.Diagnostics;

namespace Stretto;

/// <summary>How an operation turns the gradients of its outputs into those of its inputs; null where none flows.</summary>
internal delegate Tensor?[] BackwardRule(GradientFunction function, Tensor?[] gradients);

/// <summary>One recorded operation of the graph: where its inputs came from, what it saved, and its backward rule.</summary>
internal sealed class GradientFunction : IScoped
{
    private readonly GradientState?[] _inputs;
    private readonly BackwardRule _rule;
    private (Tensor Tensor, int Version)[] _saved = [];
    private GradientState?[] _outputs = [];
    private Freed _freed;

    public GradientFunction(string name, ReadOnlySpan<Tensor> inputs, BackwardRule rule)
    {
        Name = name;
        _rule = rule;
        _inputs = new GradientState?[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            _inputs[i] = inputs[i].Gradients;
        }

        if (Anomaly.Enabled)
        {
            Trace = new StackTrace(2, fNeedFileInfo: true);
            Cause = BackwardPass.Current?.Running;
        }

        TensorScope.Current?.Add(this);
    }

    private enum Freed
    {
        No, ByPass, ByScope,
    }

    public string Name { get; }

    /// <summary>Where the operation was called; known inside <see cref="Autograd.DetectAnomaly"/>.</summary>
    public StackTrace? Trace { get; }

    /// <summary>The function whose backward rule recorded this one, under anomaly detection.</summary>
    public GradientFunction? Cause { get; }

    public ReadOnlySpan<GradientState?> Inputs => _inputs;

    /// <summary>The outputs that have gradients, by number.</summary>
    public ReadOnlySpan<GradientState?> Outputs => _outputs;

    bool IScoped.LivesOnInParent => true;

    /// <summary>Holds tensors for the backward rule, with their place in the graph; outputs must have theirs by now.</summary>
    public void Save(ReadOnlySpan<Tensor> saved)
    {
        _saved = new (Tensor, int)[saved.Length];
        for (int i = 0; i < saved.Length; i++)
        {
            _saved[i] = (saved[i].Alias(scoped: false), saved[i].Storage.Version);
        }
    }

    public void Attach(GradientState output)
    {
        if (output.Output >= _outputs.Length)
        {
            Array.Resize(ref _outputs, output.Output + 1);
        }

        _outputs[output.Output] = output;
    }

    /// <summary>Whether a gradient of this input is wanted, in the running pass.</summary>
    public bool Needs(int input) => _inputs[input] is { } state && (BackwardPass.Current?.Wants(state) ?? true);

    /// <summary>How many tensors were saved.</summary>
    public int SavedCount => _saved.Length;

    /// <summary>A tensor that the operation saved.</summary>
    /// <exception cref="InvalidOperationException">The graph was freed, or the tensor was written to since.</exception>
    public Tensor Saved(int index)
    {
        CheckNotFreed();
        (Tensor tensor, int version) = _saved[index];
        if (tensor.Storage.Version != version)
        {
            throw new InvalidOperationException(
                $"a tensor that {Name} saved for its gradient was changed in place by {tensor.Storage.WrittenBy ?? "a write"}: "
                + $"{tensor.Describe()}, {tensor.Gradients?.Origin ?? "outside the graph"}, is at version {tensor.Storage.Version}, "
                + $"{Name} saved version {version}; use the out-of-place operation, or Clone() it before writing");
        }

        return tensor;
    }

    public Tensor?[] Backward(Tensor?[] gradients)
    {
        // Without saved tensors there is nothing that freeing took away.
        if (_saved.Length > 0)
        {
            CheckNotFreed();
        }

        Tensor?[] inputs = _rule(this, gradients);
        if (inputs.Length != _inputs.Length)
        {
            throw new InvalidOperationException($"the backward rule of {Name} gave {inputs.Length} gradients for {_inputs.Length} inputs");
        }

        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is { } gradient)
            {
                _inputs[i]?.Check($"the backward rule of {Name} (input {i})", gradient);
            }
        }

        return inputs;
    }

    /// <summary>Drops what was saved, after a pass that does not retain the graph.</summary>
    public void Release() => Release(Freed.ByPass);

    public void EndOfScope() => Release(Freed.ByScope);

    public void KeepGraph(HashSet<IScoped>? kept)
    {
    }

    /// <summary>Adds this function and all it reaches.</summary>
    public void KeepAll(HashSet<IScoped> kept)
    {
        Stack<GradientFunction> open = new([this]);
        while (open.TryPop(out GradientFunction? function))
        {
            if (kept.Add(function))
            {
                foreach (GradientState? input in function._inputs)
                {
                    if (input?.Function is { } next)
                    {
                        open.Push(next);
                    }
                }
            }
        }
    }

    private void Release(Freed by)
    {
        _freed = _freed == Freed.No ? by : _freed;
        foreach ((Tensor tensor, _) in _saved)
        {
            tensor.Dispose();
        }
    }

    private void CheckNotFreed()
    {
        if (_freed == Freed.ByPass)
        {
            throw new InvalidOperationException(
                $"the graph behind {Name} was already freed by an earlier backward pass: give that one retainGraph: true");
        }

        if (_freed == Freed.ByScope)
        {
            throw new InvalidOperationException(
                $"the graph behind {Name} was freed when its TensorScope ended: run Backward inside the scope, or Keep() the result");
        }
    }
}
