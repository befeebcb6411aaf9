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

            Gradients = value ? new GradientState(this) : null;
            _base = null;
        }
    }

    /// <summary>Whether no recorded operation made this tensor.</summary>
    public bool IsLeaf => Gradients?.Function is null;

    /// <summary>
    /// The gradient that backward passes accumulated into this leaf (or, after <see cref="RetainGrad"/>, this result), or null.
    /// Its memory belongs to the tensor.
    /// </summary>
    /// <exception cref="InvalidOperationException">Set where no gradient is required.</exception>
    /// <exception cref="ArgumentException">Set to a tensor of another shape, dtype or device.</exception>
    public Tensor? Grad
    {
        get => Gradients?.Gradient;
        set
        {
            if (Gradients is null)
            {
                throw new InvalidOperationException("a tensor that requires no gradient holds none; set RequiresGrad first");
            }

            if (value is not null && (value.Shape != Shape || value.DType != DType || value.Device != Device))
            {
                throw new ArgumentException($"grad: {value.Describe()} does not have the shape and dtype of {Describe()}");
            }

            Gradients.Gradient = value?.Pin();
        }
    }

    /// <summary>The same memory outside the graph.</summary>
    public Tensor Detach() => WithLayout(Layout);

    /// <summary>Lets the result of an operation keep its <see cref="Grad"/> in backward passes, as a leaf does anyway.</summary>
    /// <exception cref="InvalidOperationException">No gradients flow to it.</exception>
    public void RetainGrad()
    {
        GradientState state = Gradients ?? throw new InvalidOperationException($"retain_grad: {Describe()} {Autograd.NoPath}");
        state.Retains = state.Function is not null;
    }

    /// <summary>
    /// Calls back with this tensor's gradient in every backward pass that computes it, when all of it has arrived and before it is used
    /// or accumulated. What the callback returns takes its place; null leaves it. Hooks run in the order of their registration.
    /// </summary>
    /// <param name="hook">Its argument must not be changed in place; it may be kept.</param>
    /// <returns>Dispose it to remove the hook.</returns>
    /// <exception cref="InvalidOperationException">No gradients flow to this tensor.</exception>
    public IDisposable RegisterHook(Func<Tensor, Tensor?> hook) =>
        (Gradients ?? throw new InvalidOperationException($"hook: {Describe()} {Autograd.NoPath}")).AddHook(hook);

    /// <summary>Calls back with this leaf each time after a backward pass has added to its <see cref="Grad"/>.</summary>
    /// <returns>Dispose it to remove the hook.</returns>
    /// <exception cref="InvalidOperationException">Not a leaf that requires gradients.</exception>
    public IDisposable RegisterPostAccumulateGradHook(Action<Tensor> hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        return Gradients is { Function: null } leaf
            ? leaf.AddAfterAccumulation(() => hook(this))
            : throw new InvalidOperationException(
                $"post_accumulate_grad hook: {Describe()} is no leaf that requires gradients; use RegisterHook on the result of an operation");
    }

    /// <summary>
    /// Adds the derivatives of this tensor to the <see cref="Grad"/> of every leaf that it depends on.
    /// </summary>
    /// <param name="gradient">The gradient that flows into this tensor; a single number may leave it out (1).</param>
    /// <param name="retainGraph">Keep the graph for another pass.</param>
    /// <param name="createGraph">Record this pass, so that gradients can be differentiated again.</param>
    /// <param name="inputs">Only these leaves, or results of operations, collect gradients.</param>
    /// <exception cref="InvalidOperationException">Nothing requires gradients, the graph was freed, or the gradient is missing.</exception>
    /// <exception cref="ArgumentException">The gradient has another shape, dtype or device.</exception>
    public void Backward(
        Tensor? gradient = null, bool retainGraph = false, bool createGraph = false, IReadOnlyList<Tensor>? inputs = null)
    {
        if (Gradients is null)
        {
            throw new InvalidOperationException($"backward: {Describe()} {Autograd.NoPath}");
        }

        GradientState[]? wanted = inputs is null ? null : new GradientState[inputs.Count];
        for (int i = 0; i < wanted?.Length; i++)
        {
            inputs![i].RetainGrad();
            wanted[i] = inputs[i].Gradients!;
        }

        BackwardPass.Accumulate([this], [SeedFor("backward", this, gradient)], wanted, retainGraph || createGraph, createGraph);
    }

    internal static Tensor SeedFor(string operation, Tensor output, Tensor? gradient)
    {
        if (gradient is null)
        {
            return output.Count == 1
                ? Ones(output.Shape, output.DType, output.Device)
                : throw new InvalidOperationException(
                    $"{operation}: {output.Describe()} is not a single number; pass the gradient that flows into it, or reduce it first");
        }

        return gradient.Shape != output.Shape
            ? throw new ArgumentException($"{operation}: gradient {gradient.Describe()} does not have the shape of {output.Describe()}")
            : gradient.DType != output.DType || gradient.Device != output.Device
                ? throw new ArgumentException(
                    $"{operation}: gradient {gradient.Describe()} does not have the dtype and device of {output.Describe()}; use To(dtype)")
                : gradient;
    }

    /// <summary>Writes this operation into the graph where recording is on and an input wants gradients.</summary>
    internal static Tensor Record(
        string name, Tensor output, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> saved,
        Func<GradientFunction, Tensor, Tensor?[]> rule)
    {
        Anomaly.CheckForward(name, output, inputs);
        if (!Wanted(output, inputs))
        {
            return output;
        }

        GradientFunction function = new(name, inputs, (f, gradients) => rule(f, gradients[0]!));
        output.Gradients = new GradientState(output, function, 0);
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
