namespace Stretto.Nn;

/// <summary>Runs before a module's forward.</summary>
/// <returns>Inputs to use instead, or null.</returns>
public delegate IReadOnlyList<Tensor?>? ForwardPreHook(Module module, IReadOnlyList<Tensor?> inputs);

/// <summary>Runs after a module's forward.</summary>
/// <returns>Outputs to use instead, or null.</returns>
public delegate IReadOnlyList<Tensor>? ForwardHook(Module module, IReadOnlyList<Tensor?> inputs, IReadOnlyList<Tensor> outputs);

/// <summary>
/// Runs in a backward pass when the gradients of a module's inputs are known; null stands for a tensor without one.
/// </summary>
/// <returns>Gradients of the inputs to use instead, or null.</returns>
public delegate IReadOnlyList<Tensor?>? BackwardHook(
    Module module, IReadOnlyList<Tensor?> inputGradients, IReadOnlyList<Tensor?> outputGradients);

/// <summary>Hooks: what looks at, or changes, the tensors that go in and out of a module.</summary>
/// <remarks>
/// Hooks run in order of registration, on the thread of the pass. Tensors they get belong to the scope that the pass runs in: keep or
/// clone what must outlive it. Only tensors are shown; other arguments of a forward (a batch, masks' options) pass by.
/// </remarks>
public abstract partial class Module
{
    private readonly HookList<ForwardPreHook> _preHooks = new();
    private readonly HookList<ForwardHook> _hooks = new();
    private readonly HookList<BackwardHook> _backwardHooks = new();

    /// <summary>Adds a hook that runs before each forward of this module; disposing the result removes it.</summary>
    public IDisposable RegisterForwardPreHook(ForwardPreHook hook) => _preHooks.Add(hook);

    /// <summary>Adds a hook that runs after each forward of this module; disposing the result removes it.</summary>
    public IDisposable RegisterForwardHook(ForwardHook hook) => _hooks.Add(hook);

    /// <summary>Adds a hook that runs in each backward pass through this module; disposing the result removes it.</summary>
    /// <remarks>A pass counts when its forward ran after the registration. The module must not write to its inputs in place.</remarks>
    public IDisposable RegisterBackwardHook(BackwardHook hook) => _backwardHooks.Add(hook);

    /// <summary>
    /// Runs a forward with the hooks around it. Every forward of a module goes through here, or its hooks are not seen.
    /// </summary>
    /// <param name="inputs">The tensors that hooks see, in the order of the forward's arguments.</param>
    /// <param name="forward">The computation, from inputs that hooks may have replaced.</param>
    /// <exception cref="InvalidOperationException">A hook returned another number of tensors than it was given.</exception>
    protected IReadOnlyList<Tensor> Hooked(
        IReadOnlyList<Tensor?> inputs, Func<IReadOnlyList<Tensor?>, IReadOnlyList<Tensor>> forward)
    {
        foreach (ForwardPreHook hook in _preHooks.All)
        {
            inputs = Checked(hook(this, inputs), inputs, "forward pre-hook");
        }

        Passage? passage = _backwardHooks.Count > 0 && GradientMode.Enabled ? new Passage(this) : null;
        inputs = passage?.Enter(inputs) ?? inputs;
        IReadOnlyList<Tensor> outputs = forward(inputs);
        foreach (ForwardHook hook in _hooks.All)
        {
            outputs = Checked(hook(this, inputs, outputs), outputs, "forward hook");
        }

        return passage?.Leave(outputs) ?? outputs;
    }

    /// <summary>The same for one tensor in and one out; without hooks it costs nothing.</summary>
    protected Tensor Hooked(Tensor x, Func<Tensor, Tensor> forward) =>
        HasHooks ? Hooked([x], inputs => [forward(inputs[0]!)])[0] : forward(x);

    /// <summary>Whether a forward has to go through <see cref="Hooked(Tensor, Func{Tensor, Tensor})"/>; a fast path may ask first.</summary>
    protected bool HasHooks => _preHooks.Count + _hooks.Count + _backwardHooks.Count > 0;

    private IReadOnlyList<T> Checked<T>(IReadOnlyList<T>? replaced, IReadOnlyList<T> given, string what) =>
        replaced is null ? given
        : replaced.Count == given.Count ? replaced
        : throw new InvalidOperationException($"{GetType().Name}: a {what} returned {replaced.Count} tensors for {given.Count}");

    /// <summary>
    /// One pass of tensors through a module with backward hooks: a node of the graph before it and one behind, both identities. The one
    /// behind sees the outputs' gradients first; the one before knows when all gradients of the inputs are there.
    /// </summary>
    private sealed class Passage(Module module)
    {
        private IReadOnlyList<Tensor?> _outputGradients = [];
        private int _inputs;
        private bool _entered;

        public IReadOnlyList<Tensor?> Enter(IReadOnlyList<Tensor?> inputs)
        {
            _inputs = inputs.Count;
            _entered = inputs.Any(x => x is { RequiresGrad: true });
            return _entered ? Identity("module inputs", inputs, gradients => Run(gradients)) : inputs;
        }

        public IReadOnlyList<Tensor> Leave(IReadOnlyList<Tensor> outputs) =>
            !outputs.Any(x => x.RequiresGrad) ? outputs : [.. Identity("module outputs", outputs, gradients =>
            {
                // The pass gives its gradients back before the hook's turn comes.
                _outputGradients = [.. gradients.Select(g => g?.Alias(scoped: false))];
                if (!_entered)
                {
                    Run(new Tensor?[_inputs]);
                }

                return gradients;
            })!];

        private IReadOnlyList<Tensor?> Run(IReadOnlyList<Tensor?> gradients)
        {
            foreach (BackwardHook hook in module._backwardHooks.All)
            {
                gradients = module.Checked(hook(module, gradients, _outputGradients), gradients, "backward hook");
            }

            foreach (Tensor? gradient in _outputGradients)
            {
                gradient?.Dispose();
            }

            return gradients;
        }

        private static Tensor?[] Identity(
            string name, IReadOnlyList<Tensor?> tensors, Func<IReadOnlyList<Tensor?>, IReadOnlyList<Tensor?>> backward)
        {
            Tensor[] tracked = [.. tensors.Where(t => t is { RequiresGrad: true }).Select(t => t!)];
            GradientFunction function = new(name, tracked, (_, gradients) =>
            {
                // Gradients as the hook counts them: one for every tensor, null for those outside the graph.
                Tensor?[] all = new Tensor?[tensors.Count];
                int[] places = [.. Enumerable.Range(0, all.Length).Where(i => tensors[i] is { RequiresGrad: true })];
                for (int i = 0; i < places.Length; i++)
                {
                    all[places[i]] = gradients[i];
                }

                IReadOnlyList<Tensor?> result = backward(all);
                return [.. places.Select(p => result[p])];
            });
            Tensor?[] passed = new Tensor?[tensors.Count];
            int output = 0;
            for (int i = 0; i < passed.Length; i++)
            {
                passed[i] = tensors[i];
                if (tensors[i] is { RequiresGrad: true } tensor)
                {
                    Tensor alias = tensor.Detach();
                    alias.Gradients = new GradientState(alias, function, output++);
                    passed[i] = alias;
                }
            }

            return passed;
        }
    }
}
