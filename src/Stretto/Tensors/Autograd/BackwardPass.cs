namespace Stretto.Autograd;

/// <summary>Reverse-mode differentiation: functions run from the newest to the oldest, so each has all its gradients when its turn comes.</summary>
internal static class BackwardPass
{
    /// <param name="outputs">Where to start.</param>
    /// <param name="seeds">The gradient of each output.</param>
    /// <param name="wanted">Leaves or inner values whose gradient is returned; null accumulates into every leaf instead.</param>
    /// <param name="retainGraph">Keep what the functions saved.</param>
    /// <param name="createGraph">Record the backward pass itself.</param>
    public static Tensor?[] Run(
        ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> seeds, GradientState[]? wanted, bool retainGraph, bool createGraph)
    {
        using GradientMode.Restore mode = GradientMode.Set(createGraph);
        Pending pending = new();
        Tensor?[] results = new Tensor?[wanted?.Length ?? 0];
        for (int i = 0; i < outputs.Length; i++)
        {
            GradientState state = outputs[i].Gradients!;
            Deliver(state, seeds[i].Alias(), pending, wanted, results, createGraph);
        }

        while (pending.TryTake(out GradientFunction? function, out Tensor?[]? gradients))
        {
            Step(function, gradients, pending, wanted, results, createGraph);
            if (!retainGraph)
            {
                function.Release();
            }
        }

        return results;
    }

    private static void Step(
        GradientFunction function, Tensor?[] gradients, Pending pending, GradientState[]? wanted, Tensor?[] results, bool createGraph)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor?[] inputs = function.Backward(gradients);
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is { } gradient && function.Inputs[i] is { } state)
            {
                // Each place gets a handle of its own: a rule may return one tensor twice, or what it was given.
                Deliver(state, gradient.Alias(), pending, wanted, results, createGraph, scope);
            }
        }

        if (!createGraph)
        {
            foreach (Tensor? gradient in gradients)
            {
                gradient?.Dispose();
            }
        }
    }

    private static void Deliver(
        GradientState state, Tensor gradient, Pending pending, GradientState[]? wanted, Tensor?[] results, bool createGraph,
        TensorScope? scope = null)
    {
        if (wanted is not null)
        {
            for (int i = 0; i < wanted.Length; i++)
            {
                if (wanted[i] == state)
                {
                    results[i] = results[i] is { } old ? old + gradient : gradient.Alias();
                    scope?.Keep(results[i]!);
                }
            }
        }

        if (state.Function is { } function)
        {
            Tensor kept = pending.Add(function, state.Output, gradient);
            scope?.Keep(kept);
        }
        else if (wanted is null)
        {
            Accumulate(state, gradient, createGraph);
        }
    }

    private static void Accumulate(GradientState leaf, Tensor gradient, bool createGraph)
    {
        if (leaf.Gradient is null)
        {
            // A view or a shared handle must not become the gradient that later steps add to in place.
            Tensor own = createGraph ? gradient : gradient.Clone();
            leaf.Gradient = own.Alias(scoped: false).Pin();
        }
        else if (createGraph)
        {
            leaf.Gradient = (leaf.Gradient + gradient).Alias(scoped: false).Pin();
        }
        else
        {
            leaf.Gradient.AddInPlace(gradient);
        }
    }

    /// <summary>Functions that wait for their turn, newest first, with the gradients that have arrived.</summary>
    private sealed class Pending
    {
        private readonly PriorityQueue<GradientFunction, long> _queue = new();
        private readonly Dictionary<GradientFunction, Tensor?[]> _gradients = [];

        public Tensor Add(GradientFunction function, int output, Tensor gradient)
        {
            if (!_gradients.TryGetValue(function, out Tensor?[]? slots))
            {
                _gradients[function] = slots = new Tensor?[function.Outputs];
                _queue.Enqueue(function, -function.Sequence);
            }

            if (slots[output] is not { } old)
            {
                return slots[output] = gradient;
            }

            Tensor sum = old + gradient;
            if (!GradientMode.Enabled)
            {
                old.Dispose();
            }

            return slots[output] = sum;
        }

        public bool TryTake(
            [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out GradientFunction? function,
            [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Tensor?[]? gradients)
        {
            gradients = null;
            return _queue.TryDequeue(out function, out _) && _gradients.Remove(function, out gradients);
        }
    }
}
