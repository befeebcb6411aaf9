namespace Stretto;

/// <summary>
/// Reverse-mode differentiation. Functions run in an order that follows from the graph's shape alone, consumers first, so each has all
/// its gradients when its turn comes and sums have the same order, hence the same bits, in every run. Nothing recurses over the graph.
/// </summary>
internal sealed class BackwardPass
{
    [ThreadStatic]
    private static BackwardPass? s_current;

    private readonly Dictionary<GradientFunction, Node> _nodes = [];
    private readonly Dictionary<GradientState, Leaf> _leaves = [];
    private readonly List<Node> _order = [];
    private readonly Dictionary<GradientState, List<int>>? _wanted;
    private readonly Tensor?[] _results;
    private readonly bool _accumulate;
    private readonly bool _retainGraph;
    private readonly bool _createGraph;

    private BackwardPass(ReadOnlySpan<GradientState> wanted, bool all, bool accumulate, bool retainGraph, bool createGraph)
    {
        (_accumulate, _retainGraph, _createGraph) = (accumulate, retainGraph, createGraph);
        _results = new Tensor?[wanted.Length];
        _wanted = all ? null : [];
        for (int i = 0; i < wanted.Length; i++)
        {
            if (!_wanted!.TryGetValue(wanted[i], out List<int>? places))
            {
                _wanted[wanted[i]] = places = [];
            }

            places.Add(i);
        }
    }

    /// <summary>The pass that runs on this thread.</summary>
    public static BackwardPass? Current => s_current;

    /// <summary>The function whose backward rule runs.</summary>
    public GradientFunction? Running { get; private set; }

    /// <summary>Adds to the gradients of leaves: those in <paramref name="wanted"/>, or all when that is null.</summary>
    public static void Accumulate(
        ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> seeds, GradientState[]? wanted, bool retainGraph, bool createGraph) =>
        new BackwardPass(wanted, wanted is null, true, retainGraph, createGraph).Run(outputs, seeds);

    /// <summary>The gradients of leaves or inner values; null where none arrived.</summary>
    public static Tensor?[] Collect(
        ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> seeds, GradientState[] wanted, bool retainGraph, bool createGraph) =>
        new BackwardPass(wanted, false, false, retainGraph, createGraph).Run(outputs, seeds);

    /// <summary>Whether a gradient of this value serves the pass.</summary>
    public bool Wants(GradientState state) => state.Function is { } function
        ? (_nodes.TryGetValue(function, out Node? node) && node.Needed) || (_wanted?.ContainsKey(state) ?? false)
        : _wanted?.ContainsKey(state) ?? true;

    private Tensor?[] Run(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> seeds)
    {
        using GradientMode.Restore mode = GradientMode.Set(_createGraph);
        BackwardPass? outer = s_current;
        s_current = this;
        try
        {
            Plan(outputs);
            for (int i = 0; i < outputs.Length; i++)
            {
                Deliver(outputs[i].Gradients!, seeds[i]);
            }

            foreach (Tensor output in outputs)
            {
                Settle(output.Gradients!);
            }

            foreach (Node node in _order)
            {
                Turn(node);
            }

            return _results;
        }
        finally
        {
            s_current = outer;
            Drop();
        }
    }

    private void Plan(ReadOnlySpan<Tensor> outputs)
    {
        foreach (Tensor output in outputs)
        {
            if (output.Gradients!.Function is { } function)
            {
                Visit(function);
            }
            else
            {
                Expect(output.Gradients);
            }
        }

        _order.Reverse();
    }

    /// <summary>Depth first with a stack of its own: a function is finished after all that it depends on.</summary>
    private void Visit(GradientFunction root)
    {
        Stack<Node> open = new();
        Open(root, open);
        while (open.TryPeek(out Node? node))
        {
            if (node.Visited < node.Function.Inputs.Length)
            {
                if (node.Function.Inputs[node.Visited++]?.Function is { } input)
                {
                    Open(input, open);
                }

                continue;
            }

            open.Pop();
            _order.Add(node);
            foreach (GradientState? input in node.Function.Inputs)
            {
                node.Needed |= input is not null && Wants(input);
            }

            if (node.Needed)
            {
                foreach (GradientState? input in node.Function.Inputs)
                {
                    Expect(input);
                }
            }
        }
    }

    private void Open(GradientFunction function, Stack<Node> open)
    {
        Node node = new(function);
        if (_nodes.TryAdd(function, node))
        {
            open.Push(node);
        }
    }

    /// <summary>A leaf is complete when all that use it had their turn.</summary>
    private void Expect(GradientState? state)
    {
        if (state is { Function: null } && Wants(state))
        {
            if (!_leaves.TryGetValue(state, out Leaf? leaf))
            {
                _leaves[state] = leaf = new Leaf();
            }

            leaf.Open++;
        }
    }

    private void Turn(Node node)
    {
        bool reached = false;
        for (int i = 0; i < node.Inboxes.Length; i++)
        {
            if (node.Inboxes[i].Sum is not null)
            {
                reached = true;
                Arrive(node.Function.Outputs[i]!, ref node.Inboxes[i]);
            }
        }

        if (reached && node.Needed)
        {
            Step(node);
            if (!_retainGraph)
            {
                node.Function.Release();
            }
        }

        node.Clear();
        if (node.Needed)
        {
            foreach (GradientState? input in node.Function.Inputs)
            {
                Settle(input);
            }
        }
    }

    private void Step(Node node)
    {
        // Without a scope around it, one of our own would have to walk the whole graph each time to see what it must keep.
        using TensorScope? scope = _createGraph && TensorScope.Current is null ? null : TensorScope.Begin();
        GradientFunction function = node.Function;
        Running = function;
        Tensor?[] gradients = function.Backward([.. node.Inboxes.Select(b => b.Sum)]);
        Running = null;
        if (Anomaly.Enabled)
        {
            Anomaly.CheckBackward(function, gradients);
        }

        for (int i = 0; i < gradients.Length; i++)
        {
            if (gradients[i] is { } gradient && function.Inputs[i] is { } state && Wants(state))
            {
                Deliver(state, gradient);
            }
        }
    }

    private void Deliver(GradientState state, Tensor gradient)
    {
        if (state.Function is { } function)
        {
            _nodes[function].Inboxes[state.Output].Add(gradient);
        }
        else if (_leaves.TryGetValue(state, out Leaf? leaf))
        {
            leaf.Inbox.Add(gradient);
        }
    }

    private void Settle(GradientState? state)
    {
        if (state is { Function: null } && _leaves.TryGetValue(state, out Leaf? leaf) && --leaf.Open == 0 && leaf.Inbox.Sum is not null)
        {
            Arrive(state, ref leaf.Inbox);
            if (_accumulate)
            {
                AddTo(state, leaf.Inbox.Sum!);
                leaf.Inbox.Clear();
                foreach (Action hook in state.AfterAccumulation?.All ?? [])
                {
                    hook();
                }
            }

            leaf.Inbox.Clear();
        }
    }

    /// <summary>The whole gradient of a value is there.</summary>
    private void Arrive(GradientState state, ref Inbox inbox)
    {
        foreach (Func<Tensor, Tensor?> hook in state.Hooks?.All ?? [])
        {
            // The hook may keep what it is given, so it gets a handle that this pass does not dispose.
            if (hook(inbox.Sum!.Alias()) is { } other)
            {
                state.Check("a hook", other);
                inbox.Replace(other);
            }
        }

        if (state.Retains)
        {
            AddTo(state, inbox.Sum!);
        }

        if (!_accumulate && _wanted!.TryGetValue(state, out List<int>? places))
        {
            foreach (int place in places)
            {
                _results[place] = inbox.Sum!.Alias();
            }
        }
    }

    private void AddTo(GradientState state, Tensor gradient)
    {
        if (state.Gradient is { } old)
        {
            state.Gradient = _createGraph ? (old + gradient).Alias(scoped: false).Pin() : old.AddInPlace(gradient);
        }
        else if (_createGraph || IsOnlyHandle(gradient))
        {
            state.Gradient = gradient.Alias(scoped: false).Pin();
        }
        else
        {
            // A view or a shared handle must not become the gradient that later passes add to in place.
            state.Gradient = gradient.Clone().Pin();
        }
    }

    private static bool IsOnlyHandle(Tensor gradient) =>
        gradient.References == 1 && gradient.IsContiguous && gradient.Storage.Bytes == gradient.DType.ByteCount(gradient.Count);

    private void Drop()
    {
        foreach (Node node in _order)
        {
            node.Clear();
        }

        foreach (Leaf leaf in _leaves.Values)
        {
            leaf.Inbox.Clear();
        }
    }

    private sealed class Node(GradientFunction function)
    {
        public GradientFunction Function => function;

        public Inbox[] Inboxes { get; } = new Inbox[function.Outputs.Length];

        /// <summary>How many inputs the plan has looked at.</summary>
        public int Visited { get; set; }

        /// <summary>Whether the function leads to something wanted.</summary>
        public bool Needed { get; set; }

        public void Clear()
        {
            for (int i = 0; i < Inboxes.Length; i++)
            {
                Inboxes[i].Clear();
            }
        }
    }

    private sealed class Leaf
    {
        public Inbox Inbox;

        /// <summary>How many users have not had their turn.</summary>
        public int Open { get; set; }
    }
}
