namespace Stretto.Autograd;

/// <summary>How an operation turns the gradients of its outputs into those of its inputs; null where none flows.</summary>
internal delegate Tensor?[] BackwardRule(GradientFunction function, Tensor?[] gradients);

/// <summary>One recorded operation of the graph: where its inputs came from, what it saved, and its backward rule.</summary>
internal sealed class GradientFunction : IScoped
{
    private static long s_sequence;

    private readonly GradientState?[] _inputs;
    private (Tensor Tensor, int Version)[] _saved = [];
    private readonly BackwardRule _rule;
    private bool _released;

    public GradientFunction(string name, ReadOnlySpan<Tensor> inputs, BackwardRule rule)
    {
        Name = name;
        Sequence = Interlocked.Increment(ref s_sequence);
        _rule = rule;
        _inputs = new GradientState?[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            _inputs[i] = inputs[i].Gradients;
        }

        TensorScope.Current?.Add(this);
    }

    /// <summary>Holds tensors for the backward rule, with their place in the graph; outputs must have theirs by now.</summary>
    public void Save(ReadOnlySpan<Tensor> saved)
    {
        _saved = new (Tensor, int)[saved.Length];
        for (int i = 0; i < saved.Length; i++)
        {
            _saved[i] = (saved[i].Alias(scoped: false), saved[i].Storage.Version);
        }
    }

    public string Name { get; }

    /// <summary>Grows with every recorded operation: an input's function always has a smaller number.</summary>
    public long Sequence { get; }

    public int Outputs { get; set; } = 1;

    public ReadOnlySpan<GradientState?> Inputs => _inputs;

    bool IScoped.LivesOnInParent => true;

    /// <summary>Whether a gradient of this input is wanted.</summary>
    public bool Needs(int input) => _inputs[input] is not null;

    /// <summary>A tensor that the operation saved.</summary>
    /// <exception cref="InvalidOperationException">The graph was freed, or the tensor was written to since.</exception>
    public Tensor Saved(int index)
    {
        (Tensor tensor, int version) = _saved[index];
        if (tensor.Storage.Version != version)
        {
            throw new InvalidOperationException(
                $"a tensor needed for the gradient of {Name} ({tensor.Describe()}) was changed in place: it is at version {tensor.Storage.Version}, {Name} saved version {version}; use the out-of-place operation, or Clone() before writing");
        }

        return tensor;
    }

    public Tensor?[] Backward(Tensor?[] gradients)
    {
        if (_released)
        {
            throw new InvalidOperationException(
                $"the graph behind {Name} was already freed: call Backward(retainGraph: true) the first time, and keep the tensors in an open TensorScope");
        }

        return _rule(this, gradients);
    }

    /// <summary>Drops what was saved; the function cannot run again.</summary>
    public void Release()
    {
        _released = true;
        foreach ((Tensor tensor, _) in _saved)
        {
            tensor.Dispose();
        }
    }

    public void EndOfScope() => Release();

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
}
